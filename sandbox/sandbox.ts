import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { adminService } from "./admin.ts";
import { createAuthority } from "./authority.ts";
import { dataverseService } from "./dataverse/service.ts";
import { dynamicsPage, type RedeemCode } from "./dynamics-pages.ts";
import { entraService, isGoodToken } from "./entra.ts";
import type { Certificate } from "./gmail/line-server.ts";
import { startGmail } from "./gmail/servers.ts";
import { googleOAuthService } from "./google/oauth.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "./http.ts";
import { serveHttp, serveHttps } from "./https-server.ts";
import { findRunning, type SandboxInfo } from "./info.ts";
import { type Fault, type RequestRecord, Traffic } from "./traffic.ts";
import { TestWorker } from "./worker.ts";
import {
  APPLICATION_ID,
  APPLICATION_SECRET,
  ENVIRONMENT_URL,
  parseWorld,
  seedWorld,
  TENANT_ID,
  type World,
} from "./world.ts";

export interface SandboxOptions {
  /** Where CA file and connection data are written; made when it is not there. */
  readonly directory: string;
  /** Keeps the world over restarts. Default: in memory only. */
  readonly stateFile?: string;
  /** Milliseconds that Test & Enable takes to start. Default 1500. */
  readonly testDelayMs?: number;
  /** Milliseconds that Gmail takes for a login. Default 0. */
  readonly mailDelayMs?: number;
  /** Users beside the named ones: `user0001@northwind.example` and so on. */
  readonly extraUsers?: number;
}

export interface Sandbox {
  /** Environment variables that point the provider here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly world: World;
  readonly requests: readonly RequestRecord[];
  readonly admin: { readonly url: string; readonly token: string };
  addFault(fault: Fault): void;
  reset(): void;
  close(): Promise<void>;
  /** Ends when somebody asked by the administration endpoint to stop. */
  readonly stopped: Promise<void>;
}

const GOOGLE_HOSTS = [
  "oauth2.googleapis.com",
  "sts.googleapis.com",
  "accounts.google.com",
  "openidconnect.googleapis.com",
  "iamcredentials.googleapis.com",
  "gmail.googleapis.com",
  "cloudresourcemanager.googleapis.com",
  "serviceusage.googleapis.com",
] as const;
const HTTPS_HOSTS = [new URL(ENVIRONMENT_URL).hostname, "login.microsoftonline.com", ...GOOGLE_HOSTS] as const;
const MAIL_HOSTS = ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"] as const;

