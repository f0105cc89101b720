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

export function writeAlert(state: DataverseState, mailbox: Row, { text, code, level, details, type }: Alert): void {
  const log: Row = {
    tracelogid: randomUUID(),
    level: LEVELS[level],
    text,
    tracecode: code,
    tracestatus: level === "information",
    errordetails: details ?? null,
    errortypedisplay: type ?? null,
    createdon: now(),
    _regardingobjectid_value: mailbox["mailboxid"] ?? null,
    regardingobjecttypecode: "mailbox",
  };
  rowsOf(state, "tracelogs").push(log);
  touch(state, log);
}
