import type { Cell, Column } from "../../resource/columns.ts";
import type { MailboxInputs } from "./definition.ts";

type Inputs = MailboxInputs;

/** Option sets of the table `mailbox`; note that `actdeliverymethod` counts in another order than the other two. */
export const DELIVERY_METHOD = { none: 0, serverSideSynchronization: 2 } as const;
export const ACT_NONE = 2;
export const APPROVED = 1;

function method(
  property: "incomingEmailDeliveryMethod" | "outgoingEmailDeliveryMethod",
  column: string,
): Column<Inputs> {
  return {
    property,
    column,
    unset: null,
    wanted: (inputs) => inputs[property] && DELIVERY_METHOD[inputs[property]],
    seen: (cell) => Object.entries(DELIVERY_METHOD).find(([, value]) => value === cell)?.[0],
  };
}

export const columns: readonly Column<Inputs>[] = [
  {
    property: "profileId",
    column: "_emailserverprofile_value",
    unset: null,
    wanted: ({ profileId }) => profileId,
    seen: (cell) => cell ?? undefined,
    patch: bindProfile,
  },
  method("incomingEmailDeliveryMethod", "incomingemaildeliverymethod"),
  method("outgoingEmailDeliveryMethod", "outgoingemaildeliverymethod"),
  {
    property: "appointmentsContactsAndTasks",
    column: "actdeliverymethod",
    unset: null,
    wanted: ({ appointmentsContactsAndTasks }) => appointmentsContactsAndTasks && ACT_NONE,
    seen: (cell) => (cell === ACT_NONE ? "none" : undefined),
  },
  {
    property: "approved",
    column: "emailrouteraccessapproval",
    unset: null,
    wanted: ({ approved }) => (approved ? APPROVED : undefined),
    seen: (cell) => cell === APPROVED,
  },
  {
    property: "enabled",
    column: "statecode",
    unset: null,
    wanted: ({ enabled }) => (enabled === undefined ? undefined : enabled ? 0 : 1),
    seen: (cell) => cell === 0,
    patch: bindState,
  },
  {
    property: "processAndDeleteEmails",
    column: "processanddeleteemails",
    unset: false,
    wanted: ({ processAndDeleteEmails }) => processAndDeleteEmails,
    seen: (cell) => cell ?? undefined,
  },
];

/** A lookup is written by its navigation property; null takes the profile away. */
export function bindProfile(profileId: Cell | undefined): Readonly<Record<string, Cell>> {
  return { "emailserverprofile@odata.bind": profileId ? `/emailserverprofiles(${profileId})` : null };
}

export function bindState(statecode: Cell): Readonly<Record<string, Cell>> {
  return { statecode, statuscode: statecode === 0 ? 1 : 2 };
}
