import { afterEach, describe, expect, test, vi } from "vitest";
import { AmbientTokens } from "../../../provider/google/ambient.ts";
import { MailboxTokens } from "../../../provider/google/mailbox-token.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { network, sandbox, withSandbox } from "../../support/entra.ts";
import { administer } from "../../support/sandbox.ts";

const ANNA = "anna@northwind.example";
const MAIL = "mail@northwind-mail.iam.gserviceaccount.com";
const DEPLOYER = "deployer@northwind-mail.iam.gserviceaccount.com";
const POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/pipelines";

withSandbox();
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A mailbox's token as such a pipeline gets it, and who asked Google for it. */
async function tokenOf(kind: string) {
  const { GOOGLE_APPLICATION_CREDENTIALS: file = "", GMAILSYNC_MAIL_CREDENTIAL: credential = "" } =
    await sandbox.environmentOf(kind);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  const token = await new MailboxTokens(network).get(ANNA, JSON.parse(credential), Deadline.after(10_000));
  const { tokens } = sandbox.world.google;
  return { issued: tokens.find((known) => known.token === token), asked: tokens.map(({ address }) => address) };
}

describe.each([
  ["github", "repo:northwind/mail:ref:refs/heads/main"],
  ["azure-devops", "sc://northwind/mail/entra"],
  ["gitlab", "project_path:northwind/mail:ref_type:branch:ref:main"],
])("a job of %s", (kind, subject) => {
  test("gets a mailbox's token without any key", async () => {
    const { issued, asked } = await tokenOf(kind);
    expect(issued).toMatchObject({ address: ANNA, clientId: MAIL });
    expect(asked).toContain(`principal://${POOL}/subject/${subject}`);
  });

  test("gets it by a service account that it may impersonate", async () => {
    await administer(sandbox, "add-service-account", DEPLOYER, {
      workloadIdentityUsers: `principalSet://${POOL}/*`,
    });
    await administer(sandbox, "set-service-account", MAIL, { tokenCreators: DEPLOYER });
    expect((await tokenOf(kind)).asked).toContain(DEPLOYER);
    await administer(sandbox, "set-service-account", DEPLOYER, { workloadIdentityUsers: "principal://other" });
    await expect(tokenOf(kind)).rejects.toThrow(/iam\.serviceAccounts\.getAccessToken/);
  });

  test("signs for nobody as a mere user of the service account", async () => {
    const users = { tokenCreators: "", workloadIdentityUsers: "" };
    await administer(sandbox, "set-service-account", MAIL, users);
    await expect(tokenOf(kind)).rejects.toThrow(/iam\.serviceAccounts\.signJwt/);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a condition that it does not fulfil",
      { condition: "assertion.sub == 'other'" },
      /rejected by the attribute condition/,
    ],
    ["a claim that it does not have", { condition: "assertion.other == 'x'" }, /rejected by the attribute condition/],
    ["another audience", { allowedAudiences: "https://other.example" }, /does not match the expected audience/],
    ["another issuer", { issuer: "https://issuer.example" }, /The issuer in ID Token/],
    [
      "a mapping to nothing",
      { mapping: "google.subject=assertion.other" },
      /Could not obtain a value for google\.subject/,
    ],
  ])("is refused with %s", async (_, values, words) => {
    // The job asks for the audience that it was set up with.
    const { GOOGLE_APPLICATION_CREDENTIALS: file = "" } = await sandbox.environmentOf(kind);
    await administer(sandbox, "set-workload-provider", kind, values);
    await expect(accessToken(file)).rejects.toThrow(words);
  });

  test("belongs to the sets that the mapping makes", async () => {
    await administer(sandbox, "set-workload-provider", kind, {
      mapping: "google.subject=assertion.sub.extract('northwind/{name}'),attribute.whole=assertion.sub",
    });
    const set = `principalSet://${POOL}/attribute.whole/${subject}`;
    await administer(sandbox, "set-service-account", MAIL, { tokenCreators: set });
    expect((await tokenOf(kind)).issued).toMatchObject({ address: ANNA });
  });
});

/** By Google's own library. */
function accessToken(file: string): Promise<string> {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  return new AmbientTokens(network).get(Deadline.after(10_000));
}

test("a subject of more than 127 bytes is refused, with what to do", async () => {
  await administer(sandbox, "set-pipeline", "gitlab", { subject: `sc/${"x".repeat(130)}` });
  const { GOOGLE_APPLICATION_CREDENTIALS: file = "" } = await sandbox.environmentOf("gitlab");
  await expect(accessToken(file)).rejects.toThrow(/exceeds the 127 bytes limit/);
  await administer(sandbox, "set-workload-provider", "gitlab", {
    mapping: "google.subject=assertion.sub.extract('sc{x}')",
  });
  await expect(accessToken(file)).rejects.toThrow(/exceeds the 127 bytes limit/);
  await administer(sandbox, "set-workload-provider", "gitlab", { mapping: "google.subject=assertion.project_path" });
  expect(await accessToken(file)).toMatch(/^ya29\.d\./);
});
