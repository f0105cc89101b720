import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Code } from "../../provider/codes/codes.ts";
import { mailboxActivation } from "../../provider/resources/mailbox-activation/definition.ts";
import { properties } from "../../provider/schema/define.ts";
import { isList, isTree, type Tree } from "../../provider/values.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const DORA = "dora@northwind.example";
const CARL = "carl@northwind.example";
const SUPPORT = "support@northwind.example";
const NOBODY = "00000000-0000-4000-8000-00000000dead";
const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const PROFILE = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");

let sandbox: Sandbox;
let profile: Life;
let life: Life;
/** Of Dora's mailbox. */
let INPUTS: Tree;
const row = (address = DORA) => mailboxRow(sandbox, address);
const profileRow = () => rowWhere(sandbox, "emailserverprofiles", "name", "Gmail");
const tests = (since = 0) =>
  writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;
const steps = (of = life) => {
  const { steps: stored = [] } = of.outputs;
  return isList(stored) ? stored.filter(isTree) : [];
};
const step = (id: string, of = life) => steps(of).find((one) => one["id"] === id);

/** What tests have changed by hand, to be put back. */
const undone: (() => unknown)[] = [];
function change(changed: Row, cells: Row): void {
  const before = Object.fromEntries(Object.entries(changed).filter(([name]) => name in cells));
  changeRow(sandbox, changed, cells);
  undone.push(() => changeRow(sandbox, changed, before));
}
function undo(): void {
  for (const back of undone.splice(0)) back();
}
afterEach(undo);

async function activationOf(address: string): Promise<{ activation: Life; inputs: Tree }> {
  const mailbox = await profile.beside("Mailbox");
  await mailbox.create({ emailAddress: address, profileId: profile.id });
  return {
    activation: await profile.beside("MailboxActivation"),
    inputs: { mailboxId: mailbox.id, profileId: profile.id },
  };
}

beforeAll(async () => {
  sandbox = await testSandbox({ testDelayMs: 5 });
  profile = await lifeOf("EmailServerProfile", sandbox);
  await profile.create(PROFILE);
  ({ activation: life, inputs: INPUTS } = await activationOf(DORA));
});

