import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { otherEnvironment } from "../fleet/load-fleet.ts";
import { isWarning, type Problem, type ProblemCode } from "../fleet/problem.ts";
import { inOrder, type PlacedProblem, readFleet } from "../fleet/read-fleet.ts";
import type { Services } from "../host/configuration.ts";
import { Deadline } from "../network/deadline.ts";
import type { FleetSpec } from "../resources/fleet/spec.ts";
import { amount, mailboxes as numberOf } from "./amount.ts";
import { commandLine, telling } from "./command-line.ts";
import { print } from "./output.ts";
import { sarif } from "./sarif.ts";

const HELP = `gmailsync check: looks at fleets of mailboxes without any network

Usage: gmailsync check <mailboxes.yaml>… [--lock FILE] [--live] [--json | --sarif] [--read-only]

Form, unknown words, duplicate addresses, who may consent, the room of the projects, and whether every mailbox has a client in
the lock file. What can only be known at Microsoft or Google, \`pulumi preview\` looks at; with --live who has left, too: addresses
that no mailbox has in Dynamics, and users that are disabled.

Settings for --live come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, and a secret in
AZURE_CLIENT_SECRET or another identity (docs/identities.md).

  --live       looks all addresses up in Dynamics; nothing is changed
  --lock       the lock file (default: mailboxes.lock beside mailboxes.yaml)
  --json       one object
  --sarif      SARIF 2.1.0, for annotations in pull requests
  --read-only  what it always is: nothing is written to Microsoft, and the way out refuses it

Examples:
  gmailsync check mailboxes.yaml
  gmailsync check mailboxes.yaml --sarif > check.sarif
  gmailsync check mailboxes.yaml --live --json | jq -r '.files[].problems[] | select(.code == "mailbox/missing") | .message'

${exitCodes("check")}`;

export const OPTIONS = {
  lock: { type: "string" },
  live: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  sarif: { type: "boolean", default: false },
  "read-only": { type: "boolean" },
} as const;

/** Most problems that people are shown. */
const SHOWN = 100;

interface Options {
  readonly files: readonly string[];
  readonly lock: string | undefined;
  readonly live: boolean;
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
  const services = options.live ? (await import("./settings.ts")).settings("check") : undefined;
  if (typeof services === "number") return services;
  try {
    return await telling("check", async () => {
      const reports: Report[] = [];
      for (const file of options.files) reports.push(await report(file, options.lock, services));
      print(RENDER[options.form](reports));
      return reports.every(({ problems }) => problems.every(({ code }) => isWarning(code))) ? EXIT.ok : EXIT.failed;
    });
  } finally {
    await services?.network.close();
  }
}

function parse(argv: string[]): Options {
  const { values, positionals: files } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { lock, live, json, sarif: asSarif } = values;
  if (files.length === 0) throw new TypeError("a file is needed, such as mailboxes.yaml");
  if (lock !== undefined && files.length > 1) throw new TypeError("--lock is for one file");
  if (json && asSarif) throw new TypeError("--json and --sarif exclude each other");
  return { files, lock, live, form: json ? "json" : asSarif ? "sarif" : "text" };
}

async function report(file: string, lock: string | undefined, services: Services | undefined): Promise<Report> {
  const { spec, problems, place } = await readFleet(file, lock);
  const left = services && spec ? await leaversIn(spec, services) : [];
  return {
    file,
    mailboxes: spec?.mailboxes.length ?? 0,
    clients: Object.keys(spec?.clients ?? {}).length,
    problems: [...problems, ...left.map((problem) => ({ ...problem, place: place(problem.path) }))].toSorted(inOrder),
  };
}

/** Milliseconds for looking up the mailboxes of one file. */
const LOOKING_UP_MS = 120_000;

/** Who of the file has left, as the environment knows it. */
async function leaversIn(spec: FleetSpec, services: Services): Promise<readonly Problem[]> {
  const { environmentUrl } = services;
  const elsewhere = otherEnvironment(spec.environmentUrl, environmentUrl);
  if (elsewhere) return [{ code: "environment/mismatch", path: ["environmentUrl"], message: elsewhere }];
  // Without --live nothing is loaded that speaks to anybody.
  const { lookUp } = await import("../resources/mailbox/look-up.ts");
  const addresses = spec.mailboxes.map(({ address }) => address);
  const deadline = Deadline.after(LOOKING_UP_MS);
  try {
    const { missing, disabled } = await lookUp(addresses, { ...services, deadline });
    const all = (left: readonly string[], code: ProblemCode, words: string) =>
      left.map((address) => ({
        code,
        path: ["mailboxes", addresses.indexOf(address), "address"],
        message: `${address} ${words}`,
      }));
    return [
      ...all(
        missing,
        "mailbox/missing",
        `is no mailbox's address in ${environmentUrl}: its user or queue was deleted, or has another one`,
      ),
      ...all(disabled, "mailbox/disabled", "is the mailbox of a disabled user; it is left as it is"),
    ];
  } finally {
    deadline[Symbol.dispose]();
  }
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
    ...(good ? [`${file}: ${numberOf(mailboxes)}, ${amount(clients, "client", "clients")}, nothing wrong`] : []),
  ].join("\n");
}
