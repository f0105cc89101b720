import type { Cell, Row } from "../../sandbox/dataverse/state.ts";
import type { ModelEngine } from "./model-engine.ts";
import type { ModelWorld, Person } from "./model-world.ts";

type Change = (world: ModelWorld, person: Person, engine: ModelEngine) => void;

/** What somebody else does, at a person's mailbox or elsewhere. */
export const CHANGES: Readonly<Record<string, Change>> = {
  "another profile": (world, person) => save(world, person, bound(world.exchange)),
  "no profile": (world, person) => save(world, person, bound(null)),
  "receives by router": (world, person) => save(world, person, { incomingemaildeliverymethod: 1 }),
  "sends nothing": (world, person) => save(world, person, { outgoingemaildeliverymethod: 0 }),
  "rejects the address": (world, person) => save(world, person, { emailrouteraccessapproval: 3 }),
  "keeps mail": (world, person) => save(world, person, { processanddeleteemails: false }),
  deactivates: (world, person) => save(world, person, { statecode: 1, statuscode: 2 }),
  "disables the owner": (world, person) => switchOwner(world, person, true),
  "enables the owner": (world, person) => switchOwner(world, person, false),
  "deletes the row": (world, person) => world.remove(person),
  "changes the address": (world, person) => {
    const { set, row } = world.owner(person);
    const column = set === "queues" ? "emailaddress" : "internalemailaddress";
    world.save(set, row, { [column]: `new.${world.address(person)}`.slice(-60) });
  },
  "deletes profile north": (world, _, engine) => world.removeProfile(engine.entry("north")?.id),
  "deletes profile south": (world, _, engine) => world.removeProfile(engine.entry("south")?.id),
  "changes the default": (world) => saveDefault(world, world.exchange),
  "takes the default away": (world) => saveDefault(world, null),
};

function bound(profile: Cell): Row {
  return { "emailserverprofile@odata.bind": profile && `/emailserverprofiles(${profile})` };
}

function save(world: ModelWorld, person: Person, cells: Row): void {
  const row = world.row(person);
  if (row) world.save("mailboxes", row, cells);
}

function saveDefault(world: ModelWorld, profile: Cell): void {
  const cells = { "defaultemailserverprofileid@odata.bind": profile && `/emailserverprofiles(${profile})` };
  world.save("organizations", world.organization, cells);
}

function switchOwner(world: ModelWorld, person: Person, disabled: boolean): void {
  // Whether a queue is inactive is not looked at: activating its mailbox is an error then.
  if (person === "support") return;
  const owner = world.owner(person);
  world.save(owner.set, owner.row, owner.disabled(disabled));
  if (disabled) world.allow(person, "statecode", 1);
}