describe("an activation", () => {
  test("knows the address before, and a preview asks for no test", async () => {
    expect(await life.preview(INPUTS)).toEqual({ emailAddress: DORA });
    await expect(life.preview({ mailboxId: NOBODY })).rejects.toThrow(`mailbox ${NOBODY} does not exist`);
    expect(tests()).toBe(0);
  });

  test("is green when success was seen for both directions", async () => {
    await life.create(INPUTS);
    expect(tests()).toBe(1);
    expect(life.id).toBe(row()["mailboxid"]);
    expect(life.problems).toEqual([]);
    expect(life.outputs).toMatchObject({
      emailAddress: DORA,
      status: "success",
      directions: ["incoming", "outgoing"],
      testedOn: expect.stringMatching(/^20/),
    });
    expect(steps().map(({ id, status, code }) => [id, code ?? status])).toEqual([
      ["profile", "ok"],
      ["oauthClient", "ok"],
      ["mailbox", "ok"],
      ["approval", "ok"],
      ["signIn", "ok"],
      ["imap", "NO_CREDENTIAL"],
      ["smtp", "NO_CREDENTIAL"],
      ["test", "ok"],
      ["incoming", "ok"],
      ["outgoing", "ok"],
      ["alerts", "ok"],
    ]);
    expect(row()).toMatchObject({ incomingemailstatus: 1, outgoingemailstatus: 1 });
  });

  test("is left alone while nothing has changed", async () => {
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("joins a test that runs already", async () => {
    const other = await profile.beside("MailboxActivation");
    await Promise.all([life.update({ ...INPUTS, triggers: { a: "0" } }), other.create(INPUTS)]);
    expect([life, other].map(({ outputs }) => outputs["status"])).toEqual(["success", "success"]);
    expect([...life.progress, ...other.progress]).toContain(`Test & Enable of ${DORA} is running`);
    await life.update(INPUTS);
  });

  test("of a direction that is off looks at the other alone", async () => {
    change(row(), { outgoingemaildeliverymethod: 0 });
    const half = await profile.beside("MailboxActivation");
    await half.create(INPUTS);
    expect(half.outputs).toMatchObject({ status: "success", directions: ["incoming"] });
    expect(step("outgoing", half)).toEqual({ id: "outgoing", status: "skipped", code: "NOT_SWITCHED_ON" });
  });

  test("changes nothing when it is destroyed", async () => {
    const gone = await lifeOf("MailboxActivation", sandbox);
    await gone.import(life.id);
    const since = sandbox.requests.length;
    await gone.destroy();
    expect(sandbox.requests).toHaveLength(since);
  });

  test("is imported with what Dynamics shows, by the mailbox's id", async () => {
    const imported = await profile.beside("MailboxActivation");
    expect(await imported.import(life.id)).toBe(true);
    expect(imported.inputs).toEqual({ ...INPUTS, roundTrip: false, retest: "onChange" });
    expect(imported.outputs["status"]).toBe("success");
    expect(await imported.update(INPUTS)).toBe("nothing");
    expect(await imported.import(NOBODY)).toBe(false);
  });

  test("is no more when the mailbox went with its user", async () => {
    const { activation, inputs } = await activationOf("bert@northwind.example");
    await activation.create(inputs);
    const { rows } = sandbox.world.dataverse;
    rows["mailboxes"] = rows["mailboxes"]?.filter(({ mailboxid }) => mailboxid !== activation.id) ?? [];
    await activation.refresh();
    expect(activation.exists).toBe(false);
  });
});

describe("what was good is tested again", () => {
  beforeAll(async () => {
    await life.update(INPUTS);
  });

  test("with every update when it is declared so", async () => {
    const always = { ...INPUTS, retest: "always" };
    const since = sandbox.requests.length;
    for (let round = 1; round <= 2; round++) {
      expect(await life.update(always)).toBe("update");
      expect(tests(since)).toBe(round);
    }
    await life.update(INPUTS);
  });

  test("when a trigger is another", async () => {
    const since = sandbox.requests.length;
    expect(await life.update({ ...INPUTS, triggers: { again: "yes" } })).toBe("update");
    expect(tests(since)).toBe(1);
    await life.update(INPUTS);
  });

  test.each([
    ["its email server profile", () => change(profileRow(), { outgoingportnumber: 465 })],
    ["the mailbox", () => change(row(), { emailaddress: DORA.toUpperCase() })],
  ])("when %s has changed in Dynamics, which is told", async (what, by) => {
    by();
    await life.refresh();
    expect(life.problems).toEqual([]);
    expect(life.changes(INPUTS)).toEqual(["retest"]);
    expect(life.logs.at(-1)).toMatch(new RegExp(`^info: .* is tested again: ${what} has changed since it was tested`));
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(await life.update(INPUTS)).toBe("nothing");
    undo();
    await life.update(INPUTS);
  });

  test("when this run writes another client secret, as its preview says, or an earlier run did", async () => {
    const secret = "GOCSPX-sandbox-secret-second-00000";
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: secret, enabled: true });
    profile.nextRun();
    await profile.refresh();
    await life.refresh();
    expect(life.changes(INPUTS)).toEqual([]);
    await profile.preview({ ...PROFILE, oauthClientSecret: secret });
    expect(life.changes(INPUTS)).toEqual(["retest"]);
    await profile.update({ ...PROFILE, oauthClientSecret: secret });
    // Cut off here: the next run starts with what the state says.
    profile.nextRun();
    await profile.refresh();
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(await life.update(INPUTS)).toBe("nothing");
  });

  test("not when the profile gets another description", async () => {
    change(profileRow(), { description: "something else" });
    expect(await life.update(INPUTS)).toBe("nothing");
  });
});

const exchange = () =>
  rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;

/** What somebody changes, and the code that is seen of it, without and with a new test. */
const CHANGES: Readonly<Partial<Record<Code, () => unknown>>> = {
  PROFILE_MISSING: () => change(row(), { _emailserverprofile_value: null }),
  PROFILE_OTHER: () => change(row(), { _emailserverprofile_value: exchange() }),
  PROFILE_INACTIVE: () => change(profileRow(), { statecode: 1, statuscode: 2 }),
  PROFILE_NOT_GMAIL: () => change(profileRow(), { incomingcredentialretrieval: 0 }),
  OAUTH_CLIENT_MISSING: () => change(profileRow(), { oauthclientid: null }),
  CLIENT_DELETED: () => {
    const [client] = sandbox.world.google.clients;
    Object.assign(client ?? {}, { state: "deleted" });
    undone.push(() => Object.assign(client ?? {}, { state: "active" }));
  },
  MAILBOX_INACTIVE: () => change(row(), { statecode: 1, statuscode: 2 }),
  DELIVERY_OFF: () => change(row(), { incomingemaildeliverymethod: 0, outgoingemaildeliverymethod: 0 }),
  ACT_NOT_NONE: () => change(row(), { actdeliverymethod: 0 }),
  NOT_APPROVED: () => change(row(), { emailrouteraccessapproval: 0 }),
  NOT_SIGNED_IN: () => change(row(), { oauthrefreshtoken: null }),
};

