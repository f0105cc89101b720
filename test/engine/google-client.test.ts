import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox } from "../support/sandbox.ts";
import { TestStack } from "../support/stack.ts";

const DOWNLOAD = JSON.stringify({
  web: {
    client_id: SEED_CLIENT_ID,
    project_id: "northwind-mail",
    client_secret: SEED_CLIENT_SECRET,
    redirect_uris: ["https://elsewhere.example/"],
  },
});

const program = (more = "") => `
google:
  type: gmailsync:GoogleOAuthClient
  properties:
    projectId: northwind-mail
    credentialsJson: {fn::secret: '${DOWNLOAD}'}${more}
gmail:
  type: gmailsync:EmailServerProfile
  properties:
    name: Gmail
    oauthClientId: \${google.clientId}
    oauthClientSecret: \${google.clientSecret}`;

describe("a client as the console downloads it", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox);
    await stack.init(program());
  });

  test("is proven and handed on, its secret nowhere in the clear", async () => {
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    const client = await stack.resource("google");
    expect(client?.outputs["checks"]).toMatchObject([
      { id: "clientSecret", status: "ok" },
      { id: "redirectUri", status: "ok" },
      { id: "javascriptOrigin", status: "ok" },
      { id: "consentScreen", status: "unknown", code: "DECLARED_ONLY" },
    ]);
    expect(client?.outputs["clientSecretLast4"]).toBe(SEED_CLIENT_SECRET.slice(-4));
    expect(`${output}${stack.stateText()}`).not.toContain(SEED_CLIENT_SECRET);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("gets another secret in place, and says when the old one may be disabled", async () => {
    const fresh = "GOCSPX-sandbox-secret-second-00000";
    const client = sandbox.world.google.clients[0];
    client?.secrets.push({ value: fresh, enabled: true });
    const rotating = (old: string) => program(old).replace(SEED_CLIENT_SECRET, fresh);
    stack.program(rotating(`\n    previousClientSecret: {fn::secret: ${SEED_CLIENT_SECRET}}`));
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/replace/);
    expect(output).toContain(
      "The secret ending in 0000 is taken over. Google still accepts the secret ending in 0000.",
    );
    expect(output).toContain("has been deployed, disable it: https://console.cloud.google.com/auth/clients/");
    expect(`${output}${stack.stateText()}`).not.toMatch(/GOCSPX/);
    const profile = sandbox.world.dataverse.rows["emailserverprofiles"]?.find((row) => row["name"] === "Gmail");
    expect(profile?.["oauthclientsecret"]).toBe(fresh);

    for (const secret of client?.secrets ?? []) secret.enabled = secret.value === fresh;
    const refreshed = await stack.expect(["refresh", "--yes", "--skip-preview"]);
    expect(refreshed).toContain("Take previousClientSecret out of the program");
    const told = JSON.stringify((await stack.resource("google"))?.outputs["checks"]);
    expect(told).toContain("PREVIOUS_SECRET_REFUSED");
  });
});
