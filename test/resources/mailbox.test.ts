import { beforeAll, describe, expect, test } from "vitest";
import { mailbox } from "../../provider/resources/mailbox/definition.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { cellsOf, type Drift, testDrift } from "../support/drift.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const ANNA = "anna@northwind.example";
const CARL = "carl@northwind.example";
const SUPPORT = "support@northwind.example";
const NOBODY = "00000000-0000-4000-8000-00000000dead";
const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");
const DELEGATION = { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }) };

const USER_RATE_LIMIT = {
  error: {
    code: 403,
    message: "User-rate limit exceeded.",
    errors: [{ domain: "usageLimits", reason: "userRateLimitExceeded", message: "User-rate limit exceeded." }],
  },
};

let sandbox: Sandbox;
let profile: Life;
let life: Life;
const row = (address: string) => mailboxRow(sandbox, address);
const exchange = () =>
  rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
const account = (address: string) => {
  const found = sandbox.world.google.accounts.find((candidate) => candidate.address === address);
  if (!found) throw new Error(`the sandbox has no account ${address}`);
  return found;
};
const inputs = (emailAddress: string, more = {}) => ({ emailAddress, profileId: profile.id, ...more });

beforeAll(async () => {
  sandbox = await testSandbox();
  sandbox.world.google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [MAIL_SCOPE] });
  profile = await lifeOf("EmailServerProfile", sandbox, DELEGATION);
  await profile.create({ name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET });
  life = await profile.beside("Mailbox");
});

const delegate = (...scopes: string[]) => {
  for (const known of sandbox.world.google.serviceAccounts) known.delegatedScopes = scopes;
};

