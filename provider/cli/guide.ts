import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { PROJECT_ID } from "../definitions/forms.ts";
import { Fault } from "../fault.ts";
import { Network } from "../network/network.ts";
import { serveGuide } from "./guide-page.ts";
import { exitCode, type Guided, guided, type Plan, proofsOf } from "./guide-plan.ts";
import { type Form, RENDER } from "./guide-render.ts";

const HELP = `gmailsync guide: the steps in Google's console that no API can do, with every value to paste

Usage: gmailsync guide --project ID [--environment URL] [--audience internal|external] [--publishing-status testing|production]
                       [--test-user ADDRESS]… [--client-id ID] [--markdown | --json | --page] [--watch]

With --client-id what can be proven is ticked off: that Google knows the client and that it lists the redirect URI; with the
secret in the environment variable GOOGLE_CLIENT_SECRET that too. Nothing is changed at Google.

  --environment        URL of the Dynamics 365 environment (default: GMAILSYNC_ENVIRONMENT_URL)
  --audience           user type of the consent screen (default: internal)
  --publishing-status  of an external app (default: production)
  --test-user          an address to list while the app is in testing; may be repeated
  --markdown           for a ticket or a wiki
  --json               one object
  --page               a local page with copy buttons, ticked off while you work, until all is proven or Ctrl-C
  --watch              looks again every 10 s until all that can be proven is good, or Ctrl-C

Examples:
  gmailsync guide --project northwind-mail --environment https://contoso.crm.dynamics.com
  gmailsync guide --project northwind-mail --client-id 1234-abc.apps.googleusercontent.com --watch
  gmailsync guide --project northwind-mail --client-id 1234-abc.apps.googleusercontent.com --page

Exit codes: 0 nothing speaks against it, 1 a proof failed, 2 wrong use, 3 Google could not be asked.`;

const WATCH_MS = 10_000;

interface Options {
  readonly plans: readonly Plan[];
  readonly form: Form | "page";
  readonly watch: boolean;
}

/** `gmailsync guide …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = parse(argv);
  if (typeof options === "number") return options;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const network = new Network({}, process.env);
  const look = () => guided(options.plans, network, stop.signal);
  try {
    return options.form === "page"
      ? await page(look, stop.signal)
      : await print(look, RENDER[options.form], options.watch, stop.signal);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.error(`gmailsync guide: ${error.message}`);
    return 1;
  } finally {
    await network.close();
  }
}

type Look = () => Promise<readonly Guided[]>;

async function print(
  look: Look,
  render: (clients: readonly Guided[]) => string,
  watch: boolean,
  stop: AbortSignal,
): Promise<number> {
  for (;;) {
    const clients = await look();
    console.log(render(clients));
    const code = exitCode(clients);
    if (!watch || code === 0 || stop.aborted) return code;
    await sleep(WATCH_MS, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return code;
  }
}

async function page(look: Look, stop: AbortSignal): Promise<number> {
  const page = await serveGuide();
  try {
    console.log(`Open ${page.url} in a browser on this machine; Ctrl-C ends it.`);
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

function parse(argv: string[]): Options | number {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        project: { type: "string" },
        environment: { type: "string", default: process.env["GMAILSYNC_ENVIRONMENT_URL"] ?? "" },
        audience: { type: "string", default: "internal" },
        "publishing-status": { type: "string", default: "production" },
        "test-user": { type: "string", multiple: true },
        "client-id": { type: "string" },
        markdown: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        page: { type: "boolean", default: false },
        watch: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const { project = "", environment, audience, watch, "publishing-status": publishingStatus } = values;
    if (!new RegExp(PROJECT_ID.pattern).test(project)) throw new TypeError(`--project must be ${PROJECT_ID.form}`);
    const url = URL.canParse(environment) ? new URL(environment) : undefined;
    if (url?.protocol !== "https:")
      throw new TypeError("--environment must be the environment's URL: https://contoso.crm.dynamics.com");
    if (audience !== "internal" && audience !== "external")
      throw new TypeError("--audience must be internal or external");
    if (publishingStatus !== "testing" && publishingStatus !== "production")
      throw new TypeError("--publishing-status must be testing or production");
    const forms = (["markdown", "json", "page"] as const).filter((form) => values[form]);
    if (forms.length > 1) throw new TypeError(`--${forms[0]} and --${forms[1]} exclude each other`);
    const plan: Plan = {
      projectId: project,
      environmentUrl: url.origin,
      audience,
      publishingStatus,
      testUsers: values["test-user"],
      clientId: values["client-id"]?.trim(),
      clientSecret: process.env["GOOGLE_CLIENT_SECRET"]?.trim(),
    };
    return { plans: [plan], form: forms[0] ?? "text", watch };
  } catch (error) {
    console.error(`gmailsync guide: ${error instanceof Error ? error.message : error}`);
    console.error("`gmailsync guide --help` shows how it is used.");
    return 2;
  }
}
