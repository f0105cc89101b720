import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;

const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty";
const LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname";

beforeAll(async () => {
  sandbox = await testSandbox();
  send = await webApi(sandbox);
  changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), {
    lastsuccessfulsynccompletedon: "2026-11-23T15:05:00Z",
    itemsprocessedforlastsync: 1234,
  });
});

const SELECT =
  "$select=name,statecode,isforwardmailbox,lastsuccessfulsynccompletedon,itemsprocessedforlastsync,_regardingobjectid_value,_emailserverprofile_value";
const path = () => `mailboxes(${mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]})?${SELECT}`;

/** The annotations of Anna's mailbox, as a row and in a list, which are the same. */
async function annotations(wanted: string | undefined): Promise<Record<string, unknown>> {
  const headers = wanted === undefined ? {} : { prefer: `odata.include-annotations="${wanted}"` };
  const row = await send("GET", path(), undefined, headers);
  const list = await send("GET", `mailboxes?${SELECT}&$filter=name%20eq%20'Anna%20Berg'`, undefined, headers);
  const applied = wanted === undefined ? undefined : `odata.include-annotations="${wanted}"`;
  expect([row.headers["preference-applied"], list.headers["preference-applied"]]).toEqual([applied, applied]);
  const { "@odata.context": _, ...cells } = row.json;
  expect(list.json["value"]).toEqual([cells]);
  return Object.fromEntries(Object.entries(cells).filter(([name]) => /.@/.test(name)));
}

describe("the sandbox's Dataverse annotates rows", () => {
  const formatted = {
    [`statecode@${FORMATTED}`]: "Active",
    [`isforwardmailbox@${FORMATTED}`]: "No",
    [`lastsuccessfulsynccompletedon@${FORMATTED}`]: "11/23/2026 3:05 PM",
    [`itemsprocessedforlastsync@${FORMATTED}`]: "1,234",
    [`_regardingobjectid_value@${FORMATTED}`]: "Anna Berg",
  };
  const navigation = { [`_regardingobjectid_value@${NAVIGATION}`]: "regardingobjectid" };
  const logicalName = { [`_regardingobjectid_value@${LOGICAL_NAME}`]: "systemuser" };

  test.each<[string | undefined, Readonly<Record<string, string>>]>([
    [undefined, {}],
    ["*", { ...formatted, ...navigation, ...logicalName }],
    [FORMATTED, formatted],
    [LOGICAL_NAME, logicalName],
    [`${NAVIGATION},${LOGICAL_NAME}`, { ...navigation, ...logicalName }],
    ["Microsoft.Dynamics.CRM.*", { ...navigation, ...logicalName }],
    ["OData.Community.Display*", formatted],
    [`*,-${FORMATTED}`, { ...navigation, ...logicalName }],
    [`-*,${LOGICAL_NAME}`, logicalName],
    ["Microsoft.Dynamics.CRM.lookup", {}],
    ["Com.Example.nothing", {}],
  ])("as Prefer asks: %s", async (wanted, expected) => {
    expect(await annotations(wanted)).toEqual(expected);
  });

  test("of a queue with the name of its table", async () => {
    const { mailboxid } = mailboxRow(sandbox, "sales@northwind.example");
    const { json } = await send("GET", `mailboxes(${mailboxid})`, undefined, {
      prefer: 'odata.include-annotations="*"',
    });
    expect(json).toMatchObject({
      [`_regardingobjectid_value@${NAVIGATION}`]: "regardingobjectid_queue",
      [`_regardingobjectid_value@${LOGICAL_NAME}`]: "queue",
      [`_regardingobjectid_value@${FORMATTED}`]: "Sales",
    });
  });

  test("when it gives a written row back", async () => {
    const prefer = 'return=representation, odata.include-annotations="*"';
    const answer = await send("PATCH", path(), { undeliverablefolder: "Lost" }, { prefer });
    expect(answer.json).toMatchObject(logicalName);
    expect(answer.headers["preference-applied"]).toBe(prefer);
  });

  test("and lists with how many rows there are", async () => {
    const list = async (query: string) =>
      (await send("GET", `mailboxes?$top=1${query}`, undefined, { prefer: 'odata.include-annotations="*"' })).json;
    expect(await list("&$count=true")).toMatchObject({
      "@odata.count": 8,
      "@Microsoft.Dynamics.CRM.totalrecordcount": 8,
      "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": false,
    });
    expect(await list("")).toMatchObject({ "@Microsoft.Dynamics.CRM.totalrecordcount": -1 });
  });

  test("and does not say that an annotated row is unchanged", async () => {
    const known = { "if-none-match": String((await send("GET", path())).json["@odata.etag"]) };
    expect((await send("GET", path(), undefined, known)).status).toBe(304);
    const annotated = { ...known, prefer: `odata.include-annotations="${FORMATTED}"` };
    expect((await send("GET", path(), undefined, annotated)).status).toBe(200);
  });

  test.each(['odata.include-annotations="a b"', 'odata.include-annotations=""', ",", "=x", 'return="'])(
    "but not as nobody can ask: %s",
    async (prefer) => {
      expect((await send("GET", path(), undefined, { prefer })).status).toBe(400);
    },
  );

  test("and passes over preferences that it does not know, as RFC 7240 wants it", async () => {
    const prefer = "respond-async; wait=10, odata.maxpagesize=2, handling=lenient, odata.maxpagesize=5";
    const answer = await send("GET", "mailboxes", undefined, { prefer });
    expect(answer.json["value"]).toHaveLength(2);
    expect(answer.headers["preference-applied"]).toBe("odata.maxpagesize=2");
  });
});

describe("an answer of the sandbox's Dataverse names what it describes", () => {
  test.each([
    ["mailboxes", "#mailboxes"],
    ["mailboxes?$select=name,emailaddress", "#mailboxes(name,emailaddress)"],
    ["organizations?$top=1", "#organizations"],
  ])("%s", async (request, context) => {
    const { json, headers } = await send("GET", request);
    expect(json["@odata.context"]).toBe(`https://contoso.crm.dynamics.com/api/data/v9.2/$metadata${context}`);
    expect(headers["content-type"]).toBe("application/json; odata.metadata=minimal");
  });

  test("in the version that was asked", async () => {
    const user = rowWhere(sandbox, "systemusers", "fullname", "Anna Berg")["systemuserid"];
    const { json } = await send("GET", `../v9.0/systemusers(${user})?$select=fullname`);
    expect(json["@odata.context"]).toBe(
      "https://contoso.crm.dynamics.com/api/data/v9.0/$metadata#systemusers(fullname)/$entity",
    );
    expect((await send("GET", "../v9.9/mailboxes")).status).toBe(404);
  });
});
