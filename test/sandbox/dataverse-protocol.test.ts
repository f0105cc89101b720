import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;
const bert = () => mailboxRow(sandbox, "bert@northwind.example");

beforeAll(async () => {
  sandbox = await testSandbox({ extraUsers: 3, testDelayMs: 60_000 });
  send = await webApi(sandbox);
});

const PROFILE = {
  name: "Gmail",
  servertype: 4,
  incomingcredentialretrieval: 5,
  outgoingcredentialretrieval: 5,
  incomingserverlocation: "imap.gmail.com",
  incomingportnumber: 993,
  outgoingserverlocation: "smtp.gmail.com",
  outgoingportnumber: 587,
  usesamesettingsforoutgoingconnections: false,
};

describe("a query of the sandbox's Dataverse is refused", () => {
  test.each([
    ["for an option that is not served", "$expand=emailserverprofile"],
    ["for $skip, which the service does not know", "$skip=2"],
    ["for an order by an unknown column", "$orderby=colour desc"],
    ["for an order that is none", "$orderby=name downwards"],
    ["for a $top that is no number", "$top=many"],
    ["for an operator that only JavaScript knows", "$filter=name constructor 'x'"],
    ["for a literal that only JavaScript knows", "$filter=name eq toString"],
    ["for a function that only JavaScript knows", "$filter=valueOf(name,'x')"],
  ])("%s", async (_, query) => {
    const answer = await send("GET", `mailboxes?${query.replaceAll(" ", "%20")}`);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
  });

  test("for an address whose percent signs are wrong", async () => {
    expect((await send("GET", "mailboxes(%E0%A4%A)")).status).toBe(400);
  });
});

