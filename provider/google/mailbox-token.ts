import { createHash } from "node:crypto";
import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import { type Fresh, Kept } from "../network/kept.ts";
import type { Network } from "../network/network.ts";
import type { MailCredential } from "../schema/mail-credential.ts";
import { AmbientTokens } from "./ambient.ts";
import { delegatedToken, type Signer } from "./delegation.ts";
import { refuseOthersToken } from "./given-token.ts";
import { refreshAccessToken, refusalText, type TokenAnswer } from "./token-endpoint.ts";

/** The one scope that IMAP, POP3 and SMTP accept (Google: "OAuth 2.0 mechanism"). */
export const MAIL_SCOPE = "https://mail.google.com/";
/** A token is not used any more this long before it expires. */
const MARGIN_MS = 60_000;
/** How long a given token counts as looked at. */
const GIVEN_KEPT_MS = 600_000;
/** Longest time for one token, whoever waits for it. */
const REQUEST_LIMIT_MS = 60_000;

/** Ways to a token that delegation or the user's own consent stand behind. */
export type TokenRoute = "delegation" | "consent" | "given";

export function routeOf(credential: MailCredential): TokenRoute {
  if (credential.serviceAccountKey || credential.serviceAccountEmail) return "delegation";
  return credential.refreshToken ? "consent" : "given";
}

/**
 * Tokens for the mailboxes' own logins. One token serves all three protocols; it is kept until shortly before it expires,
 * and one request serves all who wait for it.
 */
export class MailboxTokens {
  readonly #network: Network;
  readonly #ambient: AmbientTokens;
  readonly #kept = new Kept<string>(REQUEST_LIMIT_MS);

  constructor(network: Network, ambient = new AmbientTokens(network)) {
    this.#network = network;
    this.#ambient = ambient;
  }

  /** A token for the mailbox; other scopes than the mail's come by delegation only. */
  async get(address: string, credential: MailCredential, deadline: Deadline, scope = MAIL_SCOPE): Promise<string> {
    return this.#kept.get(keyOf(address, scope, credential), `Getting a token for ${address}`, deadline, (limit) =>
      this.#fetch(address, scope, credential, limit),
    );
  }

  async #fetch(address: string, scope: string, credential: MailCredential, deadline: Deadline): Promise<Fresh<string>> {
    const { accessToken: given } = credential;
    if (given) {
      await refuseOthersToken(address, given, this.#network, deadline);
      return { value: given, until: Date.now() + GIVEN_KEPT_MS };
    }
    const { answer, signer } =
      routeOf(credential) === "delegation"
        ? await delegatedToken(credential, { address, scope }, this.#network, deadline, (d) => this.#ambient.get(d))
        : { answer: await this.#refreshed(credential, deadline), signer: undefined };
    if (answer.status === 200 && answer.accessToken) {
      return { value: answer.accessToken, until: Date.now() + answer.expiresIn * 1000 - MARGIN_MS };
    }
    throw refused(address, scope, answer, signer);
  }

  #refreshed({ refreshToken = "", clientId = "", clientSecret = "" }: MailCredential, deadline: Deadline) {
    return refreshAccessToken({ refreshToken, clientId, clientSecret }, this.#network, deadline);
  }
}

/** What Google's refusal means (facts of its token endpoint); the text only chooses the hint. */
function refused(address: string, scope: string, answer: TokenAnswer, signer?: Signer): Fault {
  const { status, error } = answer;
  const kind = kindOf(answer, signer);
  const ofSigner = signer && SIGNERS_OWN.includes(kind);
  return new Fault({
    kind,
    what: ofSigner
      ? `Google gives the service account ${signer.email} no token`
      : `Google gave no token for ${address}`,
    said: refusalText(answer),
    code: error || undefined,
    status,
    hint: ofSigner ? signerHint(answer, scope, signer) : hintOf(answer),
  });
}

/** Kinds of faults of whoever signs: they have nothing to do with the mailbox, so that no other one gets a token either. */
const SIGNERS_OWN: readonly FaultKind[] = ["permission-denied", "unauthenticated", "invalid-input"];

/** Whether no mailbox gets a token by this credential. */
export function servesNobody(credential: MailCredential, { kind }: Fault): boolean {
  return routeOf(credential) === "delegation" && SIGNERS_OWN.includes(kind);
}

/** An answer without an error code is none of a token endpoint (RFC 6749 §5.2): something on the way has given it. */
function kindOf({ status, error, description }: TokenAnswer, signer: Signer | undefined): FaultKind {
  if (status >= 500 || status === 429 || !error) return "unavailable";
  if (!signer || isOfMailbox(description)) return "failed-precondition";
  return error === "unauthorized_client" ? "permission-denied" : "unauthenticated";
}

function isOfMailbox(description: string): boolean {
  return /Invalid email|User ID/i.test(description);
}

const ACCOUNTS_PAGE = "https://console.cloud.google.com/iam-admin/serviceaccounts";

/** What Google says against an assertion, and what to do. */
const SIGNERS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/signature/i, `The key was deleted or disabled: make another one for the service account: ${ACCOUNTS_PAGE}`],
  [/short-lived|timeframe/i, "This machine's clock is wrong: set it."],
];

function signerHint({ error, description }: TokenAnswer, scope: string, signer: Signer): string {
  if (error === "unauthorized_client") return delegationHint(signer, scope);
  const known = SIGNERS_HINTS.find(([pattern]) => pattern.test(description));
  return known?.[1] ?? `The service account was deleted or disabled: look at it, or take another one: ${ACCOUNTS_PAGE}`;
}

function hintOf({ error, description }: TokenAnswer): string {
  if (error === "invalid_grant" && isOfMailbox(description))
    return "The organisation has no such mailbox, or it is suspended.";
  if (error === "invalid_grant") {
    return "The consent has ended: revoked, unused for six months, the password changed, or seven days after it was given while the app was in testing. Its user signs in again.";
  }
  if (error === "invalid_client" || error === "unauthorized_client")
    return "credential.clientId and credential.clientSecret are not those of the client that got the refresh token.";
  return "Trying again may help.";
}

function delegationHint({ email, clientId }: Signer, scope: string): string {
  const page = "https://admin.google.com/ac/owl/domainwidedelegation";
  return clientId
    ? `Let a Workspace administrator grant domain-wide delegation to client id ${clientId} for ${scope}: ${page}?clientIdToAdd=${clientId}&clientScopeToAdd=${encodeURIComponent(scope)}`
    : `Let a Workspace administrator grant domain-wide delegation for ${scope} to the numeric client id of ${email} (\`gcloud iam service-accounts describe ${email} --format="value(oauth2ClientId)"\`): ${page}`;
}

function keyOf(address: string, scope: string, credential: MailCredential): string {
  return createHash("sha256")
    .update(`${address.toLowerCase()}\n${scope}\n${JSON.stringify(credential)}`)
    .digest("hex");
}
