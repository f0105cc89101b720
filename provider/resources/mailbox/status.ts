import type { MailboxRow } from "../../dataverse/tables.ts";
import { DELIVERY_METHOD } from "./columns.ts";

export type Direction = "incoming" | "outgoing";
export const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing"];

/** Option set of the status columns. */
export const STATUS = { notRun: 0, success: 1, failure: 2 } as const;

/** Directions that Dynamics serves by server-side synchronization; the others are not tested. */
export function directionsOf(row: MailboxRow): Direction[] {
  return DIRECTIONS.filter(
    (direction) => row[`${direction}emaildeliverymethod`] === DELIVERY_METHOD.serverSideSynchronization,
  );
}

export function statusOf(row: MailboxRow, direction: Direction): number | null {
  return row[`${direction}emailstatus`];
}

/** When the last test ended; undefined when there was none (the service writes the year 1900 then). */
export function testedOn(row: MailboxRow): string | undefined {
  const moment = row.testmailboxaccesscompletedon;
  return moment && !moment.startsWith("1900-") ? moment : undefined;
}
