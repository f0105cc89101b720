import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadFleet, type Surroundings } from "../../provider/fleet/load-fleet.ts";
import { fleetEntries, fleetFile } from "../support/fleet.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const SECRET = "GOCSPX-0123456789012345678901234567";
const CONFIG: Readonly<Record<string, string>> = { googleClientSecret: SECRET, blank: " " };
const CONTOSO = "https://contoso.crm.dynamics.com";

function surroundings(environmentUrl: string | undefined = CONTOSO): Surroundings {
  return { environmentUrl, config: (name) => CONFIG[name] };
}

/** It has no files that are devices. */
const isWindows = process.platform === "win32";

const file = fleetFile(fleetEntries("anna"));
const withSecret = (reference: string) => file.replace("{config: googleClientSecret}", reference);

/** Loads a text as `mailboxes.yaml`, with files of secrets of every kind beside it. */
function load(text: string, around = surroundings()) {
  const folder = temporaryDirectory();
  const at = (name: string) => join(folder, name);
  writeFileSync(at("secret"), `${SECRET}\n`);
  writeFileSync(at("empty"), "\n");
  writeFileSync(at("large"), "x".repeat(65 * 1024));
  writeFileSync(at("bytes"), Buffer.from([0xff, 0xfe, 0x00]));
  mkdirSync(at("folder"));
  writeFileSync(at("mailboxes.yaml"), text.replace("ABSOLUTE", at("secret")));
  chmodSync(at("secret"), 0o600);
  return loadFleet({ file: at("mailboxes.yaml") }, around);
}

test.each([
  ["{env: NO_SUCH_VARIABLE}", "the environment variable NO_SUCH_VARIABLE is not set"],
  ["{file: none}", "the file none does not exist"],
  ["{file: folder}", "the file folder is a folder"],
  ["{file: empty}", "the file empty is empty"],
  ["{file: large}", "the file large has 65 KiB; at most 64 KiB are read"],
  ["{file: bytes}", "the file bytes is neither UTF-8 nor UTF-16 with a byte order mark"],
  ...(isWindows ? [] : [["{file: /dev/null}", "the file /dev/null is no regular file"]]),
  ["{config: none}", "the stack's configuration has no none; `pulumi config set --secret none` sets it"],
  ["{config: blank}", "blank in the stack's configuration is empty"],
])("a secret that cannot be had is told with its client, place and reason: %s", async (reference = "", reason = "") => {
  const loaded = load(withSecret(reference));
  await expect(loaded).rejects.toThrow(`mailboxes.yaml:6:19: clients.north.clientSecret: ${reason}`);
  await expect(loaded).rejects.toMatchObject({ name: "Fault", kind: "invalid-input" });
});

test.each(["{file: secret}", "{file: ABSOLUTE}", "{config: googleClientSecret}"])(
  "a secret is looked up and cleared of line ends: %s",
  async (reference) => {
    expect((await load(withSecret(reference))).secrets.get("north", "clientSecret")).toBe(SECRET);
  },
);

/** As editors and tools of Windows write text. */
const WRITTEN: readonly [string, (text: string) => Buffer][] = [
  ["UTF-8 with a byte order mark and CRLF", (text) => Buffer.from(`\uFEFF${text.replaceAll("\n", "\r\n")}`)],
  ["UTF-16 LE, as PowerShell and Excel", (text) => Buffer.from(`\uFEFF${text.replaceAll("\n", "\r\n")}`, "utf16le")],
  ["UTF-16 BE", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
];

test.each(WRITTEN)("files are read in %s: fleet, lock and secret", async (_, written) => {
  const folder = temporaryDirectory();
  const at = (name: string) => join(folder, name);
  const south = "\n  south:\n    projectId: northwind-mail\n    clientId: 1-b.apps.googleusercontent.com";
  const secret = "\n    clientSecret: {file: secret}";
  const text = fleetFile(fleetEntries("anna", "bert"), `${south}${secret}`);
  writeFileSync(at("mailboxes.yaml"), written(text));
  writeFileSync(at("mailboxes.lock"), written("# who\n\nanna@northwind.example south\nbert@northwind.example north\n"));
  writeFileSync(at("secret"), written(`${SECRET}\n`));
  const { mailboxes, secrets } = await loadFleet({ file: at("mailboxes.yaml") }, surroundings());
  expect(mailboxes.map(({ client }) => client)).toEqual(["south", "north"]);
  expect(secrets.get("south", "clientSecret")).toBe(SECRET);
});

test("digits keep their zeros where text is meant, and are a number where a number is", async () => {
  const profile = "\n    profile: {name: 0815, description: 12345678901234567890, incomingPort: 0993}";
  const { clients } = await load(fleetFile(fleetEntries("anna"), profile));
  expect(clients[0]?.profile).toEqual({ name: "0815", description: "12345678901234567890", incomingPort: 993 });
});

test.skipIf(isWindows)("a lock file is never waited for", async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "mailboxes.yaml"), file);
  const lock = { file: join(folder, "mailboxes.yaml"), lockFile: "/dev/zero" };
  await expect(loadFleet(lock, surroundings())).rejects.toThrow("/dev/zero is no regular file");
});

