import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BIN } from "../support/package.ts";
import { folderWith, SDK, TestProgram } from "../support/program.ts";
import { changeRow, gmailProfile, mailboxRow, readyCells, testSandbox } from "../support/sandbox.ts";
import { TestStack } from "../support/stack.ts";

const ANNA = "anna@northwind.example";

describe("functions in programs", () => {
  test("of Pulumi YAML and TypeScript say the same, also where an argument comes from another resource", async () => {
    const sandbox = await testSandbox();
    const profile = gmailProfile(sandbox);
    changeRow(sandbox, mailboxRow(sandbox, ANNA), readyCells(profile));
    const stack = new TestStack(sandbox);
    await stack.init(`
anna:
  type: gmailsync:Mailbox
  properties:
    emailAddress:
      fn::invoke:
        function: gmailsync:index:getMailbox
        arguments: {emailAddress: ${ANNA}}
        return: emailAddress
    profileId:
      fn::invoke:
        function: gmailsync:index:getEmailServerProfile
        arguments: {name: ${String(profile["name"])}}
        return: profileId
`);
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    expect((await stack.resource("anna"))?.id).toBe(mailboxRow(sandbox, ANNA)["mailboxid"]);

    const folder = folderWith(
      `import { getMailboxes, getMailboxOutput, getOrganization } from ${SDK};
export const organization = getOrganization();
export const mailboxes = getMailboxes({ domain: "northwind.example", kind: "user" });
export const url = getMailboxOutput({ emailAddress: mailboxes.then((all) => all.mailboxes[0]?.emailAddress ?? "") }).webUrl;
`,
    );
    const program = new TestProgram(folder, sandbox);
    const { ok, stdout, outputs } = await program.run("up");
    expect(ok, stdout).toBe(true);
    expect(outputs?.["organization"]).toMatchObject({
      environmentUrl: sandbox.environment["GMAILSYNC_ENVIRONMENT_URL"],
    });
    expect(JSON.stringify(outputs?.["mailboxes"])).toContain(ANNA);
    expect(outputs?.["url"]).toContain("etn=mailbox");
  }, 120_000);

  test("that are asked wrongly say what is wrong, without a stack trace", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    await stack.init(`
anna:
  type: gmailsync:Mailbox
  properties:
    emailAddress: ${ANNA}
    profileId:
      fn::invoke:
        function: gmailsync:index:getEmailServerProfile
        arguments: {name: nobody's}
        return: profileId
`);
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain(`No email server profile is called "nobody's"`);
    expect(preview.output).not.toMatch(/\n\s+at /);
  }, 60_000);
});

test("`pulumi do` lists what can be imported, page by page, with filters", async () => {
  const sandbox = await testSandbox({ extraUsers: 30 });
  const profile = gmailProfile(sandbox);
  changeRow(sandbox, mailboxRow(sandbox, ANNA), readyCells(profile));
  const stack = new TestStack(sandbox);
  const list = async (name: string, ...args: string[]) => {
    const output = await stack.expect([
      "do",
      "--package",
      join(BIN, "pulumi-resource-gmailsync"),
      `gmailsync:index:${name}`,
      "list",
      ...args,
    ]);
    return output;
  };
  expect(await list("Mailbox", "--all")).toContain(ANNA);
  expect(await list("EmailServerProfile")).toContain(String(profile["emailserverprofileid"]));
}, 120_000);
