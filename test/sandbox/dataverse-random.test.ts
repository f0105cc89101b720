import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataverseService } from "../../sandbox/dataverse/service.ts";
import { tables } from "../../sandbox/dataverse/tables.ts";
import type { HttpAnswer } from "../../sandbox/http.ts";
import { APPLICATION_ID, ENVIRONMENT_URL } from "../../sandbox/world/northwind.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { LONG } from "../support/long.ts";

const seed = seedWorld(2).dataverse;
const ids = Object.values(seed.rows).flatMap((rows) =>
  rows.flatMap((row) =>
    Object.values(row)
      .map(String)
      .filter((cell) => /^[0-9a-f]{8}-/.test(cell)),
  ),
);

/** Addresses of rows that are there. */
const there = fc.constantFrom(
  ...[...tables].flatMap(([set, { primaryId }]) => (seed.rows[set] ?? []).map((row) => `${set}(${row[primaryId]})`)),
);
const sets = fc.constantFrom(...tables.keys());
const id = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ids) },
  { weight: 1, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: fc.string() },
);
const columnNames = [...tables.values()].flatMap((table) => [...table.properties.keys()]);
const navigations = [...tables.values()].flatMap(({ relationships }) =>
  relationships.map(({ navigationProperty }) => navigationProperty),
);
const column = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      "name",
      "statecode",
      "createdon",
      "mailboxid",
      "_regardingobjectid_value",
      ...columnNames,
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("constructor", "__proto__", "toString", "colour", "") },
);
const part = fc.oneof(column, fc.constantFrom(...navigations));

const row = fc.oneof(
  { weight: 4, arbitrary: there },
  { weight: 1, arbitrary: fc.tuple(sets, id).map(([set, key]) => `${set}(${key})`) },
);
const path = fc.oneof(
  { weight: 4, arbitrary: sets },
  { weight: 6, arbitrary: row },
  { weight: 4, arbitrary: fc.tuple(row, part).map((parts) => parts.join("/")) },
  {
    weight: 3,
    arbitrary: fc.tuple(row, part, fc.constantFrom("$ref", "$value", "$count", "x")).map((parts) => parts.join("/")),
  },
  { weight: 1, arbitrary: sets.map((set) => `${set}/$count`) },
  { weight: 1, arbitrary: fc.constantFrom("WhoAmI", "RetrieveVersion()", "$batch", "$metadata", "", "/", "%E0%A4%A") },
  { weight: 1, arbitrary: fc.string() },
);

const literal = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "'x'",
    "'%'",
    "'O''Neill'",
    '"x"',
    "2026-11-23",
    "@p",
    "''",
  ),
  id,
  fc.date().map((date) => (Number.isNaN(date.getTime()) ? "0000-00-00" : date.toISOString())),
  fc.string().map((text) => `'${text}'`),
);
const operand = fc.oneof(column, literal);
const comparison = fc
  .tuple(operand, fc.constantFrom("eq", "ne", "gt", "le", "add", "eq\u00a0"), operand)
  .map((parts) => parts.join(" "));
const call = fc
  .tuple(fc.constantFrom("contains", "startswith", "endswith", "length"), column, literal)
  .map(([name, of, value]) => `${name}(${of},${value})`);
const queryFunction = fc
  .tuple(fc.constantFrom("In", "NotIn", "Between", "Last7Days"), column, fc.array(literal, { maxLength: 3 }))
  .map(([name, of, values]) => `Microsoft.Dynamics.CRM.${name}(PropertyName='${of}',PropertyValues=[${values}])`);
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    call,
    queryFunction,
    fc.string(),
    tie("filter").map((inner) => `not (${inner})`),
    fc.tuple(tie("filter"), fc.constantFrom("and", "or"), tie("filter")).map((parts) => parts.join(" ")),
  ),
}));

