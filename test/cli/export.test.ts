import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fixedColumns } from "../../provider/resources/email-server-profile/columns.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import {
  changeRow,
  gmailProfile,
  mailboxRow,
  readyCells,
  rowWhere,
  temporaryDirectory,
  testSandbox,
  writes,
} from "../support/sandbox.ts";

const at = (name: string) => `${name}@northwind.example`;
/** What a good test leaves behind. */
const well = { incomingemailstatus: 1, outgoingemailstatus: 1, oauthrefreshtoken: "one" };

describe("gmailsync export", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: 4 });
    const profile = gmailProfile(sandbox);
    changeRow(sandbox, profile, { ...fixedColumns, name: `Gmail: \${north} #1`, sendemailalert: true });
    const ready = (name: string, cells = {}) =>
      changeRow(sandbox, mailboxRow(sandbox, at(name)), {
        ...readyCells(profile),
        ...well,
        testmailboxaccesscompletedon: new Date().toISOString(),
        ...cells,
      });
    ready("user0001");
    ready("user0002", { oauthrefreshtoken: null });
    ready("user0003", { outgoingemaildeliverymethod: 0, emailrouteraccessapproval: 2 });
    // As Outlook does it, which no code says.
    ready("user0004", { incomingemaildeliverymethod: 1 });
    // A user and a queue.
    for (const row of sandbox.world.dataverse.rows["mailboxes"] ?? [])
      if (row["emailaddress"] === at("double")) changeRow(sandbox, row, { ...readyCells(profile), ...well });
  });
  const run = (directory: string, ...args: string[]) => gmailsync(["export", ...args], sandbox.environment, directory);
  const read = (directory: string, file: string) => readFileSync(join(directory, file), "utf8");

  test("writes a fleet that check and lock find nothing wrong with, says what code cannot, and changes nothing", async () => {
    const directory = temporaryDirectory();
    const since = sandbox.requests.length;
    const { code, stdout, stderr } = await run(directory, "--project", "northwind-mail");
    // Something was left out.
    expect(code, stderr).toBe(1);
    expect(stdout).toContain(`left out: ${at("user0004")}: incomingEmailDeliveryMethod would become`);
    expect(writes(sandbox, since)).toEqual([]);
    const fleet = read(directory, "mailboxes.yaml");
    expect(fleet).toContain(
      `  - address: ${at("user0001")}\n  - address: ${at("user0002")}\n    activate: false # NOT_SIGNED_IN\n`,
    );
    expect(fleet).toContain("outgoingEmailDeliveryMethod: none\n    approved: false\n");
    expect(fleet).toContain("retainProfile: true");
    expect(fleet).toMatch(/address: double@northwind\.example\n {4}kind: queue/);
    expect(fleet).toContain(`name: "Gmail: \${north} #1"\n      sendEmailAlert: true`);
    expect(fleet).toMatch(
      new RegExp(`# Left out.*\\n# +${at("user0004")}: .*\\n# What is left out stays as it is\\. An entry of its own`),
    );
    expect(stdout).toContain("What is left out stays as it is. An entry of its own takes a mailbox in");
    const checked = await gmailsync(["check", "mailboxes.yaml"], {}, directory);
    expect(checked.code, checked.stdout).toBe(0);
    const locked = await gmailsync(["lock", "mailboxes.yaml", "--check"], {}, directory);
    expect(locked.code, locked.stdout).toBe(0);
    const { resources } = JSON.parse(read(directory, "import.json"));
    expect(resources[0]).toMatchObject({ type: "gmailsync:index:Fleet", name: "fleet", component: true });
    expect(resources.slice(1).every(({ parent }: { parent: string }) => parent === "fleet")).toBe(true);
    expect(stdout).toContain("pulumi config set --secret gmailNorth1ClientSecret");
  });

  test("overwrites nothing unless it is told to, and prints instead of writing with `--output -`", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "mailboxes.yaml"), "mine\n");
    const refused = await run(directory, "--kind", "user");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("mailboxes.yaml is there already");
    expect(read(directory, "mailboxes.yaml")).toBe("mine\n");
    expect(existsSync(join(directory, "import.json"))).toBe(false);
    const printed = await run(directory, "--output", "-", "--status", "success", "--signed-in");
    expect(printed.stderr).toContain(`left out: ${at("user0004")}`);
    expect(printed.stdout).toContain(at("user0001"));
    expect(printed.stdout).not.toContain(at("user0002"));
    expect(read(directory, "mailboxes.yaml")).toBe("mine\n");
    const forced = await run(directory, "--force", "--domain", "northwind.example", "--kind", "queue", "--json");
    expect(JSON.parse(forced.stdout)).toMatchObject({
      files: ["mailboxes.yaml", "mailboxes.lock", "import.json"],
      clients: [{ projectId: "project-123456789012", projectIsKnown: false }],
      mailboxes: [{ address: at("double") }],
    });
    // The user's is none of these, and Dynamics has it all the same.
    expect(read(directory, "mailboxes.yaml")).toContain(`  - address: ${at("double")}\n    kind: queue\n`);
    const { resources } = JSON.parse(read(directory, "import.json"));
    expect(resources).toContainEqual(
      expect.objectContaining({ logicalName: `${at("double")}/queue`, inputs: { kind: "queue" } }),
    );
    expect(read(directory, "mailboxes.yaml")).toContain("project-123456789012 # stands for the project's id");
  });

  test("writes single resources in which text of others is only text", async () => {
    const directory = temporaryDirectory();
    await run(directory, "--format", "yaml", "--signed-in", "--kind", "user");
    const text = read(directory, "resources.yaml");
    expect(text).toContain(`name: "Gmail: $\${north} #1"`);
    expect(text).toContain(`mailboxId: \${user0001.mailboxId}`);
    expect(text).toContain("retainOnDelete: true");
  });

  test("says what is wrong with its use, and names a profile that is not there", async () => {
    const directory = temporaryDirectory();
    expect((await run(directory, "--status", "good")).stderr).toContain("--status");
    expect((await run(directory, "--project", "12")).stderr).toContain("--project must be");
    expect((await run(directory, "--json", "--output", "-")).stderr).toContain(
      "--json and --output - exclude each other",
    );
    expect((await run(directory, "--stack-export", "nothing.json")).stderr).toContain("nothing.json does not exist");
    const { code, stderr } = await run(directory, "--profile", "nobody's");
    expect(code).toBe(1);
    expect(stderr).toContain(`shows no email server profile for Gmail by OAuth that is called "nobody's"`);
  });

  test("takes an empty list of profiles for no answer, and writes nothing", async () => {
    const directory = temporaryDirectory();
    const empty = await testSandbox();
    const { code, stderr } = await gmailsync(["export"], empty.environment, directory);
    expect(stderr).toContain("shows no email server profile for Gmail by OAuth");
    expect(stderr).toContain("prvReadEmailServerProfile");
    expect(code).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("has an account of gmail.com once in a fleet, however it is written, and all its mailboxes as single resources", async () => {
    const own = await testSandbox({ extraUsers: 3 });
    const profile = gmailProfile(own);
    changeRow(own, profile, fixedColumns);
    for (const [index, emailaddress] of ["anna@gmail.com", "anna+crm@gmail.com", "bert@gmail.com"].entries()) {
      const row = mailboxRow(own, at(`user000${index + 1}`));
      changeRow(own, row, { ...readyCells(profile), emailaddress });
    }
    const directory = temporaryDirectory();
    const exported = (...args: string[]) => gmailsync(["export", ...args], own.environment, directory);
    const { stdout } = await exported("--project", "northwind-mail");
    expect(stdout).toContain(
      "left out: anna@gmail.com: its account is that of anna+crm@gmail.com, and a fleet has an account once",
    );
    const checked = await gmailsync(["check", "mailboxes.yaml"], {}, directory);
    expect(checked.code, checked.stdout).toBe(0);
    const locked = await gmailsync(["lock", "mailboxes.yaml", "--check"], {}, directory);
    expect(locked.code, locked.stdout + locked.stderr).toBe(0);
    expect((await exported("--format", "yaml", "--json", "--output", "x.yaml", "--force")).stdout).toContain(
      '"left":[]',
    );
  });

  test("brings along a stack's project, keeps what it says of its profiles, and tells those that would be let go", async () => {
    const directory = temporaryDirectory();
    const resource = (name: string, type: string, id: string, more: object) => ({
      urn: `urn:pulumi:test::test::gmailsync:index:${type}::${name}`,
      type: `gmailsync:index:${type}`,
      id,
      ...more,
    });
    const profileId = String(
      rowWhere(sandbox, "emailserverprofiles", "name", `Gmail: \${north} #1`)["emailserverprofileid"],
    );
    const resources = [
      resource("google", "GoogleProject", "northwind-mail", {
        inputs: { projectId: "northwind-mail", services: ["gmail.googleapis.com"] },
        outputs: { projectNumber: "123456789012" },
      }),
      resource("gmail", "EmailServerProfile", profileId, { inputs: { name: "Gmail" } }),
      resource("old", "EmailServerProfile", "51c8bf0e-7787-4e99-8c76-000000000001", { inputs: { name: "Old" } }),
    ];
    writeFileSync(join(directory, "state.json"), JSON.stringify({ version: 3, deployment: { resources } }));
    const { stdout } = await run(directory, "--stack-export", "state.json");
    const fleet = read(directory, "mailboxes.yaml");
    expect(fleet).toContain("projectId: northwind-mail\n");
    expect(fleet).toMatch(/ {4}project:\n {6}services:\n {8}- gmail\.googleapis\.com\n/);
    expect(fleet).toMatch(/ {4}aliases:\n {6}profile: gmail\n {6}project: google\n/);
    expect(fleet).not.toContain("retainProfile");
    expect(stdout).toContain('left out: profile "Old": the stack has it');
  });
});