describe("a mailbox", () => {
  let before: Row;

  beforeAll(() => {
    changeRow(sandbox, row(ANNA), {
      _emailserverprofile_value: exchange(),
      incomingemaildeliverymethod: 1,
      outgoingemaildeliverymethod: 1,
      actdeliverymethod: 0,
      emailrouteraccessapproval: 2,
    });
    before = cellsOf(row(ANNA));
  });

  test("is found by its address in any case, and a preview writes nothing", async () => {
    const since = sandbox.requests.length;
    expect(await life.preview(inputs("ANNA@Northwind.example"))).toEqual({
      mailboxId: row(ANNA)["mailboxid"],
      name: row(ANNA)["name"],
      kind: "user",
      webUrl: expect.stringContaining(String(row(ANNA)["mailboxid"])),
    });
    expect(writes(sandbox, since)).toEqual([]);
  });

  test.each([
    ["pat.o'connor@northwind.example", "Pat.O'Connor@Northwind.example"],
    ["carl+crm@northwind.example", "carl+crm@northwind.example"],
    ["carl@m\u00FCnchen.example", "carl@m\u00FCnchen.example"],
    ["carl@xn--mnchen-3ya.example", "Carl@m\u00FCnchen.example"],
    ["carl@m\u00FCnchen.example", "carl@xn--mnchen-3ya.example"],
    ["carl&co@northwind.example", "carl&co@northwind.example"],
  ])("is found by an unusual address: %s by %s", async (written, given) => {
    const other = await profile.beside("Mailbox");
    const carl = row(CARL);
    changeRow(sandbox, carl, { emailaddress: written });
    expect(await other.preview(inputs(given))).toMatchObject({ mailboxId: carl["mailboxid"] });
    await other.create(inputs(given));
    await other.refresh();
    expect(other.inputs["emailAddress"]).toBe(given);
    await other.destroy();
    changeRow(sandbox, carl, { emailaddress: CARL });
    const warned = other.logs.filter((line) => line.includes("user names of Google Workspace"));
    expect(warned).toHaveLength(written.includes("&") ? 1 : 0);
  });

  test("is adopted, and it is kept how it was", async () => {
    await life.create(inputs(ANNA));
    expect(row(ANNA)).toMatchObject({
      _emailserverprofile_value: profile.id,
      incomingemaildeliverymethod: 2,
      outgoingemaildeliverymethod: 2,
      actdeliverymethod: 2,
      emailrouteraccessapproval: 1,
    });
    expect(life.id).toBe(row(ANNA)["mailboxid"]);
    expect(life.problems).toEqual([]);
    expect(life.outputs["original"]).toEqual({
      profileId: exchange(),
      incomingEmailDeliveryMethod: 1,
      outgoingEmailDeliveryMethod: 1,
      actDeliveryMethod: 0,
      emailRouterAccessApproval: 2,
    });
  });

  test("is left alone while it is as declared, in whatever case", async () => {
    const since = sandbox.requests.length;
    expect(await life.update(inputs(ANNA))).toBe("nothing");
    expect(await life.update(inputs(ANNA.toUpperCase()))).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("gets what changes, and nothing else is written", async () => {
    const { original } = life.outputs;
    const since = sandbox.requests.length;
    expect(await life.update(inputs(ANNA, { outgoingEmailDeliveryMethod: "none" }))).toBe("update");
    expect(writes(sandbox, since)).toEqual([`PATCH mailboxes(${life.id}) {"outgoingemaildeliverymethod":0}`]);
    expect(life.outputs["original"]).toEqual(original);
    await life.update(inputs(ANNA, { enabled: false }));
    expect(row(ANNA)).toMatchObject({ outgoingemaildeliverymethod: 2, statecode: 1, statuscode: 2 });
  });

  test("that somebody else changes at the same time is looked at afresh", async () => {
    sandbox.addFault({ service: "dataverse", method: "PATCH", times: 1, effect: { delayMs: 50 } });
    const since = sandbox.requests.length;
    const going = life.update(inputs(ANNA));
    await expect.poll(() => writes(sandbox, since), { interval: 1 }).toHaveLength(1);
    changeRow(sandbox, row(ANNA), { outgoingemaildeliverymethod: 0 });
    await going;
    expect(writes(sandbox, since)).toHaveLength(2);
    expect(row(ANNA)).toMatchObject({ statecode: 0, outgoingemaildeliverymethod: 2 });
  });

  test("waits for the end of a test that is running", async () => {
    changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: true, outgoingemaildeliverymethod: 0 });
    const since = sandbox.requests.length;
    const going = life.update(inputs(ANNA));
    const waiting = () => life.progress.filter((line) => line.includes(`its end: Test & Enable of ${ANNA}`));
    await expect.poll(() => waiting().length, { interval: 1 }).toBeGreaterThan(3);
    changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: false });
    await going;
    expect(row(ANNA)["outgoingemaildeliverymethod"]).toBe(2);
    // The one that was refused, and the one after the test.
    expect(writes(sandbox, since)).toHaveLength(2);
  });

  test("that somebody else changes at the end of a long test that it does not show is looked at afresh, too", async () => {
    changeRow(sandbox, row(ANNA), { outgoingemaildeliverymethod: 0 });
    const effect = { status: 400, body: { error: { code: "0x8005e248", message: "Please save after completion" } } };
    sandbox.addFault({ service: "dataverse", method: "PATCH", times: 6, effect });
    const late = sandbox.addFault({ service: "dataverse", method: "PATCH", times: 1, effect: { delayMs: 100 } });
    const going = life.update(inputs(ANNA));
    await expect.poll(() => late.disturbed, { interval: 1, timeout: 20_000 }).toBe(1);
    changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: false });
    await going;
    expect(row(ANNA)["outgoingemaildeliverymethod"]).toBe(2);
  });

  test.each(["update", "destroy"] as const)(
    "whose test never ends says so when the time for its %s is over: since when, and what to do",
    async (operation) => {
      changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: true, modifiedon: "2026-11-01T08:00:00Z" });
      life.timeoutSeconds = 0.5;
      const going = operation === "update" ? life.update(inputs(ANNA, { enabled: false })) : life.destroy();
      const over = await going.catch(String);
      // The tests that follow go on with the same mailbox.
      life.timeoutSeconds = undefined;
      changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: false });
      expect(over).toMatch(
        /took longer than \d+ ms: Test & Enable of anna@northwind\.example has been running since 2026-11-01T08:00:00Z, and Dynamics takes no changes.*Run it again when the test has ended: https:/,
      );
      expect(life.exists).toBe(true);
    },
  );

  test("is kept with the reason when nobody saw whether the write was carried out", async () => {
    changeRow(sandbox, row(ANNA), { outgoingemaildeliverymethod: 0 });
    const broken = { status: 502, headers: { "content-type": "text/html" }, body: "<html>gateway</html>" };
    const gateway = sandbox.addFault({ service: "dataverse", method: "PATCH", times: 100, effect: broken });
    await life.update(inputs(ANNA));
    gateway.remove();
    expect(life.problems).toEqual([
      expect.stringContaining("Whether it was carried out is seen by the next `pulumi up`"),
    ]);
    expect(await life.update(inputs(ANNA))).toBe("update");
    expect(life.problems).toEqual([]);
    expect(row(ANNA)["outgoingemaildeliverymethod"]).toBe(2);
  });

  test("goes back to how it was when it is destroyed", async () => {
    await life.destroy();
    expect(cellsOf(row(ANNA))).toEqual(before);
  });

  test("that is off goes back to being off", async () => {
    changeRow(sandbox, row(ANNA), { statecode: 1, statuscode: 2 });
    await life.create(inputs(ANNA));
    expect(row(ANNA)["statecode"]).toBe(0);
    await life.destroy();
    expect(row(ANNA)).toMatchObject({ statecode: 1, statuscode: 2 });
    changeRow(sandbox, row(ANNA), { statecode: 0, statuscode: 1 });
  });

  test("goes back without the profile that has gone meanwhile", async () => {
    const other = { ...rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online") };
    sandbox.world.dataverse.rows["emailserverprofiles"]?.push({ ...other, emailserverprofileid: NOBODY, name: "Old" });
    changeRow(sandbox, row(ANNA), { _emailserverprofile_value: NOBODY });
    await life.create(inputs(ANNA));
    expect(life.outputs["original"]).toMatchObject({ profileId: NOBODY });
    await administer(sandbox, "delete-profile", "Old");
    await life.destroy();
    expect(row(ANNA)).toMatchObject({ _emailserverprofile_value: null, incomingemaildeliverymethod: 1 });
  });

  test("of another address is another mailbox: the old one is put back, the new one adopted", async () => {
    await life.create(inputs(ANNA));
    expect(await life.update(inputs("bert@northwind.example"))).toBe("replace");
    expect(row(ANNA)).toMatchObject({ _emailserverprofile_value: null, incomingemaildeliverymethod: 1 });
    expect(row("bert@northwind.example")).toMatchObject({ _emailserverprofile_value: profile.id });
    await life.destroy();
  });

  test("of a user who is enabled again becomes active with the next update", async () => {
    await administer(sandbox, "disable-user", ANNA);
    await life.create(inputs(ANNA));
    expect(row(ANNA)).toMatchObject({ statecode: 1, _emailserverprofile_value: profile.id });
    await administer(sandbox, "enable-user", ANNA);
    changeRow(sandbox, row(ANNA), { statecode: 1, statuscode: 2 });
    expect(await life.update(inputs(ANNA))).toBe("update");
    expect(row(ANNA)["statecode"]).toBe(0);
    await life.destroy();
    changeRow(sandbox, row(ANNA), { statecode: 0, statuscode: 1 });
  });

  test("is no more when it went with its user, and may be destroyed all the same", async () => {
    await life.create(inputs(CARL));
    const { rows } = sandbox.world.dataverse;
    rows["mailboxes"] = rows["mailboxes"]?.filter(({ mailboxid }) => mailboxid !== life.id) ?? [];
    const since = sandbox.requests.length;
    await expect(life.update(inputs(CARL))).rejects.toThrow(`No mailbox has the address ${CARL}`);
    expect(life.exists).toBe(false);
    expect(writes(sandbox, since)).toEqual([]);
  });
});

