import type { Code } from "../../codes/codes.ts";
import { Fault, type Problem, wordsOf } from "../../fault.ts";
import { type ProbeFailure, probeClient } from "../../google/client-probe.ts";
import { authorizedDomainProblem, clientUris, consoleStepsText } from "../../google/console.ts";
import { parseCredentialsFile } from "../../google/credentials-file.ts";
import type { Context } from "../../resource/context.ts";
import { type Handler, type Outcome, resource } from "../../resource/resource.ts";
import { durationMs } from "../../schema/duration.ts";
import { failures, type Step, sentence, stored } from "../../schema/step.ts";
import { removeLeft } from "../email-server-profile/left.ts";
import { clientChecks, warnOf } from "./checks.ts";
import { screenOf } from "./consent-screen.ts";
import {
  googleOAuthClient as definition,
  type GoogleOAuthClientInputs,
  type GoogleOAuthClientOutputs,
} from "./definition.ts";

type Inputs = GoogleOAuthClientInputs;
type Outputs = GoogleOAuthClientOutputs;

const handler: Handler<Inputs, Outputs> = {
  derive({ credentialsJson }) {
    const file = credentialsJson === undefined ? undefined : parseCredentialsFile(credentialsJson);
    if (typeof file !== "object") return {};
    return { clientId: file.clientId, clientSecret: file.clientSecret };
  },

  check(inputs, { environmentUrl, unknown, roster }) {
    const { projectId, clientId, clientSecret, previousClientSecret, credentialsJson, authorizedDomain } = inputs;
    const screen = screenOf(inputs);
    if (clientId) roster.declareClient(clientId, screen);
    const wrongDomain = authorizedDomain && authorizedDomainProblem(authorizedDomain, environmentUrl);
    if (wrongDomain) return [{ path: ["authorizedDomain"], reason: wrongDomain }];
    if (credentialsJson !== undefined) {
      const file = parseCredentialsFile(credentialsJson);
      if (typeof file === "string") return [{ path: ["credentialsJson"], reason: file }];
      if (clientId !== file.clientId && !unknown.has("clientId"))
        return [{ path: ["clientId"], reason: "is not that of credentialsJson: give one of the two" }];
      if (projectId && file.projectId && file.projectId !== projectId) {
        return [
          { path: ["projectId"], reason: `is ${projectId}, and credentialsJson is of the project ${file.projectId}` },
        ];
      }
    }
    if (previousClientSecret !== undefined && previousClientSecret === clientSecret)
      return [
        { path: ["previousClientSecret"], reason: "is clientSecret itself: give the one before, or leave it out" },
      ];
    const missing = (["clientId", "clientSecret"] as const).find(
      (name) => !{ clientId, clientSecret }[name] && !unknown.has(name) && !unknown.has("credentialsJson"),
    );
    if (!missing) return [];
    const values = { ...screen, environmentUrl, authorizedDomain, clientId };
    return [
      {
        path: [missing],
        reason: `is required. Google has no API to create a web client, so do this once in Google's console:\n${consoleStepsText(values)}`,
      },
    ];
  },

  patience: ({ verifyTimeout }) => durationMs(verifyTimeout) / 1000,

  async preview(inputs, context) {
    if (!inputs.clientId || !inputs.clientSecret || !inputs.projectId) return urisOf(context);
    compareFile(inputs, context);
    const { verifyTimeout } = inputs;
    const { outputs, checks, problems } = await prove(inputs, context);
    if (!verifyTimeout || !isSettling(checks)) refuse(problems);
    else context.log("warning", `${inWords(problems)} \`pulumi up\` will wait up to ${verifyTimeout} for it.`);
    return outputs;
  },

  /** There is nothing to create, so nothing is kept of a client that could not be proven. */
  async create(inputs, context) {
    const outcome = await prove(inputs, context, durationMs(inputs.verifyTimeout));
    refuse(outcome.problems);
    return outcome;
  },

  async read(id, stored, context) {
    if (stored) {
      const live = await prove({ ...stored.inputs, clientId: id }, context);
      const over = live.checks.find(({ code }) => code === "PREVIOUS_SECRET_REFUSED");
      if (over) context.log("info", sentence(over));
      return { ...live, inputs: stored.inputs };
    }
    const probe = await probeClient(
      { clientId: id, clientSecret: "gmailsync-import-probe" },
      context.network,
      context.deadline,
    );
    if (probe.status === "failed" && (probe.code === "CLIENT_NOT_FOUND" || probe.code === "CLIENT_DELETED"))
      return undefined;
    const outputs = { ...urisOf(context), clientSecretLast4: "", checks: [] };
    return { id, inputs: { clientId: id }, outputs };
  },

  async update(_, inputs, { inputs: before }, context) {
    const outcome = await prove(inputs, context, durationMs(inputs.verifyTimeout));
    const taken = before.clientSecret !== undefined && before.clientSecret !== inputs.clientSecret;
    const previous = outcome.checks.find(({ id, status }) => id === "previousClientSecret" && status === "ok");
    if (taken && outcome.problems.length === 0) {
      const end = previous ? sentence(previous) : "If there is an older one, disable it once it is used nowhere.";
      context.log("info", `The secret ending in ${outcome.outputs.clientSecretLast4} is taken over. ${end}`);
    }
    return outcome;
  },

  /** The client stays at Google, with its secrets and every grant: others may be using it. */
  async delete(_, __, context) {
    await removeLeft(context);
  },
};

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new Fault({ kind: "failed-precondition", what: inWords(problems).replace(/\.$/, "") });
}

