import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

const PIPELINE = "pipeline@northwind.iam.gserviceaccount.com";

const withImport = (block: string, id: string) => `${block}\n  options:\n    import: ${id}`;
const profileBlock = blocks.profile();

describe("what was set up by hand or by another stack", () => {
  let sandbox: Sandbox;
  let ids: { profile: string; anna: string };

  beforeAll(async () => {
    sandbox = await testSandbox();
    const first = new TestStack(sandbox);
    await first.init([blocks.google, profileBlock, blocks.mailbox("anna"), blocks.activation("anna")].join(""));
    expect((await first.up()).code).toBe(0);
    ids = {
      profile: String(rowWhere(sandbox, "emailserverprofiles", "name", "Gmail")["emailserverprofileid"]),
      anna: String(mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]),
    };
  });

  test("is imported by the import option, and then has no changes", async () => {
    const since = sandbox.requests.length;
    const stack = new TestStack(sandbox);
    await stack.init(
      [
        withImport(blocks.google, SEED_CLIENT_ID),
        withImport(profileBlock, ids.profile),
        withImport(blocks.mailbox("anna", "", ids.profile), ids.anna),
        withImport(blocks.activation("anna"), ids.anna),
      ].join(""),
    );
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(output).toContain("= 4 imported");
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    // Only the secret, which cannot be read, is written: by the same up.
    expect(writes(sandbox, since)).toEqual([`PATCH emailserverprofiles(${ids.profile}) {"oauthclientsecret":"***"}`]);
  });

  test("is imported on the command line, a mailbox by its address too", async () => {
    const stack = new TestStack(sandbox);
    await stack.init("{}");
    const found: string[] = [];
    for (const [type, name, id] of [
      ["EmailServerProfile", "gmail", ids.profile],
      ["Mailbox", "anna", "anna@northwind.example"],
      // Without a profile, which a program has to give.
      ["Mailbox", "dora", "dora@northwind.example"],
    ] as const) {
      const result = await stack.run(["import", `gmailsync:index:${type}`, name, id, "--yes", "--skip-preview"]);
      expect(result.code, result.output).toBe(0);
      found.push(result.output);
    }
    expect(found[0]).toContain("name: Gmail");
    expect(found[0]).not.toContain("incomingServerLocation");
    expect(found[1]).toContain(`profileId: ${ids.profile}`);
    expect(found[2]).not.toMatch(/bug|is required/);
    expect((await stack.resource("anna"))?.id).toBe(ids.anna);
  });

  test("is imported by any usual spelling of its id, into code without an empty text, whatever it lacks", async () => {
    const stack = new TestStack(sandbox, { environment: pipelineCredentials(sandbox, PIPELINE) });
    await stack.init("{}");
    const idOf = (address: string) => String(mailboxRow(sandbox, address)["mailboxid"]);
    const exchange = rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");
    const pageOf = (table: string, id: string) =>
      `https://contoso.crm.dynamics.com/main.aspx?etn=${table}&pagetype=entityrecord&id=%7B${id.toUpperCase()}%7D`;
    const imported = [
      ["GoogleProject", "project", "northwind-mail"],
      ["GoogleOAuthClient", "google", ` ${SEED_CLIENT_ID} `],
      ["EmailServerProfile", "gmail", `{${ids.profile.toUpperCase()}}`],
      // What no profile of Gmail's has, it has not.
      ["EmailServerProfile", "exchange", pageOf("emailserverprofile", String(exchange["emailserverprofileid"]))],
      ["Mailbox", "anna", ids.anna.replaceAll("-", "")],
      ["MailboxActivation", "annaActivation", "ANNA@northwind.example"],
      // Without a profile.
      ["Mailbox", "dora", pageOf("mailbox", idOf("dora@northwind.example"))],
      ["MailboxActivation", "doraActivation", `{${idOf("dora@northwind.example")}}`],
      ["Mailbox", "support", "support@northwind.example"],
    ].map(([type, name, id]) => ({ type: `gmailsync:index:${type}`, name, id }));
    writeFileSync(join(stack.directory, "import.json"), JSON.stringify({ resources: imported }));
    const since = sandbox.requests.length;
    const output = await stack.expect([
      "import",
      "--file",
      "import.json",
      "--out",
      "code.yaml",
      "--protect=false",
      "--yes",
    ]);
    expect(output).toContain(`= ${imported.length} imported`);
    expect(output).not.toMatch(/bug|warning|is required/);
    expect(writes(sandbox, since)).toEqual([]);
    const code = readFileSync(join(stack.directory, "code.yaml"), "utf8");
    expect(code).not.toMatch(/""|null/);
    for (const { name } of imported) expect(code).toMatch(new RegExp(`^ +${name}:$`, "m"));
    // What is missing is asked for, of the one that the engine comes to first.
    stack.program(code.replace("resources:\n", "").replaceAll(/^ {2}/gm, ""));
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/property (projectId|oauthClientId) value {<nil>} has a problem: is required/);
  });

  test("is brought to what the program says, by the same up", async () => {
    const stack = new TestStack(sandbox);
    await stack.init(withImport(blocks.profile("description: another"), ids.profile));
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(rowWhere(sandbox, "emailserverprofiles", "name", "Gmail")["description"]).toBe("another");
  });

  test("that does not exist is told", async () => {
    const stack = new TestStack(sandbox);
    await stack.init(withImport(blocks.mailbox("anna", "", ids.profile), "00000000-0000-4000-8000-00000000dead"));
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toContain("does not exist");
  });
});
