import { expect, test } from "vitest";
import { entraTokens, type TokenSource } from "../../../provider/dataverse/entra.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { Network } from "../../../provider/network/network.ts";
import { signingInAs } from "../../support/identity.ts";
import { assertion, CLIENT, granted, LOGIN, Microsoft, RUNNER, refused, TENANT } from "../../support/microsoft.ts";
import { faultOf } from "./environment.ts";

const SETTINGS = {
  tenantId: TENANT,
  clientId: CLIENT,
  oidcRequestUrl: `https://${RUNNER}/token?a=b`,
  oidcRequestToken: "planted-request-token",
};
const CLAIMS = { iss: "https://token.actions.githubusercontent.com", sub: "repo:contoso/mail", aud: "api://exchange" };

/** A job of GitHub's whose access tokens are never good for long, and whose assertions live for so many seconds. */
async function inJob(
  seconds: number,
  use: (tokens: () => Promise<string>, microsoft: Microsoft, source: TokenSource) => Promise<void>,
): Promise<void> {
  await using microsoft = await Microsoft.start();
  let count = 0;
  microsoft.entra = () => granted(`planted-access-token-${++count}`, 299);
  microsoft.runner = () => ({ status: 200, body: { value: assertion(CLAIMS, seconds) } });
  const network = new Network({}, microsoft.environment);
  using deadline = Deadline.after(15_000);
  const source = entraTokens(
    signingInAs(SETTINGS, `https://${LOGIN}`, "https://contoso.crm.dynamics.com/.default"),
    network,
  );
  try {
    await use(() => source(deadline), microsoft, source);
  } finally {
    await network.close();
  }
}

/** How often the runner was asked, and what Entra was shown. */
function seen(microsoft: Microsoft) {
  const asked = microsoft.requests.filter(({ url }) => url.hostname === RUNNER).length;
  const shown = microsoft.forms().map((form) => form.get("client_assertion"));
  return { asked, shown: shown.length, different: new Set(shown).size };
}

test("an assertion serves all access tokens as long as it lives", async () => {
  await inJob(600, async (tokens, microsoft) => {
    expect([await tokens(), await tokens(), await tokens()].at(-1)).toBe("planted-access-token-3");
    expect(seen(microsoft)).toEqual({ asked: 1, shown: 3, different: 1 });
  });
});

test("the runner is asked again for each access token once an assertion has not long to live", async () => {
  await inJob(30, async (tokens, microsoft) => {
    for (const token of ["planted-access-token-1", "planted-access-token-2"]) {
      expect(await tokens()).toBe(token);
      const { asked, shown } = seen(microsoft);
      expect(asked).toBeGreaterThan(0);
      expect(shown).toBe(1);
    }
  });
});

test("the runner is asked again after a refusal, as a record takes minutes to be known", async () => {
  await inJob(600, async (tokens, microsoft) => {
    microsoft.entra = () =>
      refused(700211, "No matching federated identity record found for presented assertion issuer.");
    const fault = await faultOf(tokens());
    expect(fault).toMatchObject({ kind: "unauthenticated", code: "AADSTS700211" });
    for (const claim of Object.values(CLAIMS)) expect(fault.hint).toContain(`"${claim}"`);
    microsoft.entra = () => granted("planted-later-token");
    expect(await tokens()).toBe("planted-later-token");
    expect(seen(microsoft)).toEqual({ asked: 2, shown: 2, different: 2 });
  });
});

test("many who wait share one question to the runner and one to Entra", async () => {
  await inJob(600, async (tokens, microsoft) => {
    await Promise.all([tokens(), tokens(), tokens(), tokens()]);
    expect(seen(microsoft)).toEqual({ asked: 1, shown: 1, different: 1 });
  });
});

test("who has nothing to do with federation hears nothing of it", async () => {
  await inJob(600, async (tokens, microsoft) => {
    microsoft.entra = () => refused(700016, "Application with identifier was not found in the directory.");
    const { hint } = await faultOf(tokens());
    expect(hint).toContain("The tenant has no application with this clientId");
    expect(hint).not.toContain(CLAIMS.sub);
  });
});

test.each([
  ["login.microsoftonline.us", "api%3A%2F%2FAzureADTokenExchangeUSGov"],
  ["login.partner.microsoftonline.cn", "api%3A%2F%2FAzureADTokenExchangeChina"],
  [LOGIN, "api%3A%2F%2FAzureADTokenExchange"],
])("the audience is that of the cloud of %s", async (authority, audience) => {
  await using microsoft = await Microsoft.start();
  const network = new Network({}, microsoft.environment);
  using deadline = Deadline.after(15_000);
  // Nothing more is needed than what the runner is asked for.
  microsoft.runner = () => ({ status: 403, body: {} });
  const ways = signingInAs(SETTINGS, `https://${authority}`, "https://contoso.crm.dynamics.com/.default");
  await faultOf(entraTokens(ways, network)(deadline));
  const [asked] = microsoft.requests.filter(({ url }) => url.hostname === RUNNER);
  expect(asked?.url.search).toBe(`?a=b&audience=${audience}`);
  await network.close();
});
