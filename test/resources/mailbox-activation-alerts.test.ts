import { beforeEach, describe, expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { alerts } from "../../provider/resources/mailbox-activation/alerts.ts";
import type { Step } from "../../provider/schema/step.ts";
import type { Tree } from "../../provider/values.ts";
import { type Alert, writeAlert } from "../../sandbox/alerts.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
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
  undone,
} from "../support/activation.ts";
import { configured } from "../support/configured.ts";
import { administer, temporaryDirectory } from "../support/sandbox.ts";

let asked = 0;
/** Inputs that mean another test. */
const again = (more: Tree = {}): Tree => ({ ...INPUTS, triggers: { asked: String(++asked) }, ...more });
const told = () => life.problems.join("\n");
const behave = (name: string, value: string) => administer(sandbox, "set-behaviour", "dataverse", { [name]: value });

/** Every activation begins green, and without alerts of before: their moments are whole seconds. */
beforeEach(async () => {
  if (life.exists) await life.update(INPUTS);
  else await life.create(INPUTS);
  expect(life.problems).toEqual([]);
  sandbox.world.dataverse.rows["tracelogs"] = [];
});

describe("a test that fails by", () => {
  test("a consent of seven days says so alone, with the pages to open", async () => {
    const testing = { audience: "external", publishingStatus: "testing", testUsers: DORA };
    await administer(sandbox, "set-project", "northwind-mail", testing);
    await administer(sandbox, "sign-in", DORA);
    await administer(sandbox, "move-clock", "+8");
    await life.update(again());
    const [incoming, outgoing, alert] = life.problems;
    expect(life.problems).toHaveLength(3);
    expect(incoming).toBe(`Dynamics shows Failure for incoming mail of ${DORA} (TEST_FAILED).`);
    expect(outgoing).toBe(`Dynamics shows Failure for outgoing mail of ${DORA} (TEST_FAILED).`);
    expect(alert).toMatch(/^The consent .* has ended: Dynamics says: Email cannot be received for .*invalid_grant/);
    expect(alert).toMatch(
      /\(CONSENT_ENDED\)\. .*publish such an app first: https:\/\/console\.cloud\.google\.com\/auth\/audience/,
    );
    expect(alert).toContain(`&id=${life.id}`);
    expect(alert).not.toContain("cannot be sent");
    expect(life.outputs).toMatchObject({ status: "failure" });

    // The next command has nothing but the state.
    life.nextRun();
    await life.refresh();
    expect(told()).toContain("(CONSENT_ENDED)");
    expect(told()).not.toMatch(/alerts .*say why/);

    await administer(sandbox, "set-project", "northwind-mail", { publishingStatus: "production" });
    await administer(sandbox, "sign-in", DORA);
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
  });

  test.each<[string, string, () => unknown, RegExp]>([
    [
      "a wrong secret of the client",
      "SECRET_WRONG",
      () => change(profileRow(), { oauthclientsecret: "GOCSPX-wrong" }),
      /console\.cloud\.google\.com\/auth\/clients\//,
    ],
    ["IMAP that is off", "IMAP_DISABLED", () => setAccount({ imap: "off-by-user" }), /switches IMAP on: https:/],
    [
      "a sign-in that Google stops",
      "WEB_LOGIN_REQUIRED",
      () => setAccount({ condition: "web-login-required" }),
      /https:\/\/mail\.google\.com/,
    ],
    [
      "other clients, which passes by itself",
      "TOO_MANY_CONNECTIONS",
      () => setAccount({ condition: "too-many-connections" }),
      /Trying again later helps/,
    ],
    [
      "a port at which no mail server listens",
      "SERVER_WRONG",
      () => change(profileRow(), { incomingportnumber: 994 }),
      /imap\.gmail\.com 993/,
    ],
  ])("%s has the code of the cause", async (_, code, arrange, hint) => {
    await arrange();
    await life.update(again());
    expect(step("alerts")).toMatchObject({
      status: "failed",
      code,
      said: expect.stringMatching(/^Dynamics says: /),
    });
    expect(told()).toMatch(new RegExp(`\\(${code}\\)\\..*${hint.source}`));
  });

  test("a wrong secret has its code where this machine's clock is ahead of the service's", async () => {
    const behind = sandbox.addFault({ service: "dataverse", every: 1, effect: { skewMs: -600_000 } });
    undone.push(() => behind.remove());
    change(row(), { testmailboxaccesscompletedon: null });
    change(profileRow(), { oauthclientsecret: "GOCSPX-wrong" });
    await life.update(again());
    expect(step("alerts")).toMatchObject({ status: "failed", code: "SECRET_WRONG" });
  });

  test("a token of another client asks for another sign-in", async () => {
    await administer(sandbox, "add-client", "northwind-mail", { name: "south" });
    const other = sandbox.world.google.clients.at(-1);
    change(profileRow(), {
      oauthclientid: other?.clientId ?? "",
      oauthclientsecret: other?.secrets[0]?.value ?? "",
    });
    // One that has never seen the mailbox well does not know whose token it is.
    const first = await profile.beside("MailboxActivation");
    await first.create(INPUTS);
    expect(step("alerts", first)).toMatchObject({ status: "failed", code: "SIGN_IN_AGAIN" });
    expect(first.problems.at(-1)).toMatch(/\(SIGN_IN_AGAIN\)\. Its user opens https:.*Sign in to Gmail/);
  });

  test("administration mode says where to end it", async () => {
    await behave("administrationMode", "true");
    await life.update(again());
    await behave("administrationMode", "false");
    expect(life.problems).toEqual([
      expect.stringMatching(/\(ADMINISTRATION_MODE\)\..*admin\.powerplatform\.microsoft\.com/),
    ]);
  });
});

