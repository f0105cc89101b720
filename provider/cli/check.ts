import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { isWarning } from "../fleet/problem.ts";
import { type PlacedProblem, readFleet } from "../fleet/read-fleet.ts";
import { commandLine } from "./command-line.ts";
import { sarif } from "./sarif.ts";

const HELP = `gmailsync check: looks at fleets of mailboxes without any network

Usage: gmailsync check <mailboxes.yaml>… [--lock FILE] [--json | --sarif]

Form, unknown words, duplicate addresses, who may consent, the room of the projects, and whether every mailbox has a client in
the lock file. What can only be known at Microsoft or Google, \`pulumi preview\` looks at.

  --lock    the lock file (default: mailboxes.lock beside mailboxes.yaml)
  --json    one object
  --sarif   SARIF 2.1.0, for annotations in pull requests

Examples:
  gmailsync check mailboxes.yaml
  gmailsync check mailboxes.yaml --sarif > check.sarif

${exitCodes("check")}`;

/** Most problems that people are shown. */
const SHOWN = 100;

interface Options {
  readonly files: readonly string[];
  readonly lock: string | undefined;
  readonly form: "text" | "json" | "sarif";
}

interface Report {
  readonly file: string;
  readonly mailboxes: number;
  readonly clients: number;
  readonly problems: readonly PlacedProblem[];
}

/** `gmailsync check …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("check", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const reports: Report[] = [];
  for (const file of options.files) reports.push(await report(file, options.lock));
  console.log(RENDER[options.form](reports));
  return reports.every(({ problems }) => problems.every(({ code }) => isWarning(code))) ? EXIT.ok : EXIT.failed;
}

function parse(argv: string[]): Options {
  const { values, positionals: files } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      lock: { type: "string" },
      json: { type: "boolean", default: false },
      sarif: { type: "boolean", default: false },
    },
  });
  const { lock, json, sarif: asSarif } = values;
  if (files.length === 0) throw new TypeError("a file is needed, such as mailboxes.yaml");
  if (lock !== undefined && files.length > 1) throw new TypeError("--lock is for one file");
  if (json && asSarif) throw new TypeError("--json and --sarif exclude each other");
  return { files, lock, form: json ? "json" : asSarif ? "sarif" : "text" };
}

async function report(file: string, lock: string | undefined): Promise<Report> {
  const { spec, problems } = await readFleet(file, lock);
  return {
    file,
    mailboxes: spec?.mailboxes.length ?? 0,
    clients: Object.keys(spec?.clients ?? {}).length,
    problems,
  };
}

const RENDER: Readonly<Record<Options["form"], (reports: readonly Report[]) => string>> = {
  text: (reports) => reports.map(text).join("\n"),
  json: (reports) => JSON.stringify({ files: reports }),
  sarif,
};

/** As compilers write it, so that editors and terminals make links of it. */
function text({ file, mailboxes, clients, problems }: Report): string {
  const lines = problems.slice(0, SHOWN).map(({ place, code, message }) => {
    const said = isWarning(code) ? `warning: ${message}` : message;
    return `${file}:${place.line}:${place.column}: ${said} [${code}]`;
  });
  const more = problems.length > SHOWN ? [`${file}: and ${problems.length - SHOWN} more`] : [];
  const good = problems.every(({ code }) => isWarning(code));
  return [
    ...lines,
    ...more,
    ...(good ? [`${file}: ${mailboxes} mailboxes, ${clients} clients, nothing wrong`] : []),
  ].join("\n");
}
