import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { givenBy } from "../../provider/cli/doctor/targets.ts";
import { optionsFrom } from "../../provider/cli/export/options.ts";
import { declaredIn } from "../../provider/cli/preflight/declared.ts";
import { stateIn } from "../../provider/cli/stack-export.ts";
import { gmailsync } from "../support/command.ts";
import { PulumiStub } from "../support/pulumi-stub.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

/** As many values as a mailbox has together with its activation. */
const VALUES = Array.from({ length: 140 }, () => 0);
const stackOf = (count: number) => ({
  version: 3,
  deployment: {
    resources: Array.from({ length: count }, (_, index) => ({
      urn: `urn:pulumi:test::test::gmailsync:index:Mailbox::m${index}`,
      type: "gmailsync:index:Mailbox",
      id: `51c8bf0e-7787-4e99-8c76-${String(index).padStart(12, "0")}`,
      outputs: { emailAddress: `m${index}@northwind.example`, original: {}, VALUES },
    })),
  },
});

/** More values than an answer may have. */
const MANY = 7500;
const state = stackOf(MANY);
const file = join(temporaryDirectory(), "stack.json");
writeFileSync(file, JSON.stringify(state));

test.each<[string, () => Promise<number | undefined>]>([
  ["doctor", async () => (await givenBy([file])).targets.length],
  ["preflight", async () => (await declaredIn(file)).mailboxes.length],
  ["export", async () => (await optionsFrom(["--stack-export", file])).holdings.mailboxes.size],
  [
    "originals",
    async () => {
      const { stdout } = await gmailsync(["originals", "list"], new PulumiStub(state).environment);
      return stdout.match(/: known$/gm)?.length;
    },
  ],
])("an export of thousands of mailboxes is read by %s", async (_, read) => {
  expect(await read()).toBe(MANY);
});

test("an export of 20,000 mailboxes is within its bounds", () => {
  expect(stateIn(JSON.stringify(stackOf(20_000)))).toBeDefined();
});

test("an export is bounded all the same", () => {
  expect(stateIn(`{"deployment":[${"[],".repeat(5_000_000)}[]]}`)).toBeUndefined();
});
