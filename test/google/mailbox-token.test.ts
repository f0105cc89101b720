import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MailboxTokens } from "../../provider/google/mailbox-token.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { idToken } from "../../sandbox/pipelines/id-token.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const DORA = "dora@northwind.example";

test("one request serves all who wait, and outlives the one who asked first", async () => {
  const sandbox = await testSandbox();
  const network = new Network({}, { ...sandbox.environment });
  const tokens = new MailboxTokens(network);
  const refreshToken = sandbox.world.google.grants.find(({ address }) => address === DORA)?.refreshToken ?? "";
  const credential = { refreshToken, clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
  sandbox.addFault({ service: "google", times: 1, effect: { delayMs: 500 } });

  const impatient = tokens.get(DORA, credential, Deadline.after(50));
  const patient = tokens.get(DORA, credential, Deadline.after(10_000));
  await expect(impatient).rejects.toMatchObject({ kind: "deadline-exceeded" });
  const token = await patient;
  expect(token).toBe(sandbox.world.google.tokens[0]?.token);
  expect(await tokens.get(DORA, credential, Deadline.after(10_000))).toBe(token);
  expect(sandbox.requests.filter(({ service }) => service === "google")).toHaveLength(1);
  await network.close();
});

test("a key goes to Google's token endpoint, whatever endpoints its file names", async () => {
  const sandbox = await testSandbox();
  const network = new Network({}, { ...sandbox.environment });
  const { email, publicKey, keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
  sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [MAIL_SCOPE] });
  const elsewhere = { token_uri: "https://evil.example/token", universe_domain: "evil.example" };
  const credential = { serviceAccountKey: JSON.stringify({ ...JSON.parse(keyFile), ...elsewhere }) };
  const token = await new MailboxTokens(network).get(DORA, credential, Deadline.after(10_000));
  expect(token).toBe(sandbox.world.google.tokens[0]?.token);
  await network.close();
});

test.each(["a refresh token", "a key"])("what comes back by %s and cannot be sent is no token", async (by) => {
  const sandbox = await testSandbox();
  const network = new Network({}, { ...sandbox.environment });
  const { email, publicKey, keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
  sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [MAIL_SCOPE] });
  const refreshToken = sandbox.world.google.grants.find(({ address }) => address === DORA)?.refreshToken ?? "";
  const credential =
    by === "a key"
      ? { serviceAccountKey: keyFile }
      : { refreshToken, clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
  const body = { access_token: "ya29.first line\nsecond", expires_in: 3600, token_type: "Bearer" };
  sandbox.addFault({
    service: "google",
    every: 1,
    effect: { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  });
  const got = new MailboxTokens(network).get(DORA, credential, Deadline.after(10_000));
  await expect(got).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining(`Google gave no token for ${DORA}`),
  });
  await network.close();
});

