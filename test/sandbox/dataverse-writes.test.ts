import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;
let id: string;

const PROFILE = {
  name: "Gmail",
  servertype: 4,
  incomingserverlocation: "imap.gmail.com",
  incomingportnumber: 993,
  outgoingserverlocation: "smtp.gmail.com",
  outgoingportnumber: 587,
  usesamesettingsforoutgoingconnections: false,
  oauthclientid: "client",
};

beforeAll(async () => {
  sandbox = await testSandbox({ testDelayMs: 60_000 });
  send = await webApi(sandbox);
});
beforeEach(async () => {
  id = randomUUID();
  expect((await send("PATCH", `emailserverprofiles(${id})`, PROFILE)).status).toBe(204);
});

const profile = () => `emailserverprofiles(${id})`;
const anna = () => mailboxRow(sandbox, "anna@northwind.example");
const annasMailbox = () => `mailboxes(${anna()["mailboxid"]})`;
const organization = () => `organizations(${rowWhere(sandbox, "organizations", "name", "Contoso")["organizationid"]})`;
const tracelog = async () => {
  const { json } = await send("POST", "tracelogs", { text: "x", level: 1 }, { prefer: "return=representation" });
  return `tracelogs(${json["tracelogid"]})`;
};

type Request = readonly [method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>];

