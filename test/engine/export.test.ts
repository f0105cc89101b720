import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fixedColumns } from "../../provider/resources/email-server-profile/columns.ts";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { FLEET } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import {
  changeRow,
  gmailProfile,
  mailboxRow,
  mailboxSettings,
  readyCells,
  testSandbox,
  writes,
} from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

/** What `gmailsync export` says to import with, as words behind `pulumi`. */
const importOf = (said: string) => /pulumi (import .*)/.exec(said)?.[1]?.split(" ") ?? [];

/** A tenant that was set up by hand: `size` mailboxes of one profile, most of them well. */
async function handMade(size: number): Promise<{ sandbox: Sandbox; addresses: readonly string[] }> {
  const sandbox = await testSandbox({ extraUsers: size });
  const profile = gmailProfile(sandbox);
  changeRow(sandbox, profile, fixedColumns);
  const addresses = Array.from(
    { length: size },
    (_, index) => `user${String(index + 1).padStart(4, "0")}@northwind.example`,
  );
  for (const [index, address] of addresses.entries())
    changeRow(sandbox, mailboxRow(sandbox, address), {
      ...readyCells(profile),
      oauthrefreshtoken: "hand-made",
      incomingemailstatus: 1,
      outgoingemailstatus: 1,
      testmailboxaccesscompletedon: new Date().toISOString(),
      // A few are as tenants are: one way only, not tested, waiting for approval.
      ...(index % 10 === 3 && { outgoingemaildeliverymethod: 0, outgoingemailstatus: 0 }),
      ...(index % 10 === 5 && { incomingemailstatus: 0, testmailboxaccesscompletedon: null }),
      ...(index % 10 === 7 && { emailrouteraccessapproval: 2 }),
      // What Dynamics begins with, and nobody has changed.
      ...(index % 10 === 9 && { actdeliverymethod: 0 }),
    });
  return { sandbox, addresses };
}

describe("a hand-made tenant of 40 mailboxes", () => {
  test("comes under management by export and import without a change, and leaves it again without one", async () => {
    const { sandbox, addresses } = await handMade(40);
    const before = addresses.map((address) => mailboxSettings(mailboxRow(sandbox, address)));
    const since = sandbox.requests.length;
    const stack = new TestStack(sandbox);
    await stack.init(FLEET);
    const exported = await gmailsync(
      ["export", "--project", "northwind-mail", "--json"],
      stack.environment,
      stack.directory,
    );
    expect(exported.code, exported.stdout + exported.stderr).toBe(0);
    const { commands, mailboxes } = JSON.parse(exported.stdout);
    expect(mailboxes).toHaveLength(40);
    const [secret, imported] = commands.map((command: string) => command.split(" ").slice(1));
    await stack.expect(secret, { input: SEED_CLIENT_SECRET });
    const output = await stack.expect(imported);
    expect(output).not.toMatch(/bug|failed|warning/);
    const preview = await stack.preview("--diff");
    expect(preview.code, preview.output).toBe(0);
    expect(preview.output).toContain("2 to update");
    // What the refresh has seen for the first time stands above the stack.
    const [, changes = ""] = preview.output.split("pulumi:pulumi:Stack: (same)");
    expect(changes.match(/^ +[+~-] \w+ *: .*$/gm)?.map((line) => line.trim())).toEqual([
      "+ clientSecret: [secret]",
      "+ oauthClientSecret: [secret]",
    ]);
    expect(writes(sandbox, since)).toEqual([]);
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    const destroyed = await stack.destroy();
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(destroyed.output).not.toContain("warning");
    // Only the secret, which cannot be read, was written, by the one up.
    expect(writes(sandbox, since)).toEqual([
      expect.stringMatching(/^PATCH emailserverprofiles\(\S+\) {"oauthclientsecret":"\*\*\*"}$/),
    ]);
    expect(addresses.map((address) => mailboxSettings(mailboxRow(sandbox, address)))).toEqual(before);
  }, 180_000);
});

