import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { fleetEntries as entries, fleetFile } from "../support/fleet.ts";
import { administer, temporaryDirectory, testSandbox, writes } from "../support/sandbox.ts";

let sandbox: Sandbox;
let file: string;

beforeAll(async () => {
  sandbox = await testSandbox();
  await administer(sandbox, "disable-user", "anna@northwind.example");
  file = join(temporaryDirectory(), "mailboxes.yaml");
});

const check = (...args: string[]) => gmailsync(["check", file, "--live", ...args], sandbox.environment);

test("who has left is told by line, all at once, and nothing is changed", async () => {
  writeFileSync(file, fleetFile(entries("anna", "nobody", "bert", "someone")));
  const since = sandbox.requests.length;
  const { code, stdout } = await check("--read-only");
  expect(code).toBe(1);
  expect(stdout).toContain("mailboxes.yaml:9:14: nobody@northwind.example is no mailbox's address in https://contoso");
  expect(stdout).toContain("mailboxes.yaml:11:14: someone@northwind.example is no mailbox's address");
  expect(stdout).toContain("mailboxes.yaml:8:14: warning: anna@northwind.example is the mailbox of a disabled user");
  expect(writes(sandbox, since)).toEqual([]);
  const { problems } = JSON.parse((await check("--json")).stdout).files[0];
  expect(problems.map(({ code: one }: { code: string }) => one)).toEqual([
    ...["mailbox/missing", "mailbox/missing"],
    "mailbox/disabled",
  ]);
  writeFileSync(file, fleetFile(entries("anna", "bert")));
  expect((await check()).code).toBe(0);
});

test("a file for another environment is one sentence", async () => {
  writeFileSync(file, fleetFile(entries("nobody")).replace("contoso", "fabrikam"));
  const { code, stdout } = await check();
  expect(code).toBe(1);
  expect(stdout.trim().split("\n")).toEqual([
    expect.stringContaining(
      "mailboxes.yaml:1:17: the fleet is meant for https://fabrikam.crm.dynamics.com, and the provider is configured for https://contoso.crm.dynamics.com",
    ),
  ]);
});

test("settings that are missing are told, and an unreachable environment has its own exit code", async () => {
  writeFileSync(file, fleetFile(entries("bert")));
  const bare = await gmailsync(["check", file, "--live"], { AZURE_TENANT_ID: "x" });
  expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining("is missing") });
  const away = await gmailsync(["check", file, "--live"], {
    ...sandbox.environment,
    GMAILSYNC_CONNECT_TO: "login.microsoftonline.com:443=127.0.0.1:1,contoso.crm.dynamics.com:443=127.0.0.1:1",
  });
  expect(away.code).toBe(4);
});
