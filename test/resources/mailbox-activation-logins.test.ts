import { beforeAll, describe, expect, test, vi } from "vitest";
import type { Tree } from "../../provider/values.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import {
  change,
  DORA,
  INPUTS,
  life,
  profile,
  profileRow,
  row,
  sandbox,
  setAccount,
  step,
  steps,
  tests,
  undo,
} from "../support/activation.ts";
import { lifeOf } from "../support/life.ts";
import { administer, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");

describe("the login of its own", () => {
  const credential = { serviceAccountKey: keyFile };
  let asked = 0;
  /** Inputs that mean another test. */
  const own = (more: Tree) => ({ ...INPUTS, triggers: { asked: String(++asked) }, ...more });
  const delegate = (...scopes: string[]) => {
    for (const known of sandbox.world.google.serviceAccounts) known.delegatedScopes = scopes;
  };
  const refreshToken = () => sandbox.world.google.grants.find(({ address }) => address === DORA)?.refreshToken ?? "";
  const consent = () => ({
    refreshToken: refreshToken(),
    clientId: SEED_CLIENT_ID,
    clientSecret: SEED_CLIENT_SECRET,
  });

  beforeAll(async () => {
    sandbox.world.google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [] });
    await life.create(INPUTS);
  });

  test("names client id and page when the delegation is missing, before Dynamics is asked", async () => {
    delegate();
    const since = sandbox.requests.length;
    await life.update(own({ credential }));
    expect(step("token")).toMatchObject({ status: "failed", code: "CREDENTIAL_REFUSED" });
    expect(life.problems.join("\n")).toContain("unauthorized_client");
    expect(step("imap")).toMatchObject({ status: "skipped", code: "NO_TOKEN" });
    expect(life.problems.join("\n")).toContain("domainwidedelegation?clientIdToAdd=104200000000000000000");
    expect(life.problems.join("\n")).not.toContain("PRIVATE KEY");
    expect(tests(since)).toBe(0);
  });

  test("waits with the whole reason where a credential without delegation is tolerated", async () => {
    delegate();
    await life.update(own({ credential, tolerate: ["CREDENTIAL_REFUSED"] }));
    expect(life.outputs).toMatchObject({ status: "waiting", blockedBy: ["CREDENTIAL_REFUSED"] });
    expect(life.logs.join("\n")).toMatch(/dora@northwind\.example waits: token for the mailbox: .*unauthorized_client/);
  });

  test("names the key when Google knows another one, or none", async () => {
    const account = sandbox.world.google.serviceAccounts.find(({ email }) => email === ACCOUNT);
    for (const [change, says] of [
      [{ publicKey: newServiceAccount(ACCOUNT).publicKey }, /Invalid JWT Signature.*The key was deleted or disabled/],
      [{ email: "other@northwind.iam.gserviceaccount.com" }, /account not found.*The service account was deleted/],
    ] as const) {
      Object.assign(account ?? {}, change);
      const since = sandbox.requests.length;
      await life.update(own({ credential }));
      expect(step("token")).toMatchObject({ status: "failed", code: "CREDENTIAL_REFUSED" });
      expect(life.problems.join("\n")).toMatch(says);
      expect(life.problems.join("\n")).not.toContain(DORA);
      expect(tests(since)).toBe(0);
      Object.assign(account ?? {}, { publicKey, email: ACCOUNT });
    }
  });

  test("says that it is the mailbox which the organisation does not have", async () => {
    delegate(MAIL_SCOPE);
    const { google } = sandbox.world;
    const { accounts } = google;
    google.accounts = accounts.filter(({ address }) => address !== DORA);
    await life.update(own({ credential }));
    google.accounts = accounts;
    expect(step("token")).toMatchObject({ status: "failed", code: "TOKEN" });
    expect(life.problems.join("\n")).toMatch(/no token for dora@.*The organisation has no such mailbox/);
  });

  test("names the pipeline's own credentials when there are none to sign with", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file.json");
    await life.update(own({ credential: { serviceAccountEmail: ACCOUNT } }));
    vi.unstubAllEnvs();
    expect(step("token")).toMatchObject({ status: "failed", code: "CREDENTIAL_REFUSED" });
    expect(life.problems.join("\n")).toContain("workload identity federation");
  });

  test.each([
    ["does not answer", { status: 503 }],
    ["is hidden by a page of somebody else", { status: 403, body: "<html>blocked</html>" }],
  ])("is unknown where Google %s, and Dynamics' test decides", async (_, effect) => {
    delegate(MAIL_SCOPE);
    profile.nextRun();
    const fault = sandbox.addFault({ service: "google", path: "/token", times: 99, effect });
    const since = sandbox.requests.length;
    await life.update(own({ credential }));
    fault.remove();
    expect(step("token")).toMatchObject({ status: "unknown", code: "UNPROVEN" });
    expect(tests(since)).toBe(1);
  });

  test("by delegation comes before Dynamics' test, which decides", async () => {
    delegate(MAIL_SCOPE);
    profile.nextRun();
    await life.update(own({ credential }));
    expect(life.problems).toEqual([]);
    const order = ["profile", "oauthClient", "mailbox", "approval", "signIn"];
    order.push("imap", "smtp", "test", "incoming", "outgoing", "alerts");
    // Stored is what differs; words that go without saying are added when a step is shown.
    expect(steps().map(({ id, status, code }) => [id, code ?? status])).toEqual(order.map((id) => [id, "ok"]));
    expect(step("imap")).toEqual({ id: "imap", status: "ok" });
    expect(JSON.stringify(life.outputs)).not.toContain("PRIVATE KEY");
  });

  test("of the provider serves an activation without one", async () => {
    const configured = await lifeOf("MailboxActivation", sandbox, {
      GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify(credential),
    });
    await configured.create(INPUTS);
    expect(step("imap", configured)).toEqual({ id: "imap", status: "ok" });
  });

  test("stops with the page to open when IMAP is off, whatever Dynamics still shows", async () => {
    await setAccount({ imap: "off-by-admin" });
    const since = sandbox.requests.length;
    await life.update(own({ credential }));
    expect(life.problems.join("\n")).toMatch(
      /\(IMAP_DISABLED_BY_ADMIN\).*https:\/\/admin\.google\.com\/ac\/apps\/gmail\/enduseraccess/,
    );
    expect(writes(sandbox, since)).toEqual([]);
    expect(row()["incomingemailstatus"]).toBe(1);
    await life.refresh();
    expect(life.outputs["status"]).toBe("failure");
    undo();
    expect(await life.update(own({ credential }))).toBe("update");
    expect(life.problems).toEqual([]);
  });

  test("is by POP3 where the profile says so", async () => {
    change(profileRow(), { servertype: 1, incomingserverlocation: "pop.gmail.com", incomingportnumber: 995 });
    await life.update(own({ credential }));
    expect(life.problems).toEqual([]);
    expect(step("pop3")).toEqual({ id: "pop3", status: "ok" });
    expect(step("imap")).toBeUndefined();
    undo();
  });

  test("sends one message to itself when told to, finds it and removes it", async () => {
    await life.update(own({ credential: consent(), roundTrip: true }));
    expect(step("roundTrip")).toEqual({ id: "roundTrip", status: "ok" });
    await setAccount({ condition: "sending-limit" });
    await life.update(own({ credential: consent(), roundTrip: true }));
    expect(life.problems.join("\n")).toContain("(SENDING_LIMIT)");
  });

  test("with a given token is no change when the token is another", async () => {
    for (const token of ["ya29.first", "ya29.second"])
      sandbox.world.google.tokens.push({
        token,
        address: DORA,
        clientId: SEED_CLIENT_ID,
        scope: MAIL_SCOPE,
        expiresAt: Date.now() + 600_000,
      });
    const first = own({ credential: { accessToken: "ya29.first" } });
    await life.update(first);
    expect(step("imap")).toEqual({ id: "imap", status: "ok" });
    expect(await life.update({ ...first, credential: { accessToken: "ya29.second" } })).toBe("nothing");
  });

  test("is refused with a credential of two kinds", () => {
    const two = { accessToken: "one-of-two", serviceAccountEmail: ACCOUNT };
    const told = life.failures({ ...INPUTS, credential: two });
    expect(told).toEqual([expect.stringContaining("needs exactly one of serviceAccountKey")]);
    expect(told.join()).not.toContain("one-of-two");
  });

  test("is refused with a key that cannot be read, or that is no text, before anything is asked", () => {
    const since = sandbox.requests.length;
    const key = { ...JSON.parse(keyFile), private_key: "planted" };
    const unread = { ...INPUTS, credential: { serviceAccountKey: JSON.stringify(key) } };
    expect(life.failures(unread)).toEqual([
      expect.stringContaining("credential cannot be used: serviceAccountKey: private_key cannot be read"),
    ]);
    expect(life.failures({ ...INPUTS, credential: { serviceAccountKey: false } })).toEqual([
      "credential.serviceAccountKey must be the text of the key file",
    ]);
    expect(sandbox.requests.length).toBe(since);
  });

  test("says that a consent has ended when its token is revoked", async () => {
    const revoked = consent();
    await administer(sandbox, "revoke", DORA);
    profile.nextRun();
    await life.update(own({ credential: revoked }));
    expect(life.problems.join("\n")).toMatch(/\(CONSENT\).*seven days after it was given/);
  });
});