describe("drift of a mailbox", () => {
  const column = (name: string, cell: Row[string], seen?: Drift["seen"]): Drift => ({
    by: () => changeRow(sandbox, row(SUPPORT), { [name]: cell }),
    seen,
  });
  let mailboxId: Row[string] | undefined;
  const everything = () =>
    inputs(SUPPORT, {
      mailboxId,
      kind: "queue",
      incomingEmailDeliveryMethod: "serverSideSynchronization",
      outgoingEmailDeliveryMethod: "serverSideSynchronization",
      appointmentsContactsAndTasks: "none",
      approved: true,
      enabled: true,
      gmail: { imap: true, pop: "allMail", popDisposition: "markRead" },
      processAndDeleteEmails: true,
    });

  beforeAll(async () => {
    delegate(MAIL_SCOPE, SETTINGS_SCOPE);
    ({ mailboxid: mailboxId } = row(SUPPORT));
    await life.create(everything());
    expect(life.problems).toEqual([]);
  });

  testDrift({
    definition: mailbox,
    life: () => life,
    inputs: everything,
    live: () => ({ ...cellsOf(row(SUPPORT)), ...account(SUPPORT) }),
    drifts: {
      emailAddress: "another address is another mailbox: the test below",
      mailboxId: "the mailbox's own id",
      kind: "whose mailbox it is never changes",
      profileId: column("_emailserverprofile_value", NOBODY, NOBODY),
      incomingEmailDeliveryMethod: column("incomingemaildeliverymethod", 0, "none"),
      outgoingEmailDeliveryMethod: column("outgoingemaildeliverymethod", 1),
      appointmentsContactsAndTasks: column("actdeliverymethod", 0, "outlook"),
      approved: column("emailrouteraccessapproval", 3, false),
      enabled: { by: () => changeRow(sandbox, row(SUPPORT), { statecode: 1, statuscode: 2 }), seen: false },
      gmail: {
        by: () => administer(sandbox, "set-account", SUPPORT, { imap: "off-by-user" }),
        seen: { imap: false, pop: "allMail", popDisposition: "markRead" },
      },
      processAndDeleteEmails: column("processanddeleteemails", false, false),
    },
  });

  test.each([
    ["imap", () => Object.assign(account(SUPPORT), { imap: "off-by-user" }), false],
    ["pop", () => Object.assign(account(SUPPORT), { popWindow: "fromNowOn" }), "fromNowOn"],
    ["popDisposition", () => Object.assign(account(SUPPORT), { popDisposition: "trash" }), "trash"],
  ])("shows for Gmail's %s by itself", async (name, by, seen) => {
    by();
    await life.refresh();
    expect(life.inputs["gmail"]).toMatchObject({ [name]: seen });
    expect(life.changes(everything())).toEqual([`gmail.${name}`]);
    expect(await life.update(everything())).toBe("update");
    await life.refresh();
    expect(life.inputs["gmail"]).toEqual({ imap: true, pop: "allMail", popDisposition: "markRead" });
  });

  test("in the address shows as another mailbox", async () => {
    const there = row(SUPPORT);
    changeRow(sandbox, there, { emailaddress: "moved@northwind.example" });
    await life.refresh();
    expect(life.inputs["emailAddress"]).toBe("moved@northwind.example");
    expect(life.changes(everything())).toEqual(["emailAddress"]);
    changeRow(sandbox, there, { emailaddress: SUPPORT });
    expect(await life.update(everything())).toBe("nothing");
  });

  test("in an approval that the program leaves alone is nobody's business", async () => {
    const leaving = { ...everything(), approved: false };
    await life.update(leaving);
    changeRow(sandbox, row(SUPPORT), { emailrouteraccessapproval: 3 });
    expect(await life.update(leaving)).toBe("nothing");
    expect(row(SUPPORT)["emailrouteraccessapproval"]).toBe(3);
    await life.update(everything());
  });

  test("and all of it goes back with the resource", async () => {
    await life.destroy();
    expect(row(SUPPORT)).toMatchObject({
      _emailserverprofile_value: null,
      incomingemaildeliverymethod: 0,
      emailrouteraccessapproval: 0,
      processanddeleteemails: false,
    });
    expect(account(SUPPORT)).toMatchObject({ imap: "on", pop: "on" });
  });
});