describe("a token without a key", () => {
  const MAIL = "mail@northwind.iam.gserviceaccount.com";
  const PIPELINE = "pipeline@northwind.iam.gserviceaccount.com";
  let sandbox: Sandbox;
  let network: Network;

  beforeEach(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    const mail = newServiceAccount(MAIL);
    const pipeline = newServiceAccount(PIPELINE);
    sandbox.world.google.serviceAccounts.push(
      { ...mail, delegatedScopes: [MAIL_SCOPE], tokenCreators: [PIPELINE] },
      { email: PIPELINE, publicKey: pipeline.publicKey, delegatedScopes: [] },
    );
    const file = join(temporaryDirectory(), "credentials.json");
    writeFileSync(file, pipeline.keyFile);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await network.close();
  });

  const get = () => new MailboxTokens(network).get(DORA, { serviceAccountEmail: MAIL }, Deadline.after(10_000));

  test("is signed for by Google and opens the mailbox", async () => {
    const token = await get();
    const issued = sandbox.world.google.tokens.find((known) => known.token === token);
    expect(issued).toMatchObject({ address: DORA, scope: MAIL_SCOPE });
  });

  test("asks for the pipeline's own token once for many mailboxes", async () => {
    const tokens = new MailboxTokens(network);
    const users = [DORA, "anna@northwind.example", "bert@northwind.example"];
    await Promise.all(users.map((user) => tokens.get(user, { serviceAccountEmail: MAIL }, Deadline.after(10_000))));
    const ofPipeline = sandbox.world.google.tokens.filter(({ address }) => address === PIPELINE);
    expect(ofPipeline).toHaveLength(1);
    expect(sandbox.requests.filter(({ path }) => path.endsWith(":signJwt"))).toHaveLength(users.length);
  });

  test("needs the role to sign, and says which", async () => {
    for (const account of sandbox.world.google.serviceAccounts) account.tokenCreators = [];
    await expect(get()).rejects.toMatchObject({
      kind: "permission-denied",
      code: "PERMISSION_DENIED",
      message: expect.stringContaining(`roles/iam.serviceAccountTokenCreator on ${MAIL}`),
    });
  });

  test("needs the delegation, and says whose", async () => {
    for (const account of sandbox.world.google.serviceAccounts) account.delegatedScopes = [];
    await expect(get()).rejects.toMatchObject({
      code: "unauthorized_client",
      message: expect.stringContaining(`gcloud iam service-accounts describe ${MAIL}`),
    });
  });

  test("is not refused where Google cannot be reached: nobody was asked", async () => {
    sandbox.addFault({ service: "google", times: 99, effect: "reset" });
    await expect(get()).rejects.toMatchObject({ kind: "unavailable" });
  });

  test.each([
    ["has no end", "/dev/zero", "/dev/zero is no regular file"],
    [
      "names a token file that has no end",
      { credential_source: { file: "/dev/zero" } },
      "/dev/zero is no regular file",
    ],
    ["is no JSON", '{"type": "authorized_user", "client_secret": planted-1234}', "not valid JSON"],
    ["is too large", `"${"x".repeat(1024 * 1024)}"`, "at most 1 MiB are read"],
  ])("says what is wrong with a credentials file that %s, and nothing of what it holds", async (_, content, said) => {
    const own = join(temporaryDirectory(), "credentials.json");
    writeFileSync(own, typeof content === "string" ? content : JSON.stringify(content));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", content === "/dev/zero" ? content : own);
    const fault = await get().catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: "unauthenticated", message: expect.stringContaining(said) });
    expect(String(fault)).not.toContain("planted");
  });

  test("needs credentials of the environment, and says where they come from", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file.json");
    await expect(get()).rejects.toMatchObject({
      kind: "unauthenticated",
      message: expect.stringContaining("workload identity federation"),
    });
  });
});

describe("an access token that was given", () => {
  let sandbox: Sandbox;
  let network: Network;

  beforeEach(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    const expiresAt = Date.now() + 3600_000;
    sandbox.world.google.tokens.push({
      token: "planted-token",
      address: DORA,
      clientId: "c",
      scope: MAIL_SCOPE,
      expiresAt,
    });
  });
  afterEach(() => network.close());

  const get = (address: string, accessToken = "planted-token") =>
    new MailboxTokens(network).get(address, { accessToken }, Deadline.after(10_000));

  test("is that of the mailbox", async () => {
    expect(await get("DORA@northwind.example")).toBe("planted-token");
  });

  test("is told apart from another user's before a login looks like a bad token", async () => {
    await expect(get("anna@northwind.example")).rejects.toMatchObject({
      code: "TOKEN_OF_OTHER",
      message: expect.stringContaining(`is one of ${DORA}`),
    });
    await expect(get(DORA, "planted-old")).rejects.toMatchObject({ code: "TOKEN_REFUSED" });
    await expect(get(DORA, "planted-old")).rejects.not.toThrow("planted");
  });

  test("is told of in one line, whatever Google calls its owner", async () => {
    const owner = `x\nerror: forged\u001b[31m${" very long".repeat(1000)}`;
    sandbox.addFault({ service: "google", times: 9, effect: { status: 200, body: { emailAddress: owner } } });
    const fault = await get(DORA).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: "TOKEN_OF_OTHER", message: expect.stringMatching(/^[^\n]{100,1200}$/) });
  });

  test("is left to the login where Google does not tell", async () => {
    sandbox.addFault({ service: "google", times: 9, effect: { status: 403 } });
    expect(await get("anna@northwind.example")).toBe("planted-token");
  });
});

