import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { askToken } from "./ask-token.ts";
import { createAuthority } from "./authority.ts";
import { beginningOf, type Origin } from "./beginning.ts";
import { type Claim, claimFolder } from "./claim.ts";
import { dataverseService } from "./dataverse/service.ts";
import { dynamicsPage, type RedeemCode } from "./dynamics-pages.ts";
import { ENTRA_HOSTS } from "./entra/authorities.ts";
import { entraService } from "./entra/service.ts";
import { bearerOf } from "./entra/token.ts";
import type { Fault, FaultHandle } from "./faults/fault.ts";
import { Faults } from "./faults/faults.ts";
import { asSeen } from "./faults/past-rows.ts";
import type { Certificate } from "./gmail/line-server.ts";
import { startGmail } from "./gmail/servers.ts";
import { googleOAuthService } from "./google/oauth.ts";
import { keepKeys } from "./google/service-account-key.ts";
import type { HttpRequest, HttpService } from "./http.ts";
import { serveHttp, serveHttps } from "./https-server.ts";
import type { Environment } from "./info.ts";
import type { FetchOf } from "./issuer-keys.ts";
import type { MailAccess } from "./mail-access.ts";
import { readOrder } from "./orders/line.ts";
import type { Context } from "./orders/order.ts";
import { environmentOf, type Machine } from "./pipelines/environments.ts";
import { PIPELINE_HOSTS } from "./pipelines/kinds.ts";
import { IMDS_ADDRESS, managedIdentityService } from "./pipelines/managed-identity.ts";
import { pipelineService } from "./pipelines/service.ts";
import { Poller } from "./poller.ts";
import { type RequestRecord, Traffic } from "./traffic.ts";
import { TestWorker } from "./worker.ts";
import type { World } from "./world.ts";
import { refuseOther, writeWhole } from "./write-whole.ts";

export interface SandboxOptions extends Origin {
  /** Where CA file and connection data are written; made when it is not there. */
  readonly directory: string;
  /** Milliseconds that Test & Enable takes to start. Default 1500. */
  readonly testDelayMs?: number;
  /** Milliseconds that Gmail takes for a login. Default 0. */
  readonly mailDelayMs?: number;
  /** Whether Dataverse fetches mail by itself, at the interval of the world. Default true. */
  readonly polls?: boolean;
}

