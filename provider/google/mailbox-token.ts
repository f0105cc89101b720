import { createHash } from "node:crypto";
import { Fault, remoteText } from "../fault.ts";
import { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { SharedWork } from "../network/shared-work.ts";
import { type MailCredential, secretsOf } from "../schema/mail-credential.ts";
import { ambientToken, type Token } from "./ambient.ts";
import { delegatedToken, type Signer } from "./delegation.ts";
import { refuseOthersToken } from "./given-token.ts";
import { refreshAccessToken, refusalText, type TokenAnswer } from "./token-endpoint.ts";

/** The one scope that IMAP, POP3 and SMTP accept (Google: "OAuth 2.0 mechanism"). */
const MAIL_SCOPE = "https://mail.google.com/";
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
  readonly #tokens = new Map<string, Token>();
  readonly #inFlight = new Map<string, SharedWork<Token>>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** A token for the mailbox; other scopes than the mail's come by delegation only. */
  async get(address: string, credential: MailCredential, deadline: Deadline, scope = MAIL_SCOPE): Promise<string> {
    const key = keyOf(address, scope, credential);
    return this.#shared(key, `Getting a token for ${address}`, deadline, (limit) =>
      this.#fetch(address, scope, credential, limit),
    );
  }

  /** What is known and lives long enough, or one request for all who ask. */
  async #shared(
    key: string,
    what: string,
    deadline: Deadline,
    fetch: (limit: Deadline) => Promise<Token>,
  ): Promise<string> {
    const known = this.#tokens.get(key);
    if (known && Date.now() < known.expiresAt - MARGIN_MS) return known.text;
    let work = this.#inFlight.get(key);
    if (!work || work.abandoned) {
      const mine: SharedWork<Token> = new SharedWork(async (signal) => {
        // A budget of its own: the first to ask must not decide how long the others may wait.
        const limit = Deadline.after(REQUEST_LIMIT_MS, signal);
        try {
          const token = await fetch(limit);
          this.#tokens.set(key, token);
          return token;
        } finally {
          limit[Symbol.dispose]();
          if (this.#inFlight.get(key) === mine) this.#inFlight.delete(key);
        }
      });
      work = mine;
      this.#inFlight.set(key, mine);
    }
    return (await work.wait(deadline, what)).text;
  }

  /** One for all mailboxes: it is nobody's in particular. */
  #ambient(deadline: Deadline): Promise<string> {
    return this.#shared("ambient", "Getting a token of this environment", deadline, (limit) =>
      ambientToken(this.#network, limit),
    );
  }

  async #fetch(address: string, scope: string, credential: MailCredential, deadline: Deadline): Promise<Token> {
    const { accessToken: given } = credential;
    if (given) {
      await refuseOthersToken(address, given, this.#network, deadline);
      return { text: given, expiresAt: Date.now() + GIVEN_KEPT_MS };
    }
    const { answer, signer } =
      routeOf(credential) === "delegation"
        ? await delegatedToken(credential, { address, scope }, this.#network, deadline, (d) => this.#ambient(d))
        : { answer: await this.#refreshed(credential, deadline), signer: undefined };
    if (answer.status === 200 && answer.accessToken) {
      return { text: answer.accessToken, expiresAt: Date.now() + answer.expiresIn * 1000 };
    }
    throw refused(address, scope, answer, credential, signer);
  }

  #refreshed({ refreshToken = "", clientId = "", clientSecret = "" }: MailCredential, deadline: Deadline) {
    return refreshAccessToken({ refreshToken, clientId, clientSecret }, this.#network, deadline);
  }
}

/** What Google's refusal means (facts of its token endpoint); the text only chooses the hint. */
function refused(
  address: string,
  scope: string,
  answer: TokenAnswer,
  credential: MailCredential,
  signer?: Signer,
): Fault {
  const { status, error, description } = answer;
  const said = secretsOf(credential).reduce(
    (text, secret) => text.replaceAll(secret, "[secret]"),
    remoteText(refusalText(answer)),
  );
  return new Fault({
    kind: status >= 500 || status === 429 ? "unavailable" : "failed-precondition",
    what: `Google gave no token for ${address}`,
    said,
    code: error || undefined,
    status,
    hint: hintOf(error, description, scope, signer),
  });
}

function hintOf(error: string, description: string, scope: string, signer: Signer | undefined): string {
  if (error === "unauthorized_client" && signer) return delegationHint(signer, scope);
  if (error === "invalid_grant" && /Invalid email|User ID/i.test(description))
    return "The organisation has no such mailbox, or it is suspended.";
  if (error === "invalid_grant" && signer)
    return "The service account does not exist any more, or this machine's clock is wrong.";
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
