// Functions of the provider for its fleets. They are no part of the schema.

/** Tells a fleet what the provider remembers of its run (`provider/resource/outcomes.ts`). */
export const OUTCOMES = "gmailsync:index:outcomes";

/** Looks for the mailboxes of a fleet before they are registered (`provider/resources/mailbox/look-up.ts`). */
export const LOOK_UP = "gmailsync:index:lookUp";
