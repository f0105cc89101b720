import { OAuth2Client } from "google-auth-library";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fetchOver } from "../../../provider/google/fetch-over.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { type HttpRequest, Network } from "../../../provider/network/network.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../../sandbox/google/state.ts";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import { administer, atEnd, testSandbox } from "../../support/sandbox.ts";

const REDIRECT_URI = "https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx";
const ANNA = "anna@northwind.example";
const DAY_MS = 24 * 3600 * 1000;

describe("the consent, with Google's own library as the client", () => {
  let sandbox: Sandbox;
  let network: Network;

  beforeAll(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    atEnd(() => network.close());
  });
  beforeEach(() => sandbox.reset());

  const library = () =>
    new OAuth2Client({
      clientId: SEED_CLIENT_ID,
      clientSecret: SEED_CLIENT_SECRET,
      redirectUri: REDIRECT_URI,
      transporterOptions: { fetchImplementation: fetchOver(network, Deadline.after(60_000)) },
    });

  /** What a browser without cookies does: follows, and sends forms. Ends outside of Google or at its error page. */
  async function browse(address: string, answer = "Continue", changes: Record<string, string> = {}): Promise<URL> {
    const url = library().generateAuthUrl({
      scope: [MAIL_SCOPE, "openid", "email"],
      access_type: "offline",
      state: "mailbox-1",
      ...changes,
    });
    const signIn = await location(url);
    if (!signIn.pathname.startsWith("/v3/signin")) return signIn;
    const goal = signIn.searchParams.get("continue") ?? "";
    expect((await visit(signIn.href)).text).toContain(address);
    const query = new URLSearchParams({ continue: goal, account: address });
    const page = await visit(`https://accounts.google.com/signin/oauth/consent?${query}`);
    if (page.status === 302) return new URL(page.headers["location"] ?? "");
    query.set("answer", answer);
    return location("https://accounts.google.com/signin/oauth/consent", { method: "POST", body: query.toString() });
  }

  /** Without following redirects. */
  function visit(url: string, { method = "GET", ...more }: Partial<Omit<HttpRequest, "url" | "effect">> = {}) {
    return network.request({ effect: "signs-in", ...more, method, url }, Deadline.after(10_000));
  }

  async function location(url: string, more: Parameters<typeof visit>[1] = {}): Promise<URL> {
    const { status, headers } = await visit(url, more);
    expect(status).toBe(302);
    return new URL(headers["location"] ?? "");
  }

  async function tokens(address = ANNA) {
    const back = await browse(address);
    const { tokens } = await library().getToken(back.searchParams.get("code") ?? "none");
    return tokens;
  }

  const errorOf = (url: URL) => Buffer.from(url.searchParams.get("authError") ?? "", "base64").toString();

  test("ends at the redirect URI with a code that is good once", async () => {
    const back = await browse(ANNA);
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT_URI);
    expect(back.searchParams.get("state")).toBe("mailbox-1");
    const code = back.searchParams.get("code") ?? "";
    const { tokens } = await library().getToken(code);
    expect(tokens).toMatchObject({ token_type: "Bearer", scope: `${MAIL_SCOPE} openid email` });
    await expect(library().getToken(code)).rejects.toThrow("invalid_grant");

    const client = library();
    client.setCredentials(tokens);
    const info = await client.getTokenInfo(tokens.access_token ?? "");
    expect(info).toMatchObject({ aud: SEED_CLIENT_ID });
    const user = await client.request<{ email: string }>({ url: "https://openidconnect.googleapis.com/v1/userinfo" });
    expect(user.data.email).toBe(ANNA);
    client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
    expect((await client.getAccessToken()).token).toMatch(/^ya29\./);
  });

  test("gives no refresh token where none was asked for, and no code where the user says no", async () => {
    const back = await browse(ANNA, "Continue", { access_type: "online" });
    const { tokens } = await library().getToken(back.searchParams.get("code") ?? "");
    expect(tokens.refresh_token).toBeUndefined();
    const refused = await browse(ANNA, "Cancel");
    expect(Object.fromEntries(refused.searchParams)).toEqual({ error: "access_denied", state: "mailbox-1" });
  });

  const project = (values: Record<string, string>) => administer(sandbox, "set-project", "northwind-mail", values);
  const external = (values: Record<string, string> = {}) => project({ audience: "external", ...values });
  const app = () => {
    const found = sandbox.world.google.projects[0]?.app;
    if (!found) throw new Error("the seeded project has a consent screen");
    return found;
  };

  test.each([
    [
      "org_internal",
      () => {
        app().organizationDomain = "southwind.example";
      },
    ],
    ["access_denied", () => external({ publishingStatus: "testing", testUsers: "bert@northwind.example" })],
    ["admin_policy_enforced", () => project({ blockedByAdmin: "true" })],
    [
      "access_denied",
      async () => {
        await external();
        app().users = Array.from({ length: 100 }, (_, index) => `somebody${index}@northwind.example`);
      },
    ],
  ])("ends at the error page with %s", async (code, arrange) => {
    await arrange();
    const end = await browse(ANNA);
    expect(end.pathname).toBe("/signin/oauth/error");
    expect(errorOf(end)).toContain(code);
    expect((await visit(end.href)).text).toContain(`data-error-code="${code}"`);
  });

  test("refuses web views inside of apps", async () => {
    const headers = { "user-agent": "Mozilla/5.0 (Linux; Android 14; Pixel; wv) AppleWebKit/537.36" };
    const end = await location(library().generateAuthUrl({ scope: MAIL_SCOPE }), { headers });
    expect(errorOf(end)).toContain("disallowed_useragent");
  });

  test("given in testing ends after seven days, also when the app is published meanwhile", async () => {
    await external({ publishingStatus: "testing", testUsers: ANNA });
    const { refresh_token } = await tokens();
    await external({ publishingStatus: "production" });
    const later = (await tokens()).refresh_token;
    const client = library();
    const refresh = async (token: string | null | undefined) => {
      client.setCredentials({ refresh_token: token ?? null });
      return (await client.getAccessToken()).token;
    };
    await administer(sandbox, "move-clock", "6");
    expect(await refresh(refresh_token)).toBeTruthy();
    await administer(sandbox, "move-clock", "2");
    await expect(refresh(refresh_token)).rejects.toThrow("invalid_grant");
    expect(await refresh(later)).toBeTruthy();
  });

  test("is one of a hundred; one more ends the oldest", async () => {
    const first = await tokens();
    for (let count = 0; count < 100; count++) await tokens();
    const client = library();
    client.setCredentials({ refresh_token: first.refresh_token ?? null });
    await expect(client.getAccessToken()).rejects.toThrow("invalid_grant");
    expect(app().users.filter((user) => user === ANNA)).toEqual([ANNA]);
  });

  test("of a client that nobody has used for six months ends with the client", async () => {
    await administer(sandbox, "move-clock", "100");
    await tokens();
    await administer(sandbox, "move-clock", "150");
    await tokens();
    sandbox.world.google.clockOffsetMs += 200 * DAY_MS;
    expect(errorOf(await browse(ANNA))).toContain("deleted_client");
  });
});
