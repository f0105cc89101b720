import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { Deadline } from "../network/deadline.ts";
import { readText } from "../read-text.ts";
import { commandLine, telling } from "./command-line.ts";
import { type Candidate, chosen } from "./init/candidate.ts";
import { COLUMNS, type ColumnName, candidatesIn, type Headings } from "./init/csv.ts";
import { addressesIn, beginningText, withEntries } from "./init/merge.ts";
import { summary } from "./init/summary.ts";
import { print, printData, say } from "./output.ts";
import { givenName, readGiven } from "./read-given.ts";
import { writeData } from "./write-masked.ts";

const HELP = `gmailsync init: begins a fleet, or adds to one, from Dynamics or from a spreadsheet

Usage: gmailsync init [TABLE.csv…] [--domain DOMAIN]… [--column NAME=HEADING]… [--output FILE | -] [--project ID] [--verbose] [--json]

Without a table: the users and queues of Dynamics with an address of the domain, whose mailbox has no Gmail profile yet. With one: who
is in it. Tables are CSV as spreadsheets and admin centres write it, with commas, semicolons or tabs, in UTF-8 or UTF-16, with
columns in any order (- is standard input). Usual headings are known.

They come to the end of the file's mailboxes; every line that was there stays as it is, with its comments. Who is left out is told, and
why. Nothing is changed in Dynamics.

Settings, where there is no table, come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID,
and a secret in AZURE_CLIENT_SECRET or another identity (docs/identities.md).

  --domain   only addresses of this domain; needed without a table
  --column   which column has ${COLUMNS.join(", ")}
  --output   the file (default mailboxes.yaml), made where there is none; - prints it and writes nothing
  --project  id of the Google project, for a new file
  --verbose  names all who are left out
  --json     one object

Examples:
  gmailsync init --domain northwind.example --project northwind-mail
  gmailsync init people.csv --column address="Work email" --column disabled=Left
  gmailsync init users.csv --domain northwind.example --output - | less

${exitCodes("init")}`;

export const OPTIONS = {
  domain: { type: "string", multiple: true },
  column: { type: "string", multiple: true },
  output: { type: "string", default: "mailboxes.yaml" },
  project: { type: "string" },
  verbose: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Largest file that is added to, in bytes. */
const LARGEST = 16 * 1024 * 1024;
/** For all of Dynamics, in milliseconds. */
const LOOKING_MS = 300_000;

interface Options {
  readonly tables: readonly string[];
  readonly domains: readonly string[];
  readonly headings: Headings;
  readonly output: string;
  readonly projectId: string | undefined;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** `gmailsync init …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("init", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  return telling("init", async () => {
    const source = options.tables.length > 0 ? await fromTables(options) : await fromDynamics();
    return typeof source === "number" ? source : await write(source, options);
  });
}

function parse(argv: string[]): Options {
  const { values, positionals: tables } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { domain: domains = [], column = [], output, project, verbose, json } = values;
  if (tables.length === 0 && domains.length === 0) throw new TypeError("--domain is needed where there is no table");
  if (tables.length === 0 && column.length > 0) throw new TypeError("--column is for tables");
  if (json && output === "-") throw new TypeError("--json and --output - exclude each other");
  if (project !== undefined && !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project))
    throw new TypeError("--project must be a project's id");
  const headings: Headings = Object.fromEntries(column.map(headingFrom));
  return { tables, domains, headings, output, projectId: project, verbose, json };
}

function headingFrom(given: string): readonly [ColumnName, string] {
  const at = given.indexOf("=");
  const name = COLUMNS.find((one) => one === given.slice(0, at));
  const heading = given.slice(at + 1).trim();
  if (name === undefined || heading === "")
    throw new TypeError(`--column must be ${COLUMNS.join(", ")}, = and a heading`);
  return [name, heading];
}

interface Source {
  readonly candidates: readonly Candidate[];
  readonly environmentUrl: string | undefined;
}

async function fromTables({ tables, headings }: Options): Promise<Source> {
  const candidates: Candidate[] = [];
  for (const table of tables) {
    const text = await readGiven(table, "Save the table as CSV in UTF-8.");
    candidates.push(...candidatesIn(text, givenName(table), headings));
  }
  return { candidates, environmentUrl: process.env["GMAILSYNC_ENVIRONMENT_URL"] || undefined };
}

async function fromDynamics(): Promise<Source | number> {
  // With a table nothing is loaded that speaks to anybody.
  const [{ settings }, { candidatesOf }] = await Promise.all([import("./settings.ts"), import("./init/dynamics.ts")]);
  const services = settings("init");
  if (typeof services === "number") return services;
  const deadline = Deadline.after(LOOKING_MS);
  try {
    const { environmentUrl } = services;
    return { candidates: await candidatesOf(services, deadline), environmentUrl };
  } finally {
    deadline[Symbol.dispose]();
    await services.network.close();
  }
}

async function write({ candidates, environmentUrl }: Source, options: Options): Promise<number> {
  const { output, projectId, domains, json } = options;
  const isPrinted = output === "-";
  const there = isPrinted ? undefined : await textOf(output);
  const before = there ?? beginningText({ environmentUrl, projectId });
  const result = chosen(candidates, { domains, there: addressesIn(before, output) });
  const after = withEntries(before, output, result.entries);
  const isNew = after !== there && result.entries.length > 0;
  const written = isPrinted ? "printed" : isNew ? (there === undefined ? "made" : "grown") : "as it was";
  if (isPrinted) printData(after.trimEnd());
  else if (isNew) writeData(output, after);
  if (json) print(JSON.stringify({ file: output, written: isNew, added: result.entries, left: result.left }));
  else for (const line of summary(result, written, options)) (isPrinted ? say : print)(line);
  return EXIT.ok;
}

async function textOf(file: string): Promise<string | undefined> {
  const text = await readText(file, LARGEST);
  if (typeof text === "string") return text;
  if (text.isMissing) return undefined;
  throw new Fault({ kind: "invalid-input", what: `${file} ${text.refusal}` });
}
