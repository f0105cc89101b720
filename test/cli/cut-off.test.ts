import { expect, test } from "vitest";
import { type CutOff, recover } from "../../provider/cli/cut-off.ts";
import { type Json, memberOf } from "../../provider/json.ts";

const MAILBOX = "gmailsync:index:Mailbox";
const [STACK, PROVIDER, PROFILE, ANNA] = [
  "pulumi:pulumi:Stack::test-test",
  "pulumi:providers:gmailsync::default",
  "gmailsync:index:EmailServerProfile::gmail",
  `${MAILBOX}::anna`,
].map((rest) => `urn:pulumi:test::test::${rest}`);
const ROW = "51c8bf0e-7787-4e99-8c76-4214473de884";
const OTHER_ROW = "61c8bf0e-7787-4e99-8c76-4214473de884";

const settings = { profileId: "", incomingEmailDeliveryMethod: 1, outgoingEmailDeliveryMethod: 2, enabled: true };
const inputs = {
  emailAddress: "anna@northwind.example",
  profileId: "a26e9094-a457-50e5-a168-8ade9aec5a3f",
  incomingEmailDeliveryMethod: "serverSideSynchronization",
  outgoingEmailDeliveryMethod: "serverSideSynchronization",
  enabled: true,
};
const creation = (before?: object) => ({
  type: "creating",
  resource: {
    urn: ANNA,
    type: MAILBOX,
    custom: true,
    inputs: { ...inputs, ...(before && { __before: { mailboxId: ROW, settings: before } }) },
    parent: STACK,
    provider: `${PROVIDER}::1`,
    dependencies: [PROFILE],
  },
});
const around = [{ urn: STACK }, { urn: PROVIDER, id: "1" }, { urn: PROFILE, id: "p" }];
const anna = (id: string, outputs: object) => ({ urn: ANNA, id, type: MAILBOX, inputs, outputs });
const original = { profileId: "", incomingEmailDeliveryMethod: 1 };

const state = (resources: readonly object[], operations: readonly object[]): Json => ({
  version: 3,
  deployment: { resources, pending_operations: operations },
});
const resourcesOf = (of: Json) => memberOf(memberOf(of, "deployment"), "resources");

test.each<[string, readonly object[], readonly object[], Omit<CutOff, "address">]>([
  ["is recovered", around, [creation(settings)], { fate: "recovered", original }],
  [
    "is recovered by the first of several tries",
    around,
    [creation(settings), creation({ ...settings, incomingEmailDeliveryMethod: 2 })],
    { fate: "recovered", original },
  ],
  [
    "is recovered where a later run has adopted it without knowing",
    [...around, anna(ROW, {})],
    [creation(settings)],
    { fate: "recovered", original },
  ],
  [
    "is known where the state has its original",
    [...around, anna(ROW, { original: {} })],
    [creation(settings)],
    { fate: "known", original },
  ],
  [
    "is a replacement where the state has another one",
    [...around, anna(OTHER_ROW, {})],
    [creation(settings)],
    { fate: "replacement", original },
  ],
  [
    "is an orphan where its profile has left the state",
    around.slice(0, 2),
    [creation(settings)],
    { fate: "orphan", original },
  ],
  ["is unknown where nobody has looked before", around, [creation()], { fate: "unknown", original: undefined }],
])("a mailbox %s", (_, resources, operations, told) => {
  const { mailboxes, state: after } = recover(state(resources, operations));
  expect(mailboxes).toEqual([{ address: "anna@northwind.example", ...told }]);
  if (told.fate !== "recovered") expect(resourcesOf(after)).toEqual(resources);
  else
    expect(resourcesOf(after)).toEqual([
      ...around,
      expect.objectContaining({ urn: ANNA, id: ROW, outputs: expect.objectContaining({ mailboxId: ROW, original }) }),
    ]);
});

test("a state without pending creations of mailboxes stays as it is, and what else is pending is named", () => {
  const update = { type: "updating", resource: anna(ROW, { original: {} }) };
  const foreign = {
    type: "creating",
    resource: { urn: "urn:pulumi:test::test::other:index:Thing::x", type: "other:index:Thing" },
  };
  const { mailboxes, others, state: after } = recover(state(around, [update, foreign]));
  expect(mailboxes).toEqual([]);
  expect(others).toEqual([ANNA, foreign.resource.urn]);
  expect(resourcesOf(after)).toEqual(around);
});
