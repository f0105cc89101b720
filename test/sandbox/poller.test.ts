import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, gmailProfile, mailboxRow, testSandbox } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";
const BERT = "bert@northwind.example";
const PROJECT = "northwind-mail";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox({ testDelayMs: 1, polls: true });
});

beforeEach(async () => {
  await administer(sandbox, "reset", "");
  connect();
});

/** Two mailboxes that were tested with success. */
function connect(): void {
  const profile = gmailProfile(sandbox);
  for (const address of [ANNA, BERT])
    changeRow(sandbox, mailboxRow(sandbox, address), {
      _emailserverprofile_value: profile["emailserverprofileid"] ?? null,
      incomingemaildeliverymethod: 2,
      outgoingemaildeliverymethod: 2,
      emailrouteraccessapproval: 1,
      incomingemailstatus: 1,
      outgoingemailstatus: 1,
      mailboxstatus: 1,
      enabledforincomingemail: true,
      enabledforoutgoingemail: true,
    });
}

const row = (address = ANNA) => mailboxRow(sandbox, address);
const refreshes = () =>
  sandbox.requests.filter(
    ({ service, path, body }) => service === "google" && path === "/token" && /refresh/.test(body),
  );
/** Moves the clock, which makes a round due, and waits until it has asked for so many tokens more. */
async function round(tokens: number, days = "1"): Promise<void> {
  const before = refreshes().length;
  await administer(sandbox, "move-clock", days);
  await vi.waitFor(() => expect(refreshes().length).toBe(before + tokens), { interval: 5 });
}
/** Round after round, until so many tokens were asked for in all. */
async function manyRounds(tokens: number): Promise<void> {
  sandbox.world.dataverse.behaviour.pollIntervalSeconds = 0.001;
  await administer(sandbox, "ping", "");
  await vi.waitFor(() => expect(refreshes().length).toBeGreaterThanOrEqual(tokens), { interval: 5, timeout: 5000 });
}
const alerts = (address = ANNA) =>
  (sandbox.world.dataverse.rows["tracelogs"] ?? []).filter(
    (log) => log["_regardingobjectid_value"] === row(address)["mailboxid"],
  );

const FAILED = { incomingemailstatus: 2, enabledforincomingemail: false, mailboxstatus: 2 };
const WELL = { incomingemailstatus: 1, enabledforincomingemail: true, mailboxstatus: 1 };

