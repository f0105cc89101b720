import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import type { Services } from "../host/configuration.ts";
import { Deadline } from "../network/deadline.ts";
import { sideBySide } from "../resource/looks.ts";
import { hasFailed, labelOf, nextOf, type Step, seen } from "../schema/step.ts";
import { commandLine, telling, timeLimit } from "./command-line.ts";
import { Screen } from "./doctor/screen.ts";
import { junit, type Result } from "./junit.ts";
import { print } from "./output.ts";
import type { Parts } from "./parts.ts";
import { declaredIn } from "./preflight/declared.ts";
import { lookAround } from "./preflight/probes.ts";
import type { Surroundings } from "./preflight/surroundings.ts";
import { settings } from "./settings.ts";
import { stepJson } from "./steps/json.ts";
import { stepLines } from "./steps/lines.ts";
import { writeMasked } from "./write-masked.ts";

const HELP = `gmailsync preflight: looks, without changing anything, at what a deployment needs

Usage: gmailsync preflight [mailboxes.yaml | stack.json | -] [--assumptions] [--json] [--junit FILE]
                           [--timeout SECONDS] [--read-only]

Before the first \`pulumi up\`, and at the beginning of every pipeline: versions; hosts, proxy, TLS and clock; the identity and its token;
the environment, its application user, each privilege by name and level, and columns that are read; rules of approval and alerts; at
Google the identity of the pipeline, domain-wide delegation by scope, APIs, OAuth clients and places; and the mail servers up to their
greeting. Each line is ok, failed, unknown or skipped, with what was seen and what cures it.

A mailboxes.yaml, or a stack as \`pulumi stack export\` writes it (- is standard input), says what is needed; without it that is what
every stack with profiles and mailboxes needs, and nothing of Google's that has to be declared is looked at.

Settings come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, and
GMAILSYNC_MAIL_CREDENTIAL (JSON) for delegation.

  --assumptions looks instead at what docs/assumptions.md lists, as far as it shows: "ok" is as the sandbox has it, "unknown" is
              different, with what was seen; without names and addresses, to be sent to those who make gmailsync
  --json      one object, with all steps
  --junit     writes a test suite for CI services, too; unknown is an error, skipped skipped
  --timeout   for all together, in seconds (default 8); what has not answered by then is unknown
  --read-only what it always is: nothing is written to Microsoft or Google, and the way out refuses it

Examples:
  gmailsync preflight
  gmailsync preflight mailboxes.yaml --junit preflight.xml
  gmailsync preflight mailboxes.yaml --json | jq -r '.steps[] | select(.status == "failed") | [.id, .of, .code] | @tsv'
  pulumi stack export | gmailsync preflight -
  gmailsync preflight --assumptions > assumptions.txt

${exitCodes("preflight")}`;

export const OPTIONS = {
  assumptions: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  junit: { type: "string" },
  timeout: { type: "string", default: "8" },
  "read-only": { type: "boolean" },
} as const;

/** `gmailsync preflight …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("preflight", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const services = settings("preflight");
  if (typeof services === "number") return services;
  try {
    return await telling("preflight", () => examine(services, options));
  } finally {
    await services.network.close();
  }
}

type Options = Awaited<ReturnType<typeof parse>>;

async function parse(argv: string[]) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { assumptions, json, junit: junitFile, timeout } = values;
  const [file, ...others] = positionals;
  if (others.length > 0) throw new TypeError("one file is enough");
  const timeoutMs = timeLimit(timeout, "seconds", 60);
  const declared = file === undefined ? undefined : await declaredIn(file);
  return { declared, assumptions, json, junitFile, timeoutMs };
}

async function examine(services: Services, options: Options): Promise<number> {
  const { declared, assumptions, json, junitFile, timeoutMs } = options;
  const deadline = Deadline.after(timeoutMs);
  try {
    const surroundings = { services, environment: process.env, declared, deadline };
    const steps = await (assumptions ? lookAtAssumptions(surroundings) : lookAround(surroundings));
    if (json) print(JSON.stringify({ status: worstOf(steps), steps: steps.map(stepJson) }));
    else print([...stepLines(steps, new Screen(process.stdout), 0), "", counted(steps)].join("\n"));
    if (junitFile !== undefined) writeMasked(junitFile, junitOf(steps));
    return EXIT[worstOf(steps)];
  } finally {
    deadline[Symbol.dispose]();
  }
}

/** Loaded when it is asked for: the sandbox's table is nothing that a pipeline needs. */
async function lookAtAssumptions(surroundings: Surroundings): Promise<readonly Step[]> {
  const { assumptionLooks } = await import("./preflight/assumptions.ts");
  return sideBySide(assumptionLooks(surroundings));
}

function worstOf(steps: readonly Step[]): "failed" | "unknown" | "ok" {
  if (hasFailed(steps)) return "failed";
  return steps.some(({ status }) => status === "unknown") ? "unknown" : "ok";
}

/** `41 looked at: 38 ok, 1 failed, 2 skipped`. */
function counted(steps: readonly Step[]): string {
  const counts = (["ok", "failed", "unknown", "skipped"] as const).flatMap((status) => {
    const count = steps.filter((step) => step.status === status).length;
    return count > 0 ? [`${count} ${status}`] : [];
  });
  return `${steps.length} lines: ${counts.join(", ")}`;
}

const ELEMENTS = { ok: undefined, failed: "failure", unknown: "error", skipped: "skipped" } as const;

function junitOf(steps: readonly Step[]): Parts {
  const cases = steps.map((step) => ({ name: labelOf(step), classname: "preflight", result: resultOf(step) }));
  return junit("gmailsync preflight", cases);
}

function resultOf(step: Step): Result | undefined {
  const { status, code } = step;
  const element = ELEMENTS[status];
  if (!element) return undefined;
  const message = [code, seen(step)].filter(Boolean).join(": ");
  return { element, message, type: code ?? status, text: nextOf(step) ?? "" };
}
