import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

const EXTERNAL = "\n    audience: external";
const TESTING = `${EXTERNAL}\n    publishingStatus: testing`;

/** A client that declares something, a profile with it, and mailboxes with that. */
const program = (declared: string, ...names: string[]) =>
  [
    `${blocks.google}${declared}`,
    blocks.profile().replace(/oauthClientId: .*/, `oauthClientId: $\{google.clientId}`),
    ...names.map((name) => blocks.mailbox(name)),
  ].join("\n");

describe("who may consent, as declared", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: 101 });
  });
  beforeEach(() => sandbox.reset());

  async function preview(resources: string) {
    const stack = new TestStack(sandbox);
    await stack.init(resources);
    return { stack, ...(await stack.preview()) };
  }

  test("a mailbox that is no test user fails the preview, with the number and the page", async () => {
    const declared = `${TESTING}\n    testUsers: [ANNA@northwind.example]`;
    const { stack, code, output } = await preview(program(declared, "anna", "bert"));
    expect(code).not.toBe(0);
    expect(output).toContain("is not among the 1 declared test users of project northwind-mail");
    expect(output).toContain("https://console.cloud.google.com/auth/audience?project=northwind-mail");
    expect(output).toMatch(/Mailbox bert/);
    expect(output).not.toMatch(/error: .*anna/);

    stack.program(
      program(`${TESTING}\n    testUsers: [anna@northwind.example, bert@northwind.example]`, "anna", "bert"),
    );
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    expect(up.output).toContain("is in testing: what the 2 test users consent to ends seven days later");

    // Nothing about the mailboxes has changed; what has, is told by the client.
    stack.program(program(`${TESTING}\n    testUsers: [anna@northwind.example]`, "anna", "bert"));
    const after = await stack.preview();
    expect(after.code).not.toBe(0);
    expect(after.output).toContain("is not among the 1 declared test users");
  });

  test("an internal app has no users outside of the organisation", async () => {
    const { stack, code, output } = await preview(program("\n    organizationDomains: [southwind.example]", "anna"));
    expect(code).not.toBe(0);
    expect(output).toContain("is outside the organisation (southwind.example)");
    stack.program(program("\n    organizationDomains: [southwind.example, Northwind.Example]", "anna"));
    expect((await stack.preview()).code).toBe(0);
  });

  test("an app that is not verified has a hundred users for all clients of its project", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
    const { stack, code, output } = await preview(program(EXTERNAL, ...names));
    expect(code).not.toBe(0);
    expect(output).toContain("is number 101 of project northwind-mail");
    expect(output).toContain("Declare `verified: true`");
    stack.program(program(`${EXTERNAL}\n    verified: true`, ...names));
    expect((await stack.preview()).code).toBe(0);
    stack.program(program(EXTERNAL, ...names.slice(1)));
    expect((await stack.preview()).code).toBe(0);
  });

  test("the authorised domain has to be one of the environment", async () => {
    const { code, output } = await preview(program("\n    authorizedDomain: northwind.example", "anna"));
    expect(code).not.toBe(0);
    expect(output).toContain("the redirect URI of the environment https://contoso.crm.dynamics.com is not below it");
  });
});

describe("the project of a client", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox();
  });

  test.each([
    ["passed by the program", '\n    projectNumber: "999999999999"', ""],
    [
      "known from a GoogleProject",
      `\n    projectId: $\{project.projectId}`,
      "\nproject:\n  type: gmailsync:GoogleProject\n  properties:\n    projectId: northwind-mail",
    ],
  ])("is told from another by its number, %s", async (_, declared, project) => {
    sandbox.reset();
    for (const known of sandbox.world.google.projects) known.number = "999999999999";
    const stack = new TestStack(sandbox, { environment: pipelineCredentials(sandbox, "pipeline@x.example") });
    const client = project
      ? blocks.google.replace("\n    projectId: northwind-mail", declared)
      : blocks.google + declared;
    await stack.init(`${client}${project}`);
    const { code, output } = await stack.preview();
    expect(code, output).toBe(0);
    expect(output).toContain(
      "the client id begins with 123456789012, and the number of the project northwind-mail is 999999999999",
    );
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const checks = (await stack.resource("google"))?.outputs["checks"];
    expect(checks).toContainEqual(expect.objectContaining({ id: "project", status: "unknown", code: "PROJECT_OTHER" }));
  });
});