describe("a pipeline without any key", () => {
  const AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci";
  const PRINCIPAL = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/subject/main";
  const MAIL = "mail@northwind.iam.gserviceaccount.com";
  const DEPLOYER = "deployer@northwind.iam.gserviceaccount.com";
  let sandbox: Sandbox;
  let network: Network;

  beforeEach(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    const { gitlab } = sandbox.world.pipelines;
    Object.assign(gitlab, { subject: "main", audience: `https:${AUDIENCE}` });
    sandbox.world.google.workloadProviders.push({
      audience: AUDIENCE,
      issuer: gitlab.issuer,
      allowedAudiences: [],
      attributeMapping: {},
      attributeCondition: null,
    });
    const mail = newServiceAccount(MAIL);
    const deployer = newServiceAccount(DEPLOYER);
    sandbox.world.google.serviceAccounts.push(
      { ...mail, delegatedScopes: [MAIL_SCOPE], tokenCreators: [PRINCIPAL, DEPLOYER] },
      { ...deployer, delegatedScopes: [], tokenCreators: [PRINCIPAL] },
    );
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await network.close();
  });

  /** What `gcloud iam workload-identity-pools create-cred-config` writes. */
  function federation(token: string, more: object = {}): void {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "token"), token);
    const config = {
      type: "external_account",
      audience: AUDIENCE,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      credential_source: { file: join(directory, "token") },
      ...more,
    };
    writeFileSync(join(directory, "credentials.json"), JSON.stringify(config));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(directory, "credentials.json"));
  }
  const impersonation = {
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${DEPLOYER}:generateAccessToken`,
  };
  const get = () => new MailboxTokens(network).get(DORA, { serviceAccountEmail: MAIL }, Deadline.after(10_000));

  test.each([
    ["by workload identity federation", {}, PRINCIPAL],
    ["by impersonation of a service account", impersonation, DEPLOYER],
  ])("gets a mailbox's token %s", async (_, more, signer) => {
    federation(await idToken(sandbox.world.pipelines.gitlab, undefined), more);
    const token = await get();
    expect(sandbox.world.google.tokens.find((known) => known.token === token)).toMatchObject({ address: DORA });
    expect(sandbox.world.google.tokens.some(({ address }) => address === signer)).toBe(true);
  });

  test("gets a mailbox's token by the credentials of a person who may impersonate", async () => {
    const directory = temporaryDirectory();
    const person = newServiceAccount("person@northwind.iam.gserviceaccount.com");
    sandbox.world.google.serviceAccounts.push({ ...person, delegatedScopes: [] });
    for (const { email, tokenCreators } of sandbox.world.google.serviceAccounts)
      if (email === DEPLOYER) tokenCreators?.push(person.email);
    const config = {
      type: "impersonated_service_account",
      source_credentials: JSON.parse(person.keyFile),
      ...impersonation,
    };
    writeFileSync(join(directory, "credentials.json"), JSON.stringify(config));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(directory, "credentials.json"));
    const token = await get();
    expect(sandbox.world.google.tokens.find((known) => known.token === token)).toMatchObject({ address: DORA });
  });

  test("is told what Google says about its identity, and the token is not shown", async () => {
    federation("planted-other");
    await expect(get()).rejects.toMatchObject({
      kind: "unauthenticated",
      message: expect.stringContaining("The given credential is rejected"),
    });
    await expect(get()).rejects.not.toThrow("planted");
  });
});