describe("a request that the sandbox's Dataverse refuses changes nothing:", () => {
  const REPRESENTATION = { prefer: "return=representation" };
  test.each<[string, () => Request | Promise<Request>, number]>([
    [
      "a new row of which an unknown column is asked",
      () => ["POST", "emailserverprofiles?$select=nope", PROFILE, REPRESENTATION],
      400,
    ],
    ["the same without asking for the row", () => ["POST", "emailserverprofiles?$select=nope", PROFILE], 400],
    ["an upsert", () => ["PATCH", `emailserverprofiles(${randomUUID()})?$select=nope`, PROFILE, REPRESENTATION], 400],
    ["an update", () => ["PATCH", `${profile()}?$select=nope`, { oauthclientid: "other" }, REPRESENTATION], 400],
    [
      "an update with a wrong preference",
      () => ["PATCH", profile(), { oauthclientid: "other" }, { prefer: "odata.maxpagesize=many" }],
      400,
    ],
    [
      "one wrong column among good ones",
      () => ["PATCH", profile(), { oauthclientid: "other", incomingportnumber: "993" }],
      400,
    ],
    ["a broken rule", () => ["PATCH", profile(), { oauthclientid: "other", incomingusessl: false }], 400],
    ["a deletion with an option", () => ["DELETE", `${profile()}?$select=name`], 400],
    ["a deletion of another version", () => ["DELETE", profile(), undefined, { "if-match": 'W/"1"' }], 412],
    ["a column without value", () => ["PUT", `${profile()}/oauthclientid`, { oauthclientid: "abc" }], 400],
    ["a column with an empty object", () => ["PUT", `${profile()}/oauthclientid`, {}], 400],
    [
      "a column with more than its value",
      () => ["PUT", `${profile()}/oauthclientid`, { value: "abc", name: "x" }],
      400,
    ],
    ["a column with a bare value", () => ["PUT", `${profile()}/oauthclientid`, '"abc"'], 400],
    ["a column with a value of another type", () => ["PUT", `${profile()}/incomingportnumber`, { value: "993" }], 400],
    ["a lookup by its id", () => ["PATCH", annasMailbox(), { _emailserverprofile_value: id }], 400],
    [
      "a lookup by a link to another host",
      () => ["PATCH", annasMailbox(), { "emailserverprofile@odata.bind": `https://evil.example/${profile()}` }],
      400,
    ],
    [
      "a lookup by a link to another table",
      () => ["PATCH", annasMailbox(), { "emailserverprofile@odata.bind": `/${annasMailbox()}` }],
      400,
    ],
    [
      "a lookup by a link with something before it",
      () => ["PATCH", annasMailbox(), { "emailserverprofile@odata.bind": `x/${profile()}` }],
      400,
    ],
    [
      "a lookup by a list",
      () => ["PATCH", annasMailbox(), { "emailserverprofile@odata.bind": [`/${profile()}`] }],
      400,
    ],
    [
      "a lookup by links to two tables",
      () => [
        "POST",
        "tracelogs",
        {
          text: "x",
          "regardingobjectid_mailbox@odata.bind": `/${annasMailbox()}`,
          "regardingobjectid_emailserverprofile@odata.bind": `/${profile()}`,
        },
      ],
      400,
    ],
    ["an annotation that is none", () => ["PATCH", profile(), { name: "x", "name@x@odata.bind": null }], 400],
    [
      "an annotation of what every object has",
      () => ["PATCH", profile(), { name: "x", "constructor@odata.x": 1 }],
      400,
    ],
    ["a number beyond its type", () => ["PATCH", annasMailbox(), { testemailconfigurationretrycount: 1e300 }], 400],
    ["a link that is null", () => ["PUT", `${annasMailbox()}/emailserverprofile/$ref`, { "@odata.id": null }], 400],
    [
      "a link without its address",
      () => ["PUT", `${annasMailbox()}/emailserverprofile/$ref`, { value: `/${profile()}` }],
      400,
    ],
    ["a link that may not be written", () => ["DELETE", `${annasMailbox()}/regardingobjectid/$ref`], 400],
    ["a member given twice", () => ["PATCH", profile(), '{"oauthclientid":"a","name":"x","oauthclientid":"b"}'], 400],
    ["a list instead of an object", () => ["PATCH", profile(), [PROFILE]], 400],
    ["no JSON", () => ["PATCH", profile(), "{"], 400],
    ["text that says that it is no JSON", () => ["PATCH", profile(), PROFILE, { "content-type": "text/plain" }], 415],
    [
      "an annotation of a column that is not there",
      () => ["PATCH", profile(), { name: "x", "colour@odata.type": "#String" }],
      400,
    ],
    ["a type that is not the column's", () => ["PATCH", profile(), { name: "x", "name@odata.type": "#Int32" }], 400],
    [
      "a type that is not the table's",
      () => ["PATCH", profile(), { name: "x", "@odata.type": "Microsoft.Dynamics.CRM.mailbox" }],
      400,
    ],
    [
      "a key that is not the address's",
      () => ["PATCH", `emailserverprofiles(${randomUUID()})`, { ...PROFILE, emailserverprofileid: id }],
      400,
    ],
    ["a moment that is none", () => ["PATCH", annasMailbox(), { lastsuccessfulsynccompletedon: "1" }], 400],
    [
      "a day that is none",
      () => ["PATCH", annasMailbox(), { lastsuccessfulsynccompletedon: "2026-02-30T00:00:00Z" }],
      400,
    ],
    ["a second organization", () => ["POST", "organizations", { name: "Second" }], 405],
    ["a second organization by an upsert", () => ["PATCH", `organizations(${randomUUID()})`, { name: "Second" }], 405],
    ["no organization", () => ["DELETE", organization()], 405],
    ["a user less", () => ["DELETE", `systemusers(${anna()["_regardingobjectid_value"]})`], 405],
    ["an alert changed", async () => ["PATCH", await tracelog(), { machinename: "x" }], 405],
    ["a column of an alert changed", async () => ["PUT", `${await tracelog()}/machinename`, { value: "x" }], 405],
    [
      "a link of an alert taken away",
      async () => ["DELETE", `${await tracelog()}/regardingobjectid_mailbox/$ref`],
      405,
    ],
    ["a list deleted", () => ["DELETE", "emailserverprofiles"], 405],
    ["a function posted to", () => ["POST", "WhoAmI", {}], 404],
  ])("%s", async (_, request, status) => {
    const [method, path, body, headers] = await request();
    const before = JSON.stringify(sandbox.world.dataverse);
    const answer = await send(method, path, body, headers);
    expect(answer).toMatchObject({ status, json: { error: { message: expect.any(String) } } });
    expect(JSON.stringify(sandbox.world.dataverse)).toBe(before);
  });
});

describe("a state takes its status along", () => {
  test.each([
    [{ statecode: 1 }, { statecode: 1, statuscode: 2 }],
    [
      { statecode: 1, statuscode: 2 },
      { statecode: 1, statuscode: 2 },
    ],
    [{ statecode: 0 }, { statecode: 0, statuscode: 1 }],
    [{ statuscode: 1 }, { statecode: 0, statuscode: 1 }],
  ])("%j", async (set, expected) => {
    expect((await send("PATCH", profile(), set)).status).toBe(204);
    expect((await send("GET", profile())).json).toMatchObject(expected);
    expect((await send("PATCH", profile(), { statecode: 0 })).status).toBe(204);
    expect((await send("GET", profile())).json).toMatchObject({ statecode: 0, statuscode: 1 });
  });

  test("by the column alone, too", async () => {
    await send("PUT", `${profile()}/statecode`, { value: 1 });
    expect((await send("GET", profile())).json).toMatchObject({ statecode: 1, statuscode: 2 });
  });

  test.each([{ statecode: 1, statuscode: 1 }, { statecode: 0, statuscode: 2 }, { statuscode: 2 }])(
    "and %j is no pair",
    async (set) => {
      for (const path of [profile(), annasMailbox()])
        expect(await send("PATCH", path, set)).toMatchObject({ status: 400, json: { error: { code: "0x80048408" } } });
      expect((await send("GET", profile())).json).toMatchObject({ statecode: 0, statuscode: 1 });
    },
  );

  test("of a new row", async () => {
    const answer = await send("POST", "emailserverprofiles", { ...PROFILE, statuscode: 2 });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "0x80048408" } } });
  });
});

