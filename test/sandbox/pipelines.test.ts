import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { ClientAssertionCredential, ClientCertificateCredential, WorkloadIdentityCredential } from "@azure/identity";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { EXCHANGE_AUDIENCE } from "../../sandbox/entra/state.ts";
import { IDENTITIES, WHERE } from "../../sandbox/pipelines/identities.ts";
import { APPLICATION_ID, TENANT_ID } from "../../sandbox/world/northwind.ts";
import { LOGIN, network, options, SCOPE, sandbox, withSandbox } from "../support/entra.ts";
import { administer } from "../support/sandbox.ts";

const run = promisify(execFile);

withSandbox();

async function ask(method: "GET" | "POST", url: string, headers: Readonly<Record<string, string>> = {}) {
  const { status, text } = await network.request({ effect: "signs-in", method, url, headers }, Deadline.after(10_000));
  return { status, body: text === "" ? undefined : JSON.parse(text) };
}

const machine = (kind: string) => sandbox.environmentOf(kind);

/** A token of a job, asked for as its platform has it. */
const JOBS: Readonly<Record<string, () => Promise<string>>> = {
  github: async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = await machine("github");
    const asked = `${url}&audience=${encodeURIComponent(EXCHANGE_AUDIENCE)}`;
    const { body } = await ask("GET", asked, { authorization: `Bearer ${token}` });
    expect(body.count).toBe(body.value.length);
    return body.value;
  },
  "azure-devops": async () => (await askAzureDevOps("POST")).body.oidcToken,
  gitlab: async () => (await machine("gitlab"))["ARM_OIDC_TOKEN"] ?? "",
  aks: async () => readFileSync((await machine("aks"))["AZURE_FEDERATED_TOKEN_FILE"] ?? "", "utf8"),
};

async function askAzureDevOps(method: "GET" | "POST") {
  const env = await machine("azure-devops");
  const id = env["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"];
  const url = `${env["SYSTEM_OIDCREQUESTURI"]}?api-version=7.1&serviceConnectionId=${id}`;
  return ask(method, url, {
    authorization: `Bearer ${env["SYSTEM_ACCESSTOKEN"]}`,
    "x-tfs-fedauthredirect": "Suppress",
  });
}

async function signIn(job: () => Promise<string>) {
  const credential = new ClientAssertionCredential(TENANT_ID, APPLICATION_ID, job, await options());
  return decodeJwt((await credential.getToken(SCOPE)).token);
}

