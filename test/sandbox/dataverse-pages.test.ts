import { beforeEach, describe, expect, test } from "vitest";
import { skipToken } from "../../sandbox/dataverse/cursor.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

let sandbox: Sandbox;
let send: Send;

beforeEach(async () => {
  sandbox = await testSandbox({ extraUsers: 7 });
  send = await webApi(sandbox);
  // "pg0" to "pg6" in another order than that of their ids; pg1 and pg2 have the same port.
  for (const [index, port] of [5, 1, 1, 4, 3, 2, 9].entries()) {
    const location = {
      incomingserverlocation: "i.example",
      outgoingserverlocation: "o.example",
      outgoingportnumber: 25,
    };
    const profile = { name: `pg${index}`, servertype: 1, incomingportnumber: port, ...location };
    await send("POST", "emailserverprofiles", { ...profile, usesamesettingsforoutgoingconnections: false });
  }
});

interface Page {
  readonly names: readonly string[];
  readonly next: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

async function page(path: string, prefer?: string): Promise<Page> {
  const { json, headers, status, text } = await send("GET", path, undefined, prefer ? { prefer } : {});
  const { value, "@odata.nextLink": link } = json;
  if (status !== 200 || !Array.isArray(value)) throw new Error(text);
  const next = typeof link === "string" ? link.replace(/^.*\/api\/data\/v9\.2\//, "") : undefined;
  return { names: value.map((row) => String(row.name)), next, headers };
}

/** The names of this page and all that follow. */
async function rest(first: Page, prefer?: string): Promise<string[]> {
  const names = [...first.names];
  for (let { next } = first; next; ) {
    const following = await page(next, prefer);
    names.push(...following.names);
    next = following.next;
  }
  return names;
}

const TWO = "odata.maxpagesize=2";
const query = (options: Readonly<Record<string, string>>) =>
  `emailserverprofiles?${new URLSearchParams({ $select: "name", $filter: "startswith(name,'pg')", ...options })}`;
const all = async (options: Readonly<Record<string, string>>) => (await page(query(options))).names;

async function drop(name: string): Promise<void> {
  const row = sandbox.world.dataverse.rows["emailserverprofiles"]?.find((candidate) => candidate["name"] === name);
  expect((await send("DELETE", `emailserverprofiles(${row?.["emailserverprofileid"]})`)).status).toBe(204);
}

const ORDERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { $orderby: "name" },
  { $orderby: "name desc" },
  { $orderby: "incomingportnumber" },
  { $orderby: "incomingportnumber desc,name" },
  { $orderby: "oauthclientid,createdon desc" },
];

describe.each(ORDERS)("pages of rows in the order %j", (order) => {
  test("are the whole", async () => {
    const whole = await all(order);
    expect(whole.toSorted()).toEqual(["pg0", "pg1", "pg2", "pg3", "pg4", "pg5", "pg6"]);
    expect(await rest(await page(query(order), TWO), TWO)).toEqual(whole);
  });

  test("miss no row while others are deleted or added before them", async () => {
    const whole = await all(order);
    const first = await page(query(order), TWO);
    for (const name of first.names) await drop(name);
    expect(await rest(first, TWO)).toEqual(whole);
  });

  test("keep to their size when the next is asked without it", async () => {
    const whole = await all(order);
    const first = await page(query({ ...order, $top: "3" }), TWO);
    const second = await page(first.next ?? "");
    expect(second.names).toHaveLength(2);
    expect(await rest(first)).toEqual(whole);
  });
});

describe("a page", () => {
  test("that is the last leads nowhere", async () => {
    expect((await page(query({}), "odata.maxpagesize=7")).next).toBeUndefined();
    expect((await page(query({ $top: "2" }))).next).toBeUndefined();
    expect((await page(query({ $top: "0" }))).names).toEqual([]);
  });

  test("says which size it has, and that it has no more than 5,000 rows", async () => {
    expect((await page(query({}), TWO)).headers["preference-applied"]).toBe("odata.maxpagesize=2");
    expect((await page(query({}), "odata.maxpagesize=9999")).headers["preference-applied"]).toBe(
      "odata.maxpagesize=5000",
    );
    expect((await page(query({}))).headers["preference-applied"]).toBeUndefined();
  });

  test("of a token from another order, or of no token at all, is refused", async () => {
    const token = new URLSearchParams((await page(query({ $orderby: "name" }), TWO)).next?.split("?")[1]).get(
      "$skiptoken",
    );
    const cursor = { page: 2, size: 2, left: null, by: ["emailserverprofileid 1"], last: ["x"] };
    const wrong = [
      token ?? "",
      "",
      "x",
      "2",
      '<cookie pagenumber="2" istracking="False" />',
      '<cookie pagenumber="2" pagingcookie="%E0%A4%A" istracking="False" />',
      '<cookie pagenumber="2" pagingcookie="{}" istracking="False" />',
      `${skipToken(cursor)}x`,
      skipToken({ ...cursor, page: -1 }),
      skipToken({ ...cursor, size: 0.5 }),
      skipToken({ ...cursor, last: [] }),
    ];
    for (const $skiptoken of wrong) {
      const answer = await send("GET", query({ $skiptoken }));
      expect(answer).toMatchObject({ status: 400, json: { error: { message: "Malformed XML in the Paging Cookie" } } });
    }
    expect((await send("GET", query({ $skiptoken: skipToken(cursor) }))).status).toBe(200);
  });

  test.each(["odata.maxpagesize=0", "odata.maxpagesize=-1", "odata.maxpagesize=many", "odata.maxpagesize"])(
    "of the size %s is refused",
    async (prefer) => {
      expect((await send("GET", query({}), undefined, { prefer })).status).toBe(400);
    },
  );
});
