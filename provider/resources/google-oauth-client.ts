import {
  googleOAuthClient as definition,
  type GoogleOAuthClientInputs,
  type GoogleOAuthClientOutputs,
} from "../definitions/google-oauth-client.ts";
import { failures, type Step } from "../definitions/step.ts";
import { Fault } from "../fault.ts";
import { type Probe, probeClient } from "../google/client-probe.ts";
import { CLIENT_HINTS, clientUris, consoleSteps } from "../google/console.ts";
import type { Context } from "./context.ts";
import { type Handler, type Outcome, resource } from "./resource.ts";

type Inputs = GoogleOAuthClientInputs;
type Outputs = GoogleOAuthClientOutputs;

const handler: Handler<Inputs, Outputs> = {
  check({ projectId, clientId, clientSecret, audience }, { environmentUrl }) {
    if (clientId && clientSecret) return [];
    const missing = clientId ? "clientSecret" : "clientId";
    const values = { projectId: projectId ?? "PROJECT", audience: audience ?? "internal", environmentUrl } as const;
    return [
      {
        path: [missing],
        reason: `is required. Google has no API to create a web client, so do this once in Google's console:\n${consoleSteps(values)}`,
      },
    ];
  },

  async preview(inputs, context) {
    const { redirectUri, javascriptOrigin } = clientUris(context.environmentUrl);
    if (!inputs.clientId || !inputs.clientSecret || !inputs.projectId) return { redirectUri, javascriptOrigin };
    const { outputs, problems } = await prove({ ...inputs, projectId: inputs.projectId }, context);
    if (problems?.[0]) throw new Fault({ kind: "failed-precondition", what: problems[0].replace(/\.$/, "") });
    return outputs;
  },

  /** There is nothing to create, so nothing is kept of a client that could not be proven. */
  async create(inputs, context) {
    const outcome = await prove(inputs, context);
    if (outcome.problems?.[0])
      throw new Fault({ kind: "failed-precondition", what: outcome.problems[0].replace(/\.$/, "") });
    return outcome;
  },

  async read(id, stored, context) {
    if (stored) return { ...(await prove({ ...stored.inputs, clientId: id }, context)), inputs: stored.inputs };
    const probe = await probeClient(
      { clientId: id, clientSecret: "gmailsync-import-probe" },
      context.network,
      context.deadline,
    );
    if (probe.status === "failed" && (probe.code === "CLIENT_NOT_FOUND" || probe.code === "CLIENT_DELETED"))
      return undefined;
    const { redirectUri, javascriptOrigin } = clientUris(context.environmentUrl);
    return {
      id,
      inputs: { clientId: id },
      outputs: { redirectUri, javascriptOrigin, clientSecretLast4: "", checks: [] },
    };
  },

  update: (_, inputs, __, context) => prove(inputs, context),

  /** The client stays at Google, with its secrets and every grant: others may be using it. */
  async delete() {},
};

async function prove(inputs: Partial<Inputs>, context: Context): Promise<Outcome<Outputs>> {
  const { projectId = "PROJECT", clientId = "", clientSecret = "" } = inputs;
  const { redirectUri, javascriptOrigin } = clientUris(context.environmentUrl);
  const probe: Probe = clientSecret
    ? await probeClient({ clientId, clientSecret }, context.network, context.deadline)
    : { status: "unknown", said: "the secret is not known here" };
  const step = stepOf(probe, projectId, clientId);
  if (step.status === "unknown") {
    context.log(
      "warning",
      `Client id and secret of ${clientId} could not be proven at Google: ${step.message}. This is neither success nor failure.`,
    );
  }
  return {
    id: clientId,
    outputs: { redirectUri, javascriptOrigin, clientSecretLast4: clientSecret.slice(-4), checks: [step] },
    problems: failures([step]),
  };
}

function stepOf(probe: Probe, projectId: string, clientId: string): Step {
  const step = { id: "clientSecret", label: `Google OAuth client ${clientId}, id and secret` };
  switch (probe.status) {
    case "ok":
      return { ...step, status: "ok", message: "Google knows the client and accepts the secret" };
    case "unknown":
      return { ...step, status: "unknown", code: "UNPROVEN", message: probe.said };
    case "failed":
      return {
        ...step,
        status: "failed",
        code: probe.code,
        message: `Google refuses the OAuth client ${clientId}: ${probe.said}`,
        hint: CLIENT_HINTS[probe.code](projectId, clientId),
      };
  }
}

export const googleOAuthClient = resource(definition, handler);
