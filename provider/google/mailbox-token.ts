import { createHash } from "node:crypto";
import type { MailCredential } from "../definitions/mail-credential.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { SharedWork } from "../network/shared-work.ts";

/** The one scope that IMAP, POP3 and SMTP accept (Google: "OAuth 2.0 mechanism"). */
const MAIL_SCOPE = "https://mail.google.com/";
const TOKEN_ENDPOINT = "https://oauth2.googleapis.com/token";
/** A token is not used any more this long before it expires. */
const MARGIN_MS = 60_000;

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
      work = new SharedWork(async () => {
        try {
          const token = await this.#fetch(address, credential, deadline);
          this.#tokens.set(key, token);
          return token;
        } finally {
          this.#inFlight.delete(key);
        }
      });
      this.#inFlight.set(key, work);
    }
    return (await work.wait(deadline, `Getting a token for ${address}`)).text;
  }

  #fetch(address: string, credential: MailCredential, deadline: Deadline): Promise<Token> {
    if (credential.serviceAccountKey) return this.#delegated(address, credential.serviceAccountKey, deadline);
    return this.#refreshed(address, credential, deadline);
  }

  /** RFC 6749 §6 */
  async #refreshed(address: string, credential: MailCredential, deadline: Deadline): Promise<Token> {
    const { refreshToken = "", clientId = "", clientSecret = "" } = credential;
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { status, text } = await this.#network.request(
      { method: "POST", url: TOKEN_ENDPOINT, headers, body },
      deadline,
    );
    const answer = parse(text);
    if (status === 200 && answer.access_token) return tokenOf(answer.access_token, answer.expires_in);
    throw refused(address, status, answer.error, answer.error_description, credential);
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
      const response: unknown = error instanceof Error ? Reflect.get(error, "response") : undefined;
      const data: unknown =
        typeof response === "object" && response !== null ? Reflect.get(response, "data") : undefined;
      const status: unknown =
        typeof response === "object" && response !== null ? Reflect.get(response, "status") : undefined;
      if (typeof status === "number") {
        const answer = parse(JSON.stringify(data ?? {}));
        throw refused(address, status, answer.error, answer.error_description, { serviceAccountKey: keyText }, key);
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
  const member = (name: string): string => {
    try {
      const value: unknown = Reflect.get(Object(JSON.parse(text)), name);
      return typeof value === "string" ? value : "";
    } catch {
      return "";
    }
  };
  const key = {
    client_email: member("client_email"),
    private_key: member("private_key"),
    client_id: member("client_id"),
  };
  if (member("type") === "service_account" && key.client_email && key.private_key) return key;
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
function refused(
  address: string,
  status: number,
  error: string,
  description: string,
  credential: MailCredential,
  key?: ServiceAccountKey,
): Fault {
  const secrets = [credential.refreshToken, credential.clientSecret, credential.serviceAccountKey].filter(
    (s) => s !== undefined,
  );
  const said = secrets.reduce(
    (text, secret) => text.replaceAll(secret, "[secret]"),
    remoteText(`${error}${description ? `: ${description}` : ""}`),
  );
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

function parse(text: string): { access_token: string; expires_in: number; error: string; error_description: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = {};
  }
  const member = (name: string): unknown =>
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  const string = (name: string) => {
    const value = member(name);
    return typeof value === "string" ? value : "";
  };
  const seconds = member("expires_in");
  return {
    access_token: string("access_token"),
    expires_in: typeof seconds === "number" ? seconds : 0,
    error: string("error"),
    error_description: string("error_description"),
  };
}

function keyOf(address: string, credential: MailCredential): string {
  return createHash("sha256")
    .update(`${address.toLowerCase()}\n${JSON.stringify(credential)}`)
    .digest("hex");
}
