import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeAuthError, errorInPage } from "../../provider/google/auth-error.ts";
import { clientUris } from "../../provider/google/console.ts";
import { probeOrigin, probeRedirectUri } from "../../provider/google/redirect-probe.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { Roster } from "../../provider/resource/roster.ts";
import { googleOAuthClient } from "../../provider/resources/google-oauth-client/handler.ts";
import { UNKNOWN } from "../../provider/values.ts";
import { authError } from "../../sandbox/google/auth-error.ts";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { ENVIRONMENT_URL } from "../../sandbox/world/northwind.ts";
import { testSandbox } from "../support/sandbox.ts";

const { redirectUri, javascriptOrigin } = clientUris(ENVIRONMENT_URL);

describe("the redirect URI of a client", () => {
  let sandbox: Sandbox;
  let network: Network;

  beforeAll(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
  });
  afterAll(() => network.close());
  beforeEach(() => sandbox.reset());

  const probe = (uri = redirectUri, clientId = SEED_CLIENT_ID, milliseconds = 5000) =>
    probeRedirectUri({ clientId, redirectUri: uri }, network, Deadline.after(milliseconds));

  /** What is made of an answer that leads there. */
  const redirected = (location: string) => {
    sandbox.addFault({ service: "google", times: 1, effect: { status: 302, headers: { location } } });
    return probe();
  };

  test("is proven without a user", async () => {
    expect(await probe()).toEqual({ status: "ok" });
    expect(sandbox.requests.map(({ path }) => path.split("?")[0])).toEqual(["/o/oauth2/v2/auth"]);
  });

  test.each([
    ["one character more", () => probe(`${redirectUri}/`), "REDIRECT_URI_MISMATCH"],
    [
      "a client that Google does not know",
      () => probe(redirectUri, "1-x.apps.googleusercontent.com"),
      "CLIENT_NOT_FOUND",
    ],
    [
      "a deleted client",
      () => {
        for (const client of sandbox.world.google.clients) client.state = "deleted";
        return probe();
      },
      "CLIENT_DELETED",
    ],
    [
      "an error page that comes with HTTP 200",
      () => {
        const body = '<html data-error-code="redirect_uri_mismatch">';
        sandbox.addFault({ service: "google", times: 1, effect: { status: 200, body } });
        return probe();
      },
      "REDIRECT_URI_MISMATCH",
    ],
    [
      "an error on a page of the sign-in",
      () => {
        const refusal = { status: 401, error: "deleted_client", description: "" };
        const error = encodeURIComponent(authError(refusal));
        return redirected(`https://accounts.google.com/v3/signin/identifier?authError=${error}`);
      },
      "CLIENT_DELETED",
    ],
  ])("fails for %s", async (_, ask, code) => {
    expect(await ask()).toMatchObject({ status: "failed", code });
  });

  test.each([
    ["identifier?flowName=GeneralOAuthFlow", "ok"],
    ["rejected?flowName=GeneralOAuthFlow", "unknown"],
  ])("judges Google's own page of the sign-in %s: %s", async (page, status) => {
    expect(await redirected(`https://accounts.google.com/v3/signin/${page}`)).toMatchObject({ status });
  });

  test.each([
    ["an error of Google", { status: 503 }],
    ["an answer without any mark", { status: 200, body: "<html>" }],
    ["another code", { status: 200, body: 'data-error-code="org_internal"' }],
    ["a redirect to somewhere else", { status: 302, headers: { location: "https://elsewhere.example/?code=1" } }],
    ["a reset", "reset"],
    ["no answer in time", "hang"],
  ] as const)("is unknown at %s", async (_, effect) => {
    sandbox.addFault({ service: "google", times: 9, effect });
    expect(await probe(redirectUri, SEED_CLIENT_ID, 500)).toMatchObject({ status: "unknown" });
  });

  test("leaves an origin that is not seen unknown, never failed", async () => {
    const target = { clientId: SEED_CLIENT_ID, origin: javascriptOrigin };
    expect(await probeOrigin(target, network, Deadline.after(5000))).toEqual({ status: "ok" });
    for (const client of sandbox.world.google.clients) client.javascriptOrigins = [];
    const missing = await probeOrigin(target, network, Deadline.after(5000));
    expect(missing).toMatchObject({ status: "unknown", said: expect.stringContaining(javascriptOrigin) });
  });
});

describe("Google's authError", () => {
  test("is decoded, also as base64url without padding", () => {
    const seen = "ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2ggkAMqIAoMcmVkaXJlY3RfdXJpEhBodHRwczovL2EudGVzdC94";
    expect(decodeAuthError(seen)).toEqual({ code: "redirect_uri_mismatch", message: "" });
    const refusal = { status: 401, error: "deleted_client", description: "The OAuth client was deleted. ~~~???" };
    const url = authError(refusal).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    expect(decodeAuthError(url)).toEqual({ code: refusal.error, message: refusal.description });
    expect(decodeAuthError(Buffer.from("\u0001 org_internal ").toString("base64"))?.code).toBe("org_internal");
    expect(errorInPage("Error 400: redirect_uri_mismatch")?.code).toBe("redirect_uri_mismatch");
  });

  test("of any other content is none, and never an exception", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
        ),
        (text) => {
          expect(decodeAuthError(text)?.code ?? "a_code").toMatch(/^[a-z_]{3,60}$/);
        },
      ),
    );
  });
});

describe("a client's inputs", () => {
  const check = (inputs: Parameters<typeof googleOAuthClient.check>[0]) =>
    googleOAuthClient.check(
      { projectId: "northwind-mail", ...inputs },
      { environmentUrl: ENVIRONMENT_URL, roster: new Roster(), urn: "urn:test" },
    );

  test("may be unknown in a preview", () => {
    expect(check({ clientId: SEED_CLIENT_ID, clientSecret: UNKNOWN }).failures).toEqual([]);
    expect(check({ credentialsJson: UNKNOWN }).failures).toEqual([]);
    expect(check({ clientId: SEED_CLIENT_ID }).failures).toMatchObject([{ path: ["clientSecret"] }]);
  });

  test.each([
    ["a desktop client", { installed: { client_id: "1-a", client_secret: "planted" } }, "desktop client"],
    ["a service account", { type: "service_account", private_key: "planted" }, "key of a service account"],
    ["no secret", { web: { client_id: "1-a.apps.googleusercontent.com" } }, "shows it only when it is made"],
    ["nothing known", { other: "planted" }, 'no "web" client'],
    [
      "another project",
      { web: { client_id: SEED_CLIENT_ID, client_secret: "planted-secret", project_id: "southwind" } },
      "of the project southwind",
    ],
  ])("refuse a download of %s, and say why", (_, content, reason) => {
    const { failures } = check({ credentialsJson: JSON.stringify(content) });
    expect(failures).toHaveLength(1);
    expect(failures[0]?.reason).toContain(reason);
    expect(JSON.stringify(failures)).not.toContain("planted");
  });
});