describe("what keeps a mailbox from working", () => {
  beforeAll(async () => {
    await life.update(INPUTS);
  });

  test.each(Object.entries(CHANGES))("%s shows without a test, is kept, and heals", async (code, by) => {
    by();
    profile.nextRun();
    const since = sandbox.requests.length;
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringContaining(`(${code})`));
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([expect.stringContaining(`(${code})`)]);
    expect(life.outputs["status"]).toBe("failure");
    // A permanent error there would disable the mailbox at once.
    expect(tests(since)).toBe(0);

    undo();
    profile.nextRun();
    await life.refresh();
    expect(life.outputs["status"]).toBe("failure");
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
    expect(tests(since)).toBe(1);
  });

  test("a client that was deleted names the page that restores it", async () => {
    CHANGES.CLIENT_DELETED?.();
    profile.nextRun();
    await life.refresh();
    expect(life.problems.join("\n")).toContain(
      "https://console.cloud.google.com/apis/credentials/deleted?project=123456789012",
    );
    undo();
    profile.nextRun();
    await life.update(INPUTS);
  });

  test("a secret that is missing at the profile shows like a client that is", async () => {
    change(profileRow(), { oauthclientsecret: null });
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringMatching(/no OAuth client secret.*\(OAUTH_CLIENT_MISSING\)/));
    undo();
    await life.update(INPUTS);
  });

  test.each([
    ["TEST_FAILED", { outgoingemailstatus: 2 }],
    ["NOT_RUN", { incomingemailstatus: 0 }],
    ["DELIVERY_SWITCHED_OFF", { outgoingemaildeliverymethod: 0 }],
    ["TEST_RUNNING", { testemailconfigurationscheduled: true }],
  ])("%s shows when Dynamics later says so", async (code, cells) => {
    change(row(), cells);
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringContaining(`(${code})`));
    expect(life.outputs["status"]).not.toBe("success");
    undo();
    expect(await life.update(INPUTS)).not.toBe("replace");
    expect(life.outputs["status"]).toBe("success");
  });

  test.each([
    ["user", DORA, "requireapprovalforuseremail"],
    ["queue", SUPPORT, "requireapprovalforqueueemail"],
  ])("a %s needs no approval where the organisation asks none of its kind", async (_, address, column) => {
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    const { activation, inputs } = await activationOf(address);
    change(row(address), { emailrouteraccessapproval: 0 });
    change(organization, { requireapprovalforuseremail: true, requireapprovalforqueueemail: true, [column]: false });
    await activation.create(inputs);
    expect(activation.problems).toEqual([]);
    changeRow(sandbox, organization, {
      requireapprovalforuseremail: false,
      requireapprovalforqueueemail: false,
      [column]: true,
    });
    await activation.refresh();
    expect(activation.problems).toContainEqual(expect.stringContaining("(NOT_APPROVED)"));
  });
});

test("nothing of an activation but when it is tested again depends on others", () => {
  // Each is the program's alone; `retest` goes when something has to be tested again.
  const own = ["mailboxId", "profileId", "credential", "roundTrip", "waitForSignIn", "triggers"];
  expect(Object.keys(properties(mailboxActivation.inputs)).sort()).toEqual([...own, "retest"].sort());
});

