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

const COUNT = 20_000;
/** As many values as a mailbox has together with its activation. */
const VALUES = Array.from({ length: 140 }, () => 0);
const resources = Array.from({ length: COUNT }, (_, index) => ({
  urn: `urn:pulumi:test::test::gmailsync:index:Mailbox::m${index}`,
  type: "gmailsync:index:Mailbox",
  id: `51c8bf0e-7787-4e99-8c76-${String(index).padStart(12, "0")}`,
  outputs: { emailAddress: `m${index}@northwind.example`, original: {}, VALUES },
}));
const state = { version: 3, deployment: { resources } };
const file = join(temporaryDirectory(), "stack.json");
writeFileSync(file, JSON.stringify(state));

test("an export of 20,000 mailboxes is read by all who take one", async () => {
  expect((await givenBy([file])).targets).toHaveLength(COUNT);
  expect((await declaredIn(file)).mailboxes).toHaveLength(COUNT);
  expect((await optionsFrom(["--stack-export", file])).holdings.mailboxes.size).toBe(COUNT);
  const { code, stdout, stderr } = await gmailsync(["originals", "list"], new PulumiStub(state).environment);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.match(/: known$/gm)).toHaveLength(COUNT);
});

test("an export is bounded all the same", () => {
  expect(stateIn(`{"deployment":[${"[],".repeat(5_000_000)}[]]}`)).toBeUndefined();
});
