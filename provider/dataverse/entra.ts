import { Fault, faultIn } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import type { Network } from "../network/network.ts";
import { minted } from "../redaction/secrets.ts";
import { bearerToken } from "../schema/bearer-token.ts";
import { Assertions } from "./assertions.ts";
import { entraHttpClient, type LastAnswer } from "./entra-http-client.ts";
import { refused, unanswered } from "./entra-refusal.ts";
import type { Identity } from "./identity.ts";

/** Who signs in, where, and for what. */
export interface SigningIn {
  readonly identity: Identity;
  /** URL of the cloud's authority: `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** `https://ORG.crm.dynamics.com/.default` */
  readonly scope: string;
}

/** Gives an access token that stays good for some minutes; another one than that which was refused before its time. */
export type TokenSource = (deadline: Deadline, refused?: string) => Promise<string>;

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** Longest time for one sign-in, whoever waits for it: less than those have, so that they hear why. */
const SIGN_IN_LIMIT_MS = 55_000;

/**
 * Access tokens of Microsoft Entra by @azure/identity, which is loaded with the first one. Tokens are kept until five
 * minutes before they expire, and one sign-in serves all who wait for it.
 */
export function entraTokens(signingIn: SigningIn, network: Network): TokenSource {
  const kept = new Kept<string>(SIGN_IN_LIMIT_MS);
  const assertions = new Assertions();
  const what = `Signing in to Microsoft Entra ${signingIn.identity.who}`;
  return (deadline, refused) => {
    kept.drop("", refused);
    return kept.get("", what, deadline, async (limit) => {
      const { token, expiresOnTimestamp } = await accessToken(signingIn, assertions, network, limit, what);
      return { value: minted(token), until: expiresOnTimestamp - RENEW_BEFORE_MS };
    });
  };
}

async function accessToken(
  { identity, authority, scope }: SigningIn,
  assertions: Assertions,
  network: Network,
  deadline: Deadline,
  what: string,
): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> {
  const last: LastAnswer = {};
  try {
    const credential = await identity.credential({
      authority,
      network,
      deadline,
      httpClient: await entraHttpClient(network, deadline, last),
      assertion: (issuer) => assertions.of(issuer, deadline),
    });
    const token = await credential.getToken(scope);
    if (token && bearerToken(token.token)) return token;
  } catch (error) {
    const presented = assertions.refused();
    const failed = { what, check: identity.check, presented };
    throw faultIn(error) ?? (last.fault && unanswered(failed, last.fault, last)) ?? refused(failed, error, last);
  }
  throw new Fault({ kind: "unexpected", what: `${what}: Microsoft Entra gave no token` });
}