describe("an approval that had no effect", () => {
  test("is kept with the privilege that is missing, until it works", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "silent" });
    await life.create(inputs(ANNA));
    expect(life.problems).toEqual([expect.stringContaining("prvApproveRejectEmailAddress")]);
    expect(await life.update(inputs(ANNA))).toBe("update");
    expect(life.problems).toHaveLength(1);
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "works" });
    expect(await life.update(inputs(ANNA))).toBe("update");
    expect(life.problems).toEqual([]);
    await life.destroy();
  });

  test("is no problem where none was asked for", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "silent" });
    await life.create(inputs(ANNA, { approved: false }));
    expect(life.problems).toEqual([]);
    await life.destroy();
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "works" });
  });
});

describe("what is refused before anything is written", () => {
  test.each([
    [
      "an address that nobody has",
      "nobody@northwind.example",
      {},
      /No mailbox has the address nobody@.*primary e-mail/,
    ],
    [
      "an address that several have",
      "double@northwind.example",
      {},
      /2 mailboxes have the address double@.*mailboxId: .*user "Double User".*queue "Double Queue"/,
    ],
    [
      "a mailbox of another kind",
      ANNA,
      { kind: "queue" },
      /No mailbox of a queue has the address anna@.*user "Anna Berg"/,
    ],
    ["another mailbox's id", ANNA, { mailboxId: NOBODY }, `No mailbox ${NOBODY} has the address anna@`],
    ["a profile that does not exist", ANNA, { profileId: NOBODY }, `email server profile ${NOBODY} does not exist`],
    [
      "deleting a user's mail",
      ANNA,
      { processAndDeleteEmails: true },
      /^processAndDeleteEmails: .*forward mailboxes only/,
    ],
  ])("%s", async (_, address, more, says) => {
    const since = sandbox.requests.length;
    await expect(life.preview(inputs(address, more))).rejects.toThrow(says);
    await expect(life.create(inputs(address, more))).rejects.toThrow(says);
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("an option that there is none of, with those that there are", () => {
    expect(life.failures(inputs(ANNA, { incomingEmailDeliveryMethod: "exchange" }))).toEqual([
      expect.stringMatching(/^incomingEmailDeliveryMethod must be one of serverSideSynchronization, none/),
    ]);
  });

  test("and of several the kind or the id chooses", async () => {
    const queue = { kind: "queue" };
    const { mailboxId } = await life.preview(inputs("double@northwind.example", queue));
    expect(await life.preview(inputs("double@northwind.example", queue))).toMatchObject({ kind: "queue" });
    expect(await life.preview(inputs("double@northwind.example", { mailboxId }))).toMatchObject({ kind: "queue" });
  });
});

describe("a mailbox that was set up by hand", () => {
  test.each(["its id", "its address"])("is imported by %s, and then has no changes", async (by) => {
    await life.create(inputs(ANNA, { outgoingEmailDeliveryMethod: "none" }));
    const imported = await profile.beside("Mailbox");
    expect(await imported.import(by === "its id" ? life.id : ANNA)).toBe(true);
    expect(imported.id).toBe(life.id);
    expect(imported.inputs).toEqual({
      emailAddress: ANNA,
      profileId: profile.id,
      incomingEmailDeliveryMethod: "serverSideSynchronization",
      outgoingEmailDeliveryMethod: "none",
      appointmentsContactsAndTasks: "none",
      approved: true,
      enabled: true,
    });
    const since = sandbox.requests.length;
    expect(await imported.update(inputs(ANNA, { outgoingEmailDeliveryMethod: "none" }))).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
    await life.destroy();
  });

  test("and is imported leaves again as it was, without a word where nothing was changed", async () => {
    changeRow(sandbox, row(ANNA), {
      _emailserverprofile_value: profile.id,
      incomingemaildeliverymethod: 2,
      outgoingemaildeliverymethod: 2,
      actdeliverymethod: 0,
      emailrouteraccessapproval: 1,
    });
    const declared = inputs(ANNA, { appointmentsContactsAndTasks: "outlook" });
    const imported = await profile.beside("Mailbox");
    await imported.import(ANNA);
    const since = sandbox.requests.length;
    expect(await imported.update(declared)).toBe("nothing");
    await imported.destroy();
    expect(writes(sandbox, since)).toEqual([]);
    expect(imported.logs).toEqual([]);

    await imported.import(ANNA);
    expect(await imported.update({ ...declared, outgoingEmailDeliveryMethod: "none" })).toBe("update");
    await imported.destroy();
    expect(row(ANNA)).toMatchObject({ outgoingemaildeliverymethod: 2, actdeliverymethod: 0 });
    expect(imported.logs).toEqual([]);
  });

  test("and is imported is left to who has given it another profile since", async () => {
    const imported = await profile.beside("Mailbox");
    await imported.import(ANNA);
    await imported.update(inputs(ANNA, { outgoingEmailDeliveryMethod: "none" }));
    changeRow(sandbox, row(ANNA), { _emailserverprofile_value: exchange() });
    await imported.refresh();
    await imported.destroy();
    expect(row(ANNA)).toMatchObject({ outgoingemaildeliverymethod: 0, _emailserverprofile_value: exchange() });
    expect(imported.logs.join("\n")).toContain("was changed by somebody else since");
  });

  test("and does not exist is not imported", async () => {
    const imported = await profile.beside("Mailbox");
    expect(await imported.import(NOBODY)).toBe(false);
  });
});

describe("Gmail's settings of a mailbox", () => {
  const gmail = (settings: object) => inputs(ANNA, { gmail: settings });
  const puts = (since: number) =>
    sandbox.requests.slice(since).flatMap(({ method, path }) => (method === "PUT" ? [path.replace(/.*\//, "")] : []));

  beforeAll(async () => {
    await administer(sandbox, "set-account", ANNA, { imap: "off-by-user", pop: "off-by-user" });
    delegate(MAIL_SCOPE);
    profile.nextRun();
  });

  test("need a delegation for their scope, and name the page with client id and scope", async () => {
    await life.create(gmail({ imap: true, pop: "allMail" }));
    expect(life.problems).toEqual([
      expect.stringContaining(
        `clientIdToAdd=104200000000000000000&clientScopeToAdd=${encodeURIComponent(SETTINGS_SCOPE)}`,
      ),
    ]);
    expect(account(ANNA).imap).toBe("off-by-user");
  });

  test("are switched on, the rest of each object left as it was", async () => {
    delegate(MAIL_SCOPE, SETTINGS_SCOPE);
    expect(await life.update(gmail({ imap: true, pop: "allMail" }))).toBe("update");
    expect(life.problems).toEqual([]);
    expect(account(ANNA)).toMatchObject({
      imap: "on",
      pop: "on",
      popWindow: "allMail",
      popDisposition: "leaveInInbox",
    });
    const since = sandbox.requests.length;
    expect(await life.update(gmail({ imap: true, pop: "allMail" }))).toBe("nothing");
    expect(puts(since)).toEqual([]);
  });

  test("are written one by one", async () => {
    await administer(sandbox, "set-account", ANNA, { imap: "off-by-user" });
    const since = sandbox.requests.length;
    expect(await life.update(gmail({ imap: true, pop: "allMail" }))).toBe("update");
    expect(puts(since)).toEqual(["imap"]);
  });

  test("are kept with the reason when the administrator forbids them", async () => {
    await administer(sandbox, "set-account", ANNA, { imap: "off-by-admin" });
    await life.update(gmail({ imap: true, pop: "allMail" }));
    expect(life.problems).toEqual([expect.stringContaining("disabled by the domain administrator")]);
    expect(life.problems[0]).toContain("https://admin.google.com/ac/apps/gmail/enduseraccess");
    await administer(sandbox, "set-account", ANNA, { imap: "on" });
    await life.update(gmail({ imap: true, pop: "allMail" }));
    expect(life.problems).toEqual([]);
  });

  test("are not known while Google does not answer, and nothing changes then", async () => {
    const down = sandbox.addFault({ service: "google", path: "/settings/", every: 1, effect: { status: 503 } });
    expect(await life.update(gmail({ imap: true, pop: "allMail" }))).toBe("nothing");
    down.remove();
    expect(life.logs.at(-1)).toMatch(/^warning: .*Whether they have changed is not known\.$/);
    // An outage of a moment is not seen.
    const told = life.logs.length;
    sandbox.addFault({ service: "google", path: "/settings/", times: 2, effect: { status: 503 } });
    expect(await life.update(gmail({ imap: true, pop: "allMail" }))).toBe("nothing");
    expect(life.logs).toHaveLength(told);
  });

  test("go back to what they were, one by one and with the resource", async () => {
    await life.update(gmail({ imap: true }));
    expect(account(ANNA)).toMatchObject({ imap: "on", pop: "off-by-user" });
    // Also while a test of the mailbox does not end, which Gmail does not mind.
    changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: true });
    life.timeoutSeconds = 0.5;
    await expect(life.destroy()).rejects.toThrow("Test & Enable");
    expect(account(ANNA)).toMatchObject({ imap: "off-by-user", pop: "off-by-user" });
    life.timeoutSeconds = undefined;
    changeRow(sandbox, row(ANNA), { testemailconfigurationscheduled: false });
    await life.destroy();
    expect(account(ANNA)).toMatchObject({ imap: "off-by-user", pop: "off-by-user" });
  });

  test.each([
    ["Gmail is out of order", { path: "/settings/", effect: { status: 503 } }],
    ["Gmail throttles", { path: "/settings/", effect: { status: 429, body: { error: {} } } }],
    ["Gmail throttles a user", { path: "/settings/", effect: { status: 403, body: USER_RATE_LIMIT } }],
    ["Gmail's answers are lost", { path: "/settings/", effect: "lost-answer" }],
    ["a proxy answers for Gmail", { path: "/settings/", effect: { status: 403, body: "<html>blocked</html>" } }],
    ["Google gives out no tokens", { path: "/token", effect: { status: 503 } }],
  ] as const)("are not given up by a destroy while %s", async (_, fault) => {
    const past = cellsOf(row(ANNA));
    await life.create(gmail({ imap: true }));
    const down = sandbox.addFault({ service: "google", every: 1, ...fault });
    await expect(life.destroy()).rejects.toThrow(`Mailbox ${ANNA} may not be as it was before`);
    down.remove();
    expect(life.exists).toBe(true);
    await life.destroy();
    expect(account(ANNA)).toMatchObject({ imap: "off-by-user" });
    expect(cellsOf(row(ANNA))).toEqual(past);
  });

  test("are switched when Gmail throttles a user for a moment", async () => {
    delegate(MAIL_SCOPE, SETTINGS_SCOPE);
    sandbox.addFault({ service: "google", path: "/settings/", effect: { status: 403, body: USER_RATE_LIMIT } });
    await life.create(gmail({ imap: true }));
    expect(life.problems).toEqual([]);
    expect(account(ANNA)).toMatchObject({ imap: "on" });
    await life.destroy();
  });

  test("stay as they are, and a destroy says so, where Google refuses to put them back", async () => {
    await life.create(gmail({ imap: true }));
    delegate(MAIL_SCOPE);
    await life.destroy();
    expect(life.logs.at(-1)).toMatch(/^warning: .*They stay as they are\.$/);
    expect(account(ANNA)).toMatchObject({ imap: "on" });
    delegate(MAIL_SCOPE, SETTINGS_SCOPE);
    await administer(sandbox, "set-account", ANNA, { imap: "off-by-user" });
  });

  test("that somebody else has set since are left when they are taken out of the program", async () => {
    await life.create(gmail({ imap: true, pop: "allMail" }));
    expect(account(ANNA)).toMatchObject({ imap: "on", pop: "on", popWindow: "allMail" });
    Object.assign(account(ANNA), { popWindow: "fromNowOn" });
    await life.update(gmail({ imap: true }));
    expect(account(ANNA)).toMatchObject({ imap: "on", pop: "on", popWindow: "fromNowOn" });
    await life.destroy();
    expect(account(ANNA)).toMatchObject({ imap: "off-by-user", pop: "on" });
    await administer(sandbox, "set-account", ANNA, { pop: "off-by-user" });
  });

  test("are skipped without delegation, and say so", async () => {
    const without = await lifeOf("Mailbox", sandbox);
    const since = sandbox.requests.length;
    await without.create(gmail({ imap: true }));
    expect(without.problems).toEqual([]);
    expect(without.logs).toEqual([expect.stringContaining(`Gmail's settings of ${ANNA} are skipped`)]);
    expect(sandbox.requests.slice(since).some(({ path }) => path.includes("/settings/"))).toBe(false);
    await without.destroy();
  });

  test("of a personal account are skipped even with delegation, which never reaches it", async () => {
    changeRow(sandbox, row("dora@northwind.example"), { emailaddress: "dora@gmail.com" });
    const personal = inputs("dora@gmail.com", { gmail: { imap: true } });
    await life.create(personal);
    expect(life.logs.at(-1)).toContain("it is a personal account, where IMAP is always on");
    expect(await life.update(personal)).toBe("nothing");
  });
});
