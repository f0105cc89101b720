import { beforeEach, describe, expect, it } from "vitest";
import { authError } from "../../../sandbox/google/auth-error.ts";
import { googleOAuthService } from "../../../sandbox/google/oauth.ts";
import { type GoogleState, SEED_CLIENT_ID } from "../../../sandbox/google/state.ts";
import { seedWorld } from "../../../sandbox/world/seed.ts";

const ORIGIN = "https://contoso.crm.dynamics.com";
const REDIRECT_URI = `${ORIGIN}/_grid/cmds/dlg_gmailoauth.aspx`;

let state: GoogleState;
beforeEach(() => {
  state = seedWorld(0).google;
});

/** Where the answer to an authorization request leads; it is good but for the changes. */
async function authorize(changes: Record<string, string> = {}): Promise<URL> {
  const { status, location } = await answerTo(changes);
  expect(status).toBe(302);
  return new URL(location);
}

async function answerTo(changes: Record<string, string>): Promise<{ status: number; location: string }> {
  const url = new URL("https://accounts.google.com/o/oauth2/v2/auth");
  url.search = new URLSearchParams({
    client_id: SEED_CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    scope: "https://mail.google.com/",
    prompt: "none",
    ...changes,
  }).toString();
  const answer = await googleOAuthService(() => state)({ method: "GET", url, headers: {}, body: "" });
  return { status: answer.status, location: answer.headers?.["location"] ?? "" };
}

function expectErrorPage(location: URL, code: string): string {
  expect(location.origin + location.pathname).toBe("https://accounts.google.com/signin/oauth/error");
  expect(location.searchParams.get("flowName")).toBe("GeneralOAuthFlow");
  const decoded = Buffer.from(location.searchParams.get("authError") ?? "", "base64").toString("latin1");
  // Field 1, length-delimited.
  expect(decoded.slice(0, 2 + code.length)).toBe(`\n${String.fromCharCode(code.length)}${code}`);
  return decoded;
}

describe("the authorization endpoint", () => {
  it("sends a good request back at once when nobody may be asked", async () => {
    const location = await authorize({ state: "opaque&=" });
    expect(location.origin + location.pathname).toBe(REDIRECT_URI);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error: "interaction_required",
      error_subtype: "access_denied",
      state: "opaque&=",
    });
  });

  it("sends a good request to the sign-in page otherwise", async () => {
    const location = await authorize({ prompt: "consent" });
    expect(location.href).toMatch(/^https:\/\/accounts\.google\.com\/v3\/signin\/identifier\?/);
  });

  it.each([`${REDIRECT_URI}/`, REDIRECT_URI.toUpperCase(), ORIGIN, "https://evil.example/"])(
    "does not send anything to %s",
    async (uri) => {
      const decoded = expectErrorPage(await authorize({ redirect_uri: uri }), "redirect_uri_mismatch");
      expect(decoded).toContain(uri);
    },
  );

  it.each([
    ["deleted", "deleted_client"],
    ["disabled", "disabled_client"],
  ] as const)("knows a %s client", async (condition, code) => {
    for (const client of state.clients) client.state = condition;
    expectErrorPage(await authorize({ redirect_uri: "https://evil.example/" }), code);
  });

  it("does not know a client that is not there", async () => {
    expectErrorPage(await authorize({ client_id: "unknown" }), "invalid_client");
  });

  it.each(["client_id", "redirect_uri", "response_type", "scope"])("misses %s", async (name) => {
    expect(expectErrorPage(await authorize({ [name]: "" }), "invalid_request")).toContain(name);
  });

  it("tells whether an origin is registered", async () => {
    const relay = (host: string) => answerTo({ redirect_uri: `storagerelay://https/${host}?id=auth1` });
    expect(await relay("contoso.crm.dynamics.com")).toMatchObject({ status: 200 });
    expect(await relay("evil.example")).toMatchObject({ status: 302 });
  });
});

describe("authError", () => {
  it("has the form that was seen at Google", () => {
    const refusal = { status: 400, error: "redirect_uri_mismatch", description: "" };
    expect(authError(refusal, { key: "redirect_uri", value: "https://a.test/x" })).toBe(
      "ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2ggkAMqIAoMcmVkaXJlY3RfdXJpEhBodHRwczovL2EudGVzdC94",
    );
  });

  it("holds values longer than one length byte can tell", () => {
    const value = "x".repeat(300);
    const refusal = { status: 401, error: "invalid_client", description: value };
    expect(Buffer.from(authError(refusal), "base64").toString("latin1")).toContain(`\x12\xac\x02${value}\x20\x91\x03`);
  });
});
