import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;

beforeAll(async () => {
  sandbox = await testSandbox();
  send = await webApi(sandbox);
  changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), {
    undeliverablefolder: "50%_off [x]",
    lastsuccessfulsynccompletedon: "2026-11-23T07:00:00Z",
  });
  changeRow(sandbox, mailboxRow(sandbox, "bert@northwind.example"), { incomingemaildeliverymethod: 2 });
});

const query = (options: Readonly<Record<string, string>>) =>
  send("GET", `mailboxes?${new URLSearchParams({ $select: "name", $orderby: "name", ...options })}`);

async function names(options: Readonly<Record<string, string>>): Promise<unknown> {
  const { json } = await query(options);
  return Array.isArray(json["value"]) ? json["value"].map((row) => row.name) : json;
}

const QUEUES = ["Double Queue", "Sales", "Support"];
const DOUBLES = ["Double Queue", "Double User"];

describe("a filter of the sandbox's Dataverse is refused when its operands do not go together:", () => {
  test.each([
    "createdon gt 'abc'",
    "createdon gt '2026-11-23T07:00:00Z'",
    "createdon gt 5",
    "statecode eq '0'",
    "statecode eq true",
    "statecode gt 2026-11-23",
    "name eq 5",
    "name eq true",
    "name eq 11111111-2222-4333-8444-555555555555",
    "mailboxid eq 'abc'",
    "mailboxid eq 5",
    "_emailserverprofile_value eq ''",
    "isforwardmailbox eq 0",
    "isforwardmailbox eq 'false'",
    "versionnumber eq '5'",
    "name eq statecode",
    "'Anna' eq statecode",
    "entityimage eq 'x'",
    "contains(name,'x') eq 'true'",
  ])("%s", async (filter) => {
    expect(await query({ $filter: filter })).toMatchObject({
      status: 400,
      json: { error: { code: "0x80060888", message: expect.stringContaining("incompatible types") } },
    });
  });

  test.each([
    "contains(statecode,'0')",
    "startswith(name,5)",
    "endswith(name)",
    "contains(name,'x','y')",
    "contains(name,emailaddress)",
    "contains(createdon,'2026')",
  ])("%s, a function with arguments that it does not take", async (filter) => {
    expect(await query({ $filter: filter })).toMatchObject({ status: 400 });
  });
});

describe("a filter of the sandbox's Dataverse is refused when it is none:", () => {
  test.each([
    'name eq "Anna Berg"',
    "name eq 'Anna'and statecode eq 0",
    "(statecode eq 0)and statecode eq 0",
    "name eq 'O'Neill'",
    "name eq 'open",
    "name",
    "statecode eq",
    "eq 0",
    "not name",
    "not statecode eq 0",
    "name and statecode eq 0",
    "statecode eq 0 statecode eq 0",
    "statecode add 1 eq 1",
    "statecode in (0,1)",
    "createdon gt 2026-02-30",
    "createdon gt 2026-11-23T25:00:00Z",
    "createdon gt 2026-11-23T07:00:00",
    "regardingobjectid/fullname eq 'Anna Berg'",
    "emailserverprofile_mailbox/any(m:m/name eq 'x')",
    "length(name) eq 5",
    "null",
    "@p1",
  ])("%s", async (filter) => {
    expect(await query({ $filter: filter })).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
  });
});

describe("a filter of the sandbox's Dataverse finds rows", () => {
  test.each<[string, unknown]>([
    ["startswith(name,'Anna') eq true", ["Anna Berg"]],
    ["startswith(name,'Double') ne false", DOUBLES],
    ["not startswith(name,'A') and not contains(name,'o')", ["Bert Lind", "Sales"]],
    ["'Anna Berg' eq name", ["Anna Berg"]],
    ["name eq name and startswith(name,'Do') and name ne 'Dora Nyman'", DOUBLES],
    ["not isforwardmailbox and name eq 'Sales'", ["Sales"]],
    ["name eq 'Sales' and testemailconfigurationscheduled eq false", ["Sales"]],
    ["incomingemaildeliverymethod gt 1.5", ["Bert Lind"]],
    ["incomingemaildeliverymethod eq -1", []],
    ["lastsuccessfulsynccompletedon ge 2026-11-23", ["Anna Berg"]],
    ["lastsuccessfulsynccompletedon eq 2026-11-23T09:00:00+02:00", ["Anna Berg"]],
    ["lastsuccessfulsynccompletedon gt 2026-11-23T07:00:00.000Z", []],
    ["lastsuccessfulsynccompletedon ne null", ["Anna Berg"]],
    ["entityimage eq null and name eq 'Sales'", ["Sales"]],
    ["oauthrefreshtoken ne null", []],
    ["((name eq 'SALES') or (name eq 'support'))", ["Sales", "Support"]],
  ])("%s", async (filter, expected) => {
    expect(await names({ $filter: filter })).toEqual(expected);
  });

  test("by a pattern of nothing but wildcards", async () => {
    expect(await names({ $filter: `contains(name,'${"%_".repeat(500)}')` })).toEqual([]);
  });

  test("that has thousands of parts", async () => {
    const or = { "@p": Array(2400).fill("false").join(" or ") };
    expect(await names({ $filter: "@p or name eq 'Sales'", ...or })).toEqual(["Sales"]);
    const chained = `name eq 'Sales'${" eq true".repeat(90)}`;
    expect(await names({ $filter: chained })).toEqual(["Sales"]);
  });

  test.each([
    ["comparisons", `true${" eq true".repeat(2000)}`],
    ["parentheses", `${"(".repeat(2000)}true${")".repeat(2000)}`],
    ["negations", `${"not ".repeat(2000)}true`],
    ["words", Array(2600).fill("true").join(" or ")],
  ])("but not with endless %s", async (_, filter) => {
    expect(await query({ $filter: filter })).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
  });

  test("by the id of a lookup, in quotes or without", async () => {
    const user = rowWhere(sandbox, "systemusers", "fullname", "Anna Berg")["systemuserid"];
    expect(await names({ $filter: `_regardingobjectid_value eq ${user}` })).toEqual(["Anna Berg"]);
    expect(await names({ $filter: `_regardingobjectid_value eq '${user}'` })).toEqual(["Anna Berg"]);
  });

  test.each<[string, unknown]>([
    ["startswith(name,'%Queue')", ["Double Queue"]],
    ["startswith(name,'_ert')", ["Bert Lind"]],
    ["startswith(name,'[ab]')", ["Anna Berg", "Bert Lind"]],
    ["startswith(name,'[a-c]')", ["Anna Berg", "Bert Lind", "Carl Moss"]],
    ["startswith(name,'Do[^r]')", DOUBLES],
    ["endswith(name,'s_l_s')", ["Sales"]],
    ["contains(undeliverablefolder,'[%][_]off')", ["Anna Berg"]],
    ["contains(undeliverablefolder,'[x')", ["Anna Berg"]],
  ])("with wildcards: %s", async (filter, expected) => {
    expect(await names({ $filter: filter })).toEqual(expected);
  });
});

