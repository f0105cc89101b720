import { createHash } from "node:crypto";

/** What a test of the mailbox is about, of the mailbox itself. */
const COLUMNS = [
  "emailaddress",
  "_emailserverprofile_value",
  "incomingemaildeliverymethod",
  "outgoingemaildeliverymethod",
] as const;

export function mailboxBasis(cells: Readonly<Record<(typeof COLUMNS)[number], unknown>>): string {
  return digest(COLUMNS.map((column) => cells[column]));
}

export function digest(cells: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(cells)).digest("hex").slice(0, 16);
}
