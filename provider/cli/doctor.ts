import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { KINDS } from "../codes/kinds.ts";
import { STEPS } from "../codes/steps.ts";
import type { MailboxRow } from "../dataverse/tables.ts";
import { Fault } from "../fault.ts";
import { configure, type Services } from "../host/configuration.ts";
import { Deadline } from "../network/deadline.ts";
import type { Context } from "../resource/context.ts";
import { findMailbox } from "../resources/mailbox/find.ts";
import { ownChecks } from "../resources/mailbox-activation/own-checks.ts";
import { preconditions } from "../resources/mailbox-activation/preconditions.ts";
import { results } from "../resources/mailbox-activation/results.ts";
import { found, nextOf, type Step, seen } from "../schema/step.ts";
import { addressesFrom } from "./addresses.ts";
import { commandLine } from "./command-line.ts";

const HELP = `gmailsync doctor: looks at mailboxes without changing anything

Usage: gmailsync doctor <address | file>… [--json] [--watch] [--timeout SECONDS]

The steps of a MailboxActivation without Pulumi and without a new Test & Enable: profile, mailbox, approval, sign-in, own
logins by IMAP or POP3 and SMTP, and what Dynamics shows of the last test. The mailbox does not have to be managed. A file has
one address per line, is the mailboxes.yaml of a fleet, or what \`pulumi stack export\` writes; - is standard input.

Settings come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, and
GMAILSYNC_MAIL_CREDENTIAL (JSON) for the own logins.

  --json      one JSON object per mailbox and line
  --watch     again every 30 s until Ctrl-C
  --timeout   for one mailbox, in seconds (default 120)

Examples:
  gmailsync doctor anna@northwind.example
  gmailsync doctor anna@northwind.example support@northwind.example --json | jq .status
  pulumi stack export | gmailsync doctor -
  gmailsync doctor mailboxes.yaml

${exitCodes("doctor")}`;

type Status = "ok" | "failed" | "unknown";

interface Report {
  readonly address: string;
  readonly status: Status;
  readonly steps: readonly Step[];
}

const WATCH_MS = 30_000;
/** Mailboxes that are looked at side by side. */
const SIDE_BY_SIDE = 10;

/** `gmailsync doctor …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("doctor", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const services = settings();
  if (typeof services === "number") return services;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    for (;;) {
      const code = await examine(services, options, stop.signal);
      if (!options.watch || stop.signal.aborted) return code;
      await sleep(WATCH_MS, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return code;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(`gmailsync doctor: ${error.message}`);
    return EXIT[KINDS[error.kind].exit];
  } finally {
    await services.network.close();
  }
}

interface Options {
  readonly addresses: readonly string[];
  readonly json: boolean;
  readonly watch: boolean;
  readonly timeoutMs: number;
}

async function parse(argv: string[]): Promise<Options> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      timeout: { type: "string", default: "120" },
    },
  });
  const seconds = Number(values.timeout);
  if (positionals.length === 0) throw new TypeError("an address or a file is needed");
  if (!(seconds > 0 && seconds <= 3600)) throw new TypeError("--timeout must be a number of seconds up to 3600");
  const { json, watch } = values;
  return { addresses: await addressesFrom(positionals), json, watch, timeoutMs: seconds * 1000 };
}

function settings(): Services | number {
  try {
    const configured = configure({}, process.env);
    if ("services" in configured) return configured.services;
    for (const { name, description } of configured.missing)
      console.error(`gmailsync doctor: ${name} is missing. ${description}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(`gmailsync doctor: ${error.message}`);
  }
  return EXIT.usage;
}

/** `200 mailboxes: 197 ok, 2 failed, 1 unknown` */
function summary(statuses: readonly Status[]): string {
  const counts = (["ok", "failed", "unknown"] as const)
    .map((status) => ({ status, count: statuses.filter((one) => one === status).length }))
    .filter(({ count }) => count > 0);
  return `${statuses.length} mailboxes: ${counts.map(({ status, count }) => `${count} ${status}`).join(", ")}`;
}

/** Looks at all addresses and tells as it goes; the worst status decides the exit code. */
async function examine(services: Services, options: Options, signal: AbortSignal): Promise<number> {
  const statuses: Status[] = [];
  const queue = [...options.addresses];
  const worker = async () => {
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      const report = await look(address, services, options.timeoutMs, signal);
      statuses.push(report.status);
      console.log(options.json ? json(report) : table(report));
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, queue.length) }, worker));
  if (!options.json && statuses.length > 1) console.log(summary(statuses));
  const worst = (["failed", "unknown"] as const).find((status) => statuses.includes(status)) ?? "ok";
  return EXIT[worst];
}

async function look(address: string, services: Services, timeoutMs: number, signal: AbortSignal): Promise<Report> {
  const deadline = Deadline.after(timeoutMs, signal);
  const context: Context = {
    ...services,
    urn: `doctor:${address}`,
    deadline,
    finishing: deadline,
    log: () => {},
    progress: () => {},
  };
  try {
    const row = await findMailbox({ emailAddress: address }, context, deadline);
    return reportOf(address, await stepsOf(row, context));
  } catch (error) {
    if (!(error instanceof Fault) || !["not-found", "invalid-input"].includes(error.kind)) throw error;
    return reportOf(address, [{ id: "find", ...found("NOT_FOUND", { message: error.account, hint: error.hint }) }]);
  } finally {
    deadline[Symbol.dispose]();
  }
}

async function stepsOf(row: MailboxRow, context: Context): Promise<readonly Step[]> {
  const { steps: before, profile } = await preconditions(row, {}, context);
  const own = profile ? await ownChecks(row, profile, { credential: context.mailCredential }, context) : [];
  return [...before, ...own, ...results(row)];
}

function reportOf(address: string, steps: readonly Step[]): Report {
  const has = (status: Step["status"]) => steps.some((step) => step.status === status);
  return { address, status: has("failed") ? "failed" : has("unknown") ? "unknown" : "ok", steps };
}

/** With the words that people see; a stored step has none. */
function json({ address, status, steps }: Report): string {
  const told = steps.map((step) => ({
    id: step.id,
    label: STEPS[step.id],
    status: step.status,
    code: step.code,
    message: seen(step),
    said: step.said,
    hint: nextOf(step),
    ms: step.ms,
  }));
  return JSON.stringify({ address, status, steps: told });
}

const MARKS: Readonly<Record<Step["status"], { mark: string; color: string }>> = {
  ok: { mark: "✔", color: "32" },
  failed: { mark: "✘", color: "31" },
  unknown: { mark: "?", color: "33" },
  skipped: { mark: "–", color: "2" },
};

function table({ address, status, steps }: Report): string {
  const paint = (color: string, text: string) => (process.stdout.isTTY ? `\u001b[${color}m${text}\u001b[0m` : text);
  const width = Math.max(...steps.map(({ id }) => STEPS[id].length));
  const lines = steps.flatMap((step) => {
    const { mark, color } = MARKS[step.status];
    const { code, ms } = step;
    const shownCode = code && step.status !== "skipped" && `(${code})`;
    const detail = [seen(step), shownCode, ms !== undefined && `${ms} ms`].filter(Boolean).join(" ");
    const hint = nextOf(step);
    return [
      `  ${paint(color, mark)} ${STEPS[step.id].padEnd(width)}  ${detail}`.trimEnd(),
      ...(hint ? [`    ${" ".repeat(width)}  → ${hint}`] : []),
    ];
  });
  return [`${address}: ${status}`, ...lines].join("\n");
}