describe("query functions take strings, whatever the column's type:", () => {
  const call = (name: string, column: string, values: string) => ({
    $filter: `Microsoft.Dynamics.CRM.${name}(PropertyName='${column}',PropertyValues=${values})`,
  });

  test.each<[string, string, string, unknown]>([
    ["In", "incomingemaildeliverymethod", "['2']", ["Bert Lind"]],
    ["In", "incomingemaildeliverymethod", '["2","1"]', ["Bert Lind"]],
    ["NotIn", "incomingemaildeliverymethod", '["0"]', ["Bert Lind"]],
    ["In", "name", "['sales','O''Neill']", ["Sales"]],
    ["In", "name", '["Support","O\'Neill","\\"x\\""]', ["Support"]],
    ["In", "isforwardmailbox", "['1']", []],
    ["In", "lastsuccessfulsynccompletedon", "['2026-11-23T07:00:00.000Z']", ["Anna Berg"]],
    ["In", "name", "[]", []],
    ["Between", "incomingemaildeliverymethod", '["1","3"]', ["Bert Lind"]],
  ])("%s(%s, %s)", async (name, column, values, expected) => {
    expect(await names(call(name, column, values))).toEqual(expected);
  });

  test("by ids, of the row and of a lookup", async () => {
    const { mailboxid, _regardingobjectid_value: user } = mailboxRow(sandbox, "anna@northwind.example");
    expect(await names(call("In", "mailboxid", `["${String(mailboxid).toUpperCase()}"]`))).toEqual(["Anna Berg"]);
    for (const column of ["_regardingobjectid_value", "regardingobjectid"])
      expect(await names(call("In", column, `['${user}']`))).toEqual(["Anna Berg"]);
  });

  test.each([
    ["numbers", call("In", "statecode", "[0]")],
    ["ids without quotes", call("In", "mailboxid", "[11111111-2222-4333-8444-555555555555]")],
    ["null", call("In", "name", "[null]")],
    ["a text for a number", call("In", "statecode", "['active']")],
    ["a text for an id", call("In", "mailboxid", "['Anna']")],
    ["a text for a moment", call("In", "createdon", "['yesterday']")],
    ["a string instead of a collection", call("In", "name", "'Anna Berg'")],
    ["an unknown column", call("In", "colour", "['red']")],
    ["one end instead of two", call("Between", "statecode", "['0']")],
    ["values without commas", call("In", "name", "['a' 'b']")],
    ["a parameter too few", { $filter: "Microsoft.Dynamics.CRM.In(PropertyName='name')" }],
    ["a parameter it does not have", { $filter: "Microsoft.Dynamics.CRM.In(PropertyName='name',Values=['x'])" }],
  ])("and no %s", async (_, options) => {
    expect(await query(options)).toMatchObject({ status: 400, json: { error: { code: "0x80060888" } } });
  });

  test.each(["Last7Days(PropertyName='createdon')", "ContainValues(PropertyName='name',PropertyValues=['x'])"])(
    "and %s says that it is not served",
    async (condition) => {
      const answer = await query({ $filter: `Microsoft.Dynamics.CRM.${condition}` });
      expect(answer).toMatchObject({
        status: 400,
        json: { error: { message: expect.stringContaining("not implemented") } },
      });
    },
  );
});

describe("parameter aliases stand for", () => {
  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ["a value", { $filter: "name eq @n", "@n": "'Sales'" }, ["Sales"]],
    ["a column", { $filter: "@c eq 'Sales'", "@c": "name" }, ["Sales"]],
    ["an order", { $filter: "contains(name,'o')", $orderby: "@p desc", "@p": "name", $top: "1" }, ["Support"]],
    ["null, without a value", { $filter: "emailaddress eq @missing" }, []],
    [
      "what a query function is given",
      {
        $filter: "Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)",
        "@p1": "'name'",
        "@p2": '["Double Queue","Sales","Support"]',
      },
      QUEUES,
    ],
  ])("%s", async (_, options, expected) => {
    expect(await names(options)).toEqual(expected);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["a value of the wrong type", { $filter: "name eq @n", "@n": "5" }],
    ["nothing", { $filter: "name eq @n", "@n": "" }],
    ["another alias", { $filter: "name eq @n", "@n": "@m", "@m": "'x'" }],
  ])("and not for %s", async (_, options) => {
    expect((await query(options)).status).toBe(400);
  });
});
