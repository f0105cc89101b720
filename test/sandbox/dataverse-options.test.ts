import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;
const anna = () => `mailboxes(${mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]})`;

beforeAll(async () => {
  sandbox = await testSandbox();
  send = await webApi(sandbox);
});

const FETCH =
  '<fetch><entity name="mailbox"><filter><condition attribute="name" operator="eq" value="Nobody"/></filter></entity></fetch>';

/** Every option of the service that is not served, misspelt ones, and ones that nobody knows. */
const FOREIGN = [
  `fetchXml=${encodeURIComponent(FETCH)}`,
  "fetchXml=garbage",
  "sql=SELECT name FROM mailbox WHERE 1=2",
  "savedQuery=00000000-0000-4000-8000-000000000000",
  "$expand=emailserverprofile($select=name)",
  "$apply=aggregate($count as rows)",
  "$search=Anna",
  "$skip=2",
  "$format=json",
  "$Select=name",
  "select=name",
  "filter=name eq 'x'",
  "$foo=1",
  "name=x",
  "@p1=1",
];

describe("the sandbox's Dataverse passes no query option over", () => {
  const operations: readonly [string, () => string, string, unknown, Readonly<Record<string, string>>][] = [
    ["GET", () => "mailboxes", "a list", undefined, {}],
    ["GET", () => "mailboxes/$count", "a count", undefined, {}],
    ["GET", anna, "a row", undefined, {}],
    ["GET", () => `${anna()}/name`, "a column", undefined, {}],
    ["GET", () => "WhoAmI", "a function", undefined, {}],
    ["PATCH", anna, "an update", { undeliverablefolder: "Lost" }, { prefer: "return=representation" }],
    ["PUT", () => `${anna()}/undeliverablefolder`, "a column that is set", { value: "Lost" }, {}],
    ["DELETE", () => `${anna()}/undeliverablefolder`, "a column that is cleared", undefined, {}],
    ["DELETE", () => `${anna()}/emailserverprofile/$ref`, "a link that is cleared", undefined, {}],
  ];

  test.each(operations.flatMap((operation) => FOREIGN.map((option) => [operation[2], option, operation] as const)))(
    "of %s: %s",
    async (_, option, [method, path, , body, headers]) => {
      const before = JSON.stringify(sandbox.world.dataverse);
      const answer = await send(method, `${path()}?${option.replaceAll(" ", "%20")}`, body, headers);
      expect(answer).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
      expect(JSON.stringify(sandbox.world.dataverse)).toBe(before);
    },
  );

  test.each(["$filter=name eq 'Anna'", "$top=1", "$orderby=name", "$count=true", "$skiptoken=x"])(
    "of a row: %s, which is one of lists",
    async (option) => {
      expect((await send("GET", `${anna()}?${option.replaceAll(" ", "%20")}`)).status).toBe(400);
    },
  );

  test.each([
    ["given twice", "$select=name&$select=emailaddress"],
    ["a filter given twice", "$filter=statecode eq 0&$filter=statecode eq 1"],
    ["an empty filter", "$filter="],
    ["an empty order", "$orderby="],
    ["an order that ends with a comma", "$orderby=name,"],
    ["an empty column", "$select=name,"],
    ["a count that is no boolean", "$count=maybe"],
    ["a $top that is negative", "$top=-1"],
    ["an alias that nothing uses", "$filter=statecode eq 0&@p1=1"],
  ])("that has %s", async (_, query) => {
    expect((await send("GET", `mailboxes?${query.replaceAll(" ", "%20")}`)).status).toBe(400);
  });
});

describe("the sandbox's Dataverse refuses what it does not serve, so that it is not taken for a missing row:", () => {
  test.each([
    ["GET", ""],
    ["GET", "$metadata"],
    ["POST", "$batch"],
    ["GET", "EntityDefinitions(LogicalName='mailbox')"],
    ["GET", "EntityDefinitions?$select=LogicalName"],
    ["GET", "RetrieveCurrentOrganization(AccessType=@p1)"],
    ["POST", "CreateMultiple"],
  ])("%s %s", async (method, path) => {
    expect(await send(method, path, method === "POST" ? {} : undefined)).toMatchObject({
      status: 400,
      json: { error: { code: "0x80060888", message: expect.stringContaining("not implemented by the sandbox") } },
    });
  });

  test.each(["MSCRMCallerID", "CallerObjectId"])("the header %s", async (header) => {
    const user = String(rowWhere(sandbox, "systemusers", "fullname", "Anna Berg")["systemuserid"]);
    expect((await send("GET", "WhoAmI", undefined, { [header]: user })).status).toBe(400);
  });

  test("change tracking", async () => {
    expect((await send("GET", "mailboxes", undefined, { prefer: "odata.track-changes" })).status).toBe(400);
  });
});

describe("the sandbox's Dataverse addresses parts of rows:", () => {
  test("a column, as JSON and as text, and nothing where it is null", async () => {
    expect((await send("GET", `${anna()}/name`)).json).toMatchObject({ value: "Anna Berg" });
    expect((await send("GET", `${anna()}/name/$value`)).text).toBe("Anna Berg");
    expect(await send("GET", `${anna()}/undeliverablefolder`)).toMatchObject({ status: 204, text: "" });
  });

  test("the row that a lookup leads to, and the link to it", async () => {
    const user = rowWhere(sandbox, "systemusers", "fullname", "Anna Berg")["systemuserid"];
    expect((await send("GET", `${anna()}/regardingobjectid?$select=fullname`)).json).toEqual({
      "@odata.context": expect.stringContaining("$metadata#systemusers(fullname)/$entity"),
      "@odata.etag": expect.any(String),
      systemuserid: user,
      fullname: "Anna Berg",
    });
    expect((await send("GET", `${anna()}/regardingobjectid/$ref`)).json).toMatchObject({
      "@odata.id": expect.stringContaining(`/systemusers(${user})`),
    });
    // Her mailbox belongs to a user, not to a queue.
    expect((await send("GET", `${anna()}/regardingobjectid_queue`)).status).toBe(204);
    expect((await send("GET", `${anna()}/emailserverprofile`)).status).toBe(204);
    expect((await send("GET", `${anna()}/emailserverprofile?$select=colour`)).status).toBe(400);
    expect((await send("GET", `${anna()}/owningteam`)).status).toBe(400);
  });

  test("how many rows there are, and how many of them match", async () => {
    expect((await send("GET", "mailboxes/$count")).text).toBe("8");
    expect((await send("GET", "mailboxes/$count?$filter=startswith(name,'Double')")).text).toBe("2");
  });

  test("a row by its key with its name", async () => {
    const id = mailboxRow(sandbox, "anna@northwind.example")["mailboxid"];
    expect((await send("GET", `mailboxes(mailboxid=${id})?$select=name`)).json).toMatchObject({ name: "Anna Berg" });
  });

  test.each(["mailboxes(abc)", "mailboxes()", "mailboxes(name='Anna%20Berg')"])("%s is none", async (path) => {
    expect(await send("GET", path)).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
  });

  test.each(["colour", "name/colour", "name/$ref", "emailserverprofile/name", "name/$value/x"])(
    "%s is no part",
    async (part) => {
      expect(await send("GET", `${anna()}/${part}`)).toMatchObject({
        status: 404,
        json: { error: { code: "0x80060888" } },
      });
    },
  );
});
