import { expect } from "vitest";
import { saveRows } from "../../sandbox/orders/rows.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { rowWhere } from "../support/sandbox.ts";
import type { Case } from "./case.ts";
import { matrix } from "./matrix.ts";
import { EXCHANGE, rowOf, SHAPES } from "./world.ts";

const profileOf = (sandbox: Sandbox, name: string) => rowWhere(sandbox, "emailserverprofiles", "name", name);
const bound = (id: unknown) => ({ "emailserverprofile@odata.bind": id ? `/emailserverprofiles(${id})` : null });
const anna = (sandbox: Sandbox, cells: Parameters<typeof saveRows>[3]) =>
  saveRows(sandbox.world, "mailboxes", [rowOf(sandbox, "anna")], cells);

/** What an administrator does, and whose settings are his from then on. */
const DEEDS: Readonly<Record<string, { readonly by: (sandbox: Sandbox) => void; readonly theirs: readonly string[] }>> =
  {
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
  };

const WHEN = {
  // A column that is written for the first time then goes back to what he has set.
  "between two ups": async (run: Case, by: (sandbox: Sandbox) => void, theirs: readonly string[]) => {
    await run.up();
    by(run.sandbox);
    await run.converges();
    await run.restores(theirs);
  },
  "before a destroy": async (run: Case, by: (sandbox: Sandbox) => void, theirs: readonly string[]) => {
    await run.up();
    by(run.sandbox);
    await run.restores(theirs);
  },
  "before the first up": async (run: Case, by: (sandbox: Sandbox) => void) => {
    by(run.sandbox);
    const before = run.cells();
    await run.converges();
    await run.stack.destroy();
    expect(run.cells()).toEqual(before);
  },
} as const;

const cases = Object.entries(DEEDS).flatMap(([deed, { by, theirs }]) =>
  Object.entries(WHEN).flatMap(([when, what]) =>
    SHAPES.map((shape) => [`${shape}, an administrator ${deed} ${when}`, { by, theirs, what, shape }] as const),
  ),
);

/** What he has set stays as he has set it, where it is his to set; everything else goes on, and back. */
matrix(
  "an administrator",
  cases,
  (name) => name.replace(/^\w+, /, "").replace(/ (between|before) .*/, ""),
  async (run, given) => {
    await given.what(run, given.by, given.theirs);
  },
);
