import { get } from "node:http";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveGuide } from "../../provider/cli/guide-page.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { atEnd, testSandbox } from "../support/sandbox.ts";

const PROJECT = ["--project", "northwind-mail"];
const CLIENT = [...PROJECT, "--client-id", SEED_CLIENT_ID];

describe("gmailsync guide", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  beforeEach(() => sandbox.reset());

  const guide = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
    gmailsync(["guide", ...args], { ...sandbox.environment, ...environment });

  test("shows every page and every value, and asks nobody", async () => {
    const { code, stdout } = await guide([...PROJECT, "--audience", "external"]);
    expect(code).toBe(0);
    expect(stdout).toContain("https://console.cloud.google.com/auth/clients/create?project=northwind-mail");
    expect(stdout).toMatch(
      /Authorised redirect URI: +https:\/\/contoso\.crm\.dynamics\.com\/_grid\/cmds\/dlg_gmailoauth\.aspx/,
    );
    expect(stdout).toMatch(/User type: +External/);
    expect(sandbox.requests).toHaveLength(0);
  });

  test("ticks off what it can prove, never shows the secret", async () => {
    const { code, stdout } = await guide([...CLIENT, "--markdown", "--read-only"], {
      GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("- [x] [Have the OAuth client list]");
    expect(stdout).toContain("  - Google accepts the secret");
    expect(stdout).toContain("- [ ] [Enable the Gmail API]");
    expect(stdout).not.toContain(SEED_CLIENT_SECRET);
  });

  test("says what is missing, by exit code too", async () => {
    for (const client of sandbox.world.google.clients) client.redirectUris = [];
    const { code, stdout } = await guide([...CLIENT, "--json"], { GOOGLE_CLIENT_SECRET: "planted-wrong" });
    expect(code).toBe(1);
    const { steps } = JSON.parse(stdout).clients[0];
    const codeOf = (id: string) => steps.find((step: { id: string }) => step.id === id).proof.probe.code;
    expect(["client", "secret"].map(codeOf)).toEqual(["REDIRECT_URI_MISMATCH", "SECRET_WRONG"]);
    expect(stdout).not.toContain("planted");
  });

  test("leads to the client that there is, with what to do there", async () => {
    for (const client of sandbox.world.google.clients) client.redirectUris = [];
    const page = `https://console.cloud.google.com/auth/clients/${SEED_CLIENT_ID}?project=northwind-mail`;
    const { stdout } = await guide(CLIENT);
    expect(stdout).toContain(`✘ 6. Have the OAuth client list\n     ${page}\n`);
    expect(stdout).toMatch(/→ REDIRECT_URI_MISMATCH: .*\. Add it to the client's authorised redirect URIs/);
    expect(stdout.match(/→ .*/)?.[0]).toContain(page);
    expect(stdout).not.toContain("clients/create");
  });

  test("watches until all is good", async () => {
    for (const client of sandbox.world.google.clients) client.redirectUris = [];
    const running = guide([...CLIENT, "--watch"]);
    await expect.poll(() => sandbox.requests.length, { timeout: 20_000 }).toBe(1);
    sandbox.reset();
    const { code, stdout } = await running;
    expect(code).toBe(0);
    expect(stdout).toMatch(/✘ 6\.[\s\S]*✔ 6\./);
  });

  test("shows its page to nobody who does not know the way or comes by another name", async () => {
    const page = await serveGuide();
    atEnd(() => page.close());
    const { origin, port } = new URL(page.url);
    const status = async (url: string, host = `127.0.0.1:${port}`) =>
      new Promise((resolve, reject) => {
        get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on("error", reject);
      });
    expect(await status(page.url)).toBe(200);
    expect(await status(`${page.url}state`)).toBe(200);
    expect(await status(`${origin}/`)).toBe(404);
    expect(await status(`${page.url}state`, `evil.example:${port}`)).toBe(403);
  });

  test("cannot tell without Google", async () => {
    sandbox.addFault({ service: "google", times: 9, effect: { status: 503 } });
    expect((await guide(CLIENT)).code).toBe(3);
  });

  test.each([
    ["no project", [], "--project must be a project id"],
    ["a wrong environment", [...PROJECT, "--environment", "http://contoso"], "--environment must begin with https://"],
    [
      "the host of the Web API",
      [...PROJECT, "--environment", "https://contoso.api.crm.dynamics.com"],
      "--environment is the host of the Web API; leave out `.api`: https://contoso.crm.dynamics.com",
    ],
    ["an unknown option", ["--nonsense"], "--help"],
  ])("refuses %s", async (_, args, text) => {
    const { code, stderr } = await guide(args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});