export interface Sandbox {
  /** Environment variables that point the provider here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same of a machine that signs in by something else: a row of `IDENTITIES`. */
  environmentOf(kind: string): Promise<Readonly<Record<string, string>>>;
  readonly world: World;
  readonly requests: readonly RequestRecord[];
  readonly admin: { readonly url: string; readonly token: string };
  /** Disturbs from now on. */
  addFault(fault: Fault): FaultHandle;
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
const MAIL_HOSTS = ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"] as const;

interface Closable {
  close(): Promise<void>;
}

/** Starts the local Microsoft and Google, on loopback only; one in a folder. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const claim = await claimFolder(directory);
  const opened: Closable[] = [];
  try {
    return await startServices(options, directory, claim, opened);
  } catch (error) {
    await closeAll(opened);
    await claim.release();
    throw error;
  }
}

/** Together: a login that waits for an answer ends with its server. */
async function closeAll(opened: readonly Closable[]): Promise<void> {
  await Promise.all(opened.map((one) => one.close()));
}

/** What has to be closed again goes into `opened`, also when another fails. */
async function startServices(
  options: SandboxOptions,
  directory: string,
  claim: Claim,
  opened: Closable[],
): Promise<Sandbox> {
  const { stateFile } = options;
  if (stateFile !== undefined) refuseOther(stateFile);
  const beginning = await beginningOf(options);
  let world = beginning();
  let serviceAccounts = world.google.serviceAccounts;
  const { environmentUrl } = world;
  const httpsHosts = [new URL(environmentUrl).hostname, ...ENTRA_HOSTS, ...GOOGLE_HOSTS, ...PIPELINE_HOSTS];
  const authority = await createAuthority();
  const caFile = join(directory, "ca.pem");
  writeWhole(caFile, authority.certificate.replace(/\n*$/, "\n"));
  const identities = new Map<string, Certificate>();
  for (const host of [...httpsHosts, ...MAIL_HOSTS]) identities.set(host, await authority.issue(host));
  const faults = new Faults({
    state: () => world.dataverse,
    order: (line) => {
      const perform = readOrder(line);
      return async () => {
        await perform(context);
        look();
      };
    },
  });
  const gmail = await startGmail({
    state: () => world.google,
    loginDelayMs: options.mailDelayMs,
    tls: (host) => {
      const identity = identities.get(host);
      if (!identity) throw new Error(`there is no certificate for ${host}`);
      return identity;
    },
    meet: (asked, work) => faults.meetMail(asked, work),
  });
  opened.push(gmail);
  const connectTo = new Map(Object.entries(gmail.connectTo));
  const traffic = new Traffic(faults);
  const fetchOwn: FetchOf = (url) => {
    const target = services[url.hostname];
    return target && traffic.answer(target.name, target.service, { method: "GET", url, headers: {}, body: "" });
  };
  const google = googleOAuthService(() => world.google, fetchOwn);
  const askGoogle = (request: HttpRequest) => traffic.answer("google", google, request);
  const access: MailAccess = {
    ca: authority.certificate,
    connect: (host, port) => {
      const [mapped, mappedPort] = connectTo.get(`${host}:${port}`)?.split(":") ?? [];
      if (mapped) return { host: mapped, port: Number(mappedPort) };
      // Nothing of a sandbox goes out to the world.
      return host.startsWith("127.") ? { host, port } : undefined;
    },
    accessToken: (client, refreshToken) =>
      askToken(askGoogle, client, { grant_type: "refresh_token", refresh_token: refreshToken }, "access_token"),
  };
  const worker = new TestWorker({ state: () => world.dataverse, delayMs: options.testDelayMs ?? 1500, access });
  const poller = new Poller({ state: () => world.dataverse, aheadMs: () => world.google.clockOffsetMs, access });
  opened.push(worker, poller);
  const look = () => {
    faults.look();
    worker.look();
    if (options.polls ?? true) poller.look();
  };
  const dataverse = dataverseService({
    state: () => asSeen(world.dataverse),
    environmentUrl,
    bearer: (token) => bearerOf(world.entra, environmentUrl, token),
    onMailboxSaved: () => worker.look(),
  });
  const redeem: RedeemCode = (client, code, redirectUri) =>
    askToken(askGoogle, client, { grant_type: "authorization_code", code, redirect_uri: redirectUri }, "refresh_token");
  const entra = entraService({
    state: () => world.entra,
    environmentUrl,
    aheadMs: () => world.google.clockOffsetMs,
    fetch: fetchOwn,
  });
  const jobToken = randomBytes(24).toString("base64url");
  const pipelines = pipelineService(() => world.pipelines, jobToken);
  const services: Readonly<Record<string, { name: string; service: HttpService }>> = {
    [new URL(environmentUrl).hostname]: {
      name: "dataverse",
      service: async (request) => (await dynamicsPage(request, world, redeem)) ?? dataverse(request),
    },
    ...Object.fromEntries(ENTRA_HOSTS.map((host) => [host, { name: "entra", service: entra }])),
    ...Object.fromEntries(PIPELINE_HOSTS.map((host) => [host, { name: "pipelines", service: pipelines }])),
    ...Object.fromEntries(GOOGLE_HOSTS.map((host) => [host, { name: "google", service: google }])),
  };
  const https = await serveHttps(identities, async (request) => {
    const target = services[request.url.hostname];
    return target
      ? traffic.answer(target.name, target.service, request)
      : { status: 421, body: { error: "unknown host" } };
  });
  opened.push(https);
  for (const host of httpsHosts) connectTo.set(`${host}:443`, `127.0.0.1:${https.port}`);

  const identityHeader = randomUUID();
  const managedIdentity = managedIdentityService(() => world, identityHeader);
  const loopback = await serveHttp((request) => traffic.answer("entra", managedIdentity, request));
  opened.push(loopback);
  connectTo.set(IMDS_ADDRESS, `127.0.0.1:${loopback.port}`);

  let stop = () => {};
  const stopped = new Promise<void>((done) => {
    stop = done;
  });
  const reset = () => {
    worker.reset();
    traffic.reset();
    faults.clear();
    world = beginning();
    // Shells hold them.
    keepKeys(serviceAccounts, world.google.serviceAccounts);
    serviceAccounts = world.google.serviceAccounts;
    poller.reset();
    look();
  };
  const where = {
    GMAILSYNC_CONNECT_TO: [...connectTo].map(([from, to]) => `${from}=${to}`).join(","),
    GMAILSYNC_CA_FILE: caFile,
    GMAILSYNC_ENVIRONMENT_URL: environmentUrl,
  };
  const machine: Machine = {
    world: () => world,
    directory,
    jobToken,
    managedIdentity: { url: `http://127.0.0.1:${loopback.port}`, header: identityHeader },
    admin: claim.admin,
  };
  const asMachine = async (kind: string) => ({ ...where, ...(await environmentOf(machine, kind)) });
  const context: Context = {
    world: () => world,
    records: () => traffic.records,
    faults,
    environmentOf: asMachine,
    reset,
    stop,
  };
  const [application] = world.entra.applications;
  const environment: Environment = {
    ...where,
    AZURE_TENANT_ID: world.entra.tenantId,
    AZURE_CLIENT_ID: application?.clientId ?? "",
    AZURE_CLIENT_SECRET: application?.secrets[0]?.value ?? "",
  };
  claim.open({ context, changed: look }, environment);
  look();

  return {
    environment,
    environmentOf: asMachine,
    get world() {
      return world;
    },
    requests: traffic.records,
    admin: claim.admin,
    addFault: (fault) => faults.add(fault),
    reset,
    stopped,
    close: async () => {
      await closeAll(opened);
      try {
        if (stateFile !== undefined) writeWhole(stateFile, JSON.stringify(world));
      } finally {
        await claim.release();
      }
    },
  };
}