test("one cause is told once, for all kinds of secrets, and all causes together", async () => {
  const more = "\n    previousClientSecret: {env: NO_SUCH_VARIABLE}\n    credentialsJson: {file: none}";
  const text = fleetFile(fleetEntries("anna"), more).replace("{config: googleClientSecret}", "{env: NO_SUCH_VARIABLE}");
  const error = await load(text).catch((caught: unknown) => caught);
  expect(String(error).split("NO_SUCH_VARIABLE").length).toBe(2);
  expect(String(error)).toContain("clients.north.clientSecret, clients.north.previousClientSecret: the environment");
  expect(String(error)).toContain("clients.north.credentialsJson: the file none does not exist");
});

test("secrets are told along with what else is wrong with the fleet", async () => {
  const text = withSecret("{env: NO_SUCH_VARIABLE}").replace("mailboxes:", `mailboxes:\n${fleetEntries("anna")}`);
  await expect(load(text)).rejects.toThrow(/stands at mailboxes\[0\][\s\S]*NO_SUCH_VARIABLE is not set/);
});

test("mailboxes that no project has room for are told, with how many projects are missing", async () => {
  const names = Array.from({ length: 130 }, (_, index) => `user${index}`);
  const south = "\n  south:\n    projectId: northwind-mail\n    clientId: 1-b.apps.googleusercontent.com";
  const external = "\n    audience: external";
  const secret = "\n    clientSecret: {config: googleClientSecret}";
  const text = fleetFile(fleetEntries(...names), `${external}${south}${external}${secret}`);
  await expect(load(text)).rejects.toThrow(
    "30 mailboxes have no room: the 1 projects of the fleet are full, and 1 more is missing",
  );
});

test.each([`${CONTOSO}/`, "https://CONTOSO.crm.dynamics.com", `${CONTOSO}:443`, undefined])(
  "the same environment may be written in another way or not be known: %s",
  async (configured) => {
    await expect(load(file, surroundings(configured))).resolves.toMatchObject({ mailboxes: [{ client: "north" }] });
  },
);

test("a provider that is configured for no environment says so itself, in better words", async () => {
  const webApi = surroundings("https://contoso.api.crm.dynamics.com");
  await expect(load(file, webApi)).resolves.toMatchObject({ mailboxes: [{ client: "north" }] });
});

test.each(["https://fabrikam.crm.dynamics.com", `${CONTOSO}:8443`])(
  "a file for another environment is refused: %s",
  async (configured) => {
    await expect(load(file, surroundings(configured))).rejects.toThrow(
      `mailboxes.yaml:1:17: the fleet is meant for ${CONTOSO}, and the provider is configured for ${configured}`,
    );
  },
);

test("one file serves several stacks where it names no environment", async () => {
  const text = file.replace(/environmentUrl: .*\n/, "");
  for (const environmentUrl of [CONTOSO, "https://contoso-dev.crm4.dynamics.com"])
    await expect(load(text, surroundings(environmentUrl))).resolves.toMatchObject({ mailboxes: [{ client: "north" }] });
});

test("what is only said about a file goes along with the fleet", async () => {
  const { warnings } = await load(file.replace("anna@", "anna&co@"));
  expect(warnings).toEqual([
    expect.stringMatching(/mailboxes\.yaml:8:14: anna&co@northwind\.example has & \(U\+0026\)/),
  ]);
});

test("an environment that is no URL is refused, not a defect", async () => {
  const text = file.replace("dynamics.com", "dynamics.com:99999");
  const domain = text.replace("    clientId", "    authorizedDomain: dynamics.com\n    clientId");
  for (const broken of [text, domain]) await expect(load(broken)).rejects.toMatchObject({ name: "Fault" });
});

