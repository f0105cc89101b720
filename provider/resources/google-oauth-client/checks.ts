import { type Probe, probeClient } from "../../google/client-probe.ts";
import { type ConsentScreen, isTesting } from "../../google/consent-screen.ts";
import { CLIENT_HINTS, clientUris, consoleLinks, projectNumberOf } from "../../google/console.ts";
import { probeOrigin, probeRedirectUri } from "../../google/redirect-probe.ts";
import type { Context } from "../../resource/context.ts";
import type { Step } from "../../schema/step.ts";
import { screenOf } from "./consent-screen.ts";
import type { GoogleOAuthClientInputs } from "./definition.ts";

type Inputs = GoogleOAuthClientInputs;

/** Everything that can be asked at Google about a client without its users, and what speaks against it. */
export async function clientChecks(inputs: Partial<Inputs>, context: Context): Promise<Step[]> {
  const { projectId = "PROJECT", clientId = "", clientSecret = "" } = inputs;
  const { network, deadline } = context;
  const { redirectUri, javascriptOrigin } = clientUris(context.environmentUrl);
  const unknownSecret: Probe = { status: "unknown", said: "the secret is not known here" };
  const { previousClientSecret: previous } = inputs;
  const [secret, redirect, origin, old] = await Promise.all([
    clientSecret ? probeClient({ clientId, clientSecret }, network, deadline) : unknownSecret,
    probeRedirectUri({ clientId, redirectUri }, network, deadline),
    probeOrigin({ clientId, origin: javascriptOrigin }, network, deadline),
    previous ? probeClient({ clientId, clientSecret: previous }, network, deadline) : undefined,
  ]);
  const step = (id: string, what: string, proven: string, probe: Probe) =>
    stepOf({ id, label: `Google OAuth client ${clientId}, ${what}` }, proven, probe, projectId, clientId);
  const checks = [
    step("clientSecret", "id and secret", "Google knows the client and accepts the secret", secret),
    step("redirectUri", `redirect URI ${redirectUri}`, `Google accepts the redirect URI ${redirectUri}`, redirect),
    step("javascriptOrigin", `origin ${javascriptOrigin}`, `Google knows the origin ${javascriptOrigin}`, origin),
    ...(old && previous ? [previousStep(old, previous, projectId, clientId)] : []),
    ...projectSteps(clientId, inputs.projectNumber ?? context.roster.projectNumber(projectId), projectId),
    consentStep(screenOf(inputs), clientId),
  ];
  const unproven = checks.filter(({ id, status }) => status === "unknown" && NEEDED.has(id));
  for (const { label, message } of unproven) {
    context.log("warning", `${label} could not be proven at Google: ${message}. This is neither success nor failure.`);
  }
  const screen = screenOf(inputs);
  if (isTesting(screen)) {
    const users = screen.testUsers ? `the ${screen.testUsers.length} test users` : "its test users";
    context.log(
      "warning",
      `The app of project ${projectId} is in testing: what ${users} consent to ends seven days later, and mail stops. Publish it before they sign in: ${consoleLinks.audience(projectId)}`,
    );
  }
  return checks;
}

/** Checks without which a sign-in cannot work, or that speak against it. */
const NEEDED: ReadonlySet<string> = new Set(["clientSecret", "redirectUri", "project"]);

/** Google does not promise that a client id begins with its project's number, so another number is no proof. */
function projectSteps(clientId: string, number: string | undefined, projectId: string): Step[] {
  if (number === undefined) return [];
  const step = { id: "project", label: `Google OAuth client ${clientId}, project` };
  const found = projectNumberOf(clientId);
  return found === number
    ? [{ ...step, status: "ok", message: `The client id begins with the number of the project ${projectId}` }]
    : [
        {
          ...step,
          status: "unknown",
          code: "PROJECT_OTHER",
          message: `the client id begins with ${found}, and the number of the project ${projectId} is ${number}, so it seems to be a client of another project`,
          hint: `The clients of ${projectId}: ${consoleLinks.clients(projectId)}`,
        },
      ];
}

/** Nobody but a signed-in person sees the consent screen, so this can never be `ok`. */
function consentStep(screen: ConsentScreen, clientId: string): Step {
  const { audience, publishingStatus, verified, testUsers, projectId } = screen;
  const status =
    publishingStatus === "testing" ? "in testing" : verified ? "published, verified" : "published, not verified";
  const users = isTesting(screen) && testUsers ? `, ${testUsers.length} test users` : "";
  return {
    id: "consentScreen",
    label: `Google OAuth client ${clientId}, consent screen`,
    status: "unknown",
    code: "DECLARED_ONLY",
    message: `declared as ${audience}${audience === "external" ? `, ${status}${users}` : ""}; Google has no API to read it`,
    hint: consoleLinks.audience(projectId),
  };
}

/** The secret before the present one is nobody's failure: it says what may be done next. */
function previousStep(probe: Probe, previous: string, projectId: string, clientId: string): Step {
  const name = `the secret ending in ${previous.slice(-4)}`;
  const step = { id: "previousClientSecret", label: `Google OAuth client ${clientId}, previous secret` };
  const page = consoleLinks.client(projectId, clientId);
  if (probe.status === "ok") {
    return {
      ...step,
      status: "ok",
      message: `Google still accepts ${name}`,
      hint: `Once every stack with a profile of this client has been deployed, disable it: ${page}`,
    };
  }
  if (probe.status === "failed" && probe.code === "SECRET_WRONG") {
    return {
      ...step,
      status: "ok",
      message: `Google no longer accepts ${name}`,
      hint: "Take previousClientSecret out of the program.",
    };
  }
  return { ...step, status: "unknown", code: "UNPROVEN", message: probe.status === "failed" ? probe.code : probe.said };
}

function stepOf(
  step: Pick<Step, "id" | "label">,
  proven: string,
  probe: Probe,
  projectId: string,
  clientId: string,
): Step {
  switch (probe.status) {
    case "ok":
      return { ...step, status: "ok", message: proven };
    case "unknown":
      return { ...step, status: "unknown", code: "UNPROVEN", message: probe.said };
    case "failed":
      return {
        ...step,
        status: "failed",
        code: probe.code,
        message: `Google refuses the ${step.label.replace("Google ", "")}: ${probe.said}`,
        hint: CLIENT_HINTS[probe.code](projectId, clientId),
      };
  }
}
