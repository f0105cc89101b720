import { beforeEach, describe, expect, it } from "vitest";
import { mailAccount } from "../../../sandbox/google/mail-access.ts";
import { googleOAuthService } from "../../../sandbox/google/oauth.ts";
import {
  type GoogleClient,
  type GoogleState,
  SEED_CLIENT_ID,
  SEED_CLIENT_SECRET,
} from "../../../sandbox/google/state.ts";
import type { HttpAnswer } from "../../../sandbox/http.ts";
import { seedWorld } from "../../../sandbox/world/seed.ts";

const ANNA = "anna@northwind.example";
const OTHER_CLIENT: GoogleClient = {
  clientId: "999999999999-other.apps.googleusercontent.com",
  projectId: "other-project",
  secrets: [{ value: "GOCSPX-sandbox-other", enabled: true }],
  redirectUris: [],
  javascriptOrigins: [],
  state: "active",
  usedAt: Date.now(),
};

let state: GoogleState;
beforeEach(() => {
  state = seedWorld(2).google;
});

async function call(method: string, url: string, form: Record<string, string> | string = ""): Promise<HttpAnswer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  return googleOAuthService(() => state)({ method, url: new URL(url), headers, body });
}

function refreshTokenOf(address: string): string {
  return state.grants.find((grant) => grant.address === address)?.refreshToken ?? "none";
}

/** A token request that succeeds but for the changes. An empty string leaves a parameter out. */
function request(changes: Record<string, string> = {}): Promise<HttpAnswer> {
  return call("POST", "https://oauth2.googleapis.com/token", {
    grant_type: "refresh_token",
    refresh_token: refreshTokenOf(ANNA),
    client_id: SEED_CLIENT_ID,
    client_secret: SEED_CLIENT_SECRET,
    ...changes,
  });
}

async function issueToken(): Promise<string> {
  await request();
  return state.tokens.at(-1)?.token ?? "none";
}

function refusal(status: number, error: string, description: string): unknown {
  return expect.objectContaining({ status, body: { error, error_description: description } });
}

function client(): GoogleClient {
  const [first] = state.clients;
  if (first === undefined) throw new Error("The seed has no client.");
  return first;
}

describe("the token endpoint", () => {
  it("gives a token that opens the user's mailbox, and no other", async () => {
    const answer = await request();
    expect(answer).toMatchObject({
      status: 200,
      body: { expires_in: 3599, scope: "https://mail.google.com/", token_type: "Bearer" },
    });
    const token = await issueToken();
    expect(token).toMatch(/^ya29\.sandbox-/);
    expect(mailAccount(state, "Anna@Northwind.example", token)?.address).toBe(ANNA);
    expect(mailAccount(state, "bert@northwind.example", token)).toBeUndefined();
  });

  it("gives another token each time", async () => {
    expect(await issueToken()).not.toBe(await issueToken());
  });

  it.each([
    [{ grant_type: "" }, "invalid_request", "Required parameter is missing: grant_type"],
    [{ client_id: "" }, "invalid_request", "Could not determine client ID from request."],
    [{ client_secret: "" }, "invalid_request", "client_secret is missing."],
    [{ refresh_token: "" }, "invalid_request", "Missing required parameter: refresh_token"],
    [{ grant_type: "authorization_code" }, "invalid_request", "Missing required parameter: code"],
    [{ grant_type: "password" }, "unsupported_grant_type", "Invalid grant_type: password"],
    [{ grant_type: "constructor" }, "unsupported_grant_type", "Invalid grant_type: constructor"],
    [{ grant_type: "authorization_code", code: "4/junk" }, "invalid_grant", "Malformed auth code."],
    [{ refresh_token: "junk" }, "invalid_grant", "Bad Request"],
  ])("answers %j with 400", async (changes: Record<string, string>, error, description) => {
    expect(await request(changes)).toEqual(refusal(400, error, description));
    expect(state.tokens).toEqual([]);
  });

  it("takes no parameter twice", async () => {
    const answer = await call("POST", "https://oauth2.googleapis.com/token", "client_id=a&client_id=b");
    expect(answer).toEqual(refusal(400, "invalid_request", expect.stringContaining("client_id")));
  });

  it.each(["revoked", "expired"] as const)("refuses a grant that is %s", async (dead) => {
    for (const grant of state.grants) if (grant.address === ANNA) grant.state = dead;
    expect(await request()).toEqual(refusal(400, "invalid_grant", "Token has been expired or revoked."));
  });

  it("refuses a grant that was given to another client", async () => {
    state.clients.push(OTHER_CLIENT);
    const answer = await request({ client_id: OTHER_CLIENT.clientId, client_secret: "GOCSPX-sandbox-other" });
    expect(answer).toEqual(refusal(401, "unauthorized_client", "Unauthorized"));
  });

  it("checks the client before the secret and the secret before the grant", async () => {
    const wrong = { client_secret: "GOCSPX-sandbox-wrong", refresh_token: "junk" };
    const unknown = refusal(401, "invalid_client", "The OAuth client was not found.");
    expect(await request({ ...wrong, client_id: "unknown" })).toEqual(unknown);
    client().state = "disabled";
    expect(await request(wrong)).toEqual(refusal(401, "disabled_client", "The OAuth client was disabled."));
    client().state = "deleted";
    expect(await request(wrong)).toEqual(refusal(401, "deleted_client", "The OAuth client was deleted."));
    client().state = "active";
    expect(await request(wrong)).toEqual(refusal(401, "invalid_client", "The provided client secret is invalid."));
  });

  it("takes either of two secrets while it is enabled", async () => {
    client().secrets.push({ value: "GOCSPX-sandbox-second", enabled: true });
    expect(await request({ client_secret: "GOCSPX-sandbox-second" })).toMatchObject({ status: 200 });
    for (const secret of client().secrets) secret.enabled = secret.value === "GOCSPX-sandbox-second";
    expect(await request()).toMatchObject({ status: 401 });
    expect(await request({ client_secret: "GOCSPX-sandbox-second" })).toMatchObject({ status: 200 });
  });

  it("forgets tokens that have expired", async () => {
    await issueToken();
    for (const token of state.tokens) token.expiresAt = 0;
    await issueToken();
    expect(state.tokens).toHaveLength(1);
  });
});

