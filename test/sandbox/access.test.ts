import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { administer, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

const ANNA = "anna@northwind.example";
const ADMINISTRATOR = "System Administrator";

describe("the roles of the application user", () => {
  let sandbox: Sandbox;
  let send: Send;
  let anna: string;
  let profile: string;

  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  beforeEach(async () => {
    await administer(sandbox, "reset", "");
    send = await webApi(sandbox);
    anna = `mailboxes(${mailboxRow(sandbox, ANNA)["mailboxid"]})`;
    profile = `/emailserverprofiles(${rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"]})`;
  });

  /** Gives the application this one role in place of the one that may do everything. */
  async function only(privileges: string): Promise<void> {
    await administer(sandbox, "add-role", "Test", { privileges });
    await administer(sandbox, "give-role", "Test", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID });
  }

  test("without any of them it is refused everywhere", async () => {
    await administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID });
    for (const path of ["WhoAmI", "mailboxes", anna]) {
      const { status, json } = await send("GET", path);
      expect([path, status, json["error"]]).toMatchObject([path, 403, { code: "0x80042f09" }]);
    }
  });

  test.each<[string, string, string, object | undefined, string]>([
    ["reading mailboxes", "GET", "mailboxes", undefined, "prvReadMailbox"],
    ["reading a mailbox", "GET", "ANNA", undefined, "prvReadMailbox"],
    ["reading profiles", "GET", "emailserverprofiles", undefined, "prvReadEmailServerProfile"],
    ["reading the organisation", "GET", "organizations", undefined, "prvReadOrganization"],
    ["creating a profile", "POST", "emailserverprofiles", { name: "Gmail" }, "prvCreateEmailServerProfile"],
    ["changing a mailbox", "PATCH", "ANNA", { incomingemaildeliverymethod: 2 }, "prvWriteMailbox"],
  ])("%s needs a privilege, which the refusal names", async (_, method, path, payload, privilege) => {
    await only("prvReadUser:Global");
    const { status, json } = await send(method, path.replace("ANNA", anna), payload);
    expect(status).toBe(403);
    expect(json["error"]).toMatchObject({
      code: "0x80040220",
      message: expect.stringMatching(new RegExp(`^Principal user \\(Id=.*, is missing ${privilege} privilege \\(Id=`)),
    });
    await administer(sandbox, "set-role", "Test", { privileges: `${privilege}:Global` });
    expect((await send(method, path.replace("ANNA", anna), payload)).status).toBeLessThan(300);
  });

  test("which of the named ones a user holds is told with the greatest depth, if the user may be read", async () => {
    const { json: me } = await send("GET", "WhoAmI");
    const names = encodeURIComponent('["prvReadMailbox","prvWriteMailbox","prvNoSuchThing"]');
    const path = `systemusers(${me["UserId"]})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p=${names}`;
    await only("prvReadMailbox:Basic,prvReadUser:Global");
    await administer(sandbox, "add-role", "Wider", { privileges: "prvReadMailbox:Deep" });
    await administer(sandbox, "give-role", "Wider", { to: APPLICATION_ID });
    const { json } = await send("GET", path);
    expect(json["RolePrivileges"]).toEqual([
      expect.objectContaining({ PrivilegeName: "prvReadMailbox", Depth: "Deep" }),
    ]);
    expect((await send("GET", path.replace("@p=", "@q="))).status).toBe(400);
    await administer(sandbox, "set-role", "Test", { privileges: "prvReadMailbox:Basic" });
    expect(await send("GET", path)).toMatchObject({
      status: 403,
      json: { error: { code: "0x80040220", message: expect.stringContaining("prvReadUser") } },
    });
  });

  test("an address is approved with a privilege of its own only", async () => {
    await only("prvReadMailbox:Global,prvWriteMailbox:Global");
    const refused = await send("PATCH", anna, { emailrouteraccessapproval: 1 });
    expect(refused.status).toBe(403);
    expect(refused.json["error"]).toMatchObject({
      code: "0x80040220",
      message: expect.stringContaining("PrivilegeName: prvApproveRejectEmailAddress"),
    });
    expect(mailboxRow(sandbox, ANNA)["emailrouteraccessapproval"]).toBe(0);
    await administer(sandbox, "set-role", "Test", {
      privileges: "prvReadMailbox:Global,prvWriteMailbox:Global,prvApproveRejectEmailAddress:Global",
    });
    expect((await send("PATCH", anna, { emailrouteraccessapproval: 1 })).status).toBe(204);
  });

  test("an approval without its privilege can do nothing in silence", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "silentWithoutPrivilege" });
    const approve = () => send("PATCH", anna, { emailrouteraccessapproval: 1, incomingemaildeliverymethod: 2 });
    const held = "prvReadMailbox:Global,prvWriteMailbox:Global";
    await only(held);
    expect((await approve()).status).toBe(204);
    expect(mailboxRow(sandbox, ANNA)).toMatchObject({ emailrouteraccessapproval: 0, incomingemaildeliverymethod: 2 });
    await administer(sandbox, "set-role", "Test", { privileges: `${held},prvApproveRejectEmailAddress:Global` });
    expect((await approve()).status).toBe(204);
    expect(mailboxRow(sandbox, ANNA)["emailrouteraccessapproval"]).toBe(1);
  });

  test.each(["prvAppendMailbox", "prvAppendToEmailServerProfile"])(
    "assigning a profile needs %s beside the write",
    async (needed) => {
      const both = ["prvAppendMailbox", "prvAppendToEmailServerProfile"];
      const held = (names: readonly string[]) =>
        ["prvReadMailbox", "prvWriteMailbox", ...names].map((name) => `${name}:Global`).join(",");
      await only(held(both.filter((name) => name !== needed)));
      const link = { "emailserverprofile@odata.bind": profile };
      const { status, json } = await send("PATCH", anna, link);
      expect([status, JSON.stringify(json["error"])]).toEqual([403, expect.stringContaining(needed)]);
      await administer(sandbox, "set-role", "Test", { privileges: held(both) });
      expect((await send("PATCH", anna, link)).status).toBe(204);
    },
  );

  test("a privilege over one's own rows shows an empty list, and refuses a row that is there by its depth", async () => {
    await administer(sandbox, "give-role", "System Customizer", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID });
    expect((await send("GET", "mailboxes")).json["value"]).toEqual([]);
    const { status, json } = await send("GET", anna);
    expect(status).toBe(403);
    expect(json["error"]).toMatchObject({
      code: "0x80048306",
      message: expect.stringContaining("AccessRights: ReadAccess"),
    });
    expect((await send("GET", "mailboxes(00000000-0000-4000-8000-00000000dead)")).status).toBe(404);
    expect((await send("GET", "emailserverprofiles")).status).toBe(200);
  });

  test("the greatest depth of all roles counts", async () => {
    await administer(sandbox, "add-role", "Wide", { privileges: "prvReadMailbox:Local" });
    await administer(sandbox, "give-role", "Wide", { to: APPLICATION_ID });
    await administer(sandbox, "give-role", "Basic User", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID });
    expect((await send("GET", anna)).status).toBe(200);
    expect((await send("PATCH", anna, { incomingemaildeliverymethod: 2 })).status).toBe(403);
  });

  test("a disabled application user, and an application that is none, are told apart", async () => {
    await administer(sandbox, "disable-application", APPLICATION_ID);
    expect((await send("GET", "WhoAmI")).json["error"]).toMatchObject({ code: "0x80040225" });
    await administer(sandbox, "enable-application", APPLICATION_ID);
    const users = sandbox.world.dataverse.rows["systemusers"] ?? [];
    sandbox.world.dataverse.rows["systemusers"] = users.filter((row) => row["applicationid"] === null);
    const { status, json } = await send("GET", "WhoAmI");
    expect([status, json["error"]]).toMatchObject([403, { code: "0x80072560" }]);
  });
});
