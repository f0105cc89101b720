import { expect, test } from "vitest";
import { NO_LOCK } from "../../provider/fleet/lock.ts";
import { planOf } from "../../provider/fleet/plan.ts";
import type { FleetSpec } from "../../provider/resources/fleet/spec.ts";

const client = { projectId: "northwind-mail" };
const names = (spec: Partial<FleetSpec>) =>
  planOf({ clients: { north: client }, mailboxes: [], ...spec }, NO_LOCK).clients.map(({ profile }) => profile.name);

test.each<[string, Partial<FleetSpec>, string[]]>([
  ["one client's is called Gmail", {}, ["Gmail"]],
  ["or as the fleet says", { profile: { name: "Mail" } }, ["Mail"]],
  [
    "several are told apart by their clients",
    { clients: { north: client, south: client } },
    ["Gmail (north)", "Gmail (south)"],
  ],
  [
    "with the fleet's name, too",
    { profile: { name: "Mail" }, clients: { north: client, south: client } },
    ["Mail (north)", "Mail (south)"],
  ],
  [
    "unless a client has a name of its own",
    { clients: { north: { ...client, profile: { name: "North" } }, south: client } },
    ["North", "Gmail (south)"],
  ],
])("profiles of a fleet: %s", (_, spec, expected) => {
  expect(names(spec)).toEqual(expected);
});

test("a mailbox is activated unless it, or the fleet, says otherwise", () => {
  const activated = (spec: Partial<FleetSpec>) =>
    planOf({ clients: { north: client }, mailboxes: [], ...spec }, NO_LOCK).mailboxes.map(({ activation }) =>
      Boolean(activation),
    );
  const mailboxes = [
    { address: "a@x.example" },
    { address: "b@x.example", activate: false },
    { address: "c@x.example", activate: true },
  ];
  expect(activated({ mailboxes })).toEqual([true, false, true]);
  expect(activated({ mailboxes, defaults: { activate: false } })).toEqual([false, false, true]);
});
