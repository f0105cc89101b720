import { execFile } from "node:child_process";
import { join } from "node:path";
import { Authority, type Handler, HttpsServer, type Received, type Reply } from "../provider/network/tls.ts";
import { temporaryDirectory } from "./sandbox.ts";

export const TENANT = "11111111-1111-4111-8111-111111111111";
export const CLIENT = "22222222-2222-4222-8222-222222222222";
export const ORGANIZATION = "44444444-4444-4444-8444-444444444444";
const USER = "55555555-5555-4555-8555-555555555555";
export const LOGIN = "login.microsoftonline.com";
const ENVIRONMENT = "contoso.crm.dynamics.com";
export const RUNNER = "runner.example";
const SCRIPT = join(import.meta.dirname, "sign-in.ts");
/** Compiling Microsoft's client takes half of a sign-in. */
const COMPILED = { NODE_COMPILE_CACHE: temporaryDirectory() };

/** What a process has told: by what it signs in and where it came, or why not. */
export interface Told {
  readonly by?: string;
  readonly organizationId?: string;
  readonly missing?: readonly string[];
  readonly failed?: string;
}

/** A server in the place of Microsoft Entra, of an environment, and of a pipeline's runner. */
export class Microsoft implements AsyncDisposable {
  /** What Entra answers to a token request; an access token where it is left out. */
  entra: Handler = () => granted("planted-access-token");
  /** What the runner answers. */
  runner: Handler = () => ({ status: 404 });
  readonly #authority: Authority;
  readonly #server: HttpsServer;

  private constructor(authority: Authority, server: HttpsServer) {
    this.#authority = authority;
    this.#server = server;
    server.handler = (request) => this.#answer(request);
  }

  static async start(): Promise<Microsoft> {
    const authority = await Authority.make();
    const leaf = await authority.leaf([LOGIN, ENVIRONMENT, RUNNER]);
    return new Microsoft(authority, await HttpsServer.start(leaf, () => "cut"));
  }

  #answer(request: Received): ReturnType<Handler> {
    const { url } = request;
    if (url.hostname === RUNNER) return this.runner(request);
    if (url.hostname === ENVIRONMENT)
      return { status: 200, headers: JSON_BODY, body: { OrganizationId: ORGANIZATION, UserId: USER } };
    return url.pathname.endsWith("/oauth2/v2.0/token") ? this.entra(request) : { status: 404 };
  }

  /** The way to it, as variables. */
  get environment(): Record<string, string> {
    const ways = [LOGIN, ENVIRONMENT, RUNNER].map((host) => `${host}:443=127.0.0.1:${this.#server.port}`);
    return {
      GMAILSYNC_ENVIRONMENT_URL: `https://${ENVIRONMENT}`,
      GMAILSYNC_CONNECT_TO: ways.join(),
      GMAILSYNC_CA_FILE: this.#authority.file,
      PATH: process.env["PATH"] ?? "",
    };
  }

  /** Forms of the token requests since the last look. */
  forms(): URLSearchParams[] {
    const all = this.#server.requests.splice(0);
    return all
      .filter(({ url }) => url.hostname === LOGIN)
      .flatMap(({ body }) => (body ? [new URLSearchParams(body)] : []));
  }

  get requests(): readonly Received[] {
    return this.#server.requests;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.#authority[Symbol.asyncDispose]();
  }
}

/** What a process tells that has nothing but these variables. */
export async function signIn(environment: NodeJS.ProcessEnv, withinMs = 15_000): Promise<Told> {
  const text = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [SCRIPT, String(withinMs)],
      { env: { ...COMPILED, ...environment } },
      (error, stdout, stderr) => (error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout + stderr)),
    );
  });
  return JSON.parse(text);
}

const JSON_BODY = { "content-type": "application/json" };

export function granted(token: string, seconds = 3600): Reply {
  const body = { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token };
  return { status: 200, headers: JSON_BODY, body };
}

export function refused(code: number, text: string): Reply {
  const description = `AADSTS${code}: ${text} Trace ID: ${TENANT} Correlation ID: ${TENANT} Timestamp: 2026-11-23 05:00:00Z`;
  return { status: 401, headers: JSON_BODY, body: { error: "invalid_client", error_description: description } };
}

/** A token of an issuer, which nobody here verifies. */
export function assertion(claims: object, secondsLeft = 300): string {
  const exp = Math.floor(Date.now() / 1000) + secondsLeft;
  const parts = [
    { alg: "RS256", typ: "JWT" },
    { exp, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...parts, Buffer.from(`planted-signature-${crypto.randomUUID()}`).toString("base64url")].join(".");
}