function inWords(problems: readonly Problem[]): string {
  return problems.map(wordsOf).join(" ");
}

/** The download shows how the client was then, so what it lacks may have been added since: the probe decides. */
function compareFile({ credentialsJson }: Partial<Inputs>, context: Context): void {
  const file = credentialsJson === undefined ? undefined : parseCredentialsFile(credentialsJson);
  if (typeof file !== "object") return;
  const { redirectUri, javascriptOrigin } = clientUris(context.environmentUrl);
  const lacks = [
    !file.redirectUris.includes(redirectUri) && `the redirect URI ${redirectUri}`,
    !file.javascriptOrigins.includes(javascriptOrigin) && `the JavaScript origin ${javascriptOrigin}`,
  ].filter(Boolean);
  if (lacks.length > 0)
    context.log("warning", `When credentialsJson was downloaded the client did not list ${lacks.join(" and ")}.`);
}

/** What may still become active after a change in the console. */
const SETTLING: ReadonlySet<string> = new Set<ProbeFailure>([
  "REDIRECT_URI_MISMATCH",
  "SECRET_WRONG",
  "CLIENT_NOT_FOUND",
]);
const POLL_MS = 5000;

/** Whether something has failed, and all that has may only need time. */
function isSettling(checks: readonly Step[]): boolean {
  const failed = checks.filter(({ status }) => status === "failed");
  return failed.length > 0 && failed.every(({ code }) => code !== undefined && SETTLING.has(code));
}

/** With the steps as they are told; the outputs hold them as they are stored. */
interface Proven extends Outcome<Outputs> {
  readonly checks: readonly Step[];
  readonly problems: readonly Problem[];
}

/** Proves; for so many milliseconds again and again while what failed may only need time. */
async function prove(inputs: Partial<Inputs>, context: Context, patience = 0): Promise<Proven> {
  const { clientId = "", clientSecret = "" } = inputs;
  const end = Date.now() + patience;
  let checks = await clientChecks(inputs, context);
  while (isSettling(checks) && Date.now() + POLL_MS <= end) {
    const left = Math.ceil((end - Date.now()) / 60_000);
    context.progress(`waiting for Google: ${failedCodes(checks).join(", ")}; ${left} min left`);
    await context.deadline.sleep(POLL_MS, `Waiting for Google to accept ${clientId}`);
    checks = await clientChecks(inputs, context);
  }
  warnOf(checks, inputs, context);
  const codes = failedCodes(checks);
  context.roster.outcomes.tell(context.urn, { status: codes.length > 0 ? "failure" : "success", codes });
  return {
    id: clientId,
    outputs: { ...urisOf(context), clientSecretLast4: clientSecret.slice(-4), checks: checks.map(stored) },
    checks,
    problems: failures(checks),
  };
}

function failedCodes(checks: readonly Step[]): readonly Code[] {
  return [...new Set(checks.flatMap(({ status, code }) => (status === "failed" && code ? [code] : [])))];
}

function urisOf({ environmentUrl }: Context): Pick<Outputs, "redirectUri" | "javascriptOrigin"> {
  const { redirectUri, javascriptOrigin } = clientUris(environmentUrl);
  return { redirectUri, javascriptOrigin };
}

export const googleOAuthClient = resource(definition, handler);
