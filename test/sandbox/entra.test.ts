import { ClientSecretCredential } from "@azure/identity";
import { beforeAll, describe, expect, test } from "vitest";
import { entraHttpClient } from "../../provider/dataverse/entra-http-client.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID, APPLICATION_SECRET, ENVIRONMENT_URL, TENANT_ID } from "../../sandbox/world/northwind.ts";
import { testSandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
let network: Network;
const SCOPE = `${ENVIRONMENT_URL}/.default`;
const STRANGER = "99999999-9999-4999-8999-999999999999";

beforeAll(async () => {
  sandbox = await testSandbox();
  network = new Network({}, { ...sandbox.environment });
  return () => network.close();
});

/** Signs in with Microsoft's own library, to the public cloud where no other is given. */
async function signIn(
  tenant: string,
  application: string,
  secret: string,
  scope: string,
  authorityHost = "https://login.microsoftonline.com",
) {
  const httpClient = await entraHttpClient(network, Deadline.after(10_000), {});
  const options = { httpClient, authorityHost, retryOptions: { maxRetries: 0 } };
  return new ClientSecretCredential(tenant, application, secret, options).getToken(scope);
}

describe("the sandbox's Entra", () => {
  test("gives Microsoft's library a token of an hour, which opens Dataverse until it expires", async () => {
    const { token, expiresOnTimestamp } = await signIn(TENANT_ID, APPLICATION_ID, APPLICATION_SECRET, SCOPE);
    expect(Math.round((expiresOnTimestamp - Date.now()) / 60_000)).toBe(60);
    const whoAmI = () =>
      network.request(
        {
          effect: "reads",
          method: "GET",
          url: `${ENVIRONMENT_URL}/api/data/v9.2/WhoAmI`,
          headers: { authorization: `Bearer ${token}` },
        },
        Deadline.after(5000),
      );
    expect((await whoAmI()).status).toBe(200);
    for (const known of sandbox.world.entra.tokens) known.expiresAt = Date.now() - 1;
    const refused = await whoAmI();
    expect(refused.status).toBe(401);
    expect(refused.headers["www-authenticate"]).toContain("authorization_uri=https://login.microsoftonline.com/");
  });

  test.each([
    ["a wrong secret", TENANT_ID, APPLICATION_ID, "wrong", SCOPE, "AADSTS7000215"],
    ["an unknown application", TENANT_ID, STRANGER, APPLICATION_SECRET, SCOPE, "AADSTS700016"],
    ["an unknown tenant", STRANGER, APPLICATION_ID, APPLICATION_SECRET, SCOPE, "AADSTS90002"],
    [
      "an unknown environment",
      TENANT_ID,
      APPLICATION_ID,
      APPLICATION_SECRET,
      "https://fabrikam.crm.dynamics.com/.default",
      "AADSTS500011",
    ],
    ["a scope that is none", TENANT_ID, APPLICATION_ID, APPLICATION_SECRET, "Mail.Read", "AADSTS70011"],
  ])("refuses %s with the code that its library shows", async (_, tenant, application, secret, scope, code) => {
    await expect(signIn(tenant, application, secret, scope)).rejects.toThrow(new RegExp(`${code}\\b`));
  });

  test.each(["login.microsoftonline.us", "login.partner.microsoftonline.cn"])(
    "refuses an environment of the public cloud at %s",
    async (host) => {
      const attempt = signIn(TENANT_ID, APPLICATION_ID, APPLICATION_SECRET, SCOPE, `https://${host}`);
      await expect(attempt).rejects.toThrow(/AADSTS900382\b/);
    },
  );
});