describe("the sandbox's Dataverse fetches mail by itself", () => {
  test("and leaves a mailbox as it is that can be fetched", async () => {
    const before = JSON.stringify(row());
    await manyRounds(8);
    expect(JSON.stringify(row())).toBe(before);
    expect(alerts()).toEqual([]);
  });

  test("at its interval, without anybody's help", async () => {
    sandbox.world.dataverse.behaviour.pollIntervalSeconds = 0.05;
    await administer(sandbox, "revoke", ANNA);
    await vi.waitFor(() => expect(row()).toMatchObject(FAILED), { interval: 5 });
    await vi.waitFor(() => expect(refreshes().length).toBeGreaterThan(3), { interval: 5 });
    expect(row(BERT)).toMatchObject(WELL);
    expect(alerts()).toHaveLength(1);
  });

  test("and not when its interval is 0, until it is set again", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { pollIntervalSeconds: "0" });
    await administer(sandbox, "revoke", ANNA);
    await administer(sandbox, "move-clock", "8");
    await administer(sandbox, "set-behaviour", "dataverse", { pollIntervalSeconds: "3600" });
    expect(refreshes()).toEqual([]);
    await round(2);
    await vi.waitFor(() => expect(row()).toMatchObject(FAILED), { interval: 5 });
  });

  test.each<[string, () => Promise<void>, string, RegExp]>([
    ["the user has revoked the grant", () => administer(sandbox, "revoke", ANNA), "1", /invalid_grant: Token has been/],
    [
      "a consent of testing is seven days old",
      async () => {
        const testing = { audience: "external", publishingStatus: "testing", testUsers: ANNA };
        await administer(sandbox, "set-project", PROJECT, testing);
        await administer(sandbox, "sign-in", ANNA);
      },
      "8",
      /invalid_grant: Token has been/,
    ],
    [
      "the consent was not used for six months",
      async () => {
        for (const grant of sandbox.world.google.grants.filter(({ address }) => address === ANNA)) {
          grant.usedAt = Date.now() - 182 * 24 * 3600 * 1000;
        }
      },
      "2",
      /invalid_grant: Token has been/,
    ],
    [
      "the user has switched IMAP off",
      () => administer(sandbox, "set-account", ANNA, { imap: "off-by-user" }),
      "1",
      /not enabled for IMAP use/,
    ],
  ])("and when %s, the mailbox fails and is disabled, once", async (_, arrange, days, details) => {
    await arrange();
    await round(2, days);
    await vi.waitFor(() => expect(row()).toMatchObject(FAILED), { interval: 5 });
    expect(row()).toMatchObject({ outgoingemailstatus: 1, enabledforoutgoingemail: true, statecode: 0 });
    expect(alerts()).toEqual([
      expect.objectContaining({
        level: 3,
        text: expect.stringMatching(/^Email cannot be received for the mailbox .*Then, enable the mailbox/),
        errordetails: expect.stringMatching(details),
      }),
    ]);
    expect(row(BERT)).toMatchObject(WELL);
    // It is not tried again.
    await round(1);
    expect(alerts()).toHaveLength(1);
  });

  test("and everybody fails when the client was not used for six months", async () => {
    await round(2, "190");
    await vi.waitFor(() => expect([row(), row(BERT)]).toMatchObject([FAILED, FAILED]), { interval: 5 });
    expect(alerts()[0]?.["errordetails"]).toMatch(/deleted_client/);
  });

  test("and Test & Enable after a new sign-in brings the mailbox back", async () => {
    await administer(sandbox, "revoke", ANNA);
    await round(2);
    await vi.waitFor(() => expect(row()).toMatchObject(FAILED), { interval: 5 });
    await administer(sandbox, "sign-in", ANNA);
    await administer(sandbox, "set-mailbox", ANNA, { testemailconfigurationscheduled: "true" });
    await vi.waitFor(() => expect(row()).toMatchObject(WELL), { interval: 5 });
    await round(2);
    expect(row()).toMatchObject(WELL);
  });

  test.each<[string, number, () => unknown]>([
    ["Gmail is busy", 10, () => administer(sandbox, "set-account", ANNA, { condition: "unavailable" })],
    [
      "Google is out of order, which it was before for nine rounds",
      20,
      () => {
        sandbox.addFault({ service: "google", times: 9, effect: { status: 503 } });
        // The first that comes through to this one is the tenth.
        sandbox.addFault({ service: "google", nth: 2, every: 1, effect: "reset" });
      },
    ],
  ])("and when %s, fails at the tenth round in a row", async (_, rounds, arrange) => {
    changeRow(sandbox, row(BERT), { incomingemailstatus: 0 });
    await arrange();
    await manyRounds(rounds);
    await vi.waitFor(() => expect(row()).toMatchObject(FAILED), { interval: 5 });
    expect(refreshes()).toHaveLength(rounds);
    expect(alerts()).toMatchObject([{ level: 3, text: expect.stringMatching(/while connecting/) }]);
  });

  test("and a Google that is out of order disables nobody", async () => {
    sandbox.addFault({ service: "google", every: 1, effect: "reset" });
    await manyRounds(8);
    expect([row(), alerts()]).toMatchObject([WELL, []]);
  });

  test.each<[string, Record<string, number | boolean>]>([
    ["not approved", { emailrouteraccessapproval: 2 }],
    ["inactive", { statecode: 1 }],
    ["not received by server-side synchronization", { incomingemaildeliverymethod: 3 }],
    ["not tested", { incomingemailstatus: 0 }],
  ])("but not for a mailbox that is %s", async (_, cells) => {
    await administer(sandbox, "revoke", ANNA);
    changeRow(sandbox, row(), cells);
    const before = JSON.stringify(row());
    await manyRounds(4);
    expect([JSON.stringify(row()), alerts()]).toEqual([before, []]);
  });

  test("and has no verdict on a mailbox that was changed meanwhile", async () => {
    await administer(sandbox, "revoke", ANNA);
    sandbox.addFault({ service: "google", path: "/token", times: 2, effect: { delayMs: 50 } });
    sandbox.world.dataverse.behaviour.pollIntervalSeconds = 0.001;
    await administer(sandbox, "ping", "");
    await vi.waitFor(() => expect(refreshes()).toHaveLength(2), { interval: 5 });
    changeRow(sandbox, row(), { incomingemailstatus: 0 });
    // The next round begins only when this one has ended.
    await manyRounds(3);
    expect([row(), alerts()]).toMatchObject([{ incomingemailstatus: 0 }, []]);
  });

  test("and a clock that is moved in the middle of a round disables nobody", async () => {
    sandbox.addFault({ service: "google", path: "/token", times: 2, effect: { delayMs: 50 } });
    await round(2);
    await administer(sandbox, "set-behaviour", "dataverse", { pollIntervalSeconds: "86400" });
    await round(2, "2");
    await round(2, "2");
    expect([row(), alerts()]).toMatchObject([WELL, []]);
  });

  test("and says nothing of a mailbox that was deleted meanwhile", async () => {
    await administer(sandbox, "revoke", ANNA);
    sandbox.addFault({ service: "google", path: "/token", times: 2, effect: { delayMs: 50 } });
    sandbox.world.dataverse.behaviour.pollIntervalSeconds = 0.001;
    await administer(sandbox, "ping", "");
    await vi.waitFor(() => expect(refreshes()).toHaveLength(2), { interval: 5 });
    const mailboxes = sandbox.world.dataverse.rows["mailboxes"] ?? [];
    mailboxes.splice(mailboxes.indexOf(row()), 1);
    await manyRounds(3);
    expect(sandbox.world.dataverse.rows["tracelogs"]).toEqual([]);
  });

  test("and a reset in the middle of a round begins anew, in the time of the new world", async () => {
    sandbox.addFault({ service: "google", path: "/token", times: 2, effect: { delayMs: 50 } });
    await round(2, "30");
    await administer(sandbox, "reset", "");
    connect();
    await round(2);
    expect(row()).toMatchObject(WELL);
  });
});

test("a sandbox that is told not to fetches no mail", async () => {
  const quiet = await testSandbox();
  await administer(quiet, "move-clock", "30");
  await administer(quiet, "ping", "");
  expect(quiet.requests).toEqual([]);
});