describe("the sandbox's Dataverse ignores what is set for a column that cannot be written", () => {
  test("by an update, which changes the rest", async () => {
    const before = anna();
    const { createdon, _regardingobjectid_value } = before;
    const set = { createdon: "2001-01-01T00:00:00Z", mailboxid: randomUUID(), "regardingobjectid@odata.bind": null };
    expect((await send("PATCH", annasMailbox(), { ...set, name: "Anna's" })).status).toBe(204);
    expect(anna()).toMatchObject({ createdon, _regardingobjectid_value, name: "Anna's" });
  });

  test("by a creation, which needs no name that only applications require", async () => {
    const { name: _, ...nameless } = PROFILE;
    const representation = { prefer: "return=representation" };
    const { status, json } = await send("POST", "emailserverprofiles", { ...nameless, statecode: 1 }, representation);
    expect([status, json]).toMatchObject([201, { statecode: 0, statuscode: 1, name: null }]);
  });

  test("but a forward mailbox needs a name", async () => {
    const answer = await send("POST", "mailboxes", { emailaddress: "new@northwind.example" });
    expect(answer).toMatchObject({ status: 400, json: { error: { message: "Attribute: name is required." } } });
  });
});

describe("the sandbox's Dataverse takes", () => {
  test("a column's value, and null where it is said", async () => {
    expect((await send("PUT", `${profile()}/oauthclientid`, { value: "abc" })).status).toBe(204);
    expect((await send("GET", `${profile()}/oauthclientid`)).json).toMatchObject({ value: "abc" });
    expect((await send("PUT", `${profile()}/oauthclientid`, { value: null })).status).toBe(204);
    expect((await send("GET", `${profile()}/oauthclientid`)).status).toBe(204);
  });

  test.each([
    ["relative", () => profile()],
    ["from the root", () => `/${profile()}`],
    ["by its path", () => `/api/data/v9.2/${profile()}`],
    ["absolute", () => `https://contoso.crm.dynamics.com/api/data/v9.2/${profile()}`],
  ])("a link that is %s, in a payload and as a reference", async (_, link) => {
    const bound = { "emailserverprofile@odata.bind": link() };
    const columns = Object.keys(anna());
    expect((await send("PATCH", annasMailbox(), bound)).status).toBe(204);
    expect(anna()["_emailserverprofile_value"]).toBe(id);
    expect(Object.keys(anna())).toEqual(columns);
    expect((await send("DELETE", `${annasMailbox()}/emailserverprofile/$ref`)).status).toBe(204);
    expect(anna()["_emailserverprofile_value"]).toBeNull();
    expect((await send("PUT", `${annasMailbox()}/emailserverprofile/$ref`, { "@odata.id": link() })).status).toBe(204);
    expect(anna()["_emailserverprofile_value"]).toBe(id);
  });

  test("an alert that regards a mailbox, and knows that it does", async () => {
    const log = { text: "x", level: 1, "regardingobjectid_mailbox@odata.bind": `/${annasMailbox()}` };
    const created = await send("POST", "tracelogs", log, {
      prefer: 'return=representation,odata.include-annotations="*"',
    });
    expect(created).toMatchObject({
      status: 201,
      json: { "_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "mailbox" },
    });
  });

  test("types and annotations that it gives out itself, and those of clients", async () => {
    const annotated = {
      "@odata.context": "https://contoso.crm.dynamics.com/api/data/v9.2/$metadata#mailboxes/$entity",
      "@odata.etag": 'W/"1"',
      "@odata.type": "#Microsoft.Dynamics.CRM.mailbox",
      undeliverablefolder: "Lost",
      "undeliverablefolder@odata.type": "#String",
      "incomingemaildeliverymethod@odata.type": "Edm.Int32",
      incomingemaildeliverymethod: 0,
      "incomingemaildeliverymethod@OData.Community.Display.V1.FormattedValue": "None",
      "_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "systemuser",
    };
    expect((await send("PATCH", annasMailbox(), annotated)).status).toBe(204);
    expect(anna()["undeliverablefolder"]).toBe("Lost");
  });
});