describe("the sandbox's Dataverse", () => {
  test("orders by several columns", async () => {
    const { json } = await send("GET", "mailboxes?$select=name&$orderby=emailaddress%20desc,name%20asc&$top=5");
    const names = Array.isArray(json["value"]) ? json["value"].map((row) => row.name) : [];
    expect(names).toEqual(["User 0003", "User 0002", "User 0001", "Support", "Sales"]);
    const doubles = await send(
      "GET",
      "mailboxes?$filter=contains(emailaddress,'double')&$orderby=emailaddress,name%20desc",
    );
    expect(doubles.json["value"]).toMatchObject([{ name: "Double User" }, { name: "Double Queue" }]);
  });

  test("compares moments, however many digits of a second they have", async () => {
    changeRow(sandbox, bert(), { testmailboxaccesscompletedon: "2026-11-23T07:00:00Z" });
    const since = async (moment: string) =>
      (await send("GET", `mailboxes?$filter=testmailboxaccesscompletedon%20ge%20${moment}`)).json["value"];
    expect(await since("2026-11-23T07:00:00.500Z")).toHaveLength(0);
    expect(await since("2026-11-23T07:00:00.000Z")).toHaveLength(1);
  });

  test("deletes only the version that is named", async () => {
    const id = randomUUID();
    await send("PATCH", `emailserverprofiles(${id})`, PROFILE);
    const stale = await send("DELETE", `emailserverprofiles(${id})`, undefined, { "if-match": 'W/"1"' });
    expect(stale).toMatchObject({ status: 412, json: { error: { code: "0x80060882" } } });
    expect((await send("DELETE", `emailserverprofiles(${id})`, undefined, { "if-match": "*" })).status).toBe(204);
  });

  test("says that a row is unchanged when its version is known", async () => {
    const path = `mailboxes(${bert()["mailboxid"]})`;
    const { json } = await send("GET", path);
    const known = { "if-none-match": String(json["@odata.etag"]) };
    expect((await send("GET", path, undefined, known)).status).toBe(304);
    changeRow(sandbox, bert(), {});
    expect((await send("GET", path, undefined, known)).status).toBe(200);
  });

  test("takes the mailbox of a deleted queue with it", async () => {
    const queue = rowWhere(sandbox, "queues", "name", "Sales");
    expect((await send("DELETE", `queues(${queue["queueid"]})`)).status).toBe(204);
    expect(sandbox.world.dataverse.rows["mailboxes"]?.map((row) => row["name"])).not.toContain("Sales");
  });

  test("clears the default profile of the organization with the profile, whoever deletes it", async () => {
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    for (const remove of [
      (id: string) => send("DELETE", `emailserverprofiles(${id})`),
      () => administer(sandbox, "delete-profile", "Gmail"),
    ]) {
      const id = randomUUID();
      await send("PATCH", `emailserverprofiles(${id})`, PROFILE);
      const link = { "defaultemailserverprofileid@odata.bind": `/emailserverprofiles(${id})` };
      await send("PATCH", `organizations(${organization["organizationid"]})`, link, { "if-match": "*" });
      expect(organization["_defaultemailserverprofileid_value"]).toBe(id);
      await remove(id);
      expect(organization["_defaultemailserverprofileid_value"]).toBeNull();
    }
  });

  test.each<[string, string, string, () => Record<string, unknown>, number, string]>([
    [
      "a mailbox for a user",
      "POST",
      "mailboxes",
      () => ({
        name: "Second",
        emailaddress: "second@northwind.example",
        "regardingobjectid@odata.bind": `/systemusers(${bert()["_regardingobjectid_value"]})`,
      }),
      400,
      "0x8005e207",
    ],
    [
      "a profile without the port for incoming mail",
      "POST",
      "emailserverprofiles",
      () => ({ ...PROFILE, incomingportnumber: null }),
      400,
      "0x8005e24f",
    ],
    [
      "a profile without the port for outgoing mail",
      "POST",
      "emailserverprofiles",
      () => ({ ...PROFILE, outgoingportnumber: null }),
      400,
      "0x8005e256",
    ],
    [
      "another outgoing port while the same settings are to be used",
      "POST",
      "emailserverprofiles",
      () => ({ ...PROFILE, outgoingserverlocation: "imap.gmail.com", usesamesettingsforoutgoingconnections: true }),
      400,
      "0x8005e238",
    ],
  ])("refuses %s", async (_, method, path, body, status, code) => {
    expect(await send(method, path, body())).toMatchObject({ status, json: { error: { code } } });
  });

  test("refuses to change an alert", async () => {
    changeRow(sandbox, bert(), { testemailconfigurationscheduled: false });
    const created = await send("POST", "tracelogs", { text: "x", level: 1 }, { prefer: "return=representation" });
    const path = `tracelogs(${created.json["tracelogid"]})`;
    expect((await send("PATCH", path, { machinename: "x" }, { "if-match": "*" })).status).toBe(405);
  });

  test("refuses a save of the configuration while a test is pending, and nothing else", async () => {
    changeRow(sandbox, bert(), { testemailconfigurationscheduled: true });
    const path = `mailboxes(${bert()["mailboxid"]})`;
    const refused = await send("PATCH", path, { incomingemaildeliverymethod: 2 }, { "if-match": "*" });
    expect(refused).toMatchObject({ status: 400, json: { error: { code: "0x8005e248" } } });
    expect((await send("PATCH", path, { undeliverablefolder: "Lost" }, { "if-match": "*" })).status).toBe(204);
    changeRow(sandbox, bert(), { testemailconfigurationscheduled: false });
    expect((await send("PATCH", path, { incomingemaildeliverymethod: 2 }, { "if-match": "*" })).status).toBe(204);
  });

  test("throttles beyond its limit, says when to come back, and is itself again without the limit", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "2" });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await send("GET", "WhoAmI")).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await send("GET", "WhoAmI");
    expect(refused.json).toMatchObject({ error: { code: "0x80072322" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "null" });
    expect((await send("GET", "WhoAmI")).status).toBe(200);
  });
});