test("a lock file that cannot be read is refused, not a defect", async () => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "mailboxes.lock"));
  writeFileSync(join(folder, "mailboxes.yaml"), file);
  await expect(loadFleet({ file: join(folder, "mailboxes.yaml") }, surroundings())).rejects.toMatchObject({
    name: "Fault",
  });
});

const inline = (clientSecret: unknown) => ({
  spec: {
    clients: { north: { projectId: "northwind-mail", clientId: "1-a.apps.googleusercontent.com", clientSecret } },
    mailboxes: [{ address: "anna@northwind.example" }],
  },
});

test("a fleet as a value takes secrets as text and as promises", async () => {
  const promise = Promise.resolve(SECRET);
  for (const given of [SECRET, promise])
    expect((await loadFleet(inline(given), surroundings())).secrets.get("north", "clientSecret")).toBe(given);
});

test("a fleet as a value takes what Pulumi YAML has made of secrets as text", async () => {
  const download = { web: { client_id: "1-a.apps.googleusercontent.com", client_secret: SECRET } };
  const { spec } = inline(12345678);
  const { north } = spec.clients;
  const clients = { north: { ...north, credentialsJson: download } };
  const { secrets } = await loadFleet({ spec: { ...spec, clients } }, surroundings());
  expect(secrets.get("north", "clientSecret")).toBe("12345678");
  expect(secrets.get("north", "credentialsJson")).toBe(JSON.stringify(download));
});

test.each([
  ["", "the text is empty"],
  [0.5, "clients.north.clientSecret"],
  [{ value: "given" }, "clients.north.clientSecret"],
  [{}, "clients.north.clientSecret"],
  [{ env: "NO_SUCH_VARIABLE" }, "is not set"],
])("a fleet as a value refuses a secret that is none: %j", async (given, said) => {
  await expect(loadFleet(inline(given), surroundings())).rejects.toThrow(said);
});

test("of very many problems twenty are shown, and how many more there are", async () => {
  const wrong = Array.from({ length: 23 }, (_, index) => `  - address: not an address ${index}\n`).join("");
  const error = await load(fleetFile(wrong)).catch((caught: unknown) => caught);
  const [, ...lines] = String(error).split("\n");
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toContain("and 3 more");
});

describe("a part of a fleet", () => {
  const south = "\n  south:\n    projectId: northwind-mail\n    clientId: 1-b.apps.googleusercontent.com";
  const text = fleetFile(fleetEntries("anna", "bert", "carl"), `${south}\n    clientSecret: {env: NO_SUCH_VARIABLE}`);

  const part = (...clients: string[]) => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "mailboxes.yaml"), text);
    const lines = ["anna@northwind.example south", "bert@northwind.example north", "carl@northwind.example north"];
    writeFileSync(join(folder, "mailboxes.lock"), `${lines.join("\n")}\n`);
    return loadFleet({ file: join(folder, "mailboxes.yaml"), clients }, surroundings());
  };

  test("is what its clients have, named as in the whole, and needs no secret of the others", async () => {
    const { clients, mailboxes } = await part("north");
    expect(clients.map(({ profile }) => profile.name)).toEqual(["Gmail (north)"]);
    expect(mailboxes.map(({ emailAddress }) => emailAddress)).toEqual([
      "bert@northwind.example",
      "carl@northwind.example",
    ]);
  });

  test("needs its own secrets", async () => {
    await expect(part("north", "south")).rejects.toThrow("clients.south.clientSecret: the environment variable");
  });

  test.each([
    [["nroth", "south"], "Fleet.clients: there is no client nroth; the fleet has north, south"],
    [[], "Fleet.clients: it names no client; the fleet has north, south"],
  ])("is refused where it would be another one than is meant: %s", async (clients, says) => {
    await expect(part(...clients)).rejects.toThrow(says);
  });
});

test("a lock file that is named has to be there, as nobody is assigned anew for a slip of the pen", async () => {
  const folder = temporaryDirectory();
  const [named, lockFile] = [join(folder, "mailboxes.yaml"), join(folder, "mailbox.lock")];
  writeFileSync(named, file);
  await expect(loadFleet({ file: named, lockFile }, surroundings())).rejects.toThrow(`${lockFile} does not exist`);
  expect((await loadFleet({ file: named }, surroundings())).mailboxes).toHaveLength(1);
});
