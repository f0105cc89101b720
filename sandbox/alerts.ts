import { randomUUID } from "node:crypto";
import { type DataverseState, now, type Row, rowsOf, touch } from "./dataverse/state.ts";

/** An alert about a mailbox. */
export interface Alert {
  readonly text: string;
  readonly code: number;
  readonly level: "information" | "error";
  /** What the mail server or Google has said. */
  readonly details?: string | undefined;
  /** As the alert's "Email Server Error Code" shows it. */
  readonly type?: string;
}

/** The options of `level`. */
const LEVELS = { information: 1, error: 3 } as const;

/**
 * An alert that says the same of the same mailbox as an earlier one is that row, with a new moment and what was said now.
 * Assumption: alert-repeats.
 */
export function writeAlert(state: DataverseState, mailbox: Row, { text, code, level, details, type }: Alert): void {
  const same: Row = {
    level: LEVELS[level],
    text,
    tracecode: code,
    _regardingobjectid_value: mailbox["mailboxid"] ?? null,
  };
  const logs = rowsOf(state, "tracelogs");
  const before = logs.find((log) => Object.entries(same).every(([name, value]) => log[name] === value));
  const log = before ?? {
    tracelogid: randomUUID(),
    ...same,
    tracestatus: level === "information",
    createdon: now(),
    regardingobjecttypecode: "mailbox",
  };
  Object.assign(log, { errordetails: details ?? null, errortypedisplay: type ?? null, modifiedon: now() });
  if (!before) logs.push(log);
  touch(state, log);
}
