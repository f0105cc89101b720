import { parseArgs } from "node:util";
import { exitCodes } from "../codes/exit.ts";
import type { Services } from "../host/configuration.ts";
import { again } from "./again.ts";
import { commandLine, timeLimit } from "./command-line.ts";
import { csvOf } from "./doctor/csv.ts";
import { detailOf } from "./doctor/detail.ts";
import { gather } from "./doctor/gather.ts";
import { jsonOf } from "./doctor/json.ts";
import { junitOf } from "./doctor/junit.ts";
import { examined } from "./doctor/look.ts";
import { type Grouping, lineOf, OVERVIEWS } from "./doctor/overview.ts";
import { counted, exitOf, isTrouble, type Report } from "./doctor/report.ts";
import { Screen } from "./doctor/screen.ts";
import type { Target } from "./doctor/target.ts";
import { givenBy } from "./doctor/targets.ts";
import { looking } from "./looking.ts";
import { print } from "./output.ts";
import type { Parts } from "./parts.ts";
import { writeMasked } from "./write-masked.ts";

const HELP = `gmailsync doctor: looks at mailboxes without changing anything

Usage: gmailsync doctor <address | id | file>… [--failed] [--by cause|client] [--steps] [--json] [--junit FILE] [--csv FILE]
                        [--watch] [--timeout SECONDS] [--read-only]

The steps of a MailboxActivation without Pulumi and without a new Test & Enable: profile, mailbox, approval, sign-in, own
logins by IMAP or POP3 and SMTP, and what Dynamics shows of the last test, with its alerts where it has failed. The mailbox
does not have to be managed; its id may be the URL of its page. A file has one address per line, is the mailboxes.yaml of a
fleet, or what \`pulumi stack export\` writes; - is standard input, and ./ makes a path of anything. Many are shown in a line
each, then what is wrong with them by cause.

A fleet and a stack bring their settings along: a mailbox whose only trouble is tolerated is "waiting", one that is not to be
activated (in a stack: has no MailboxActivation) only has to be there. Neither makes the exit code a bad one.

Settings come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, a secret in
AZURE_CLIENT_SECRET or another identity (docs/identities.md), and GMAILSYNC_MAIL_CREDENTIAL (JSON) for the own logins.

  --failed    shows only what is failed or unknown; all are counted
  --by        groups what is wrong by cause (default) or by client
  --steps     all steps, also of many
  --json      one JSON object per mailbox and line
  --junit     writes a test suite for CI services, too; waiting is skipped, unknown an error
  --csv       writes a table for spreadsheets, too
  --watch     again every 30 s until Ctrl-C
  --timeout   for one mailbox, in seconds (default 120)
  --read-only what it always is: nothing is written to Microsoft or Google, and the way out refuses it

Examples:
  gmailsync doctor anna@northwind.example
  gmailsync doctor mailboxes.yaml --failed --by client
  gmailsync doctor mailboxes.yaml --junit doctor.xml --csv doctor.csv
  gmailsync doctor mailboxes.yaml --json | jq -r 'select(.code == "NOT_SIGNED_IN") | [.address, .webUrl] | @tsv'
  pulumi stack export | gmailsync doctor -

${exitCodes("doctor")}`;

export const OPTIONS = {
  failed: { type: "boolean", default: false },
  by: { type: "string", default: "cause" },
  steps: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  junit: { type: "string" },
  csv: { type: "string" },
  watch: { type: "boolean", default: false },
  timeout: { type: "string", default: "120" },
  "read-only": { type: "boolean" },
} as const;

const WATCH_MS = 30_000;

/** `gmailsync doctor …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("doctor", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  return looking("doctor", async (services, stop) => {
    let code = await examine(services, options, stop);
    const look = async () => {
      code = await examine(services, options, stop);
      return false;
    };
    if (options.watch) await again("doctor", WATCH_MS, stop, look);
    return code;
  });
}

interface Options {
  readonly targets: readonly Target[];
  readonly failed: boolean;
  readonly by: Grouping;
  readonly steps: boolean;
  readonly json: boolean;
  readonly files: readonly { readonly file: string; readonly partsOf: (reports: readonly Report[]) => Parts }[];
  readonly watch: boolean;
  readonly timeoutMs: number;
}

async function parse(argv: string[]): Promise<Options> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { by, junit, csv, timeout, ...flags } = values;
  if (positionals.length === 0) throw new TypeError("an address or a file is needed");
  if (!isGrouping(by)) throw new TypeError(`--by must be ${Object.keys(OVERVIEWS).join(" or ")}`);
  const timeoutMs = timeLimit(timeout, "seconds", 3600);
  const files = [
    ...(junit === undefined ? [] : [{ file: junit, partsOf: junitOf }]),
    ...(csv === undefined ? [] : [{ file: csv, partsOf: csvOf }]),
  ];
  const { targets } = await givenBy(positionals);
  return { ...flags, by, files, targets, timeoutMs };
}

function isGrouping(text: string): text is Grouping {
  return Object.hasOwn(OVERVIEWS, text);
}

/** Looks at all mailboxes and tells as it goes; the worst of them decides the exit code. */
async function examine(services: Services, options: Options, signal: AbortSignal): Promise<number> {
  const { targets, timeoutMs, by, files } = options;
  const screen = new Screen(process.stdout);
  const shown = (reports: readonly Report[]) => reports.filter((report) => !options.failed || isTrouble(report));
  const draw = drawer(options, screen);
  const reports = await gather({ targets, timeoutMs, services, signal }, examined, (fresh) => {
    for (const report of shown(fresh)) print(draw(report));
  });
  if (!options.json && targets.length > 1) {
    const told = shown(reports);
    if (!options.steps) for (const line of OVERVIEWS[by](told, screen)) print(line);
    print(`${told.length > 0 ? "\n" : ""}${counted(reports)}`);
  }
  for (const { file, partsOf } of files) writeMasked(file, partsOf(reports));
  return exitOf(reports);
}

function drawer({ json, steps, targets }: Options, screen: Screen): (report: Report) => string {
  if (json) return jsonOf;
  return steps || targets.length === 1 ? (report) => detailOf(report, screen) : (report) => lineOf(report, screen);
}