test("a hand-made tenant comes under management as single resources, and leaves again, without a change", async () => {
  const { sandbox } = await handMade(8);
  const since = sandbox.requests.length;
  const stack = new TestStack(sandbox);
  await stack.init("{}");
  const exported = await gmailsync(["export", "--format", "yaml", "--json"], stack.environment, stack.directory);
  expect(exported.code, exported.stdout + exported.stderr).toBe(0);
  const [secret, imported] = JSON.parse(exported.stdout).commands.map((command: string) => command.split(" ").slice(1));
  await stack.expect(secret, { input: SEED_CLIENT_SECRET });
  const program = join(stack.directory, "Pulumi.yaml");
  const [beginning] = readFileSync(program, "utf8").split("config:");
  writeFileSync(program, `${beginning}${readFileSync(join(stack.directory, "resources.yaml"), "utf8")}`);
  expect(await stack.expect(imported)).not.toMatch(/bug|failed|warning/);
  const preview = await stack.preview();
  expect(preview.output).toMatch(/~ 1 to update\n/);
  expect(preview.output).toMatch(/~ +gmailsync:index:EmailServerProfile +\S+ +update +\[diff: \+oauthClientSecret\]/);
  expect(writes(sandbox, since)).toEqual([]);
  const destroyed = await stack.destroy();
  expect(destroyed.code, destroyed.output).toBe(0);
}, 180_000);

describe("what a stack has already", () => {
  test.runIf(LONG)(
    "comes from single resources into a fleet, and into another fleet, by the aliases that export writes",
    async () => {
      const sandbox = await testSandbox();
      const stack = new TestStack(sandbox);
      await stack.init(
        [
          blocks.google,
          blocks.profile("minPollingIntervalInMinutes: 5"),
          blocks.mailbox("anna"),
          blocks.activation("anna", "retest: 30d"),
          blocks.mailbox("bert", "outgoingEmailDeliveryMethod: none"),
        ].join(""),
      );
      const first = await stack.up();
      expect(first.code, first.output).toBe(0);
      const before = sandbox.requests.length;
      const whole = join(stack.directory, "whole.json");
      writeFileSync(whole, await stack.expect(["stack", "export"]));
      const partly = await gmailsync(
        ["export", "--stack-export", whole, "--kind", "queue", "--output", "-"],
        stack.environment,
        stack.directory,
      );
      expect(partly.code).toBe(1);
      expect(partly.stderr).toContain("left out: anna@northwind.example: the stack has it");
      for (const fleet of ["fleet", "other"]) {
        const state = join(stack.directory, "state.json");
        writeFileSync(state, await stack.expect(["stack", "export"]));
        const exported = await gmailsync(
          ["export", "--stack-export", state, "--fleet", fleet, "--force"],
          stack.environment,
          stack.directory,
        );
        expect(exported.code, exported.stdout + exported.stderr).toBe(0);
        await stack.expect(["config", "set", "--secret", "gmailClientSecret"], { input: SEED_CLIENT_SECRET });
        // The component only.
        expect(await stack.expect(importOf(exported.stdout))).toContain("= 1 imported");
        stack.program(FLEET.replace("fleet:", `${fleet}:`));
        const preview = await stack.preview("--diff");
        expect(preview.code, preview.output).toBe(0);
        expect(preview.output).toContain("7 unchanged");
        // The component of before, of which nothing but a name was in the state.
        expect(preview.output).not.toMatch(/to create|to update|replace/);
        const up = await stack.up();
        expect(up.code, up.output).toBe(0);
      }
      // Renamed it is the same by an alias of its own: only the component's name in the state changes.
      stack.program(`${FLEET.replace("fleet:", "renamed:")}\n  options:\n    aliases:\n      - name: other`);
      const renamed = await stack.preview("--diff");
      expect(renamed.output).toContain("6 unchanged");
      expect(renamed.output).toContain('~ name: "other" => "renamed"');
      expect(writes(sandbox, before)).toEqual([]);
      const resources = await stack.resources();
      expect(
        resources.find(({ urn }) => urn.endsWith("MailboxActivation::anna@northwind.example"))?.inputs,
      ).toMatchObject({
        retest: "30d",
      });
    },
    180_000,
  );
});