/** Starts the local Microsoft and Google, on loopback only. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const running = await findRunning(directory);
  if (running)
    throw new Error(
      `a sandbox is running in ${directory} already (process ${running.pid}); \`gmailsync sandbox stop\` ends it`,
    );

  let world = loadWorld(options);
  const authority = await createAuthority();
  const identities = new Map<string, Certificate>();
  for (const host of [...HTTPS_HOSTS, ...MAIL_HOSTS]) identities.set(host, await authority.issue(host));
  const gmail = await startGmail({
    state: () => world.google,
    loginDelayMs: options.mailDelayMs,
    tls: (host) => {
      const identity = identities.get(host);
      if (!identity) throw new Error(`there is no certificate for ${host}`);
      return identity;
    },
  });
  const connectTo = new Map(Object.entries(gmail.connectTo));
  const google = googleOAuthService(() => world.google);
  const traffic = new Traffic();
  const askGoogle = (request: HttpRequest) => traffic.answer("google", google, request);
  const worker = new TestWorker({
    state: () => world.dataverse,
    delayMs: options.testDelayMs ?? 1500,
    ca: authority.certificate,
    connect: (host, port) => {
      const [mapped = host, mappedPort = String(port)] = connectTo.get(`${host}:${port}`)?.split(":") ?? [];
      return { host: mapped, port: Number(mappedPort) };
    },
    accessToken: (client, refreshToken) =>
      askToken(askGoogle, client, { grant_type: "refresh_token", refresh_token: refreshToken }, "access_token"),
  });
  const dataverse = dataverseService({
    state: () => world.dataverse,
    environmentUrl: ENVIRONMENT_URL,
    authorised: (token) => isGoodToken(world.entra, ENVIRONMENT_URL, token),
    onMailboxSaved: () => worker.look(),
  });
  const redeem: RedeemCode = (client, code, redirectUri) =>
    askToken(askGoogle, client, { grant_type: "authorization_code", code, redirect_uri: redirectUri }, "refresh_token");
  const services: Readonly<Record<string, { name: string; service: HttpService }>> = {
    [new URL(ENVIRONMENT_URL).hostname]: {
      name: "dataverse",
      service: async (request) => (await dynamicsPage(request, world, redeem)) ?? dataverse(request),
    },
    "login.microsoftonline.com": { name: "entra", service: entraService(() => world.entra) },
    ...Object.fromEntries(GOOGLE_HOSTS.map((host) => [host, { name: "google", service: google }])),
  };
  const https = await serveHttps(identities, async (request) => {
    const target = services[request.url.hostname];
    return target
      ? traffic.answer(target.name, target.service, request)
      : { status: 421, body: { error: "unknown host" } };
  });
  for (const host of HTTPS_HOSTS) connectTo.set(`${host}:443`, `127.0.0.1:${https.port}`);

  let stop = () => {};
  const stopped = new Promise<void>((done) => {
    stop = done;
  });
  const reset = () => {
    worker.reset();
    traffic.reset();
    world = seedWorld(options.extraUsers ?? 0);
  };
  const token = randomBytes(16).toString("hex");
  const admin = await serveHttp(
    adminService({
      token,
      world: () => world,
      records: () => traffic.records,
      addFault: (fault) => traffic.addFault(fault),
      reset,
      stop,
      changed: () => worker.look(),
    }),
  );
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, authority.certificate);
  const environment = {
    GMAILSYNC_CONNECT_TO: [...connectTo].map(([from, to]) => `${from}=${to}`).join(","),
    GMAILSYNC_CA_FILE: caFile,
    GMAILSYNC_ENVIRONMENT_URL: ENVIRONMENT_URL,
    AZURE_TENANT_ID: TENANT_ID,
    AZURE_CLIENT_ID: APPLICATION_ID,
    AZURE_CLIENT_SECRET: APPLICATION_SECRET,
  };
  const info: SandboxInfo = { pid: process.pid, admin: { url: `http://127.0.0.1:${admin.port}`, token }, environment };
  const infoFile = join(directory, "sandbox.json");
  // A file that is there already would keep its mode.
  rmSync(infoFile, { force: true });
  writeFileSync(infoFile, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  worker.look();

  return {
    environment,
    get world() {
      return world;
    },
    requests: traffic.records,
    admin: info.admin,
    addFault: (fault) => traffic.addFault(fault),
    reset,
    stopped,
    close: async () => {
      // Together: a login that waits for an answer ends with its server.
      await Promise.all([worker.close(), https.close(), admin.close(), gmail.close()]);
      if (options.stateFile) saveWorld(options.stateFile, world);
      rmSync(infoFile, { force: true });
    },
  };
}

function loadWorld({ stateFile, extraUsers = 0 }: SandboxOptions): World {
  if (!stateFile) return seedWorld(extraUsers);
  try {
    return parseWorld(readFileSync(stateFile, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return seedWorld(extraUsers);
    throw new Error(`the state file ${stateFile} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Whole or not at all, and its owner's only: it holds tokens, though fake ones. */
function saveWorld(stateFile: string, world: World): void {
  const fresh = `${stateFile}.${process.pid}.tmp`;
  writeFileSync(fresh, JSON.stringify(world), { mode: 0o600 });
  renameSync(fresh, stateFile);
}

/** Asks the sandbox's own Google as Dynamics would, without a detour over the network: it is the same process. */
async function askToken(
  google: (request: HttpRequest) => Promise<HttpAnswer | "reset" | "hang">,
  client: { id: string; secret: string },
  grant: Readonly<Record<string, string>>,
  wanted: "access_token" | "refresh_token",
): Promise<{ token: string } | { error: string }> {
  const body = new URLSearchParams({ ...grant, client_id: client.id, client_secret: client.secret }).toString();
  const url = new URL("https://oauth2.googleapis.com/token");
  const answer = await google({ method: "POST", url, headers: {}, body });
  // Assumption: Dynamics gives a hanging Google up sooner than its test ends.
  if (typeof answer === "string") return { error: "Google: the connection was lost" };
  const fields = typeof answer.body === "object" && answer.body !== null ? answer.body : {};
  const token: unknown = Reflect.get(fields, wanted);
  if (typeof token === "string") return { token };
  return { error: `Google: ${Reflect.get(fields, "error")}: ${Reflect.get(fields, "error_description")}` };
}
