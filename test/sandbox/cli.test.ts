import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { ORDERS } from "../../sandbox/orders/orders.ts";
import { SHOWS } from "../../sandbox/orders/shows.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_SECRET } from "../../sandbox/world/northwind.ts";
import { COMMAND, gmailsync as run } from "../support/command.ts";
import { administer, mailboxRow, temporaryDirectory } from "../support/sandbox.ts";
import { webApi } from "../support/web-api.ts";

const MAIL_ACCOUNT = "mail@northwind-mail.iam.gserviceaccount.com";

const gmailsync = (...args: string[]) => run(args);

describe("gmailsync sandbox", () => {
  const directory = temporaryDirectory();
  const at = ["--directory", directory];
  let running: ChildProcess;

  beforeAll(async () => {
    running = spawn(COMMAND, ["sandbox", "start", "--users", "2", ...at], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => running.stdout?.once("data", () => resolve()));
  });
  afterAll(() => {
    running.kill("SIGKILL");
  });

  test("shows the world, and changes it as an administrator would", async () => {
    const shown = await gmailsync("sandbox", "show", "mailboxes", ...at);
    expect(shown.stdout).toMatch(/^anna@northwind\.example +Anna Berg/m);
    expect(shown.stdout).toContain("user0002@northwind.example");
    expect(
      (await gmailsync("sandbox", "set", "mailbox", "anna@northwind.example", "incomingemaildeliverymethod=2", ...at))
        .code,
    ).toBe(0);
    const [anna] = JSON.parse((await gmailsync("sandbox", "show", "--json", ...at)).stdout);
    expect(anna).toMatchObject({
      emailaddress: "anna@northwind.example",
      incomingemaildeliverymethod: 2,
      oauthrefreshtoken: null,
    });
    expect((await gmailsync("sandbox", "reset", ...at)).code).toBe(0);
    const [fresh] = JSON.parse((await gmailsync("sandbox", "show", "--json", ...at)).stdout);
    expect(fresh.incomingemaildeliverymethod).toBe(0);
  });

  test("disturbs requests, and lists what was disturbed", async () => {
    const order = 'order=set role "Basic User" privileges=prvReadMailbox:Global';
    const made = await gmailsync("sandbox", "fault", "dataverse", "nth=2", "method=GET,PATCH", order, ...at);
    expect(JSON.parse(made.stdout)).toEqual({ fault: 1 });
    const listed = await gmailsync("sandbox", "show", "faults", ...at);
    expect(listed.stdout).toMatch(/^1 +dataverse +GET,PATCH +– +– +– +– +2 .*prvReadMailbox:Global"} +0 +0$/m);
    expect((await gmailsync("sandbox", "delete", "fault", "1", ...at)).code).toBe(0);
    expect(JSON.parse((await gmailsync("sandbox", "show", "faults", "--json", ...at)).stdout)).toEqual([]);
  });

  test("tells of a fault that is none what is allowed, and how it is written", async () => {
    const refused = await gmailsync("sandbox", "fault", "dataverse", "effect=bang", ...at);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("effect must be one of reset, hang,") });
    const { stdout } = await gmailsync("sandbox", "fault", "--help");
    expect(stdout).toContain("[effect=reset|hang|lost-answer|no-answer|half-answer|half-chunks]");
    expect(stdout).toContain("gmailsync sandbox fault dataverse method=POST,PATCH nth=3 effect=lost-answer");
  });

  test("prints settings that a shell takes, and keeps the file with the token to its owner", async () => {
    const { stdout } = await gmailsync("sandbox", "env", ...at);
    expect(stdout).toMatch(/^export GMAILSYNC_CONNECT_TO='imap\.gmail\.com:993=127\.0\.0\.1:\d+,/m);
    expect(stdout).toMatch(/^export GMAILSYNC_MAIL_CREDENTIAL='{"type":"service_account",/m);
    expect(statSync(join(directory, "sandbox.json")).mode & 0o077).toBe(0);
    expect(readFileSync(join(directory, "sandbox.json"), "utf8")).not.toContain("PRIVATE KEY");
  });

  test("prints what a job of GitHub Actions has, and takes away what a shell has of another machine", async () => {
    const { stdout } = await gmailsync("sandbox", "env", "--as", "github", ...at);
    expect(stdout).toMatch(/^unset (\w+ )*AZURE_CLIENT_SECRET .*IDENTITY_HEADER .*$/m);
    expect(stdout).toMatch(/^export ACTIONS_ID_TOKEN_REQUEST_URL='https:\/\/.+\?api-version=2\.0'$/m);
    expect(stdout).not.toContain(APPLICATION_SECRET);
    expect(stdout).not.toContain("PRIVATE KEY");
    const { code, stderr } = await gmailsync("sandbox", "env", "--as", "jenkins", ...at);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--as is one of secret, certificate, github,")]);
  });

  test("prints a folder of programs before one's own", async () => {
    const { stdout } = await gmailsync("sandbox", "env", "--as", "azure-cli", "--json", ...at);
    expect(JSON.parse(stdout).PATH).toBe(`${join(directory, "bin")}:${process.env["PATH"]}`);
  });

  test("says how to a mail credential where no service account of the world may log in to mailboxes", async () => {
    await gmailsync("sandbox", "set", "service-account", MAIL_ACCOUNT, "delegatedScopes=", ...at);
    const { code, stdout, stderr } = await gmailsync("sandbox", "env", "--json", ...at);
    expect([code, JSON.parse(stdout).GMAILSYNC_MAIL_CREDENTIAL]).toEqual([0, undefined]);
    expect(stderr).toContain("own IMAP and SMTP logins are skipped");
    expect(stderr).toContain("gmailsync sandbox add service-account --help");
    await gmailsync("sandbox", "reset", ...at);
  });

  test.each<[string, string[], number, string]>([
    ["an unknown sub-command", ["dance"], 2, 'no sub-command "dance"'],
    ["a sub-command that only JavaScript knows", ["constructor"], 2, 'no sub-command "constructor"'],
    ["a table that only JavaScript knows", ["show", "constructor"], 2, "no constructor to show"],
    ["an unknown option", ["show", "--loud"], 2, "--loud"],
    ["a kind that is none", ["add", "horse", "anna"], 2, 'there is no "add horse"; add takes user, queue, mailbox'],
    ["a verb alone", ["delete"], 2, "delete takes user, queue, mailbox, profile"],
    ["a value that changes nothing", ["set", "behaviour", "dataverse", "requestLimit="], 1, "must be a whole number"],
    ["a world and users", ["start", "--world", "w.yaml", "--users", "2"], 2, "`repeat` makes many users"],
    ["a pair that is none", ["set", "mailbox", "anna@northwind.example", "approved"], 2, "key=value"],
    ["a mailbox that is not there", ["sign-in", "nobody@northwind.example"], 1, "no account nobody@northwind.example"],
    [
      "a rule of the service",
      ["set", "mailbox", "anna@northwind.example", "processanddeleteemails=true"],
      1,
      "0x8005e233",
    ],
    ["a second sandbox in the same folder", ["start"], 1, "is running in"],
  ])("refuses %s, says why and what to do", async (_, args, code, text) => {
    const result = await gmailsync("sandbox", ...args, ...at);
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.code).toBe(code);
  });

  test("has help with examples on every level", async () => {
    expect((await gmailsync("--help")).stdout).toContain("sandbox");
    const help = await gmailsync("sandbox", "--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("Examples:");
    expect((await gmailsync("fly")).code).toBe(2);
    const names = [...ORDERS.keys(), "start", "env", "show", "save", "add", "set", "delete"];
    for (const name of names) expect(help.stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    for (const name of ["start", "env", "show", "save", "add user", "set", "give role", "reset"]) {
      const { code, stdout } = await gmailsync("sandbox", ...name.split(" "), "--help");
      expect(stdout).toMatch(
        new RegExp(`^Usage: gmailsync sandbox ${name}.*\n\nExamples:\n.*gmailsync sandbox ${name}`, "ms"),
      );
      expect(code).toBe(0);
    }
  });

  // A command for each.
  test("shows every table that there is", { timeout: 60_000 }, async () => {
    for (const what of Object.keys(SHOWS)) {
      const { code, stdout, stderr } = await gmailsync("sandbox", "show", what, ...at);
      expect([what, code, stderr]).toEqual([what, 0, ""]);
      expect(stdout).not.toBe("");
    }
    const { stdout } = await gmailsync("sandbox", "show", "secrets", ...at);
    expect(stdout).toContain(SEED_CLIENT_SECRET);
    expect(stdout).toContain(APPLICATION_SECRET);
    expect(stdout).toContain("1//sandbox-refresh-token-of-anna");
  });

  test("prints what was made", async () => {
    const made = JSON.parse(
      (await gmailsync("sandbox", "add", "client", "northwind-mail", "name=second", ...at)).stdout,
    );
    expect(made).toMatchObject({
      clientId: expect.stringContaining(".apps.googleusercontent.com"),
      secret: expect.stringMatching(/^GOCSPX-.{28}$/),
    });
    const key = JSON.parse((await gmailsync("sandbox", "add", "key", MAIL_ACCOUNT, ...at)).stdout);
    expect(key).toMatchObject({ type: "service_account", client_email: MAIL_ACCOUNT });
  });

  test("saves the world for another sandbox to begin with", async () => {
    const file = join(temporaryDirectory(), "world.json");
    await gmailsync("sandbox", "add", "user", "emma@northwind.example", "name=Emma Falk", ...at);
    const { code, stdout } = await gmailsync("sandbox", "save", file, ...at);
    expect([code, stdout.trim()]).toEqual([0, `Begin with this world: gmailsync sandbox start --state ${file}`]);
    expect(statSync(file).mode & 0o077).toBe(0);
    const other = await startSandbox({ directory: temporaryDirectory(), stateFile: file });
    expect(mailboxRow(other, "emma@northwind.example")["name"]).toBe("Emma Falk");
    await administer(other, "disable-user", "emma@northwind.example");
    await administer(other, "reset", "");
    expect(mailboxRow(other, "emma@northwind.example")["statecode"]).toBe(0);
    await other.close();
  });

  test("says what to do about a sandbox that is recorded and does not answer", async () => {
    const gone = temporaryDirectory();
    const info = { pid: process.pid, admin: { url: "http://127.0.0.1:1", token: "sandbox" } };
    writeFileSync(join(gone, "sandbox.json"), JSON.stringify(info), { mode: 0o600 });
    const { code, stderr } = await gmailsync("sandbox", "show", "--directory", gone);
    expect(stderr).toContain("does not answer; start it with `gmailsync sandbox start`");
    expect(code).toBe(1);
  });

  test("starts with a world of one's own, or says where its file is wrong", async () => {
    const folder = temporaryDirectory();
    const file = join(folder, "world.yaml");
    writeFileSync(file, "users:\n  - {name: Ines, address: ines@southwind.example, colour: blue}\n");
    const refused = await gmailsync("sandbox", "start", "--world", file, "--directory", folder);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${file}:2:51: users[0].colour: there is no such property`);
    writeFileSync(
      file,
      "environment: {url: https://southwind.crm4.dynamics.com}\nusers:\n  - {name: Ines, address: ines@southwind.example}\n",
    );
    const own = await startSandbox({ directory: folder, worldFile: file });
    expect(own.environment["GMAILSYNC_ENVIRONMENT_URL"]).toBe("https://southwind.crm4.dynamics.com");
    const { status, json } = await (await webApi(own))("GET", "WhoAmI");
    const [organization] = own.world.dataverse.rows["organizations"] ?? [];
    expect([status, json["OrganizationId"]]).toEqual([200, organization?.["organizationid"]]);
    await own.close();
  });

  test("stops when it is told to, and says so to whoever asks afterwards", async () => {
    const ended = new Promise<number | null>((resolve) => running.on("close", resolve));
    expect((await gmailsync("sandbox", "stop", ...at)).code).toBe(0);
    expect(await ended).toBe(0);
    expect(existsSync(join(directory, "sandbox.json"))).toBe(false);
    const after = await gmailsync("sandbox", "show", ...at);
    expect(after.code).toBe(1);
    expect(after.stderr).toContain("gmailsync sandbox start");
  });
});
