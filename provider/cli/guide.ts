import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { readFleet } from "../fleet/read-fleet.ts";
import { Network } from "../network/network.ts";
import { learn } from "../redaction/secrets.ts";
import { screenOf } from "../resources/google-oauth-client/consent-screen.ts";
import { environmentUrlProblem } from "../schema/environment-url.ts";
import { PROJECT_ID } from "../schema/forms.ts";
import { again } from "./again.ts";
import { commandLine } from "./command-line.ts";
import { serveGuide } from "./guide-page.ts";
import { exitCode, type Guided, guided, type Plan, proofsOf } from "./guide-plan.ts";
import { type Form, RENDER } from "./guide-render.ts";
import { print, say } from "./output.ts";

const HELP = `gmailsync guide: the steps in Google's console that no API can do, with every value to paste

Usage: gmailsync guide --project ID [--environment URL] [--audience internal|external] [--publishing-status testing|production]
                       [--test-user ADDRESS]… [--client-id ID] [--markdown | --json | --page] [--watch] [--read-only]
       gmailsync guide <mailboxes.yaml> [--client NAME] [--environment URL] [--markdown | --json | --page] [--watch]

With --client-id what can be proven is ticked off: that Google knows the client and that it lists the redirect URI; with the
secret in the environment variable GOOGLE_CLIENT_SECRET that too. With the file of a fleet all its clients are shown, or one. Nothing
is changed at Google.

  --client             one client of the file
  --environment        URL of the Dynamics 365 environment (default: GMAILSYNC_ENVIRONMENT_URL)
  --audience           user type of the consent screen (default: internal)
  --publishing-status  of an external app (default: production)
  --test-user          an address to list while the app is in testing; may be repeated
  --markdown           for a ticket or a wiki
  --json               one object
  --page               a local page with copy buttons, ticked off while you work, until all is proven or Ctrl-C
  --watch              looks again every 10 s until all that can be proven is good, or Ctrl-C
  --read-only          what it always is: nothing is written to Google, and the way out refuses it

Examples:
  gmailsync guide --project northwind-mail --environment https://contoso.crm.dynamics.com
  gmailsync guide --project northwind-mail --client-id 1234-abc.apps.googleusercontent.com --watch
  gmailsync guide --project northwind-mail --client-id 1234-abc.apps.googleusercontent.com --page
  gmailsync guide mailboxes.yaml --markdown > console-steps.md

${exitCodes("guide")}`;

export const OPTIONS = {
  project: { type: "string" },
  environment: { type: "string" },
  audience: { type: "string", default: "internal" },
  "publishing-status": { type: "string", default: "production" },
  "test-user": { type: "string", multiple: true },
  "client-id": { type: "string" },
  client: { type: "string" },
  markdown: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  page: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  "read-only": { type: "boolean" },
} as const;

const WATCH_MS = 10_000;

interface Options {
  readonly plans: readonly Plan[];
  readonly form: Form | "page";
  readonly watch: boolean;
}

/** `gmailsync guide …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("guide", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const network = new Network({ readOnly: true }, process.env);
  const look = () => guided(options.plans, network, stop.signal);
  try {
    return options.form === "page"
      ? await page(look, stop.signal)
      : await show(look, RENDER[options.form], options.watch, stop.signal);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`gmailsync guide: ${error.message}`);
    return EXIT.failed;
  } finally {
    await network.close();
  }
}

type Look = () => Promise<readonly Guided[]>;

async function show(
  look: Look,
  render: (clients: readonly Guided[]) => string,
  watch: boolean,
  stop: AbortSignal,
): Promise<number> {
  let code: number = EXIT.unknown;
  const shown = async () => {
    const clients = await look();
    print(render(clients));
    code = exitCode(clients);
    return code === EXIT.ok;
  };
  if (!(await shown()) && watch) await again("guide", WATCH_MS, stop, shown);
  return code;
}

async function page(look: Look, stop: AbortSignal): Promise<number> {
  const page = await serveGuide();
  try {
    print(`Open ${page.url} in a browser on this machine; Ctrl-C ends it.`);
    const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
    for (;;) {
      const clients = await look();
      const code = exitCode(clients);
      const done = code === 0 && proofsOf(clients).length > 0;
      page.show(clients, done);
      await Promise.race(done ? [page.seen, stopped] : [sleep(WATCH_MS, undefined, { ref: false }), stopped]);
      if (done || stop.aborted) return code;
    }
  } finally {
    await page.close();
  }
}

async function parse(argv: string[]): Promise<Options> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { project, environment, audience, client, watch, "publishing-status": publishingStatus } = values;
  const forms = (["markdown", "json", "page"] as const).filter((form) => values[form]);
  if (forms.length > 1) throw new TypeError(`--${forms[0]} and --${forms[1]} exclude each other`);
  const form = forms[0] ?? "text";
  const [file, ...others] = positionals;
  if (others.length > 0) throw new TypeError("one file is enough");
  if (file !== undefined) {
    if (project !== undefined) throw new TypeError("--project and a file exclude each other");
    return { plans: await fleetPlans(file, environment, client), form, watch };
  }
  if (!new RegExp(PROJECT_ID.pattern).test(project ?? "")) throw new TypeError(`--project must be ${PROJECT_ID.form}`);
  if (audience !== "internal" && audience !== "external")
    throw new TypeError("--audience must be internal or external");
  if (publishingStatus !== "testing" && publishingStatus !== "production")
    throw new TypeError("--publishing-status must be testing or production");
  const plan: Plan = {
    projectId: project ?? "",
    environmentUrl: environmentOf(environment),
    audience,
    publishingStatus,
    testUsers: values["test-user"],
    clientId: values["client-id"]?.trim(),
    clientSecret: secretOf(process.env["GOOGLE_CLIENT_SECRET"]),
  };
  return { plans: [plan], form, watch };
}

/** The clients of a fleet; of the secrets only those that this process can see are proven. */
async function fleetPlans(
  file: string,
  environment: string | undefined,
  client: string | undefined,
): Promise<readonly Plan[]> {
  const { spec, problems } = await readFleet(file);
  if (!spec) {
    const [first] = problems;
    throw new TypeError(
      `${file}:${first?.place.line}: ${first?.message}. \`gmailsync check ${file}\` shows all there is`,
    );
  }
  const names = Object.keys(spec.clients);
  if (client !== undefined && !names.includes(client))
    throw new TypeError(`${file} has no client ${client}; it has ${names.join(", ")}`);
  const environmentUrl = environmentOf(environment ?? spec.environmentUrl);
  return Object.entries(spec.clients)
    .filter(([name]) => client === undefined || name === client)
    .map(([name, declared]) => {
      const { env } = declared.clientSecret ?? {};
      return {
        ...screenOf(declared),
        name,
        environmentUrl,
        authorizedDomain: declared.authorizedDomain,
        clientId: declared.clientId,
        clientSecret: env === undefined ? undefined : process.env[env]?.trim(),
      };
    });
}

function environmentOf(option: string | undefined): string {
  const variable = process.env["GMAILSYNC_ENVIRONMENT_URL"]?.trim();
  const url = option ?? variable ?? "";
  const problem = environmentUrlProblem(url);
  if (!problem) return new URL(url).origin;
  throw new TypeError(`${option === undefined && variable ? "GMAILSYNC_ENVIRONMENT_URL" : "--environment"} ${problem}`);
}

function secretOf(given: string | undefined): string | undefined {
  learn(given);
  return given?.trim();
}
