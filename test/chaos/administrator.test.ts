import { expect } from "vitest";
import { deleteRows, saveRows } from "../../sandbox/orders/rows.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { rowWhere } from "../support/sandbox.ts";
import type { Case } from "./case.ts";
import { matrix } from "./matrix.ts";
import { DESTROY_POINTS, UP_POINTS } from "./points.ts";
import { EXCHANGE, rowOf, SHAPES } from "./world.ts";

const profileOf = (sandbox: Sandbox, name: string) => rowWhere(sandbox, "emailserverprofiles", "name", name);
const bound = (id: unknown) => ({ "emailserverprofile@odata.bind": id ? `/emailserverprofiles(${id})` : null });
const anna = (sandbox: Sandbox, cells: Parameters<typeof saveRows>[3]) =>
  saveRows(sandbox.world, "mailboxes", [rowOf(sandbox, "anna")], cells);

interface Deed {
  readonly by: (sandbox: Sandbox) => void;
  readonly theirs: readonly string[];
  /** It is done to what is ours: not before there is something. */
  readonly toOurs?: true;
}

/** What an administrator does, and whose settings are his from then on. */
const DEEDS: Readonly<Record<string, Deed>> = {
  "sets another profile": {
    by: (sandbox) => anna(sandbox, bound(profileOf(sandbox, EXCHANGE)["emailserverprofileid"])),
    theirs: [],
  },
  "takes the profile away": { by: (sandbox) => anna(sandbox, bound(null)), theirs: ["anna"] },
  "rejects the address": { by: (sandbox) => anna(sandbox, { emailrouteraccessapproval: 3 }), theirs: ["anna"] },
  "deactivates the mailbox": { by: (sandbox) => anna(sandbox, { statecode: 1, statuscode: 2 }), theirs: ["anna"] },
  "stops what it sends": { by: (sandbox) => anna(sandbox, { outgoingemaildeliverymethod: 0 }), theirs: ["anna"] },
  "changes the default profile": {
    by: (sandbox) =>
      saveRows(sandbox.world, "organizations", [rowWhere(sandbox, "organizations", "name", "Contoso")], {
        "defaultemailserverprofileid@odata.bind": null,
      }),
    theirs: ["the organisation"],
  },
  "deletes the profile": {
    by: (sandbox) => deleteRows(sandbox.world, "emailserverprofiles", [profileOf(sandbox, "Gmail")]),
    theirs: [],
    toOurs: true,
  },
};

const WHEN = {
  // A column that is written for the first time then goes back to what he has set.
  "between two ups": async (run: Case, { by, theirs }: Deed) => {
    await run.up();
    by(run.sandbox);
    await run.converges();
    await run.restores(theirs);
  },
  "before a destroy": async (run: Case, { by, theirs }: Deed) => {
    await run.up();
    by(run.sandbox);
    await run.restores(theirs);
  },
  "before the first up": async (run: Case, { by }: Deed) => {
    by(run.sandbox);
    const before = run.cells();
    await run.converges();
    await run.stack.destroy();
    expect(run.cells()).toEqual(before);
  },
} as const;

const cases = Object.entries(DEEDS).flatMap(([what, deed]) =>
  Object.entries(WHEN).flatMap(([when, run]) =>
    (deed.toOurs && when === "before the first up" ? [] : SHAPES).map(
      (shape) => [`${shape}, an administrator ${what} ${when}`, { deed, run, shape }] as const,
    ),
  ),
);

/** What he has set stays as he has set it, where it is his to set; everything else goes on, and back. */
matrix(
  "an administrator",
  cases,
  (name) => name.replace(/^\w+, /, "").replace(/ (between|before) .*/, ""),
  async (run, given) => {
    await given.run(run, given.deed);
  },
);

const ANNA = "mailbox anna@northwind.example";

/** The same, as orders: just before a write is carried out. */
const ORDERS: Readonly<Record<string, { readonly order: string; readonly theirs: readonly string[] }>> = {
  "sets another profile": { order: `set ${ANNA} profile="${EXCHANGE}"`, theirs: ["anna"] },
  "takes the profile away": { order: `set ${ANNA} profile=`, theirs: ["anna"] },
  "rejects the address": { order: `set ${ANNA} emailrouteraccessapproval=3`, theirs: ["anna"] },
  "deactivates the mailbox": { order: `set ${ANNA} statecode=1 statuscode=2`, theirs: ["anna"] },
  "stops what it sends": { order: `set ${ANNA} outgoingemaildeliverymethod=0`, theirs: ["anna"] },
  "changes the default profile": { order: "set organization Contoso profile=", theirs: ["the organisation"] },
};

const { "the 1st mailbox": first, "the last mailbox": last, "the 1st test": test } = UP_POINTS;
const DURING = {
  up: { "the 1st mailbox": first, "the last mailbox": last, "the 1st test": test },
  destroy: DESTROY_POINTS,
} as const;

const during = (["up", "destroy"] as const).flatMap((command) =>
  Object.entries(DURING[command]).flatMap(([where, point]) =>
    Object.entries(ORDERS).flatMap(([deed, { order, theirs }]) =>
      SHAPES.map(
        (shape) =>
          [
            `${shape}, an administrator ${deed} during ${command}, before ${where}`,
            { command, point, effect: { order }, theirs, shape },
          ] as const,
      ),
    ),
  ),
);

matrix(
  "an administrator at the same time",
  during,
  (name) => name.replace(/^\w+, /, "").replace(/, before .*/, ""),
  async (run, { command, theirs, ...fault }) => {
    if (command === "destroy") await run.up();
    const met = run.disturb({ ...fault.point, effect: fault.effect });
    await run.stack.run([command, "--yes", "--skip-preview"]);
    expect(met.disturbed).toBe(1);
    met.remove();
    await run.converges();
    await run.restores(theirs);
  },
);
