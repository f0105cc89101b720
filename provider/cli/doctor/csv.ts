import { nextOf } from "../../schema/step.ts";
import type { Report } from "./report.ts";

/** For spreadsheets (RFC 4180): a line for each mailbox. */
export function csvOf(reports: readonly Report[]): string {
  const rows = reports.map(({ target, status, decisive, webUrl, testedOn }) => [
    target.address,
    target.client,
    status,
    decisive?.code,
    decisive && nextOf(decisive.step),
    webUrl,
    testedOn,
    target.kind,
  ]);
  const head = ["address", "client", "status", "code", "hint", "webUrl", "testedOn", "kind"];
  return table(head, rows);
}

/** The text of a table (RFC 4180). */
export function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Spreadsheets take what begins like a formula for one, unless an apostrophe stands before it. */
function cell(text = ""): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