describe("a failure that Dynamics has found by itself", () => {
  const CREDENTIALS = "Email cannot be received for the mailbox Dora. Make sure that the credentials are correct.";
  const fails = (...alerts: readonly (Partial<Alert> & { about?: Row })[]) => {
    change(row(), { incomingemailstatus: 2 });
    for (const { about = row(), ...alert } of alerts)
      writeAlert(sandbox.world.dataverse, about, { text: CREDENTIALS, code: 7, level: "error", ...alert });
    return life.refresh();
  };
  const ofProfile = () => ({ mailboxid: profileRow()["emailserverprofileid"] ?? null });
  const deleteClient = () => {
    const [client] = sandbox.world.google.clients;
    const become = (state: string) => {
      Object.assign(client ?? {}, { state });
      // A run asks Google once about a client.
      profile.nextRun();
    };
    become("deleted");
    undone.push(() => become("active"));
  };

  test("in words that nobody knows is quoted as unclassified", async () => {
    await fails({ text: "The moon is\u0007 full.", type: "LunarError" });
    expect(told()).toMatch(/unclassified here: Dynamics says: The moon is full\. · LunarError · code 7 \(ALERTS\)\./);
  });

  test("of several alerts takes the one that says most", async () => {
    await fails({ type: "InvalidIncomingMailboxCredentials" }, { text: "Other", details: "not enabled for IMAP use" });
    expect(step("alerts")).toMatchObject({ code: "IMAP_DISABLED", said: expect.stringContaining(CREDENTIALS) });
  });

  test("and a cause of an earlier failure says nothing of this one", async () => {
    for (const details of ["not enabled for IMAP use", "too many simultaneous connections"])
      writeAlert(sandbox.world.dataverse, row(), { text: details, code: 7, level: "error", details });
    const last = sandbox.world.dataverse.rows["tracelogs"]?.at(-1) ?? {};
    last["modifiedon"] = new Date(Date.now() + 3_600_000).toISOString();
    await fails();
    expect(step("alerts")).toMatchObject({ code: "TOO_MANY_CONNECTIONS", said: expect.not.stringContaining("IMAP") });
  });

  test("and was found long after its alert was written, as with an import, has none of its own", async () => {
    const details = "not enabled for IMAP use";
    writeAlert(sandbox.world.dataverse, row(), { text: "Old", code: 7, level: "error", details });
    change(row(), { incomingemailstatus: 2 });
    const imported = await profile.beside("MailboxActivation");
    await imported.import(life.id);
    expect(step("alerts", imported)).toMatchObject({ code: "IMAP_DISABLED" });
    const [old] = sandbox.world.dataverse.rows["tracelogs"] ?? [];
    Object.assign(old ?? {}, { modifiedon: "2026-01-01T00:00:00Z" });
    await imported.import(life.id);
    expect(step("alerts", imported)).toMatchObject({ code: "NO_ALERT" });
  });

  test("without an alert names the switches", async () => {
    await fails();
    expect(step("alerts")).toMatchObject({ status: "failed", code: "NO_ALERT" });
    expect(told()).toMatch(/generatealertsforerrors.*generatealertsforwarnings/);
  });

  test("of which the alerts cannot be read says where to look, once", async () => {
    const refused = { status: 403, body: { error: { code: "0x80048306", message: "missing prvReadTracelog" } } };
    sandbox.addFault({ service: "dataverse", path: "/tracelogs", times: 1, effect: refused });
    change(row(), { outgoingemailstatus: 2 });
    await fails();
    expect(step("alerts")).toMatchObject({ status: "unknown", code: "ALERTS_UNREADABLE" });
    expect(life.problems).toHaveLength(2);
    expect(told().match(/prvReadTracelog|read the table/g)).toHaveLength(1);
  });

  test("with nothing but information has no alert either", async () => {
    await fails({ text: "The incoming email was tested and enabled.", level: "information" });
    expect(step("alerts")).toMatchObject({ code: "NO_ALERT" });
  });

  test("by credentials that could be anything says what to try", async () => {
    await fails({ type: "InvalidIncomingMailboxCredentials" });
    expect(told()).toMatch(/\(CREDENTIALS\)\. Most often the consent has ended: .*&id=.*\/auth\/clients\//);
  });

  test("by credentials is the client where Google refuses it, and what to do is said once", async () => {
    deleteClient();
    await fails({ type: "InvalidIncomingMailboxCredentials" });
    expect(step("alerts")).toMatchObject({ code: "CLIENT_DELETED" });
    expect(told().match(/\(CLIENT_DELETED\)/g)).toHaveLength(2);
    expect(told().match(/It can be restored for 30 days/g)).toHaveLength(1);
  });

  test.each<[string, Step, string]>([
    ["IMAP is off", { id: "imap", status: "failed", code: "IMAP_DISABLED" }, "IMAP_DISABLED"],
    ["the consent has ended", { id: "token", status: "failed", code: "CONSENT" }, "CONSENT_ENDED"],
    ["this machine has no network", { id: "smtp", status: "unknown", code: "DNS" }, "CREDENTIALS"],
    ["all is well", { id: "smtp", status: "ok" }, "CREDENTIALS"],
  ])("by credentials is what a login of our own has met: %s", async (_, own, code) => {
    await fails({ type: "InvalidIncomingMailboxCredentials" });
    const services = configured({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() });
    using deadline = Deadline.after(10_000);
    const context = { ...services, urn: "doctor", deadline, finishing: deadline, log() {}, progress() {} };
    const mailbox = await services.dataverse.retrieve("mailboxes", life.id, deadline);
    if (!mailbox) throw new Error("the mailbox is gone");
    const shows: Step = { id: "incoming", status: "failed", code: "TEST_FAILED" };
    expect(await alerts(mailbox, undefined, [own, shows], context)).toMatchObject({
      id: "alerts",
      status: "failed",
      code,
    });
    await services.network.close();
  });

  test("takes what is said of the profile where nothing is said of the mailbox", async () => {
    await fails({ about: ofProfile(), text: "Other", details: "The provided client secret is invalid." });
    expect(step("alerts")).toMatchObject({ code: "SECRET_WRONG" });
  });

  test("does not take for its own what the profile says of some mailbox", async () => {
    await fails({ about: ofProfile(), text: "One or more mailboxes haven't been approved." });
    expect(step("alerts")).toMatchObject({ code: "ALERTS", said: expect.stringContaining("haven't been approved") });
  });
});

describe("a test that does not end in time", () => {
  /** Dynamics looks at no mailbox, or has begun with this one and is not done. */
  const unended = async (begun: boolean, inputs = again()) => {
    life.timeoutSeconds = 0.5;
    change(row(), { testemailconfigurationscheduled: true, ...(begun && { testandenablelastattemptedon: soon() }) });
    await life.update(inputs);
    life.timeoutSeconds = undefined;
  };
  const soon = () => new Date(Date.now() + 60_000).toISOString();

  test("and that Dynamics has not begun names what keeps it from that", async () => {
    await unended(false);
    expect(life.outputs).toMatchObject({ status: "notTested" });
    expect(told()).toMatch(
      /\(NOT_STARTED\)\. .*background operations are off, or it is in administration mode; or .*privilege/,
    );
  });

  test("and has begun has not finished", async () => {
    await unended(true);
    expect(told()).toContain("(NOT_FINISHED)");
  });

  test("has not finished, where the environment is too old to say whether it has begun", async () => {
    const body = {
      error: { code: "0x80060888", message: "Could not find a property named 'testandenablelastattemptedon'" },
    };
    const effect = { status: 400, body };
    sandbox.addFault({ service: "dataverse", path: "testandenablelastattemptedon gt", times: 1, effect });
    await unended(false);
    expect(told()).toContain("(NOT_FINISHED)");
  });
});
