import { createPrivateKey, generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { createRemoteJWKSet, customFetch, decodeJwt, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { newCertificate } from "../../sandbox/entra/new-certificate.ts";
import { APPLICATION_ID, APPLICATION_SECRET, ENVIRONMENT_URL, TENANT_ID } from "../../sandbox/world/northwind.ts";
import { LOGIN, network, options, SCOPE, sandbox, withSandbox } from "../support/entra.ts";
import { administer, temporaryDirectory } from "../support/sandbox.ts";

const ENDPOINT = `${LOGIN}/${TENANT_ID}/oauth2/v2.0/token`;

withSandbox();

/** A request by hand; the JSON that comes back. */
async function ask(url: string, form?: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
  const body = form && new URLSearchParams(form).toString();
  const answer = await network.request(
    {
      effect: "signs-in",
      method: form ? "POST" : "GET",
      url,
      headers,
      ...(body !== undefined && { body }),
    },
    Deadline.after(10_000),
  );
  return { status: answer.status, body: JSON.parse(answer.text) };
}

const grant = (more: Readonly<Record<string, string>>) => ({
  grant_type: "client_credentials",
  scope: SCOPE,
  client_id: APPLICATION_ID,
  ...more,
});
const byAssertion = (jwt: string) =>
  grant({
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: jwt,
  });

describe("a tenant", () => {
  test.each([TENANT_ID, TENANT_ID.toUpperCase(), "contoso.onmicrosoft.com", "Contoso.OnMicrosoft.com"])(
    "is found as %s",
    async (tenant) => {
      const credential = new ClientSecretCredential(tenant, APPLICATION_ID, APPLICATION_SECRET, await options());
      const { token } = await credential.getToken(SCOPE);
      expect(decodeJwt(token)).toMatchObject({ aud: ENVIRONMENT_URL, tid: TENANT_ID, appid: APPLICATION_ID });
    },
  );

  test.each([
    ["contoso.onmicrosoft.com", TENANT_ID],
    ["common", "{tenantid}"],
    ["organizations", "{tenantid}"],
  ])("has metadata as %s", async (name, tenant) => {
    const { body } = await ask(`${LOGIN}/${name}/v2.0/.well-known/openid-configuration`);
    expect(body.issuer).toBe(`${LOGIN}/${tenant}/v2.0`);
    expect((await ask(body.jwks_uri)).body.keys).toHaveLength(1);
  });

  test.each([
    ["fabrikam.example", 90002],
    ["no tenant", 900023],
    ["common", 50059],
  ])("is refused as %s", async (name, code) => {
    const url = `${LOGIN}/${encodeURIComponent(name)}/oauth2/v2.0/token`;
    const { body } = await ask(url, grant({ client_secret: APPLICATION_SECRET }));
    expect(body.error_codes).toEqual([code]);
  });
});

describe("a token of Entra", () => {
  test("is a JWT, signed by a key that is announced", async () => {
    const { body } = await ask(ENDPOINT, grant({ client_secret: APPLICATION_SECRET }));
    const keys = createRemoteJWKSet(new URL(`${LOGIN}/common/discovery/v2.0/keys`), {
      [customFetch]: async (url: string) => Response.json((await ask(url)).body),
    });
    const { payload } = await jwtVerify(body.access_token, keys, {
      issuer: `https://sts.windows.net/${TENANT_ID}/`,
      audience: ENVIRONMENT_URL,
    });
    expect(payload["appidacr"]).toBe("1");
  });

  test("is given by HTTP's Basic scheme, and at the endpoint of version 1 for a resource", async () => {
    const basic = `Basic ${Buffer.from(`${APPLICATION_ID}:${APPLICATION_SECRET}`).toString("base64")}`;
    const form = { grant_type: "client_credentials", resource: `${ENVIRONMENT_URL}/` };
    const { status, body } = await ask(`${LOGIN}/${TENANT_ID}/oauth2/token`, form, { authorization: basic });
    expect([status, body.expires_in, body.resource]).toEqual([200, "3600", ENVIRONMENT_URL]);
    expect(Number(body.expires_on) - Date.now() / 1000).toBeGreaterThan(3500);
  });

  test("is refused with all members of an error, and the client's own correlation id", async () => {
    const id = randomUUID();
    const { status, body } = await ask(`${ENDPOINT}?client-request-id=${id}`, grant({}));
    expect([status, body]).toEqual([
      401,
      {
        error: "invalid_client",
        error_description: expect.stringMatching(`^AADSTS7000216: .* Correlation ID: ${id} Timestamp: `),
        error_codes: [7000216],
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: expect.stringMatching(/^[\da-f-]{36}$/),
        correlation_id: id,
        error_uri: `${LOGIN}/error?code=7000216`,
      },
    ]);
  });

  test("is refused once the secret has expired", async () => {
    await administer(sandbox, "set-secret", APPLICATION_ID, { secret: APPLICATION_SECRET, days: "7" });
    const form = grant({ client_secret: APPLICATION_SECRET });
    expect((await ask(ENDPOINT, form)).status).toBe(200);
    await administer(sandbox, "move-clock", "+8");
    expect((await ask(ENDPOINT, form)).body.error_codes).toEqual([7000222]);
  });
});

describe("a certificate", () => {
  test("signs in by Microsoft's own library, until it is taken away", async () => {
    const { certificate, key } = await newCertificate("pipeline", 30);
    await administer(sandbox, "add-certificate", APPLICATION_ID, { certificate });
    const file = join(temporaryDirectory(), "certificate.pem");
    writeFileSync(file, `${key}${certificate}`);
    const signIn = async () => {
      const credential = new ClientCertificateCredential(TENANT_ID, APPLICATION_ID, file, await options());
      return decodeJwt((await credential.getToken(SCOPE)).token);
    };
    expect(await signIn()).toMatchObject({ appid: APPLICATION_ID, appidacr: "2" });
    const thumbprint = new X509Certificate(certificate).fingerprint.replaceAll(":", "");
    await administer(sandbox, "delete-certificate", APPLICATION_ID, { thumbprint });
    await expect(signIn()).rejects.toThrow(/AADSTS700027: .*key was not found/);
  });

  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const seconds = () => Math.floor(Date.now() / 1000);
  test.each<
    [string, number, Partial<JWTPayload>, { algorithm?: string; days?: number; foreign?: boolean; typ?: string }]
  >([
    ["by SHA-1 and RS256, as older libraries sign", 0, {}, { algorithm: "RS256" }],
    ["that is over", 700027, {}, { days: 0 }],
    ["with another key", 700027, {}, { foreign: true }],
    ["of another application", 700021, { sub: randomUUID() }, {}],
    ["for another tenant", 700023, { aud: ENDPOINT.replace(TENANT_ID, randomUUID()) }, {}],
    ["too late", 700024, { exp: seconds() - 3600 }, {}],
    ["too early", 700024, { nbf: seconds() + 3600 }, {}],
    ["with a type that is none", 5002727, {}, { typ: "at+jwt" }],
  ])("asserts %s", async (_, code, claims, { algorithm = "PS256", days = 30, foreign = false, typ = "JWT" }) => {
    const { certificate, key } = await newCertificate("pipeline", days);
    await administer(sandbox, "add-certificate", APPLICATION_ID, { certificate });
    const { fingerprint, fingerprint256 } = new X509Certificate(certificate);
    const bytes = (text: string) => Buffer.from(text.replaceAll(":", ""), "hex").toString("base64url");
    const thumbprint = algorithm === "RS256" ? { x5t: bytes(fingerprint) } : { "x5t#S256": bytes(fingerprint256) };
    const own = { aud: ENDPOINT, iss: APPLICATION_ID, sub: APPLICATION_ID, nbf: seconds(), exp: seconds() + 600 };
    const jwt = await new SignJWT({ ...own, ...claims })
      .setProtectedHeader({ alg: algorithm, typ, ...thumbprint })
      .sign(foreign ? other : createPrivateKey(key));
    const { status, body } = await ask(ENDPOINT, byAssertion(jwt));
    expect(body.error_codes ?? status).toEqual(code === 0 ? 200 : [code]);
  });
});

test("an assertion that is no JWT is refused", async () => {
  expect((await ask(ENDPOINT, byAssertion("none"))).body.error_codes).toEqual([50027]);
});

test("an application without a federated credential is told so", async () => {
  sandbox.world.entra.applications[0]?.federatedCredentials.splice(0);
  const jwt = await new SignJWT({ iss: "https://issuer.example", sub: "x" })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new Uint8Array(32));
  const credential = new ClientAssertionCredential(TENANT_ID, APPLICATION_ID, async () => jwt, await options());
  await expect(credential.getToken(SCOPE)).rejects.toThrow(/AADSTS70025\b/);
});