const option = fc.oneof(
  fc.tuple(fc.constant("$filter"), filter),
  fc.tuple(fc.constant("$select"), fc.array(column, { maxLength: 3 }).map(String)),
  fc.tuple(
    fc.constant("$orderby"),
    fc.array(column, { maxLength: 3 }).map((names) => names.join(" desc,")),
  ),
  fc.tuple(
    fc.constantFrom("$top", "$count", "$skiptoken", "@p", "fetchXml", "$expand"),
    fc.oneof(literal, fc.string()),
  ),
  fc.tuple(fc.string(), fc.string()),
);
const options = fc.oneof(
  { weight: 3, arbitrary: fc.constant<[string, string][]>([]) },
  { weight: 4, arbitrary: option.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(option, { maxLength: 3 }) },
);

const headers = fc.record(
  {
    prefer: fc.oneof(
      fc.constantFrom("return=representation", 'odata.include-annotations="*"', "odata.maxpagesize=2", "return=x"),
      fc.string(),
    ),
    "if-match": fc.constantFrom("*", 'W/"1"', 'W/"1000004"', "junk"),
    "if-none-match": fc.constantFrom("*", "null", 'W/"1000004"'),
  },
  { requiredKeys: [] },
);

const value = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 2, 5, "x", "2026-11-23T07:00:00Z", "\ud800"),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(...ids).map((key) => `/emailserverprofiles(${key})`),
);
const member = fc.tuple(
  fc.oneof(
    column,
    fc.constantFrom(...navigations).map((name) => `${name}@odata.bind`),
    fc.constantFrom("value", "@odata.id", "@odata.type", "name@odata.type", "x@y"),
  ),
  value,
);
/** Bodies that some requests are right with, or wrong only by a rule of the service. */
const sound = fc.constantFrom<object>(
  { name: "x" },
  { statecode: 1 },
  { emailaddress: "other@northwind.example" },
  { name: "x", statecode: 0, statuscode: 2 },
  { name: "x", incomingusessl: false },
  { value: "x" },
  { value: 1 },
  { undeliverablefolder: "x", "undeliverablefolder@odata.type": "#String" },
  { "@odata.id": `/emailserverprofiles(${seed.rows["emailserverprofiles"]?.[0]?.["emailserverprofileid"]})` },
);
const body = fc.oneof(
  { weight: 4, arbitrary: sound.map((members) => JSON.stringify(members)) },
  {
    weight: 6,
    arbitrary: fc.array(member, { maxLength: 3 }).map((members) => JSON.stringify(Object.fromEntries(members))),
  },
  { weight: 1, arbitrary: value.map((bare) => JSON.stringify({ value: bare })) },
  { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string(), fc.constant('{"name":"a","name":"b"}')) },
);

const request = fc.record({
  method: fc.constantFrom("GET", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"),
  path,
  options,
  headers,
  body,
});
interface Request {
  readonly method: string;
  readonly path: string;
  readonly options: [string, string][];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function ask(
  state: typeof seed,
  { method, path: target, options: query, headers: given, body: text }: Request,
): Promise<HttpAnswer> {
  const service = dataverseService({
    state: () => state,
    environmentUrl: ENVIRONMENT_URL,
    bearer: () => APPLICATION_ID,
    onMailboxSaved: () => {},
  });
  const url = new URL(`${ENVIRONMENT_URL}/api/data/v9.2/`);
  url.pathname += target;
  url.search = new URLSearchParams(query).toString();
  const common = { authorization: "Bearer token", "content-type": "application/json" };
  return service({ method, url, headers: { ...common, ...given }, body: text });
}

describe("of random requests to the sandbox's Dataverse", () => {
  test("none ends in an error of its own, and none that is refused or only reads changes anything", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const state = structuredClone(seed);
        const { status } = await ask(state, asked);
        const changed = !isDeepStrictEqual(state, seed);
        seen.add(`${asked.method} ${status}${changed ? " changed" : ""}`);
        expect(status).toBeLessThan(500);
        if (status >= 400 || asked.method === "GET") expect(changed).toBe(false);
      }),
      // The same requests in every run, as some kinds of answers are rare; with `npm run test:all` ten times as many others.
      LONG ? { numRuns: 40_000 } : { numRuns: 4000, seed: 2026 },
    );
    // The requests are not all refused at the door.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        "GET 200",
        "GET 400",
        "GET 404",
        "PATCH 204 changed",
        "PATCH 400",
        "PUT 400",
        "DELETE 405",
      ]),
    );
  }, 60_000);
});
