import type { Offender } from "./auth-error.ts";
import { activeClient, isRefusal, missing, type Refusal, singleValued } from "./refusal.ts";
import type { GoogleClient, GoogleState } from "./state.ts";

/** A pseudo redirect URI by which Google's old browser library asked whether an origin is registered. */
export const STORAGE_RELAY = "storagerelay://";

/** A good request of RFC 6749 section 4.1.1. */
export interface AuthorizationRequest {
  readonly client: GoogleClient;
  readonly redirectUri: string;
  /** Separated by spaces. */
  readonly scope: string;
  readonly state: string | undefined;
  readonly prompt: string | undefined;
  /** A refresh token is wanted. */
  readonly offline: boolean;
  /** Whoever redeems the code has to know what this is the SHA-256 of (RFC 7636, S256). */
  readonly codeChallenge: string | undefined;
}

/** Errors about client or redirect URI, in the order in which Google finds them. */
export function authorizationRequest(
  url: string,
  state: GoogleState,
): AuthorizationRequest | (Refusal & { readonly offender?: Offender }) {
  const values = singleValued(URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams());
  if (isRefusal(values)) return values;
  const clientId = values.get("client_id");
  if (clientId === undefined) return missing("client_id");
  const client = activeClient(state, clientId);
  if (isRefusal(client)) return client;
  const redirectUri = values.get("redirect_uri");
  if (redirectUri === undefined) return missing("redirect_uri");
  if (!isRegistered(client, redirectUri))
    return { ...REDIRECT_URI_MISMATCH, offender: { key: "redirect_uri", value: redirectUri } };
  const absent = ["response_type", "scope"].find((name) => !values.has(name));
  if (absent !== undefined) return missing(absent);
  return {
    client,
    redirectUri,
    scope: values.get("scope") ?? "",
    state: values.get("state"),
    prompt: values.get("prompt"),
    offline: values.get("access_type") === "offline",
    codeChallenge: values.get("code_challenge_method") === "S256" ? values.get("code_challenge") : undefined,
  };
}

const REDIRECT_URI_MISMATCH: Refusal = {
  status: 400,
  error: "redirect_uri_mismatch",
  description: "The redirect URI in the request is not registered for the OAuth client.",
};

/** Redirect URIs are compared as exact strings: one slash more or less is another URI. */
function isRegistered(client: GoogleClient, redirectUri: string): boolean {
  if (!redirectUri.startsWith(STORAGE_RELAY)) return client.redirectUris.includes(redirectUri);
  const [scheme, host] = redirectUri.slice(STORAGE_RELAY.length).split(/[/?]/);
  return client.javascriptOrigins.includes(`${scheme}://${host}`);
}
