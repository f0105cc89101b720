import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readGmailSettings, writeGmailSettings } from "../../../provider/google/gmail-settings.ts";
import { GoogleApi } from "../../../provider/google/google-api.ts";
import { refreshAccessToken } from "../../../provider/google/token-endpoint.ts";
import type { Services } from "../../../provider/host/configuration.ts";
import { checkMail, checkRoundTrip } from "../../../provider/mail/check.ts";
import { roundTrip } from "../../../provider/mail/round-trip.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { byMethod } from "../../../provider/network/effect.ts";
import type { HttpRequest } from "../../../provider/network/network.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../../sandbox/google/state.ts";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import { configured } from "../../support/configured.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../../support/sandbox.ts";
import { newServiceAccount } from "../../support/service-account.ts";

const ANNA = "anna@northwind.example";
const REFUSED = { code: "READ_ONLY", kind: "failed-precondition", undone: true };

describe("a network that is read-only", () => {
  let sandbox: Sandbox;
  let services: Services;
  let id: string;
  const soon = () => Deadline.after(10_000);
  beforeAll(async () => {
    sandbox = await testSandbox();
    services = configured({ ...sandbox.environment, GMAILSYNC_READ_ONLY: "true" });
    id = String(mailboxRow(sandbox, ANNA)["mailboxid"]);
    // Signed in to Entra, which is none of the requests that are counted below.
    await services.dataverse.organizationId(soon());
  });
  afterAll(() => services.network.close());

  const token = () => sandbox.world.google.tokens.find(({ address }) => address === ANNA)?.token ?? "";
  const mailbox = () => ({ address: ANNA, accessToken: token(), network: services.network, deadline: soon() });
  const peers = { imap: { host: "imap.gmail.com", port: 993 }, smtp: { host: "smtp.gmail.com", port: 587 } };

  /** Everything that the client of Dataverse can do. */
  const DATAVERSE: Readonly<Record<string, { writes: boolean; call: () => unknown }>> = {
    now: { writes: false, call: () => services.dataverse.now() },
    retrieve: { writes: false, call: () => services.dataverse.retrieve("mailboxes", id, soon()) },
    observe: { writes: false, call: () => services.dataverse.observe("mailboxes", id, soon()) },
    forget: { writes: false, call: () => [services.dataverse.forget()] },
    organizationId: { writes: false, call: () => services.dataverse.organizationId(soon()) },
    whoAmI: { writes: false, call: () => services.dataverse.whoAmI(soon()) },
    signIn: { writes: false, call: async () => [await services.dataverse.signIn(soon())] },
    ask: { writes: false, call: () => services.dataverse.ask("Asking for the version", "RetrieveVersion()", soon()) },
    list: { writes: false, call: () => services.dataverse.list("mailboxes", "", { top: 1 }, soon()) },
    pages: { writes: false, call: () => services.dataverse.pages("mailboxes", "", soon()).next() },
    create: { writes: true, call: () => services.dataverse.create("emailserverprofiles", { name: "Gmail" }, soon()) },
    update: {
      writes: true,
      call: () => services.dataverse.update("mailboxes", id, { testemailconfigurationscheduled: true }, {}, soon()),
    },
    delete: { writes: true, call: () => services.dataverse.delete("emailserverprofiles", id, soon()) },
  };

  it.each(Object.entries(DATAVERSE))(
    "lets Dataverse be read, and refuses what writes: %s",
    async (_, { writes, call }) => {
      const since = sandbox.requests.length;
      const work = (async () => call())();
      if (!writes) return await expect(work).resolves.toBeDefined();
      await expect(work).rejects.toMatchObject(REFUSED);
      expect(sandbox.requests).toHaveLength(since);
    },
  );

  it("knows every method of that client", () => {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(services.dataverse));
    expect(Object.keys(DATAVERSE).toSorted()).toEqual(methods.filter((name) => name !== "constructor").toSorted());
  });

  it("gets tokens, and looks at Gmail's settings without changing them", async () => {
    const grant = sandbox.world.google.grants.find(({ address }) => address === ANNA);
    const client = { clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
    const answer = await refreshAccessToken(
      { ...client, refreshToken: grant?.refreshToken ?? "" },
      services.network,
      soon(),
    );
    expect(answer.status).toBe(200);
    const since = sandbox.requests.length;
    const { imap } = await readGmailSettings(mailbox());
    await expect(writeGmailSettings(mailbox(), () => ({ imap: !imap }))).rejects.toMatchObject(REFUSED);
    expect(sandbox.requests.slice(since).map(({ method }) => method)).toEqual(["GET", "GET", "GET", "GET"]);
  });

  it("refuses what makes something at Google, and lets it be looked for", async () => {
    const { email, publicKey, keyFile } = newServiceAccount("pipeline@northwind.iam.gserviceaccount.com");
    sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [] });
    const file = join(temporaryDirectory(), "credentials.json");
    writeFileSync(file, keyFile);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    const google = new GoogleApi(services.network, services.ambientTokens, soon());
    const projects = "https://cloudresourcemanager.googleapis.com/v3/projects";
    const since = sandbox.requests.length;
    const make = google.call("Making a project", "POST", projects, { projectId: "northwind-new" });
    await expect(make).rejects.toMatchObject(REFUSED);
    await expect(google.call("Looking for it", "GET", `${projects}/northwind-new`)).rejects.toMatchObject({
      status: 403,
    });
    vi.unstubAllEnvs();
    expect(sandbox.requests.slice(since).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /token",
      "GET /v3/projects/northwind-new",
    ]);
  });

  it("lets mailboxes be logged in to, and no message be sent", async () => {
    const { network } = services;
    const login = { address: ANNA, accessToken: token(), network };
    const checks = await checkMail({ ...login, servers: peers, deadline: soon() });
    expect(checks.map(({ problem }) => problem)).toEqual([undefined, undefined]);
    await expect(checkRoundTrip({ ...login, deadline: soon() }, peers)).rejects.toMatchObject(REFUSED);
    await expect(roundTrip({ ...login, deadline: soon() }, peers)).rejects.toMatchObject(REFUSED);
  });

  it("is told by every request what it does, or does not compile", () => {
    // @ts-expect-error Nobody may forget it.
    const silent: HttpRequest = { method: "GET", url: "https://example.com" };
    // @ts-expect-error What reads is a GET.
    const disguised: HttpRequest = { effect: "reads", method: "PATCH", url: "https://example.com" };
    expect([silent, disguised].map(({ method }) => method)).toEqual(["GET", "PATCH"]);
    expect((["GET", "POST", "PUT", "PATCH", "DELETE"] as const).map((method) => byMethod(method).effect)).toEqual([
      "reads",
      "writes",
      "writes",
      "writes",
      "writes",
    ]);
  });
});
