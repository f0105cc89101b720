import { type Probe, probeClient } from "../../google/client-probe.ts";
import { type ConsentScreen, isTesting } from "../../google/consent-screen.ts";
import { clientFacts, clientUris, consoleLinks, projectNumberOf } from "../../google/console.ts";
import { probeOrigin, probeRedirectUri } from "../../google/redirect-probe.ts";
import type { Context } from "../../resource/context.ts";
import { type Finding, found, good, type Step, seen } from "../../schema/step.ts";
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
  const number = inputs.projectNumber ?? context.roster.projectNumber(projectId);
  const findings: readonly (readonly [Step["id"], Finding])[] = [
    ["clientSecret", proven(`OAuth client ${clientId}, id and secret`, secret)],
    ["redirectUri", proven(`OAuth client ${clientId}, redirect URI ${redirectUri}`, redirect)],
    ["javascriptOrigin", proven(`OAuth client ${clientId}, origin ${javascriptOrigin}`, origin)],
    ...(old && previous ? [["previousClientSecret", previousFinding(old, previous)] as const] : []),
    ...(number === undefined ? [] : [["project", projectFinding(clientId, number, projectId)] as const]),
    ["consentScreen", consentFinding(screenOf(inputs))],
  ];
  const facts = clientFacts(projectId, clientId);
  return findings.map(([id, finding]) => ({ id, facts, ...finding }));
}

/** What people have to know though it stops nothing. */
export function warnOf(checks: readonly Step[], inputs: Partial<Inputs>, context: Context): void {
  for (const check of checks.filter(({ id, status }) => status === "unknown" && NEEDED.has(id)))
    context.log("warning", `${seen(check)}. This is neither success nor failure.`);
  const screen = screenOf(inputs);
  if (isTesting(screen)) {
    const users = screen.testUsers ? `the ${screen.testUsers.length} test users` : "its test users";
    context.log(
      "warning",
      `The app of project ${screen.projectId} is in testing: what ${users} consent to ends seven days later, and mail stops. Publish it before they sign in: ${consoleLinks.audience(screen.projectId)}`,
    );
  }
}

/** Checks without which a sign-in cannot work, or that speak against it. */
const NEEDED: ReadonlySet<string> = new Set(["clientSecret", "redirectUri", "project"]);

export function proven(what: string, probe: Probe): Finding {
  switch (probe.status) {
    case "ok":
      return good({ message: `Google accepts the ${what}` });
    case "unknown":
      return found("UNPROVEN", { message: `Google ${what} could not be proven at Google`, said: probe.said });
    case "failed":
      return found(probe.code, { message: `Google refuses the ${what}`, said: probe.said });
  }
}

/** Google does not promise that a client id begins with its project's number, so another number is no proof. */
function projectFinding(clientId: string, number: string, projectId: string): Finding {
  const begins = projectNumberOf(clientId);
  return begins === number
    ? good({ message: `The client id begins with the number of the project ${projectId}` })
    : found("PROJECT_OTHER", {
        message: `the client id begins with ${begins}, and the number of the project ${projectId} is ${number}, so it seems to be a client of another project`,
      });
}

/** Nobody but a signed-in person sees the consent screen, so this can never be `ok`. */
export function consentFinding(screen: ConsentScreen): Finding {
  const { audience, publishingStatus, verified, testUsers } = screen;
  const status =
    publishingStatus === "testing" ? "in testing" : verified ? "published, verified" : "published, not verified";
  const users = isTesting(screen) && testUsers ? `, ${testUsers.length} test users` : "";
  return found("DECLARED_ONLY", {
    message: `declared as ${audience}${audience === "external" ? `, ${status}${users}` : ""}; Google has no API to read it`,
  });
}

/** The secret before the present one is nobody's failure: it says what may be done next. */
function previousFinding(probe: Probe, previous: string): Finding {
  const name = `the secret ending in ${previous.slice(-4)}`;
  if (probe.status === "ok") return good({ code: "PREVIOUS_SECRET_ACCEPTED", message: `Google still accepts ${name}` });
  if (probe.status === "failed" && probe.code === "SECRET_WRONG")
    return good({ code: "PREVIOUS_SECRET_REFUSED", message: `Google no longer accepts ${name}` });
  return found("UNPROVEN", {
    message: `Whether Google still accepts ${name} could not be proven`,
    said: probe.status === "failed" ? probe.code : probe.said,
  });
}
