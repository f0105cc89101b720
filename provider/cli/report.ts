import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { commandLine, timeLimit } from "./command-line.ts";
import { csvOf } from "./doctor/csv.ts";
import { gather } from "./doctor/gather.ts";
import { junitOf } from "./doctor/junit.ts";
import { examined } from "./doctor/look.ts";
import { OVERVIEWS } from "./doctor/overview.ts";
import { counted, exitOf, type Report, reportStored } from "./doctor/report.ts";
import { Screen } from "./doctor/screen.ts";
import { type Given, givenBy } from "./doctor/targets.ts";
import { type AskedFor, formsIn, writeForms } from "./forms.ts";
import { looking } from "./looking.ts";
import { print, say } from "./output.ts";
import type { Parts } from "./parts.ts";
import { htmlOf } from "./report/html.ts";
import { surveyInJson } from "./report/json.ts";
import { MARKDOWN_LIMIT, markdownOf } from "./report/markdown.ts";
import type { Survey } from "./report/survey.ts";

const HELP = `gmailsync report: one page about all mailboxes, without changing anything

Usage: gmailsync report <address | id | file>… [--html FILE] [--markdown FILE] [--junit FILE] [--json FILE] [--csv FILE]
                        [--stored] [--timeout SECONDS] [--read-only]

Looks at mailboxes as \`gmailsync doctor\` does, with the same settings from the environment: a file is the mailboxes.yaml of a
fleet, what \`pulumi stack export\` writes, or has one address per line; - is standard input. What is wrong stands by cause, each
with what to do and whom it hits; places in Google's projects, what is not as declared, the age of the tests, and every step of
every mailbox follow. FILE may be -, for standard output.

  --html      one file that loads nothing: light and dark, for phones and for paper, with search
  --markdown  for job summaries and comments, below ${MARKDOWN_LIMIT} characters
  --junit     a test suite for CI services; waiting is skipped, unknown an error
  --json      one object
  --csv       a table for spreadsheets
  --stored    asks nobody, and needs no settings: what a stack's export tells of its last \`up\`
  --timeout   for one mailbox, in seconds (default 120)
  --read-only what it always is: nothing is written to Microsoft or Google, and the way out refuses it

Examples:
  gmailsync report mailboxes.yaml --html report.html
  gmailsync report mailboxes.yaml --markdown - >> "$GITHUB_STEP_SUMMARY"
  gmailsync report mailboxes.yaml --html report.html --junit report.xml --json report.json
  pulumi stack export | gmailsync report - --stored --html report.html

${exitCodes("report")}`;

export const OPTIONS = {
  html: { type: "string" },
  markdown: { type: "string" },
  junit: { type: "string" },
  json: { type: "string" },
  csv: { type: "string" },
  stored: { type: "boolean", default: false },
  timeout: { type: "string", default: "120" },
  "read-only": { type: "boolean" },
} as const;

/** What a report can be written as. */
export const FORMS = {
  html: htmlOf,
  markdown: (survey: Survey) => [markdownOf(survey)],
  junit: ({ reports }: Survey) => junitOf(reports, "report"),
  json: surveyInJson,
  csv: ({ reports }: Survey) => csvOf(reports),
} as const satisfies Readonly<Record<string, (survey: Survey) => Parts>>;

type Form = keyof typeof FORMS;
const NAMES = ["html", "markdown", "junit", "json", "csv"] as const satisfies readonly Form[];

interface Options extends Given {
  readonly files: readonly AskedFor<Form>[];
  readonly stored: boolean;
  readonly timeoutMs: number;
}

/** `gmailsync report …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("report", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  if (options.stored) return tellStored(options);
  return looking("report", async (services, signal) => {
    const reports = await gather({ ...options, services, signal }, examined);
    return tell(options, { reports, environmentUrl: services.environmentUrl, from: "Dynamics" });
  });
}

async function parse(argv: string[]): Promise<Options> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  if (positionals.length === 0) throw new TypeError("an address or a file is needed");
  const timeoutMs = timeLimit(values.timeout, "seconds", 3600);
  const files = formsIn(NAMES, values);
  return { ...(await givenBy(positionals)), files, stored: values.stored, timeoutMs };
}

function tellStored(options: Options): number {
  const reports: Report[] = [];
  for (const target of options.targets) {
    if (!target.stored) {
      say(
        `gmailsync report: nothing is stored of ${target.address}: --stored takes what \`pulumi stack export\` writes`,
      );
      return EXIT.usage;
    }
    reports.push(reportStored(target, target.stored));
  }
  const page = reports.find(({ webUrl }) => webUrl !== undefined && URL.canParse(webUrl))?.webUrl;
  try {
    return tell(options, { reports, environmentUrl: page && new URL(page).origin, from: "state" });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`gmailsync report: ${error.message}`);
    return EXIT.failed;
  }
}

/** Writes all forms that are asked for; on the screen, unless one of them goes there, stands what is wrong. */
function tell({ files, rooms }: Options, seen: Pick<Survey, "reports" | "environmentUrl" | "from">): number {
  const survey = { ...seen, rooms, at: new Date().toISOString() };
  if (!writeForms(files, (form) => FORMS[form](survey))) {
    for (const line of OVERVIEWS.cause(survey.reports, new Screen(process.stdout))) print(line);
    print(`${counted(survey.reports)}`);
  }
  return exitOf(survey.reports);
}
