import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { COMMAND, gmailsync } from "../support/command.ts";
import {
  ALERT,
  at,
  FAILED,
  FLEET,
  mixed,
  NOT_APPROVED,
  NOT_SIGNED_IN,
  UNTESTED,
  WELL,
} from "../support/mixed-fleet.ts";
import { administer, changeRow, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const ADMINISTRATOR = "System Administrator";
describe("gmailsync doctor of a fleet", () => {
  let sandbox: Sandbox;
  let directory: string;

  beforeAll(async () => {
    directory = temporaryDirectory();
    sandbox = await testSandbox({ extraUsers: 6 });
    mixed(sandbox);
  });

  async function doctor(...args: string[]) {
    const ended = await gmailsync(["doctor", ...args], sandbox.environment);
    return { ...ended, lines: ended.stdout.trimEnd().split("\n") };
  }

  function fleet(text = FLEET): string {
    const file = join(directory, "mailboxes.yaml");
    writeFileSync(file, text);
    return file;
  }

  test("ends well where all that is in the way is tolerated, and what is not activated only has to be there", async () => {
    const file = fleet(FLEET.replace("[NOT_SIGNED_IN]", "[NOT_SIGNED_IN, NOT_APPROVED, TEST_FAILED]"));
    const { code, lines } = await doctor(file);
    expect(lines.slice(0, 9)).toEqual([
      ...WELL.map((name) => `✔ ${at(name)}  tested 3 days ago`),
      ...NOT_SIGNED_IN.map((name) => `… ${at(name)}  NOT_SIGNED_IN  sign-in to Gmail`),
      `… ${at(NOT_APPROVED)}  NOT_APPROVED  approval`,
      expect.stringMatching(`^… ${at(FAILED)} `),
      `– ${at(UNTESTED)}  not activated`,
      `– ${at("double")}  not activated`,
    ]);
    expect(lines.at(-1)).toBe("9 mailboxes: 2 ok, 5 waiting, 2 not activated");
    expect(code).toBe(0);
  });

  test("names each cause once, with what it hits and the words of the alert; the most urgent first", async () => {
    const { code, stdout, lines } = await doctor(fleet());
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe("9 mailboxes: 2 ok, 3 waiting, 2 failed, 2 not activated");
    expect(stdout).toContain(ALERT);
    const heads = lines.filter((line) => /^. [A-Z_]+, /.test(line));
    expect(heads).toEqual([
      `✘ NOT_APPROVED, ${at(NOT_APPROVED)}: the address ${at(NOT_APPROVED)} is not approved`,
      expect.stringMatching(`^✘ [A-Z_]+, ${at(FAILED)}: `),
      "… NOT_SIGNED_IN, 3 mailboxes: Nobody has signed in to Gmail for the mailbox, so Dynamics holds no token for it",
    ]);
    const hint = lines.indexOf(heads[2] ?? "") + 1;
    expect(lines[hint]).toMatch(/^ {2}→ Its user opens the mailbox's page in Dynamics and chooses "Sign in to Gmail"/);
    for (const [index, name] of NOT_SIGNED_IN.entries()) {
      const id = mailboxRow(sandbox, at(name))["mailboxid"];
      expect(lines[hint + 1 + index]).toMatch(new RegExp(`^ {4}${at(name)} {2}https://.*&id=${id}$`));
    }
    const sentences = lines.filter((line) => line.includes("→") || heads.includes(line));
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test("shows on request only what is failed or unknown, and counts all", async () => {
    const { code, stdout, lines } = await doctor(fleet(), "--failed");
    expect(code).toBe(1);
    expect(lines.slice(0, 2).map((line) => line.split(" ")[1])).toEqual([at(NOT_APPROVED), at(FAILED)]);
    expect(stdout).not.toMatch(/NOT_SIGNED_IN|– |anna@/);
    expect(lines.at(-1)).toBe("9 mailboxes: 2 ok, 3 waiting, 2 failed, 2 not activated");
  });

  test("groups by client, and tells each cause once for all of them", async () => {
    const file = fleet(
      FLEET.replace("user0002@northwind.example, client: north", "user0002@northwind.example, client: south"),
    );
    const { lines } = await doctor(file, "--by", "client");
    expect(lines).toContain("north: 4 mailboxes: 2 ok, 2 waiting");
    const south = lines.indexOf("south: 5 mailboxes: 1 waiting, 2 failed, 2 not activated");
    expect(south).toBeGreaterThan(0);
    expect(lines[south + 1]).toBe(`  ✘ ${at(NOT_APPROVED)}  NOT_APPROVED`);
    expect(lines.filter((line) => line.includes("Its user opens"))).toHaveLength(1);
    expect(await doctor(file, "--by", "colour")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--by must be cause or client"),
    });
  });

  test("shows all steps of many on request", async () => {
    const { stdout, lines } = await doctor(fleet(), "--steps");
    expect(lines).toContain(`… ${at("user0001")}: waiting, tested 3 days ago`);
    expect(lines.filter((line) => line.startsWith("  ✔ approval"))).toHaveLength(6);
    expect(stdout.match(/its secret in Dynamics is proven by the test only/g)).toHaveLength(1);
  });

  test("has in JSON what decides, the client, and how old the test is", async () => {
    const { stdout } = await doctor(fleet(), "--json");
    const reports = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const byAddress = new Map(reports.map((report) => [report.address, report]));
    expect(byAddress.get(at("user0001"))).toMatchObject({
      status: "waiting",
      code: "NOT_SIGNED_IN",
      class: "consent",
      hint: expect.stringContaining("Sign in to Gmail"),
      // That Dynamics shows Failure, too, is from before.
      blockedBy: ["NOT_SIGNED_IN"],
      client: "north",
      steps: expect.arrayContaining([expect.objectContaining({ id: "incoming", status: "failed" })]),
    });
    const { testedOn, testedSecondsAgo } = byAddress.get(at("anna"));
    expect(Math.abs(Date.now() - Date.parse(testedOn) - testedSecondsAgo * 1000)).toBeLessThan(3_600_000);
    expect(byAddress.get(at("anna"))).toMatchObject({ status: "ok", blockedBy: [] });
    expect(byAddress.get(at("double"))).toMatchObject({
      status: "notActivated",
      steps: [{ id: "find", status: "ok" }],
    });
  });

  test("writes a test suite and a table beside what it shows", async () => {
    const [junit, csv] = [join(directory, "doctor.xml"), join(directory, "doctor.csv")];
    const file = fleet(FLEET.replace(", client: south, activate: false", ", client: south"));
    const { code, lines } = await doctor(file, "--failed", "--junit", junit, "--csv", csv);
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe("9 mailboxes: 2 ok, 3 waiting, 2 failed, 1 unknown, 1 not activated");

    const [suite, ...elements] = parsed(readFileSync(junit, "utf8"));
    expect(suite).toMatchObject({ tests: "9", failures: "2", errors: "1", skipped: "4" });
    const cases = elements.filter(({ element }) => element === "testcase");
    expect(cases.map(({ name }) => name)).toHaveLength(9);
    expect(elements.find(({ element }) => element === "error")).toMatchObject({ type: "NOT_RUN" });
    expect(elements.find(({ element }) => element === "skipped")?.["message"]).toMatch(/^NOT_SIGNED_IN: /);
    expect(elements.filter(({ element }) => element === "failure").map(({ message }) => message)).toContainEqual(
      expect.stringContaining(ALERT),
    );

    const table = readFileSync(csv, "utf8").trimEnd().split("\r\n");
    expect(table).toHaveLength(10);
    expect(table[0]).toBe('"address","client","status","code","hint","webUrl","testedOn","kind"');
    expect(table[3]).toMatch(
      /^"user0001@northwind\.example","north","waiting","NOT_SIGNED_IN",".*""Sign in to Gmail"".*"$/,
    );
  });

  test("says which file it could not write, and leaves nothing half written", async () => {
    const csv = join(directory, "no", "such", "folder.csv");
    const { code, lines, stderr } = await doctor(at("anna"), "--csv", csv);
    expect(lines[0]).toBe(`✔ ${at("anna")}: ok, tested 3 days ago`);
    expect(stderr).toMatch(/folder\.csv cannot be written: ENOENT.*\. Name a file in a folder/);
    expect(code).toBe(1);
    // A folder cannot be replaced.
    expect((await doctor(at("anna"), "--csv", directory)).code).toBe(1);
    const victim = join(directory, "victim");
    writeFileSync(victim, "mine");
    for (const option of ["--csv", "--junit"]) {
      const link = join(directory, `link${option}`);
      symlinkSync(victim, link);
      const refused = await doctor(at("anna"), option, link);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("cannot be written: it is a link")]);
    }
    expect(readFileSync(victim, "utf8")).toBe("mine");
    expect(readdirSync(join(directory, "..")).filter((name) => name.startsWith(basename(directory)))).toEqual([
      basename(directory),
    ]);
  });

  test("takes what a stack tolerates and does not activate, and an address that is named beside it in full", async () => {
    const stack = join(directory, "stack.json");
    const mailbox = (name: string, more: object = {}) => ({
      type: "gmailsync:index:Mailbox",
      inputs: { emailAddress: at(name), ...more },
      outputs: { emailAddress: at(name), mailboxId: mailboxRow(sandbox, at(name))["mailboxid"], ...more },
    });
    const activation = (name: string, tolerate?: string[]) => ({
      type: "gmailsync:index:MailboxActivation",
      inputs: { mailboxId: mailboxRow(sandbox, at(name))["mailboxid"], ...(tolerate && { tolerate }) },
      outputs: { emailAddress: at(name) },
    });
    const resources = [
      ...[mailbox("anna"), activation("anna"), mailbox("user0001"), activation("user0001", ["NOT_SIGNED_IN", "OTHER"])],
      ...[mailbox(UNTESTED), mailbox("double")],
    ];
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources } }));
    const { code, lines } = await doctor(stack);
    expect(lines.at(-1)).toBe("4 mailboxes: 1 ok, 1 waiting, 2 not activated");
    expect(code).toBe(0);
    const named = await doctor(stack, at(UNTESTED));
    expect(named.lines.at(-1)).toBe("4 mailboxes: 1 ok, 1 waiting, 1 unknown, 1 not activated");
    expect(named.code).toBe(3);
  });

  test("sees what a stack knows better: the profile that a mailbox should have, and whom its user has signed in to", async () => {
    const stack = join(directory, "stack.json");
    const [anna, bert] = WELL.map((name) => mailboxRow(sandbox, at(name)));
    const activation = (emailAddress: string, row: Row | undefined, inputs: object, outputs: object) => ({
      type: "gmailsync:index:MailboxActivation",
      inputs: { mailboxId: row?.["mailboxid"], ...inputs },
      outputs: { emailAddress, ...outputs },
    });
    const resources = [
      activation(at("anna"), anna, { profileId: "00000000-0000-4000-8000-000000000000" }, {}),
      activation(at("bert"), bert, {}, { token: { client: "of another client" } }),
    ];
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources } }));
    if (bert) changeRow(sandbox, bert, { oauthtokenexpireson: "2026-01-01T00:00:00Z" });
    const { code, lines } = await doctor(stack);
    const [, expected] = resources;
    Object.assign(expected?.outputs ?? {}, { token: { client: "of another client", expires: "" } });
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources: [expected] } }));
    // Signed in since Dataverse showed no end of the token.
    expect((await doctor(stack, "--steps")).stdout).not.toContain("SIGN_IN_AGAIN");
    if (bert) changeRow(sandbox, bert, { oauthtokenexpireson: null });
    expect(lines.slice(0, 2)).toEqual([
      `✘ ${at("anna")}  PROFILE_OTHER  email server profile`,
      `✘ ${at("bert")}  SIGN_IN_AGAIN  sign-in to Gmail`,
    ]);
    expect(code).toBe(1);
  });

  test("sees what a file knows better: the client of a mailbox's profile", async () => {
    const clientId = "1234-other.apps.googleusercontent.com";
    const file = fleet(`clients:
  north: {projectId: northwind-mail, clientId: ${SEED_CLIENT_ID}}
  south: {projectId: northwind-mail-2, clientId: ${clientId}}
mailboxes:
  - {address: ${at("anna")}, client: south}
  - {address: ${at("bert")}, client: north}
`);
    const { code, stdout, lines } = await doctor(file);
    expect(lines.slice(0, 2)).toEqual([
      `✘ ${at("anna")}  PROFILE_OTHER  email server profile`,
      `✔ ${at("bert")}  tested 3 days ago`,
    ]);
    expect(stdout).toContain(`has the OAuth client "${SEED_CLIENT_ID}", not ${clientId}`);
    expect(code).toBe(1);
  });

  test("goes on where one mailbox is not there, or more than one", async () => {
    const { code, lines } = await doctor(at("nobody"), at("double"), at("anna"));
    expect(lines.slice(0, 3)).toEqual([
      `✘ ${at("nobody")}  NOT_FOUND  mailbox in Dataverse`,
      `✘ ${at("double")}  NOT_FOUND  mailbox in Dataverse`,
      `✔ ${at("anna")}  tested 3 days ago`,
    ]);
    expect(code).toBe(1);
  });

  test("goes on where the profile of a mailbox may not be read", async () => {
    await administer(sandbox, "add-role", "Narrow", { privileges: "prvReadMailbox:Global" });
    await administer(sandbox, "give-role", "Narrow", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID });
    const { code, lines } = await doctor(at("anna"), at("bert"));
    await administer(sandbox, "give-role", ADMINISTRATOR, { to: APPLICATION_ID });
    expect(lines.slice(0, 2)).toEqual(WELL.map((name) => `? ${at(name)}  UNREADABLE  mailbox in Dataverse`));
    expect(lines.at(-1)).toBe("2 mailboxes: 2 unknown");
    expect(code).toBe(3);
  });

  test.skipIf(!existsSync("/usr/bin/script"))(
    "breaks lines at words on a narrow terminal, and shows how far it is",
    async () => {
      const command = `stty cols 60; ${COMMAND} doctor ${fleet()}`;
      const env = { ...process.env, ...sandbox.environment };
      const shown = await new Promise<string>((resolve) => {
        execFile("/usr/bin/script", ["-qec", command, "/dev/null"], { env }, (_, stdout) => resolve(stdout));
      });
      expect(shown).toContain("looked at 5 of 9\r");
      const lines = shown.split("\r\n").map((line) => stripVTControlCharacters(line.slice(line.lastIndexOf("\r") + 1)));
      expect(lines).toContain("… NOT_SIGNED_IN, 3 mailboxes: Nobody has signed in to Gmail");
      expect(lines).toContain("  for the mailbox, so Dynamics holds no token for it");
      const links = lines.filter((line) => line.length > 60);
      expect(links.length).toBeGreaterThan(0);
      expect(links.filter((line) => !/^ +https:\S+$/.test(line))).toEqual([]);
    },
  );
});

/** The elements of a well-formed document with their attributes; refuses any other. */
function parsed(xml: string): Record<string, string>[] {
  const text = (value: string) =>
    value.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "");
  const elements: Record<string, string>[] = [];
  const open: string[] = [];
  const tokens = /<(\w+)((?: \w+="[^"<]*")*)(\/?)>|<\/(\w+)>|[^<&]+|&(?:amp|lt|gt|quot);/gy;
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  let end = 0;
  for (const [token, element, attributes = "", empty, closed] of body.matchAll(tokens)) {
    end += token.length;
    if (element) {
      const pairs = [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
        name,
        text(value),
      ]);
      elements.push({ ...Object.fromEntries(pairs), element });
      if (!empty) open.push(element);
    }
    if (closed && open.pop() !== closed) throw new Error(`</${closed}> closes nothing`);
  }
  if (end !== body.length || open.length > 0) throw new Error(`not well-formed at ${body.slice(end, end + 40)}`);
  return elements;
}
