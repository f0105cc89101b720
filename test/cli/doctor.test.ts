import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import {
  administer,
  changeRow,
  gmailProfile,
  mailboxRow,
  readyCells,
  temporaryDirectory,
  testSandbox,
  writes,
} from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";
const BERT = "bert@northwind.example";

describe("gmailsync doctor", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox();
    const profile = gmailProfile(sandbox);
    for (const address of [ANNA, BERT]) {
      changeRow(sandbox, mailboxRow(sandbox, address), {
        ...readyCells(profile),
        incomingemailstatus: 1,
        outgoingemailstatus: 1,
        testmailboxaccesscompletedon: "2026-11-01T00:00:00Z",
      });
    }
  });

  const doctor = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
    gmailsync(["doctor", ...args], { ...sandbox.environment, ...environment });

  const credential = (address: string) => ({
    GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({
      refreshToken: sandbox.world.google.grants.find((grant) => grant.address === address)?.refreshToken,
      clientId: SEED_CLIENT_ID,
      clientSecret: SEED_CLIENT_SECRET,
    }),
  });

  test("shows every step of a mailbox that nobody manages, and changes nothing", async () => {
    const { code, stdout } = await doctor([ANNA, "--read-only"], credential(ANNA));
    expect(stdout).toContain(`${ANNA}: ok`);
    expect(stdout).toMatch(/✔ own IMAP login +logged in with the user's consent \d+ ms/);
    expect(stdout).toMatch(/✔ outgoing mail/);
    expect(stdout).not.toContain("\u001b[");
    expect(code).toBe(0);
    expect(writes(sandbox)).toEqual([]);
  });

  test("verifies TLS whatever is switched off for Node.js, and says so once", async () => {
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const seen = await doctor([ANNA], { ...credential(ANNA), ...off });
    expect(seen.stderr.match(/NODE_TLS_REJECT_UNAUTHORIZED/g)).toHaveLength(1);
    expect(seen.stderr).toContain(
      "gmailsync: NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here: TLS is always verified.",
    );
    expect(seen.code).toBe(0);
    const since = sandbox.requests.length;
    const refused = await doctor([ANNA], { ...credential(ANNA), ...off, GMAILSYNC_CA_FILE: "" });
    expect(refused.stdout + refused.stderr).toContain("not trusted here");
    expect(refused.code).not.toBe(0);
    expect(sandbox.requests.slice(since)).toEqual([]);
  });

  test("says what failed and what to click, by exit code too", async () => {
    await administer(sandbox, "set-account", ANNA, { imap: "off-by-user" });
    const { code, stdout } = await doctor([ANNA], credential(ANNA));
    expect(code).toBe(1);
    expect(stdout).toContain("(IMAP_DISABLED)");
    expect(stdout).toContain(
      "→ The mailbox's user switches IMAP on: https://mail.google.com/mail/u/0/#settings/fwdandpop",
    );
    await administer(sandbox, "set-account", ANNA, { imap: "on" });
  });

  test("sends no token to a host that is not Gmail's, and names the setting that would let it", async () => {
    const profile = gmailProfile(sandbox);
    changeRow(sandbox, profile, { outgoingserverlocation: "mail.evil.example" });
    const tokens = sandbox.world.google.tokens.length;
    const { code, stdout } = await doctor([ANNA], credential(ANNA));
    changeRow(sandbox, profile, { outgoingserverlocation: "smtp.gmail.com" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✘ email server profile .*names mail\.evil\.example, .*MAIL_HOST_OTHER/);
    for (const step of ["IMAP", "SMTP"]) expect(stdout).toMatch(new RegExp(`✘ own ${step} login .*MAIL_HOST_OTHER`));
    expect(stdout).toContain("`mailHosts` (GMAILSYNC_MAIL_HOSTS)");
    expect(sandbox.world.google.tokens).toHaveLength(tokens);
  });

  test("takes several, one JSON object per line; without a result of Dynamics the status is unknown", async () => {
    changeRow(sandbox, mailboxRow(sandbox, BERT), { outgoingemailstatus: 0 });
    const { code, stdout } = await doctor([ANNA, BERT, "--json"]);
    const reports = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(Object.fromEntries(reports.map(({ address, status }) => [address, status]))).toEqual({
      [ANNA]: "ok",
      [BERT]: "unknown",
    });
    expect(code).toBe(3);
  });

  test("takes a list of addresses and a whole stack, each mailbox once", async () => {
    const directory = temporaryDirectory();
    const list = join(directory, "addresses.txt");
    writeFileSync(list, `# ours\n${ANNA}\n\n${ANNA.toUpperCase()}  # twice\n${BERT}\n`);
    const listed = await doctor([list]);
    expect(listed.stdout).toContain("2 mailboxes: 1 ok, 1 unknown");

    const fleet = join(directory, "mailboxes.yaml");
    writeFileSync(
      fleet,
      `clients:\n  a: {projectId: northwind-mail}\nmailboxes:\n  - address: ${ANNA}\n  - address: ${BERT}\n`,
    );
    expect((await doctor([fleet])).stdout).toContain("2 mailboxes: 1 ok, 1 unknown");
    writeFileSync(fleet, "mailboxes: 1\n");
    expect(await doctor([fleet])).toMatchObject({ code: 2, stderr: expect.stringContaining("mailboxes.yaml:1:") });

    const stack = join(directory, "stack.json");
    const resources = [
      { type: "gmailsync:index:Mailbox", inputs: { emailAddress: ANNA }, outputs: {} },
      { type: "gmailsync:index:MailboxActivation", inputs: {}, outputs: { emailAddress: ANNA } },
      { type: "gmailsync:index:EmailServerProfile", inputs: { name: "Gmail" }, outputs: {} },
    ];
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources } }));
    const exported = await doctor([stack, "--json"]);
    expect(exported.code, exported.stderr).toBe(0);
    expect(exported.stdout.trim().split("\n")).toHaveLength(1);

    writeFileSync(list, `${ANNA}\nroot:*:19000:0:99999:7:::\n`);
    const { code, stderr } = await doctor([list]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(": line 2 is not a mail address: it has no @.")]);
    expect(stderr).not.toContain("19000");
    writeFileSync(list, "{}");
    expect(await doctor([list])).toMatchObject({ code: 2, stderr: expect.stringContaining("pulumi stack export") });
    expect(await doctor([join(directory, "no@such", "file")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("does not exist"),
    });
  });

  test("says of what is no mail address what is wrong with it, wherever it is given", async () => {
    const directory = temporaryDirectory();
    const list = join(directory, "list.txt");
    writeFileSync(list, `${ANNA}\nanna.@northwind.example\n`);
    expect(await doctor([list])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("list.txt: line 2 is not a mail address: it has a dot right before the @."),
    });
    expect(await doctor(["anna@northwind.example,bert@northwind.example"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bert@northwind.example" is not a mail address: it is more than one address'),
    });
    writeFileSync(list, `# ours\n${ANNA} # she\n`);
    expect(await doctor([list])).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ANNA}: ok`) });
  });

  test("of a stack takes whom it can find: by the address, or by the id", async () => {
    const id = String(mailboxRow(sandbox, ANNA)["mailboxid"]);
    const stack = join(temporaryDirectory(), "stack.json");
    const resources = [
      { type: "gmailsync:index:Mailbox", inputs: { emailAddress: "anna@" }, outputs: { mailboxId: id } },
      { type: "gmailsync:index:Mailbox", inputs: { emailAddress: "bert.@northwind.example" }, outputs: {} },
      { type: "gmailsync:index:Mailbox", inputs: { emailAddress: "" }, outputs: { mailboxId: "../whoami" } },
    ];
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources } }));
    const { stdout } = await doctor([stack, "--json"]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ address: ANNA });
  });

  test("takes a mailbox by its id, and by the page that has it, and tells its address", async () => {
    const id = String(mailboxRow(sandbox, ANNA)["mailboxid"]);
    const page = `https://contoso.crm.dynamics.com/main.aspx?etn=mailbox&id=%7b${id}%7d&pagetype=entityrecord`;
    const { code, stdout } = await doctor([`{${id.toUpperCase()}}`, page, "--json"]);
    expect(code, stdout).toBe(0);
    const reports = stdout.trim().split("\n");
    expect(reports).toHaveLength(1);
    expect(JSON.parse(reports[0] ?? "")).toMatchObject({ address: ANNA, status: "ok" });
    const nobody = await doctor(["00000000-0000-4000-8000-00000000dead"]);
    expect(nobody).toMatchObject({ code: 1, stdout: expect.stringContaining("No mailbox has the id 00000000-") });
  });

  const wide = (text: string) => Buffer.from(`\uFEFF${text.replaceAll("\n", "\r\n")}`, "utf16le");
  const exported = (type: string, inputs: object) =>
    JSON.stringify({ version: 3, deployment: { resources: [{ type, inputs, outputs: {} }] } });

  test("reads files of PowerShell, and standard input", async () => {
    const directory = temporaryDirectory();
    const [list, stack] = [join(directory, "list.txt"), join(directory, "stack.json")];
    writeFileSync(list, wide(`# ours\n${ANNA}\n`));
    writeFileSync(stack, wide(exported("gmailsync:index:MailboxActivation", { emailAddress: ANNA })));
    expect(await doctor([list, stack, "--json"])).toMatchObject({ code: 0, stdout: expect.stringContaining(ANNA) });
    const piped = await gmailsync(["doctor", "-"], sandbox.environment, directory, wide(`${ANNA}\n`));
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ANNA}: ok`) });
  });

  test.each<[string, string, boolean]>([
    ["a folder whose name has an @", "me@work/addresses", true],
    ["a file that is called like an address", "mail@home.example", true],
    ["a file of a stack", "mail@home.json", true],
    ["a file that is missing, by its ending", "mail@home.json", false],
  ])("takes a path for a path, also %s", async (_, path, isThere) => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "me@work"));
    // A folder is no list of mailboxes.
    mkdirSync(join(directory, ANNA));
    if (isThere) writeFileSync(join(directory, path), `${ANNA}\n`);
    const { code, stdout, stderr } = await gmailsync(["doctor", path], sandbox.environment, directory);
    if (isThere) expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ANNA}: ok`) });
    else expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(`${path} does not exist`) });
    const named = await gmailsync(["doctor", ANNA], sandbox.environment, directory);
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ANNA}: ok`) });
  });

  test.each<[string, string[], NodeJS.ProcessEnv, number, string]>([
    ["no address", [], {}, 2, "an address or a file is needed"],
    ["a missing setting", [ANNA], { AZURE_CLIENT_SECRET: "" }, 2, "AZURE_CLIENT_SECRET"],
    [
      "a key that cannot be read",
      [ANNA],
      { GMAILSYNC_MAIL_CREDENTIAL: '{"type": "service_account", "client_email": "a@b.c", "private_key": "planted"}' },
      2,
      "GMAILSYNC_MAIL_CREDENTIAL) cannot be used: serviceAccountKey: private_key cannot be read",
    ],
    ["a wrong secret", [ANNA], { AZURE_CLIENT_SECRET: "planted-wrong" }, 1, "AADSTS7000215"],
    [
      "an unreachable Microsoft",
      [ANNA],
      { GMAILSYNC_CONNECT_TO: "login.microsoftonline.com:443=127.0.0.1:1" },
      4,
      "refused",
    ],
  ])("refuses %s, says what to do", async (_, args, environment, expected, text) => {
    const { code, stderr } = await doctor(args, environment);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/planted|^\s+at /m);
    expect(code).toBe(expected);
  });
});
