import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { PROJECT_ID } from "../definitions/project-id.ts";
import { Fault } from "../fault.ts";
import { type Probe, probeClient } from "../google/client-probe.ts";
import { type ConsoleStep, clientUris, consoleSteps } from "../google/console.ts";
import { probeRedirectUri } from "../google/redirect-probe.ts";
import { Deadline } from "../network/deadline.ts";
import { Network } from "../network/network.ts";

const HELP = `gmailsync guide: the steps in Google's console that no API can do, with every value to paste

Usage: gmailsync guide --project ID [--environment URL] [--audience internal|external] [--client-id ID]
                       [--markdown | --json] [--watch]

With --client-id what can be proven is ticked off: that Google knows the client and that it lists the redirect URI; with the
secret in the environment variable GOOGLE_CLIENT_SECRET that too. Nothing is changed at Google.

  --environment  URL of the Dynamics 365 environment (default: GMAILSYNC_ENVIRONMENT_URL)
  --audience     user type of the consent screen (default: internal)
  --markdown     for a ticket or a wiki
  --json         one object
  --watch        looks again every 10 s until all that can be proven is good, or Ctrl-C

Examples:
  gmailsync guide --project northwind-mail --environment https://contoso.crm.dynamics.com
  gmailsync guide --project northwind-mail --client-id 1234-abc.apps.googleusercontent.com --watch

Exit codes: 0 nothing speaks against it, 1 a proof failed, 2 wrong use, 3 Google could not be asked.`;

const WATCH_MS = 10_000;
const LIMIT_MS = 30_000;

interface Options {
  readonly projectId: string;
  readonly environmentUrl: string;
  readonly audience: "internal" | "external";
  readonly clientId: string | undefined;
  readonly form: "text" | "markdown" | "json";
  readonly watch: boolean;
}

interface Proof {
  readonly step: string;
  readonly what: string;
  readonly probe: Probe;
}

/** `gmailsync guide …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = parse(argv);
  if (typeof options === "number") return options;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const network = new Network({}, process.env);
  try {
    for (;;) {
      const proofs = await prove(options, network, stop.signal);
      console.log(RENDER[options.form](consoleSteps(options), proofs));
      const code = exitCode(proofs);
      if (!options.watch || code === 0) return code;
      await sleep(WATCH_MS, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return code;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(`gmailsync guide: ${error.message}`);
    return 1;
  } finally {
    await network.close();
  }
}

function parse(argv: string[]): Options | number {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        project: { type: "string" },
        environment: { type: "string", default: process.env["GMAILSYNC_ENVIRONMENT_URL"] ?? "" },
        audience: { type: "string", default: "internal" },
        "client-id": { type: "string" },
        markdown: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        watch: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const { project = "", environment, audience, markdown, json, watch } = values;
    if (!new RegExp(PROJECT_ID.pattern).test(project)) throw new TypeError(`--project must be ${PROJECT_ID.form}`);
    const url = URL.canParse(environment) ? new URL(environment) : undefined;
    if (url?.protocol !== "https:")
      throw new TypeError("--environment must be the environment's URL: https://contoso.crm.dynamics.com");
    if (audience !== "internal" && audience !== "external")
      throw new TypeError("--audience must be internal or external");
    if (markdown && json) throw new TypeError("--markdown and --json exclude each other");
    const form = json ? "json" : markdown ? "markdown" : "text";
    return {
      projectId: project,
      environmentUrl: url.origin,
      audience,
      clientId: values["client-id"]?.trim(),
      form,
      watch,
    };
  } catch (error) {
    console.error(`gmailsync guide: ${error instanceof Error ? error.message : error}`);
    console.error("`gmailsync guide --help` shows how it is used.");
    return 2;
  }
}

/** What can be proven without any user. Without a client there is nothing yet. */
async function prove(options: Options, network: Network, signal: AbortSignal): Promise<readonly Proof[]> {
  const { clientId, environmentUrl } = options;
  if (!clientId) return [];
  const { redirectUri } = clientUris(environmentUrl);
  const clientSecret = process.env["GOOGLE_CLIENT_SECRET"]?.trim();
  const deadline = Deadline.after(LIMIT_MS, signal);
  try {
    const [redirect, secret] = await Promise.all([
      probeRedirectUri({ clientId, redirectUri }, network, deadline),
      clientSecret ? probeClient({ clientId, clientSecret }, network, deadline) : undefined,
    ]);
    const proofs = [
      { step: "client", what: `Google knows ${clientId}, and that it lists the redirect URI`, probe: redirect },
    ];
    return secret ? [...proofs, { step: "secret", what: "Google accepts the secret", probe: secret }] : proofs;
  } finally {
    deadline[Symbol.dispose]();
  }
}

function exitCode(proofs: readonly Proof[]): number {
  if (proofs.some(({ probe }) => probe.status === "failed")) return 1;
  return proofs.some(({ probe }) => probe.status === "unknown") ? 3 : 0;
}

type Render = (steps: readonly ConsoleStep[], proofs: readonly Proof[]) => string;

const MARKS = { ok: "✔", failed: "✘", unknown: "?" } as const;

const RENDER: Readonly<Record<Options["form"], Render>> = {
  text: (steps, proofs) =>
    steps
      .map(({ id, title, url, values }, index) => {
        const proof = proofs.find(({ step }) => step === id);
        return [
          `${proof ? MARKS[proof.probe.status] : " "} ${index + 1}. ${title}`,
          ...(url ? [`     ${url}`] : []),
          ...values.map(({ label, value }) => `     ${`${label}:`.padEnd(30)} ${value}`),
          ...(proof ? [`     → ${told(proof)}`] : []),
        ].join("\n");
      })
      .join("\n"),
  markdown: (steps, proofs) =>
    steps
      .map(({ id, title, url, values }) => {
        const proof = proofs.find(({ step }) => step === id);
        return [
          `- [${proof?.probe.status === "ok" ? "x" : " "}] ${url ? `[${title}](${url})` : title}`,
          ...values.map(({ label, value }) => `  - ${label}: \`${value}\``),
          ...(proof ? [`  - ${told(proof)}`] : []),
        ].join("\n");
      })
      .join("\n"),
  json: (steps, proofs) => JSON.stringify({ steps, proofs }),
};

function told({ what, probe }: Proof): string {
  if (probe.status === "ok") return what;
  if (probe.status === "failed") return `${probe.code}: ${probe.said}`;
  return `could not be proven: ${probe.said}`;
}
