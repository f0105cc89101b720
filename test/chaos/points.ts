import type { HttpFault } from "../../sandbox/faults/fault.ts";

type Point = Pick<HttpFault, "method" | "path" | "row" | "nth"> & Partial<Pick<HttpFault, "service">>;

const MAILBOX: Point = { method: "PATCH", path: "mailboxes(", row: "emaildeliverymethod" };
const TEST: Point = { method: "PATCH", path: "mailboxes(", row: "testemailconfigurationscheduled" };

/** Writes of an `up`, in about the order in which they come; the mailboxes are written side by side. */
export const UP_POINTS = {
  "the profile": { method: "POST", path: "emailserverprofiles" },
  "the default profile": { method: "PATCH", path: "organizations(" },
  "the 1st mailbox": MAILBOX,
  "the 3rd mailbox": { ...MAILBOX, nth: 3 },
  "the last mailbox": { ...MAILBOX, nth: 5 },
  "the 1st test": TEST,
  "the last test": { ...TEST, nth: 5 },
} as const satisfies Record<string, Point>;

/** Writes of a `destroy`. */
export const DESTROY_POINTS = {
  "the 1st mailbox put back": MAILBOX,
  "the last mailbox put back": { ...MAILBOX, nth: 5 },
  "the default put back": { method: "PATCH", path: "organizations(" },
  "the profile's deletion": { method: "DELETE", path: "emailserverprofiles(" },
} as const satisfies Record<string, Point>;

/** Writes of Gmail's settings in an `up`: IMAP of one account, POP of two. */
export const GMAIL_POINTS = {
  "the IMAP settings": { service: "google", method: "PUT", path: "/settings/imap" },
  "the 1st POP settings": { service: "google", method: "PUT", path: "/settings/pop" },
  "the 2nd POP settings": { service: "google", method: "PUT", path: "/settings/pop", nth: 2 },
} as const satisfies Record<string, Point>;

/** Writes of 20 mailboxes, whatever they are: every tenth of an `up` (profile, default, mailboxes, tests) and of a `destroy`. */
const every10th = (...nths: readonly number[]): Readonly<Record<string, Point>> =>
  Object.fromEntries(
    nths.map((nth) => [`write ${nth}`, { method: ["POST", "PATCH", "DELETE"], path: "/api/data/", nth }]),
  );
export const EVERY_TENTH = { up: every10th(1, 11, 21, 31, 41), destroy: every10th(1, 11, 21) } as const;
