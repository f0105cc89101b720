import { nextOf } from "../../schema/step.ts";
import type { Parts } from "../parts.ts";
import type { Report } from "./report.ts";

/** For spreadsheets (RFC 4180): a line for each mailbox. */
export function csvOf(reports: readonly Report[]): Parts {
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

/** The lines of a table (RFC 4180). */
export function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): Parts {
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`);
}

/** Spreadsheets take what begins like a formula for one, unless an apostrophe stands before it. */
function cell(text = ""): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
