import { createHash, randomBytes } from "node:crypto";
import { Fault, remoteText } from "../fault.ts";
import { jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { minted } from "../redaction/secrets.ts";
import { accountOf } from "../schema/address.ts";
import { refusalText, requestToken } from "./token-endpoint.ts";

const AUTHORIZATION_ENDPOINT = "https://accounts.google.com/o/oauth2/v2/auth";
const USER_INFO = "https://openidconnect.googleapis.com/v1/userinfo";

/** What mail logins need, and what tells whose consent it is. */
const SCOPE = "https://mail.google.com/ openid email";

/** What is asked of a user. */
export interface Asked {
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** What ties an answer to the question (RFC 6749 section 10.12, RFC 7636). */
export interface Ties {
  readonly state: string;
  readonly codeVerifier: string;
}

export function newTies(): Ties {
  return { state: randomBytes(16).toString("base64url"), codeVerifier: minted(randomBytes(32).toString("base64url")) };
}

/** The page where the user consents (Google: "OAuth 2.0 for Mobile & Desktop Apps"). */
export function consentUrl({ address, clientId, redirectUri }: Asked, { state, codeVerifier }: Ties): string {
  const url = new URL(AUTHORIZATION_ENDPOINT);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: SCOPE,
    access_type: "offline",
    // Without it Google gives a refresh token with the first consent only.
    prompt: "consent",
    login_hint: address,
    state,
    code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  return url.href;
}

/** The refresh token for a code, if it is of the account that was asked; another's is an error, and goes no further. */
export async function redeemed(
  code: string,
  { address, clientId, clientSecret, redirectUri }: Asked,
  { codeVerifier }: Ties,
  network: Network,
  deadline: Deadline,
): Promise<string> {
  const answer = await requestToken(
    {
      grant_type: "authorization_code",
      code,
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    },
    network,
    deadline,
  );
  const { status, accessToken, refreshToken } = answer;
  if (status !== 200 || accessToken === "" || refreshToken === "")
    throw new Fault({
      kind: "failed-precondition",
      what: `Google gives no refresh token for ${address}`,
      said: remoteText(refusalText(answer) || `HTTP ${status}`),
      hint: "Check the client and its secret, and run it again: a code is good once.",
    });
  const owner = await ownerOf(accessToken, network, deadline);
  if (owner !== undefined && accountOf(owner) === accountOf(address)) return refreshToken;
  throw new Fault({
    kind: "failed-precondition",
    what:
      owner === undefined
        ? `Google does not say who has consented, and ${address} was asked`
        : `${remoteText(owner)} has consented, and ${address} was asked`,
    reason: "nothing was kept",
    hint: `Run it again, and choose the account ${address}. What the other account has given is found at https://myaccount.google.com/connections.`,
  });
}

/** Whose access token it is (OpenID Connect Core 1.0, section 5.3); undefined where that is not certain. */
async function ownerOf(accessToken: string, network: Network, deadline: Deadline): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const { status, text } = await network.request({ effect: "reads", method: "GET", url: USER_INFO, headers }, deadline);
  const info = jsonOf(text);
  const email = textOf(info, "email");
  return status === 200 && email !== "" && memberOf(info, "email_verified") === true ? email : undefined;
}
