import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, gmailProfile, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";

const ADDRESS = "anna@northwind.example";

describe("the sandbox's Test & Enable", () => {
  let sandbox: Sandbox;
  const row = () => mailboxRow(sandbox, ADDRESS);

  beforeAll(async () => {
    sandbox = await testSandbox({ testDelayMs: 1 });
  });

  beforeEach(async () => {
    await administer(sandbox, "reset", "");
    const profile = gmailProfile(sandbox);
    changeRow(sandbox, row(), {
      _emailserverprofile_value: profile["emailserverprofileid"] ?? null,
      incomingemaildeliverymethod: 2,
      outgoingemaildeliverymethod: 2,
      emailrouteraccessapproval: 1,
    });
  });

  const profile = () => rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");

  async function outcome(): Promise<{ incoming: unknown; outgoing: unknown; alerts: string }> {
    await administer(sandbox, "set-mailbox", ADDRESS, { testemailconfigurationscheduled: "true" });
    await vi.waitFor(() => expect(row()["testemailconfigurationscheduled"]).toBe(false), {
      timeout: 10_000,
      interval: 10,
    });
    const alerts = (sandbox.world.dataverse.rows["tracelogs"] ?? [])
      .map((log) => `${log["level"]} ${log["text"]} ${log["errortypedisplay"]} ${log["errordetails"]}`)
      .join("\n");
    return { incoming: row()["incomingemailstatus"], outgoing: row()["outgoingemailstatus"], alerts };
  }

  test("succeeds when both logins succeed, and says so in alerts", async () => {
    expect(await outcome()).toMatchObject({
      incoming: 1,
      outgoing: 1,
      alerts: expect.stringMatching(/^1 .*tested and enabled/),
    });
    expect(String(row()["testmailboxaccesscompletedon"])).not.toMatch(/^1900/);
  });

  test("leaves a direction alone that is not switched on", async () => {
    changeRow(sandbox, row(), { outgoingemaildeliverymethod: 0 });
    expect(await outcome()).toMatchObject({ incoming: 1, outgoing: 0 });
  });

  test("says nothing of success when no direction is switched on", async () => {
    changeRow(sandbox, row(), { incomingemaildeliverymethod: 0, outgoingemaildeliverymethod: 0 });
    expect(await outcome()).toEqual({ incoming: 0, outgoing: 0, alerts: "" });
    expect(row()["mailboxstatus"]).toBe(0);
  });

  test("runs one test for a mailbox that is asked for twice, and none for a flag that was taken down", async () => {
    const ask = (value: string) =>
      administer(sandbox, "set-mailbox", ADDRESS, { testemailconfigurationscheduled: value });
    await Promise.all([ask("true"), ask("true")]);
    await vi.waitFor(() => expect(row()["testemailconfigurationscheduled"]).toBe(false), { timeout: 10_000 });
    expect(sandbox.world.dataverse.rows["tracelogs"]).toHaveLength(2);
    await ask("true");
    changeRow(sandbox, row(), { testemailconfigurationscheduled: false });
    expect(await outcome()).toMatchObject({ incoming: 1, outgoing: 1 });
    expect(sandbox.world.dataverse.rows["tracelogs"]).toHaveLength(2);
  });

  test("tells the same again in the row of the old alert, with what was said last", async () => {
    const logs = () => sandbox.world.dataverse.rows["tracelogs"] ?? [];
    const incoming = () => logs().find(({ level }) => level === 3);
    await administer(sandbox, "set-account", ADDRESS, { imap: "off-by-user" });
    await outcome();
    const first = structuredClone(logs());
    const old = { createdon: "2026-01-01T00:00:00Z", modifiedon: "2026-01-01T00:00:00Z" };
    for (const log of logs()) Object.assign(log, old);
    await administer(sandbox, "set-account", ADDRESS, { imap: "off-by-admin" });
    await outcome();
    expect(logs().map(({ tracelogid }) => tracelogid)).toEqual(first.map(({ tracelogid }) => tracelogid));
    expect(incoming()).toMatchObject({
      createdon: old.createdon,
      errordetails: expect.stringContaining("disabled for your domain"),
    });
    expect(String(incoming()?.["modifiedon"]) > old.modifiedon).toBe(true);
    await administer(sandbox, "set-account", ADDRESS, { imap: "on" });
    await outcome();
    expect(logs()).toHaveLength(3);
  });

  test.each<[string, () => void | Promise<void>, { incoming: number; outgoing: number }, RegExp]>([
    [
      "the user has switched IMAP off",
      () => administer(sandbox, "set-account", ADDRESS, { imap: "off-by-user" }),
      { incoming: 2, outgoing: 1 },
      /not enabled for IMAP use/,
    ],
    [
      "the administrator has switched IMAP off",
      () => administer(sandbox, "set-account", ADDRESS, { imap: "off-by-admin" }),
      { incoming: 2, outgoing: 1 },
      /disabled for your domain/,
    ],
    [
      "Google wants a web login",
      () => administer(sandbox, "set-account", ADDRESS, { condition: "web-login-required" }),
      { incoming: 2, outgoing: 2 },
      /log in via your web/,
    ],
    [
      "the user has revoked the grant",
      () => administer(sandbox, "revoke", ADDRESS),
      { incoming: 2, outgoing: 2 },
      /invalid_grant: Token has been expired or revoked/,
    ],
    [
      "nobody has signed in",
      () => administer(sandbox, "sign-out", ADDRESS),
      { incoming: 2, outgoing: 2 },
      /no OAuth refresh token/,
    ],
    [
      "the profile's secret is wrong",
      () => changeRow(sandbox, profile(), { oauthclientsecret: "GOCSPX-wrong" }),
      { incoming: 2, outgoing: 2 },
      /client secret is invalid/,
    ],
    [
      "the profile is inactive",
      () => changeRow(sandbox, profile(), { statecode: 1 }),
      { incoming: 2, outgoing: 2 },
      /email server profile is inactive/,
    ],
    [
      "the mailbox is inactive",
      () => changeRow(sandbox, row(), { statecode: 1 }),
      { incoming: 2, outgoing: 2 },
      /is inactive/,
    ],
    [
      "the profile says another kind of credentials for sending",
      () => changeRow(sandbox, profile(), { outgoingcredentialretrieval: 1 }),
      { incoming: 1, outgoing: 2 },
      /outgoingcredentialretrieval is not Gmail OAuth/,
    ],
    [
      "the address is not approved",
      () => changeRow(sandbox, row(), { emailrouteraccessapproval: 0 }),
      { incoming: 2, outgoing: 2 },
      /is not approved/,
    ],
    [
      "the host does not exist",
      () => changeRow(sandbox, profile(), { incomingserverlocation: "imap.nowhere.example" }),
      { incoming: 2, outgoing: 1 },
      /HostNotFound.*No such host/,
    ],
    [
      "nothing listens at the host",
      () => changeRow(sandbox, profile(), { incomingserverlocation: "127.0.0.1", incomingportnumber: 1 }),
      { incoming: 2, outgoing: 1 },
      /while connecting to the email server.*ECONNREFUSED/,
    ],
    [
      "POP is off, which shows after the login only",
      async () => {
        changeRow(sandbox, profile(), {
          servertype: 1,
          incomingserverlocation: "pop.gmail.com",
          incomingportnumber: 995,
        });
        await administer(sandbox, "set-account", ADDRESS, { pop: "off-by-user" });
      },
      { incoming: 2, outgoing: 1 },
      /not enabled for POP access/,
    ],
  ])("fails when %s", async (_, arrange, expected, alert) => {
    await arrange();
    expect(await outcome()).toMatchObject({ ...expected, alerts: expect.stringMatching(alert) });
  });
});
