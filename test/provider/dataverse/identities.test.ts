import { createHash, verify, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { certificatePem } from "../../../provider/dataverse/certificate.ts";
import { mask } from "../../../provider/redaction/secrets.ts";
import {
  assertion,
  CLIENT,
  granted,
  Microsoft,
  ORGANIZATION,
  RUNNER,
  refused,
  signIn,
  TENANT,
} from "../../support/microsoft.ts";
import { atEnd, temporaryDirectory } from "../../support/sandbox.ts";
import { portOf } from "../network/on-loopback.ts";
import { openssl } from "../network/tls.ts";

const APPLICATION = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const CLAIMS = {
  iss: "https://token.actions.githubusercontent.com",
  sub: "repo:contoso/mail:environment:prod",
  aud: "api://AzureADTokenExchange",
};

let microsoft: Microsoft;
beforeAll(async () => {
  microsoft = await Microsoft.start();
});
beforeEach(() => {
  microsoft.forms();
  microsoft.entra = () => granted("planted-access-token");
  microsoft.runner = () => ({ status: 404 });
});
afterAll(() => microsoft[Symbol.asyncDispose]());

const start = (environment: Readonly<Record<string, string>>, withinMs?: number) =>
  signIn({ ...microsoft.environment, ...environment }, withinMs);

describe("an application signs in by a certificate", () => {
  const folder = temporaryDirectory();
  const file = (name: string) => join(folder, name);
  const password = "planted-password";
  const run = (...args: string[]) => openssl(folder, args);
  const old = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
  beforeAll(async () => {
    const subject = ["-days", "2", "-nodes", "-newkey", "rsa:2048"];
    await run("req", "-x509", ...subject, "-subj", "/CN=Another", "-keyout", "other.key", "-out", "other.pem");
    await run("req", "-x509", ...subject, "-subj", "/CN=Own", "-keyout", "own.key", "-out", "own.pem");
    const text = (name: string) => readFileSync(file(name), "utf8");
    writeFileSync(file("bundle.pem"), [text("other.pem"), text("own.key"), text("own.pem")].join(""));
    await run("pkcs8", "-topk8", "-in", "own.key", "-out", "locked.key", "-passout", `pass:${password}`);
    writeFileSync(file("locked.pem"), text("locked.key") + text("own.pem"));
    const pair = ["pkcs12", "-export", "-inkey", "own.key", "-in", "own.pem", "-certfile", "other.pem"];
    await run(...pair, "-out", "new.pfx", "-passout", `pass:${password}`);
    await run(...pair, "-out", "old.pfx", "-passout", `pass:${password}`, ...old);
    await run(...pair, "-out", "bare.pfx", "-passout", "pass:");
    writeFileSync(file("stranger.pem"), text("own.key") + text("other.pem"));
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=EC"];
    await run("req", "-x509", ...ec, "-keyout", "ec.key", "-out", "ec.crt");
    writeFileSync(file("ec.pem"), text("ec.key") + text("ec.crt"));
  });

  const inBase64 = (name: string) => readFileSync(file(name)).toString("base64");

  test.each<[string, () => Record<string, string>, string]>([
    [
      "a PEM file, whose own certificate is not the first",
      () => ({ AZURE_CLIENT_CERTIFICATE_PATH: file("bundle.pem") }),
      "",
    ],
    [
      "a PEM file with an encrypted key",
      () => ({ ARM_CLIENT_CERTIFICATE_PATH: file("locked.pem"), ARM_CLIENT_CERTIFICATE_PASSWORD: password }),
      "",
    ],
    ["PEM as text", () => ({ GMAILSYNC_CLIENT_CERTIFICATE: readFileSync(file("bundle.pem"), "utf8") }), ""],
    [
      "PEM as text with literal line ends",
      () => ({ GMAILSYNC_CLIENT_CERTIFICATE: readFileSync(file("bundle.pem"), "utf8").replaceAll("\n", "\\n") }),
      "",
    ],
    [
      "a PFX file",
      () => ({ AZURE_CLIENT_CERTIFICATE_PATH: file("new.pfx"), AZURE_CLIENT_CERTIFICATE_PASSWORD: password }),
      "",
    ],
    [
      "a PFX file as Windows used to write it",
      () => ({
        POWER_PLATFORM_CLIENT_CERTIFICATE_FILE_PATH: file("old.pfx"),
        POWER_PLATFORM_CLIENT_CERTIFICATE_PASSWORD: password,
      }),
      "",
    ],
    ["a PFX in base64, without a password", () => ({ ARM_CLIENT_CERTIFICATE: inBase64("bare.pfx") }), ""],
    [
      "a PFX with its chain",
      () => ({
        AZURE_CLIENT_CERTIFICATE_PATH: file("new.pfx"),
        AZURE_CLIENT_CERTIFICATE_PASSWORD: password,
        AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: "1",
      }),
      "chain",
    ],
  ])("of %s", async (_, settings, chain) => {
    const told = await start({ ...APPLICATION, ...settings() });
    expect(told).toEqual({ by: expect.stringContaining("client certificate"), organizationId: ORGANIZATION });
    const [form] = microsoft.forms();
    const [header = "", claims = "", signature = ""] = form?.get("client_assertion")?.split(".") ?? [];
    const own = new X509Certificate(readFileSync(file("own.pem")));
    const thumbprint = createHash("sha256").update(own.raw).digest("base64url");
    const { x5c, ...said } = JSON.parse(Buffer.from(header, "base64url").toString());
    expect(said).toMatchObject({ alg: "PS256", "x5t#S256": thumbprint });
    const other = new X509Certificate(readFileSync(file("other.pem")));
    expect(x5c).toEqual(chain ? [own.raw.toString("base64"), other.raw.toString("base64")] : undefined);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: CLIENT, sub: CLIENT });
    const key = { key: own.publicKey, padding: 6, saltLength: 32 };
    expect(verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("and what is in it is known as a secret from then on", async () => {
    await certificatePem({ path: file("new.pfx") }, password);
    const [, line = ""] = readFileSync(file("own.key"), "utf8").split("\n");
    expect(line).toHaveLength(64);
    expect(mask(`sent ${line}`)).toBe("sent [secret]");
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "the password is wrong",
      { AZURE_CLIENT_CERTIFICATE_PATH: "new.pfx", AZURE_CLIENT_CERTIFICATE_PASSWORD: "planted-wrong" },
      "cannot be opened by the password that is given. Check clientCertificatePassword.",
    ],
    [
      "the password of a key is missing",
      { AZURE_CLIENT_CERTIFICATE_PATH: "locked.pem" },
      "has a private key that cannot be read. Check clientCertificatePassword.",
    ],
    [
      "there is no key",
      { AZURE_CLIENT_CERTIFICATE_PATH: "own.pem" },
      "has no private key. Export it together with its private key",
    ],
    [
      "the key is another's",
      { AZURE_CLIENT_CERTIFICATE_PATH: "stranger.pem" },
      "has no certificate that belongs to its private key",
    ],
    [
      "the key is no RSA",
      { AZURE_CLIENT_CERTIFICATE_PATH: "ec.pem" },
      "has a key of the type ec. Microsoft Entra takes RSA only.",
    ],
    [
      "there is no such file",
      { AZURE_CLIENT_CERTIFICATE_PATH: "none.pem" },
      "does not exist. Check clientCertificatePath.",
    ],
    ["it is something else", { AZURE_CLIENT_CERTIFICATE_PATH: "/etc/hostname" }, "is neither PFX nor PEM"],
  ])("and hears what is wrong where %s", async (_, settings, says) => {
    const path = settings["AZURE_CLIENT_CERTIFICATE_PATH"] ?? "";
    const named = { ...settings, AZURE_CLIENT_CERTIFICATE_PATH: path.startsWith("/") ? path : file(path) };
    const { failed } = await start({ ...APPLICATION, ...named });
    expect(failed).toContain(says);
    expect(failed).not.toContain("planted");
    expect(microsoft.forms()).toEqual([]);
  });
});

describe("an application signs in by a secret in a file", () => {
  const folder = temporaryDirectory();
  const settings = (content: string) => {
    const file = join(folder, "secret");
    writeFileSync(file, content);
    return { ...APPLICATION, ARM_CLIENT_SECRET_FILE_PATH: file };
  };

  test("without the line end behind it", async () => {
    const told = await start(settings("planted-file-secret\r\n"));
    expect(told).toMatchObject({
      by: expect.stringContaining("client secret in a file"),
      organizationId: ORGANIZATION,
    });
    expect(microsoft.forms().map((form) => form.get("client_secret"))).toEqual(["planted-file-secret"]);
  });

  test("that is known as a secret from then on", async () => {
    microsoft.entra = () => refused(7000215, "Invalid client secret provided: planted-file-secret.");
    const { failed } = await start(settings("planted-file-secret"));
    expect(failed).toContain("Invalid client secret provided: [secret]");
  });

  test.each([
    ["is empty", () => settings(" \n")],
    ["does not exist", () => ({ ...APPLICATION, ARM_CLIENT_SECRET_FILE_PATH: join(folder, "none") })],
    ["is no regular file", () => ({ ...APPLICATION, ARM_CLIENT_SECRET_FILE_PATH: "/dev/zero" })],
  ])("and hears that it %s", async (says, given) => {
    const environment = given();
    const { failed } = await start(environment);
    expect(failed).toContain(`The file of the client secret, ${environment.ARM_CLIENT_SECRET_FILE_PATH}, ${says}`);
    expect(microsoft.forms()).toEqual([]);
  });
});

describe("an application signs in by the token of an issuer", () => {
  const folder = temporaryDirectory();

  test("that Kubernetes keeps in a file", async () => {
    const token = assertion(CLAIMS);
    const file = join(folder, "token");
    writeFileSync(file, `${token}\n`);
    const told = await start({ ...APPLICATION, AZURE_FEDERATED_TOKEN_FILE: file });
    expect(told).toEqual({
      by: `token in a file, as application ${CLIENT}, by oidcTokenFilePath (AZURE_FEDERATED_TOKEN_FILE), tenantId (AZURE_TENANT_ID) and clientId (AZURE_CLIENT_ID)`,
      organizationId: ORGANIZATION,
    });
    expect(microsoft.forms().map((form) => form.get("client_assertion"))).toEqual([token]);
  });

  test("that GitLab puts into a variable", async () => {
    const token = assertion(CLAIMS);
    expect(await start({ ...APPLICATION, ARM_OIDC_TOKEN: token })).toMatchObject({ organizationId: ORGANIZATION });
    const [form] = microsoft.forms();
    expect(form?.get("client_assertion")).toBe(token);
    expect(form?.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    expect(form?.get("client_id")).toBe(CLIENT);
  });

  test("that GitHub Actions gives to the job, once for a sign-in", async () => {
    const token = assertion(CLAIMS);
    microsoft.runner = () => ({ status: 200, body: { count: 1, value: token } });
    const told = await start({
      ...APPLICATION,
      ACTIONS_ID_TOKEN_REQUEST_URL: `https://${RUNNER}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "planted-request-token",
    });
    expect(told).toMatchObject({ organizationId: ORGANIZATION });
    const asked = microsoft.requests.filter(({ url }) => url.hostname === RUNNER);
    expect(asked.map(({ method, url, headers }) => [method, url.search, headers["authorization"]])).toEqual([
      ["GET", "?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange", "Bearer planted-request-token"],
    ]);
    expect(microsoft.forms().map((form) => form.get("client_assertion"))).toEqual([token]);
  });

  test("that Azure DevOps gives for a service connection", async () => {
    const token = assertion(CLAIMS);
    const connection = "55555555-5555-4555-8555-555555555555";
    microsoft.runner = () => ({ status: 200, body: { oidcToken: token } });
    const told = await start({
      AZURESUBSCRIPTION_TENANT_ID: TENANT,
      AZURESUBSCRIPTION_CLIENT_ID: CLIENT,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: connection,
      SYSTEM_OIDCREQUESTURI: `https://${RUNNER}/oidctoken`,
      SYSTEM_ACCESSTOKEN: "planted-system-token",
    });
    expect(told).toMatchObject({ organizationId: ORGANIZATION });
    const [asked, ...more] = microsoft.requests.filter(({ url }) => url.hostname === RUNNER);
    expect(more).toEqual([]);
    expect(asked?.method).toBe("POST");
    expect(asked?.url.search).toBe(`?api-version=7.1&serviceConnectionId=${connection}`);
    expect(asked?.headers).toMatchObject({
      authorization: "Bearer planted-system-token",
      "x-tfs-fedauthredirect": "Suppress",
    });
    expect(microsoft.forms().map((form) => form.get("client_assertion"))).toEqual([token]);
  });

  test.each([
    [
      "GitHub Actions",
      {
        ACTIONS_ID_TOKEN_REQUEST_URL: `https://${RUNNER}/token?a=b`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "planted-request-token",
      },
      { message: "Bad credentials planted-request-token" },
      ["the server said: Bad credentials [secret]", "id-token: write"],
    ],
    [
      "Azure DevOps",
      {
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: TENANT,
        SYSTEM_OIDCREQUESTURI: `https://${RUNNER}/oidctoken`,
        SYSTEM_ACCESSTOKEN: "planted-system-token",
      },
      { count: 1, value: "There is no explicit reference to service connection planted-system-token" },
      ["There is no explicit reference to service connection [secret]", "has to reference the service connection"],
    ],
  ])("and where %s gives none, it says why, and what to do", async (_, settings, body, says) => {
    microsoft.runner = () => ({ status: 400, body });
    const { failed } = await start({ ...APPLICATION, ...settings });
    for (const words of says) expect(failed).toContain(words);
    expect(microsoft.forms()).toEqual([]);
  });

  test.each(["\n", "\r\n", "\u{2028}"])("and hears of a header that cannot be sent, as with %j in it", async (end) => {
    const { failed } = await start({
      ...APPLICATION,
      ACTIONS_ID_TOKEN_REQUEST_URL: `https://${RUNNER}/token?a=b`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: `planted-token${end}planted-rest`,
    });
    expect(failed).toContain("the header authorization holds a line break or another character that none can hold");
    expect(failed).not.toMatch(/planted|gave no answer/);
  });

  test("and hears issuer, subject and audience where Entra trusts them not, but never the token", async () => {
    const token = assertion(CLAIMS);
    microsoft.entra = ({ body }) =>
      refused(
        700213,
        `No matching federated identity record found for presented assertion subject. ${new URLSearchParams(body).get("client_assertion")}`,
      );
    const { failed } = await start({ ...APPLICATION, ARM_OIDC_TOKEN: token });
    expect(failed).toContain("AADSTS700213");
    for (const claim of Object.values(CLAIMS)) expect(failed).toContain(`"${claim}"`);
    expect(failed).toContain("a federated credential of the application");
    for (const part of token.split(".")) expect(failed).not.toContain(part.slice(20, 40));
  });

  test("and hears that a token in a variable has expired before anybody is asked", async () => {
    const { failed } = await start({ ...APPLICATION, ARM_OIDC_TOKEN: assertion(CLAIMS, -60) });
    expect(failed).toMatch(/The token in oidcToken has expired at .*, and cannot be renewed\..*`timeout:`/);
    expect(microsoft.forms()).toEqual([]);
  });

  test("and hears where its file is missing", async () => {
    const { failed } = await start({ ...APPLICATION, ARM_OIDC_TOKEN_FILE_PATH: join(folder, "none") });
    expect(failed).toMatch(/The file of the token, .*none, does not exist\. Check oidcTokenFilePath/);
  });
});

describe("a managed identity signs in", () => {
  let port: number;
  const asked: IncomingMessage[] = [];
  let answer: { readonly status: number; readonly body: object };
  beforeAll(async () => {
    const server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(() => server.close());
    port = portOf(server.address());
  });
  beforeEach(() => {
    asked.length = 0;
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    answer = { status: 200, body: { access_token: "planted-msi-token", expires_on, token_type: "Bearer" } };
  });
  const question = () => asked.map(({ url = "", headers }) => ({ url: new URL(url, "http://endpoint"), headers }));

  test("by the endpoint of App Service, past the proxy", async () => {
    const told = await start({
      ARM_USE_MSI: "true",
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: "planted-identity-header",
      HTTPS_PROXY: "http://127.0.0.1:1",
    });
    expect(told).toEqual({
      by: "managed identity, as the system-assigned managed identity, by useMsi (ARM_USE_MSI)",
      organizationId: ORGANIZATION,
    });
    const [one] = question();
    expect(one?.headers["x-identity-header"]).toBe("planted-identity-header");
    expect(one?.url.searchParams.get("resource")).toBe("https://contoso.crm.dynamics.com");
    expect(one?.url.searchParams.get("client_id")).toBeNull();
  });

  test("by the metadata service of a virtual machine, as the user-assigned one", async () => {
    const ways = `${microsoft.environment["GMAILSYNC_CONNECT_TO"]},169.254.169.254:80=127.0.0.1:${port}`;
    const told = await start({ GMAILSYNC_USE_MSI: "true", AZURE_CLIENT_ID: CLIENT, GMAILSYNC_CONNECT_TO: ways });
    expect(told).toMatchObject({ organizationId: ORGANIZATION });
    const [one] = question();
    expect(one?.url.pathname).toBe("/metadata/identity/oauth2/token");
    expect(one?.headers["metadata"]).toBe("true");
    expect(one?.url.searchParams.get("client_id")).toBe(CLIENT);
  });

  test("or hears what the endpoint says, without what it was sent", async () => {
    answer = {
      status: 400,
      body: { error: "invalid_request", error_description: "Identity not found planted-identity-header" },
    };
    const { failed } = await start({
      ARM_USE_MSI: "true",
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: "planted-identity-header",
    });
    expect(failed).toContain("this machine's endpoint for managed identities gave no token");
    expect(failed).toContain("Identity not found [secret] (invalid_request, HTTP 400)");
    expect(failed).toContain("Azure resource that has this managed identity");
  });

  test("or hears what it takes where there is no endpoint", async () => {
    const ways = `${microsoft.environment["GMAILSYNC_CONNECT_TO"]},169.254.169.254:80=127.0.0.1:1`;
    const { failed } = await start({ GMAILSYNC_USE_MSI: "true", GMAILSYNC_CONNECT_TO: ways });
    expect(failed).toContain("169.254.169.254 gave no answer: the connection was refused");
    expect(failed).toContain("Azure resource that has this managed identity");
  });

  test("not where Kubernetes gives a token, which the library would take past the way out", async () => {
    const workload = { ...APPLICATION, AZURE_FEDERATED_TOKEN_FILE: "/var/run/secrets/token" };
    const { failed } = await start({ ...workload, ARM_USE_MSI: "true" });
    expect(failed).toMatch(/AZURE_FEDERATED_TOKEN_FILE.*Set useAksWorkloadIdentity in its place\./);
  });

  test("at no endpoint of another machine without TLS", async () => {
    const { failed } = await start({
      ARM_USE_MSI: "true",
      IDENTITY_ENDPOINT: "http://msi.example/token",
      IDENTITY_HEADER: "planted-identity-header",
    });
    expect(failed).toContain("only https is spoken");
  });
});

describe("who is signed in to the Azure CLI", () => {
  const folder = temporaryDirectory();
  const az = (script: string) => {
    writeFileSync(join(folder, "az"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "az"), 0o755);
    return { GMAILSYNC_USE_CLI: "true", PATH: `${folder}:${process.env["PATH"]}` };
  };

  test("signs in", async () => {
    const token = { accessToken: "planted-cli-token", expires_on: Math.floor(Date.now() / 1000) + 3600 };
    const told = await start(az(`test "$6" = https://contoso.crm.dynamics.com && echo '${JSON.stringify(token)}'`));
    expect(told).toEqual({
      by: "Azure CLI, as who is signed in to the Azure CLI, by useCli (GMAILSYNC_USE_CLI)",
      organizationId: ORGANIZATION,
    });
  });

  test("hears that nobody is", async () => {
    const { failed } = await start(az("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1"));
    expect(failed).toContain("Please run 'az login' from a command prompt");
  });

  test("is not waited for without end", async () => {
    const { failed } = await start(az("exec sleep 60"), 1500);
    expect(failed).toContain("took longer than");
  });
});
