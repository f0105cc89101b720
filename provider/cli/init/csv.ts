import { CsvError, parse } from "csv-parse/sync";
import { Fault, quoted } from "../../fault.ts";
import { KINDS } from "../../resources/mailbox/definition.ts";
import { addressProblem } from "../../schema/address.ts";
import { ownOf } from "../../values.ts";
import type { Candidate } from "./candidate.ts";

/** What is taken from a table. */
export const COLUMNS = ["address", "kind", "client", "disabled"] as const;
export type ColumnName = (typeof COLUMNS)[number];
/** Headings by what stands below them. */
export type Headings = Partial<Readonly<Record<ColumnName, string>>>;

/**
 * Headings that are known, in small letters and without what stands in brackets, the best first: of the exports of Google's and
 * Microsoft's admin centres, of Exchange's and Entra's PowerShell, and what people write.
 */
const HEADINGS: Readonly<Record<ColumnName, readonly string[]>> = {
  address: [
    ...["address", "email address", "primary email", "primarysmtpaddress", "primary smtp address", "mail", "email"],
    ...["e-mail", "emailaddress", "internalemailaddress", "e-mail-adresse", "e-mail address", "user principal name"],
    "userprincipalname",
  ],
  kind: ["kind"],
  client: ["client"],
  disabled: [
    "disabled",
    "block credential",
    "blockcredential",
    "accountdisabled",
    "suspended",
    "status",
    "accountenabled",
  ],
};

/** What says that somebody is disabled, in a column of that heading; `yes` in others. */
const DISABLED: Readonly<Record<string, RegExp>> = { status: /^(?!active$).+/i, accountenabled: /^(false|no|0)$/i };
const YES = /^(true|yes|1|x)$/i;

const SEPARATORS = [",", ";", "\t"] as const;

/** Everybody in a table: with a heading, or a list of addresses. */
export function candidatesIn(text: string, file: string, given: Headings): readonly Candidate[] {
  const rows = rowsOf(text, file);
  const [first = []] = rows;
  const hasHeading = Object.keys(given).length > 0 || first.every((cell) => addressProblem(cell) !== undefined);
  const columns = hasHeading
    ? columnsOf(first, file, given)
    : { address: { index: first.findIndex(isAddress), heading: "" } };
  const cell = (row: readonly string[], name: ColumnName) => row[columns[name]?.index ?? -1] ?? "";
  return rows.slice(hasHeading ? 1 : 0).map((row, index): Candidate => {
    const kind = KINDS.find((one) => one === cell(row, "kind").toLowerCase());
    const test = DISABLED[columns.disabled?.heading ?? ""] ?? YES;
    return {
      address: cell(row, "address"),
      name: cell(row, "address") || `row ${index + (hasHeading ? 2 : 1)} of ${file}`,
      kind,
      client: cell(row, "client") || undefined,
      ...(test.test(cell(row, "disabled")) && { not: "disabled" as const }),
    };
  });
}

function isAddress(text: string): boolean {
  return addressProblem(text) === undefined;
}

/** Excel writes what separates cells in the first line, if it is asked to. */
const SAYS_SEPARATOR = /^sep=(.)\r?\n/i;

function rowsOf(text: string, file: string): readonly (readonly string[])[] {
  const said = SAYS_SEPARATOR.exec(text);
  const table = text.slice(said?.[0].length ?? 0);
  const rows: string[][] = [];
  try {
    parse(table, {
      delimiter: said?.[1] ?? separatorOf(table),
      relax_column_count: true,
      relax_quotes: true,
      skip_records_with_empty_values: true,
      trim: true,
      on_record: (row: string[]) => {
        rows.push(row);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(`${file} is no table: line ${error["lines"]} has a quotation mark that is not closed`);
  }
  if (rows.length > 0) return rows;
  throw unreadable(`${file} has no row`);
}

/** What stands most often in the first line, outside of quotation marks. */
function separatorOf(text: string): string {
  const line = (/^(?:[^"\n]|"[^"]*")*/.exec(text)?.[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => line.split(separator).length;
  return SEPARATORS.toSorted((one, other) => count(other) - count(one))[0] ?? ",";
}

type Found = Partial<Record<ColumnName, { readonly index: number; readonly heading: string }>>;

function columnsOf(first: readonly string[], file: string, given: Headings): Found {
  const headings = first.map(plain);
  const found: Found = {};
  for (const name of COLUMNS) {
    const wanted = ownOf(given, name);
    const heading = wanted === undefined ? HEADINGS[name].find((one) => headings.includes(one)) : plain(wanted);
    const index = heading === undefined ? -1 : headings.indexOf(heading);
    if (heading !== undefined && index >= 0) found[name] = { index, heading };
    else if (wanted !== undefined) throw unreadable(`${file} has no column ${quoted(wanted)}; ${columnsText(first)}`);
  }
  if (found.address) return found;
  throw unreadable(`It is not known which column of ${file} has the addresses; ${columnsText(first)}`);
}

/** `Email Address [Required]` and `emailaddress (read only)` are what stands before. */
function plain(heading: string): string {
  return heading
    .replace(/[[(].*/s, "")
    .trim()
    .toLowerCase();
}

function columnsText(first: readonly string[]): string {
  return `it has ${first.slice(0, 30).map(quoted).join(", ")}`;
}

function unreadable(what: string): Fault {
  return new Fault({
    kind: "invalid-input",
    what,
    hint: "Say which it is by `--column address=HEADING`; tables are CSV with commas, semicolons or tabs.",
  });
}