describe("tokeninfo", () => {
  const url = "https://oauth2.googleapis.com/tokeninfo";

  it("tells whose client a token is for and how long it lives", async () => {
    const answer = await call("GET", `${url}?access_token=${await issueToken()}`);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        aud: SEED_CLIENT_ID,
        scope: "https://mail.google.com/",
        expires_in: expect.stringMatching(/^359\d$/),
      },
    });
  });

  it("does not know an expired or unknown token", async () => {
    const token = await issueToken();
    for (const known of state.tokens) known.expiresAt = Date.now() - 1;
    const invalid = refusal(400, "invalid_token", "Invalid Value");
    expect(await call("GET", `${url}?access_token=${token}`)).toEqual(invalid);
    expect(await call("GET", `${url}?access_token=junk`)).toEqual(invalid);
    expect(await call("GET", url)).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });
});

describe("revoke", () => {
  it("ends all that the user gave to the project, and nothing else", async () => {
    const sibling = { ...OTHER_CLIENT, projectId: "northwind-mail" };
    const stranger = { ...OTHER_CLIENT, clientId: "stranger" };
    state.clients.push(sibling, stranger);
    for (const { clientId } of [sibling, stranger]) {
      state.grants.push({ refreshToken: `of-${clientId}`, address: ANNA, clientId, scope: "s", state: "valid" });
    }
    const token = await issueToken();
    await request({ refresh_token: refreshTokenOf("bert@northwind.example") });
    const before = state.grants.length;

    expect(await call("POST", "https://oauth2.googleapis.com/revoke", { token })).toMatchObject({ status: 200 });

    expect(state.grants.filter((grant) => grant.state === "revoked").map((grant) => grant.clientId)).toEqual([
      SEED_CLIENT_ID,
      sibling.clientId,
    ]);
    expect(state.grants).toHaveLength(before);
    expect(state.tokens.map(({ address }) => address)).toEqual(["bert@northwind.example"]);
    expect(await request()).toEqual(refusal(400, "invalid_grant", "Token has been expired or revoked."));
  });

  it("refuses what it does not know", async () => {
    const answer = await call("POST", "https://oauth2.googleapis.com/revoke", { token: "junk" });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_token" } });
    expect(state.grants.every((grant) => grant.state === "valid")).toBe(true);
  });
});

describe("the service", () => {
  it("has nothing elsewhere", async () => {
    expect(await call("GET", "https://oauth2.googleapis.com/token")).toMatchObject({ status: 404 });
    expect(await call("POST", "https://accounts.google.com/token")).toMatchObject({ status: 404 });
  });

  it("sees the world as it is at each request", async () => {
    const first = await request();
    state = { ...state, grants: [] };
    expect([first.status, (await request({ refresh_token: "gone" })).status]).toEqual([200, 400]);
  });
});

describe("the seed", () => {
  it("has a grant for every account but carl's, and survives JSON", () => {
    const without = state.accounts.map(({ address }) => address).filter((it) => refreshTokenOf(it) === "none");
    expect(without).toEqual(["carl@northwind.example"]);
    expect(state.accounts.map(({ address }) => address)).toContain("user0002@northwind.example");
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(SEED_CLIENT_ID).toMatch(/^\d+-[0-9a-z]{32}\.apps\.googleusercontent\.com$/);
    expect(SEED_CLIENT_SECRET).toMatch(/^GOCSPX-[\w-]{28}$/);
  });
});
