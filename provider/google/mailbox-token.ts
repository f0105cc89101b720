import { createHash } from "node:crypto";
import type { MailCredential } from "../definitions/mail-credential.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";
import { jsonOf, memberOf, textOf } from "../json.ts";
import { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { SharedWork } from "../network/shared-work.ts";
import { refreshAccessToken, refusalText, type TokenAnswer, tokenAnswer } from "./token-endpoint.ts";

/** The one scope that IMAP, POP3 and SMTP accept (Google: "OAuth 2.0 mechanism"). */
const MAIL_SCOPE = "https://mail.google.com/";
/** A token is not used any more this long before it expires. */
const MARGIN_MS = 60_000;
/** Longest time for one token, whoever waits for it. */
const REQUEST_LIMIT_MS = 60_000;

interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

/** Ways to a token that delegation or the user's own consent stand behind. */
export type TokenRoute = "delegation" | "consent" | "given";

export function routeOf(credential: MailCredential): TokenRoute {
  if (credential.serviceAccountKey) return "delegation";
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

  async get(address: string, credential: MailCredential, deadline: Deadline): Promise<string> {
    if (credential.accessToken) return credential.accessToken;
    const key = keyOf(address, credential);
    const known = this.#tokens.get(key);
    if (known && Date.now() < known.expiresAt - MARGIN_MS) return known.text;
    let work = this.#inFlight.get(key);
    if (!work || work.abandoned) {
      const mine: SharedWork<Token> = new SharedWork(async (signal) => {
        // A budget of its own: the first to ask must not decide how long the others may wait.
        const limit = Deadline.after(REQUEST_LIMIT_MS, signal);
        try {
          const token = await this.#fetch(address, credential, limit);
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
    return (await work.wait(deadline, `Getting a token for ${address}`)).text;
  }

  #fetch(address: string, credential: MailCredential, deadline: Deadline): Promise<Token> {
    if (credential.serviceAccountKey) return this.#delegated(address, credential.serviceAccountKey, deadline);
    return this.#refreshed(address, credential, deadline);
  }

  async #refreshed(address: string, credential: MailCredential, deadline: Deadline): Promise<Token> {
    const { refreshToken = "", clientId = "", clientSecret = "" } = credential;
    const answer = await refreshAccessToken({ refreshToken, clientId, clientSecret }, this.#network, deadline);
    if (answer.status === 200 && answer.accessToken) return tokenOf(answer.accessToken, answer.expiresIn);
    throw refused(address, answer, credential);
  }

  /** A signed assertion for the mailbox (RFC 7523), made and exchanged by Google's own library. */
  async #delegated(address: string, keyText: string, deadline: Deadline): Promise<Token> {
    const key = parseKey(keyText);
    const { JWT } = await import("google-auth-library");
    const client = new JWT({
      email: key.client_email,
      key: key.private_key,
      subject: address,
      scopes: [MAIL_SCOPE],
      transporterOptions: { fetchImplementation: fetchOver(this.#network, deadline) },
    });
    try {
      const { access_token: text, expiry_date: expiresAt } = await client.authorize();
      if (text) return { text, expiresAt: expiresAt ?? Date.now() + 3000_000 };
    } catch (error) {
      const response = memberOf(error, "response");
      const status = memberOf(response, "status");
      if (typeof status === "number") {
        throw refused(address, tokenAnswer(status, memberOf(response, "data")), { serviceAccountKey: keyText }, key);
      }
      throw error instanceof Fault
        ? error
        : new Fault({ kind: "unavailable", what: `Getting a token for ${address}`, said: messageOf(error) });
    }
    throw new Fault({ kind: "unexpected", what: `Google gave no token for ${address}` });
  }
}

interface ServiceAccountKey {
  readonly client_email: string;
  readonly private_key: string;
  /** Numeric; what the administrator's console wants for the delegation. */
  readonly client_id: string;
}

function parseKey(text: string): ServiceAccountKey {
  const json = jsonOf(text);
  const key = {
    client_email: textOf(json, "client_email"),
    private_key: textOf(json, "private_key"),
    client_id: textOf(json, "client_id"),
  };
  if (textOf(json, "type") === "service_account" && key.client_email && key.private_key) return key;
  throw new Fault({
    kind: "invalid-input",
    what: "credential.serviceAccountKey is not the JSON key of a service account",
    hint: 'Give the whole content of the key file, which has "type": "service_account".',
  });
}

function fetchOver(network: Network, deadline: Deadline) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = init?.body === undefined || init.body === null ? {} : { body: String(init.body) };
    const url = input instanceof Request ? input.url : String(input);
    const answer = await network.request({ method: init?.method ?? "GET", url, headers, ...body }, deadline);
    return new Response(answer.text, {
      status: answer.status,
      headers: { "content-type": answer.headers["content-type"] ?? "application/json" },
    });
  };
}

/** What Google's refusal means (facts of its token endpoint); the text only chooses the hint. */
function refused(address: string, answer: TokenAnswer, credential: MailCredential, key?: ServiceAccountKey): Fault {
  const { status, error, description } = answer;
  const secrets = [credential.refreshToken, credential.clientSecret, credential.serviceAccountKey].filter(
    (s) => s !== undefined,
  );
  const said = secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), remoteText(refusalText(answer)));
  return new Fault({
    kind: status >= 500 || status === 429 ? "unavailable" : "failed-precondition",
    what: `Google gave no token for ${address}`,
    said,
    code: error || undefined,
    status,
    hint: hintOf(error, description, key),
  });
}

function hintOf(error: string, description: string, key: ServiceAccountKey | undefined): string {
  if (error === "unauthorized_client" && key) {
    return `Let a Workspace administrator grant domain-wide delegation to client id ${key.client_id} for ${MAIL_SCOPE}: https://admin.google.com/ac/owl/domainwidedelegation?clientIdToAdd=${key.client_id}&clientScopeToAdd=${encodeURIComponent(MAIL_SCOPE)}`;
  }
  if (error === "invalid_grant" && /Invalid email|User ID/i.test(description))
    return "The organisation has no such mailbox, or it is suspended.";
  if (error === "invalid_grant" && key)
    return "The service account does not exist any more, or this machine's clock is wrong.";
  if (error === "invalid_grant") {
    return "The consent has ended: revoked, unused for six months, the password changed, or seven days after it was given while the app was in testing. Its user signs in again.";
  }
  if (error === "invalid_client" || error === "unauthorized_client")
    return "credential.clientId and credential.clientSecret are not those of the client that got the refresh token.";
  return "Trying again may help.";
}

function tokenOf(text: string, seconds: number): Token {
  return { text, expiresAt: Date.now() + seconds * 1000 };
}

function keyOf(address: string, credential: MailCredential): string {
  return createHash("sha256")
    .update(`${address.toLowerCase()}\n${JSON.stringify(credential)}`)
    .digest("hex");
}