describe.each([
  ["github", "https://token.actions.githubusercontent.com", "repo:northwind/mail:ref:refs/heads/main", 5],
  ["azure-devops", expect.stringMatching(/^https:\/\/vstoken\.dev\.azure\.com\//), "sc://northwind/mail/entra", 10],
  ["gitlab", "https://gitlab.com", "project_path:northwind/mail:ref_type:branch:ref:main", 60],
  ["aks", expect.stringMatching(/azure\.com\/.*\/$/), "system:serviceaccount:mail:gmailsync", 60],
])("a job of %s", (kind, issuer, subject, minutes) => {
  const job = JOBS[kind] ?? (async () => "");

  test("gets a token that its issuer's announced keys verify, and lives for minutes", async () => {
    const token = await job();
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ iss: issuer, sub: subject, aud: EXCHANGE_AUDIENCE });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(minutes * 60);
    const { body } = await ask("GET", `${claims.iss?.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const keys = createLocalJWKSet((await ask("GET", body.jwks_uri)).body);
    expect((await jwtVerify(token, keys, { issuer: body.issuer })).payload.sub).toBe(subject);
  });

  test("signs in to Entra without a secret", async () => {
    expect(await signIn(job)).toMatchObject({ appid: APPLICATION_ID, appidacr: "2" });
  });

  test.each<[string, Record<string, string>, number]>([
    ["another issuer", { issuer: "https://token.actions.githubusercontent.com/other" }, 700211],
    ["another subject", { subject: `${subject}-other` }, 700213],
    ["the subject in capitals", { subject: subject.toUpperCase() }, 7002138],
  ])("is refused with %s", async (_, values, code) => {
    await administer(sandbox, "set-pipeline", kind, values);
    await expect(signIn(job)).rejects.toThrow(new RegExp(`AADSTS${code}\\b`));
  });
});

describe("Entra", () => {
  test("wants the audience of the record", async () => {
    const [application] = sandbox.world.entra.applications;
    for (const known of application?.federatedCredentials ?? []) known.audience = "api://other";
    await expect(signIn(async () => JOBS["gitlab"]?.() ?? "")).rejects.toThrow(/AADSTS700212: .*AzureADTokenExchange/);
  });

  test("does not take a token that was kept too long", async () => {
    await administer(sandbox, "set-pipeline", "github", { lifetime: "1" });
    const token = await JOBS["github"]?.();
    sandbox.addFault({ service: "entra", effect: { skewMs: 301_000 + 1000 } });
    await expect(signIn(async () => token ?? "")).rejects.toThrow(/AADSTS700024\b/);
  });

  test("does not reach an issuer inside of a company", async () => {
    const issuer = "https://gitlab.northwind.example";
    await administer(sandbox, "set-pipeline", "gitlab", { issuer });
    const { subject } = sandbox.world.pipelines.gitlab;
    await administer(sandbox, "add-federated-credential", APPLICATION_ID, { issuer, subject });
    await expect(signIn(async () => JOBS["gitlab"]?.() ?? "")).rejects.toThrow(/AADSTS501661\b/);
  });

  test("is an issuer itself, for service connections of Azure DevOps", async () => {
    const values = { issuer: `${LOGIN}/${TENANT_ID}/v2.0`, subject: "/eid1/c/pub/t/a/a/b/sc/c/d" };
    await administer(sandbox, "set-pipeline", "azure-devops", values);
    await administer(sandbox, "add-federated-credential", APPLICATION_ID, values);
    expect(await signIn(async () => JOBS["azure-devops"]?.() ?? "")).toMatchObject({ appid: APPLICATION_ID });
    await administer(sandbox, "delete-federated-credential", APPLICATION_ID, values);
    await expect(signIn(async () => JOBS["azure-devops"]?.() ?? "")).rejects.toThrow(/AADSTS700211\b/);
  });
});

describe("a platform", () => {
  test("gives no token to a stage of Azure DevOps that does not reference the service connection", async () => {
    await administer(sandbox, "set-pipeline", "azure-devops", { granted: "false" });
    const { status, body } = await askAzureDevOps("POST");
    expect([status, body.oidcToken]).toEqual([400, undefined]);
    expect(body.value).toMatch(
      /^There is no explicit reference to service connection [\da-f-]{36} from current stage /,
    );
  });

  test("takes POST only at Azure DevOps", async () => {
    const { status, body } = await askAzureDevOps("GET");
    expect([status, body.Message]).toEqual([405, "The requested resource does not support http method 'GET'."]);
  });

  test("has no variables for a job of GitHub without the permission, and no token for a wrong one", async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = "" } = await machine("github");
    expect((await ask("GET", url, { authorization: "Bearer other" })).status).toBe(401);
    await administer(sandbox, "set-pipeline", "github", { granted: "false" });
    expect(Object.keys(await machine("github"))).toEqual([...WHERE, "AZURE_TENANT_ID", "AZURE_CLIENT_ID"]);
  });
});

test.each(Object.entries(IDENTITIES))(
  "a machine with %s has what it needs for it, and nothing else",
  async (kind, { variables }) => {
    expect(Object.keys(await machine(kind)).sort()).toEqual([...WHERE, ...variables].sort());
  },
);

describe("Microsoft's own library", () => {
  test("signs in by the token file of Kubernetes", async () => {
    const { AZURE_FEDERATED_TOKEN_FILE: tokenFilePath = "" } = await machine("aks");
    const given = { ...(await options()), tenantId: TENANT_ID, clientId: APPLICATION_ID, tokenFilePath };
    const { token } = await new WorkloadIdentityCredential(given).getToken(SCOPE);
    expect(decodeJwt(token)["appid"]).toBe(APPLICATION_ID);
  });

  test("signs in by the certificate in the file, which stays the same", async () => {
    const { AZURE_CLIENT_CERTIFICATE_PATH: file = "" } = await machine("certificate");
    const text = readFileSync(file, "utf8");
    const { token } = await new ClientCertificateCredential(TENANT_ID, APPLICATION_ID, file, await options()).getToken(
      SCOPE,
    );
    expect(decodeJwt(token)["appid"]).toBe(APPLICATION_ID);
    await machine("certificate");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  // The library keeps the first endpoint that it has found for the whole process.
  test.each(["managed-identity", "imds"])("signs in by %s", async (kind) => {
    const program = `
      import { ManagedIdentityCredential } from "@azure/identity";
      const other = new ManagedIdentityCredential({ clientId: "99999999-9999-4999-8999-999999999999" });
      const refusal = await other.getToken(${JSON.stringify(SCOPE)}).catch((error) => error.message);
      const { token } = await new ManagedIdentityCredential().getToken(${JSON.stringify(SCOPE)});
      console.log(JSON.stringify({ token, refusal }));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
      env: { ...(await machine(kind)) },
      timeout: 30_000,
    });
    const { token, refusal } = JSON.parse(stdout);
    expect(decodeJwt(token)["appid"]).toBe(APPLICATION_ID);
    expect(refusal).toContain("Identity not found");
  });

  test("signs in by the Azure CLI", async () => {
    const program = `
      import { AzureCliCredential } from "@azure/identity";
      const { token, expiresOnTimestamp } = await new AzureCliCredential().getToken(${JSON.stringify(SCOPE)});
      console.log(JSON.stringify({ token, life: expiresOnTimestamp - Date.now() }));`;
    const { PATH = "" } = await machine("azure-cli");
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
      env: { PATH: `${PATH}:/usr/bin:/bin` },
      timeout: 30_000,
    });
    const { token, life } = JSON.parse(stdout);
    expect(decodeJwt(token)["appid"]).toBe(APPLICATION_ID);
    expect(Math.round(life / 60_000)).toBe(60);
  });
});
