import { remoteText } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { ownOf } from "../values.ts";
import { type AuthError, decodeAuthError, errorInPage } from "./auth-error.ts";
import { type Probe, type ProbeFailure, probing } from "./client-probe.ts";

const AUTHORIZATION_ENDPOINT = "https://accounts.google.com/o/oauth2/v2/auth";
const SCOPE = "https://mail.google.com/";

/** What an error page means for the client; any other code proves nothing about it. */
const FAILURES: Readonly<Record<string, ProbeFailure>> = {
  redirect_uri_mismatch: "REDIRECT_URI_MISMATCH",
  invalid_client: "CLIENT_NOT_FOUND",
  deleted_client: "CLIENT_DELETED",
  disabled_client: "CLIENT_DISABLED",
};

interface Target {
  readonly clientId: string;
  readonly redirectUri: string;
}

/**
 * Whether the client lists the redirect URI, without any user: Google's authorization endpoint looks at both before it asks
 * anybody to sign in. The redirect URI itself is never requested.
 */
export function probeRedirectUri(target: Target, network: Network, deadline: Deadline): Promise<Probe> {
  return ask(target, network, deadline, (answer) => {
    const location = locationOf(answer);
    if (location?.href.startsWith(`${target.redirectUri}?`)) return { status: "ok" };
    const error = errorOf(answer);
    if (!error && location?.host === "accounts.google.com" && location.pathname === "/v3/signin/identifier")
      return { status: "ok" };
    return judged(error, answer);
  });
}

/**
 * Whether the client lists the JavaScript origin, as far as that can be told: by a pseudo redirect URI of Google's old
 * browser library, undocumented. Dynamics' sign-in never uses the origin, so an origin that is missing is `unknown` too.
 */
export function probeOrigin(
  { clientId, origin }: { readonly clientId: string; readonly origin: string },
  network: Network,
  deadline: Deadline,
): Promise<Probe> {
  const redirectUri = `storagerelay://${origin.replace("://", "/")}?id=auth1`;
  return ask({ clientId, redirectUri, origin }, network, deadline, (answer) => {
    const error = errorOf(answer);
    if (answer.status === 200 && !error) return { status: "ok" };
    if (error?.code === "redirect_uri_mismatch")
      return { status: "unknown", said: `Google does not show that the client lists the origin ${origin}` };
    return { status: "unknown", said: error ? error.code : `HTTP ${answer.status}` };
  });
}

async function ask(
  { clientId, redirectUri, origin }: Target & { readonly origin?: string },
  network: Network,
  deadline: Deadline,
  judge: (answer: HttpResponse) => Probe,
): Promise<Probe> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: SCOPE,
    prompt: "none",
    ...(origin && { origin }),
  });
  const url = `${AUTHORIZATION_ENDPOINT}?${query}`;
  return probing(deadline, async (soon) => judge(await network.request({ effect: "reads", method: "GET", url }, soon)));
}

function locationOf({ headers }: HttpResponse): URL | undefined {
  const { location } = headers;
  return location && URL.canParse(location) ? new URL(location) : undefined;
}

function errorOf(answer: HttpResponse): AuthError | undefined {
  const location = locationOf(answer);
  const parameter = location?.hostname === "accounts.google.com" ? location.searchParams.get("authError") : null;
  return parameter ? decodeAuthError(parameter) : errorInPage(answer.text);
}

function judged(error: AuthError | undefined, { status }: HttpResponse): Probe {
  if (!error) return { status: "unknown", said: `HTTP ${status}` };
  const said = remoteText(error.message ? `${error.code}: ${error.message}` : error.code);
  const code = ownOf(FAILURES, error.code);
  return code ? { status: "failed", code, said } : { status: "unknown", said };
}