describe("a test that fails", () => {
  beforeAll(async () => {
    await life.update(INPUTS);
  });

  test("is kept with what the mail server said, and goes green once it is mended", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-user" });
    await life.update({ ...INPUTS, triggers: { again: "1" } });
    expect(life.outputs["status"]).toBe("failure");
    expect(life.problems).toContainEqual(
      expect.stringContaining(`Dynamics shows Failure for incoming mail of ${DORA}`),
    );
    expect(life.problems.join("\n")).toContain("Your account is not enabled for IMAP use");
    expect(row()["outgoingemailstatus"]).toBe(1);
    await life.refresh();
    expect(life.problems.join("\n")).toContain("Your account is not enabled for IMAP use");
    await administer(sandbox, "set-account", DORA, { imap: "on" });
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
  });

  test("to be scheduled says what Dataverse said", async () => {
    const refused = { status: 403, body: { error: { code: "0x80048306", message: "missing prvWriteMailbox" } } };
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes", times: 1, effect: refused });
    await life.update({ ...INPUTS, triggers: { again: "2" } });
    expect(life.problems).toEqual([expect.stringMatching(/prvWriteMailbox.*\(NOT_SCHEDULED\)/)]);
    await life.update(INPUTS);
  });

  test("of which the alerts cannot be read is not turned red by that", async () => {
    const refused = { status: 403, body: { error: { code: "0x80048306", message: "missing prvReadTracelog" } } };
    sandbox.addFault({ service: "dataverse", path: "/tracelogs", times: 1, effect: refused });
    await life.update({ ...INPUTS, triggers: { again: "3" } });
    expect(life.outputs["status"]).toBe("success");
    expect(step("alerts")).toMatchObject({ status: "unknown", code: "ALERTS_UNREADABLE" });
    await life.update(INPUTS);
  });
});

describe("a sign-in that is missing", () => {
  test("is waited for when the program says so, and the link is logged once", async () => {
    const { activation, inputs } = await activationOf(CARL);
    const creation = activation.create({ ...inputs, waitForSignIn: "2m" });
    await expect.poll(() => activation.progress.length).toBeGreaterThan(2);
    await administer(sandbox, "sign-in", CARL);
    await creation;
    expect(activation.problems).toEqual([]);
    expect(activation.logs).toEqual([
      expect.stringMatching(
        /^info: Waiting up to 2m for the user of carl@northwind.example to sign in to Gmail: https:/,
      ),
    ]);
  });
});

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
  const account = (values: Record<string, string>) => administer(sandbox, "set-account", DORA, values);

  beforeAll(() => {
    sandbox.world.google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [] });
  });

  test("names client id and page when the delegation is missing, before Dynamics is asked", async () => {
    delegate();
    const since = sandbox.requests.length;
    await life.update(own({ credential }));
    expect(step("token")).toMatchObject({ status: "failed", code: "TOKEN" });
    expect(life.problems.join("\n")).toContain("unauthorized_client");
    expect(step("imap")).toMatchObject({ status: "skipped", code: "NO_TOKEN" });
    expect(life.problems.join("\n")).toContain("domainwidedelegation?clientIdToAdd=104200000000000000000");
    expect(life.problems.join("\n")).not.toContain("PRIVATE KEY");
    expect(tests(since)).toBe(0);
  });

  test("by delegation comes before Dynamics' test, which decides", async () => {
    delegate(MAIL_SCOPE);
    profile.nextRun();
    await life.update(own({ credential }));
    expect(life.problems).toEqual([]);
    expect(step("imap")).toEqual({ id: "imap", status: "ok" });
    expect(step("smtp")).toEqual({ id: "smtp", status: "ok" });
  });

  test("of the provider serves an activation without one", async () => {
    const configured = await lifeOf("MailboxActivation", sandbox, {
      GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify(credential),
    });
    await configured.create(INPUTS);
    expect(step("imap", configured)).toEqual({ id: "imap", status: "ok" });
  });

  test("stops with the page to open when IMAP is off, whatever Dynamics still shows", async () => {
    await account({ imap: "off-by-admin" });
    const since = sandbox.requests.length;
    await life.update(own({ credential }));
    expect(life.problems.join("\n")).toMatch(/\(IMAP_DISABLED_BY_ADMIN\).*admin\.google\.com\/ac\/apps\/gmail/);
    expect(tests(since)).toBe(0);
    expect(row()["incomingemailstatus"]).toBe(1);
    await life.refresh();
    expect(life.outputs["status"]).toBe("failure");
    await account({ imap: "on" });
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
    await account({ condition: "sending-limit" });
    await life.update(own({ credential: consent(), roundTrip: true }));
    expect(life.problems.join("\n")).toContain("(SENDING_LIMIT)");
    await account({ condition: "ok" });
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

  test("says that a consent has ended when its token is revoked", async () => {
    const revoked = consent();
    await administer(sandbox, "revoke", DORA);
    profile.nextRun();
    await life.update(own({ credential: revoked }));
    expect(life.problems.join("\n")).toMatch(/\(CONSENT\).*seven days after it was given/);
  });
});
