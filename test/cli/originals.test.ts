import { expect, test } from "vitest";
import { gmailsync } from "../support/command.ts";
import { PulumiStub } from "../support/pulumi-stub.ts";

const MAILBOX = "gmailsync:index:Mailbox";
const [ANNA, BERT, BUCKET] = [`${MAILBOX}::anna`, `${MAILBOX}::bert`, "aws:s3:Bucket::logs"].map(
  (rest) => `urn:pulumi:test::test::${rest}`,
);
const bert = { urn: BERT, type: MAILBOX, id: "b", outputs: { emailAddress: "bert@northwind.example" } };
const bucket = { type: "updating", resource: { urn: BUCKET, type: "aws:s3:Bucket" } };
/** Its profile is not in the state. */
const anna = {
  type: "creating",
  resource: {
    urn: ANNA,
    type: MAILBOX,
    inputs: {
      emailAddress: "anna@northwind.example",
      incomingEmailDeliveryMethod: "serverSideSynchronization",
      __before: {
        mailboxId: "51c8bf0e-7787-4e99-8c76-4214473de884",
        settings: { profileId: "", incomingEmailDeliveryMethod: 1, outgoingEmailDeliveryMethod: 2, enabled: true },
      },
    },
    dependencies: ["urn:pulumi:test::test::gmailsync:index:EmailServerProfile::gmail"],
  },
};
const pulumiWith = (...pending: readonly object[]) =>
  new PulumiStub({ version: 3, deployment: { resources: [bert], pending_operations: pending } });
const set = (pulumi: PulumiStub, ...flags: string[]) =>
  gmailsync(["originals", "set", "bert@northwind.example", "profileId=", ...flags], pulumi.environment);

test.each([[], ["--yes"]])("`set` tells what else is pending, which an import drops %s", async (...flags) => {
  const pulumi = pulumiWith(bucket);
  const { code, stdout } = await set(pulumi, ...flags);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`so also: ${BUCKET}`)]);
  expect(pulumi.imported !== undefined).toBe(flags.length > 0);
});

test("`set` does not drop how a mailbox was whose creation was cut off and whose profile has left the state", async () => {
  const pulumi = pulumiWith(anna);
  const { code, stderr } = await set(pulumi, "--yes");
  expect([code, stderr]).toEqual([1, expect.stringContaining("Run `gmailsync originals recover` first")]);
  expect(pulumi.imported).toBeUndefined();
});

test("`set` tells of a mailbox whose creation was cut off and of which nobody knows how it was", async () => {
  const { __before: _, ...inputs } = anna.resource.inputs;
  const { code, stdout } = await set(pulumiWith({ ...anna, resource: { ...anna.resource, inputs } }));
  expect([code, stdout]).toEqual([0, expect.stringContaining("so also: anna@northwind.example")]);
});

test("`set` refuses a form that it does not have", async () => {
  const { code, stderr } = await set(pulumiWith(), "--json");
  expect([code, stderr]).toEqual([2, expect.stringContaining("set takes no --json")]);
});
