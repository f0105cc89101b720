import type { MailboxRow } from "../../dataverse/tables.ts";
import { type Changes, type Columns, type ColumnValue, option, plain } from "../../resource/columns.ts";
import type { MailboxInputs } from "./definition.ts";

/** Option sets of the table `mailbox`; note that `actdeliverymethod` counts in another order than the other two. */
export const DELIVERY_METHOD = { none: 0, serverSideSynchronization: 2 } as const;
export const ACT_NONE = 2;
export const APPROVED = 1;

export const columns: Columns<MailboxInputs, MailboxRow> = {
  // What a mailbox is found by; the service lets nobody change it here.
  emailAddress: null,
  mailboxId: null,
  kind: null,
  profileId: {
    column: "_emailserverprofile_value",
    unset: null,
    wanted: (profileId) => profileId,
    seen: (cell) => cell ?? undefined,
    patch: bindProfile,
  },
  incomingEmailDeliveryMethod: option("incomingemaildeliverymethod", DELIVERY_METHOD),
  outgoingEmailDeliveryMethod: option("outgoingemaildeliverymethod", DELIVERY_METHOD),
  appointmentsContactsAndTasks: option("actdeliverymethod", { none: ACT_NONE, outlook: 0 }),
  approved: {
    column: "emailrouteraccessapproval",
    unset: null,
    wanted: (approved) => (approved ? APPROVED : undefined),
    seen: (cell) => cell === APPROVED,
  },
  enabled: {
    column: "statecode",
    unset: null,
    wanted: (enabled) => (enabled === undefined ? undefined : enabled ? 0 : 1),
    seen: (cell) => cell === 0,
    patch: bindState,
  },
  // At Gmail.
  gmail: null,
  processAndDeleteEmails: plain("processanddeleteemails", false),
};

/** A lookup is written by its navigation property; null takes the profile away. */
export function bindProfile(profileId: ColumnValue | undefined): Changes {
  return { "emailserverprofile@odata.bind": profileId ? `/emailserverprofiles(${profileId})` : null };
}

export function bindState(statecode: ColumnValue): Changes {
  return { statecode, statuscode: statecode === 0 ? 1 : 2 };
}
