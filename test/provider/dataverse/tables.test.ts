import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kinds } from "../../../provider/dataverse/columns.ts";
import { selectOf, tables } from "../../../provider/dataverse/tables.ts";

interface Column {
  readonly name: string;
  readonly type: string;
  readonly webApiName: string | null;
  readonly readable: boolean;
}

/** The kinds that fit a type of Dataverse's metadata. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  String: ["string", "string?", "line?"],
  Memo: ["string", "string?"],
  Integer: ["integer", "integer?"],
  Picklist: ["integer", "integer?"],
  State: ["integer"],
  Status: ["integer", "integer?"],
  Boolean: ["on", "off"],
  Uniqueidentifier: ["guid"],
  Lookup: ["lookup"],
  DateTime: ["date?"],
};

function columnsOf(entity: string): Column[] {
  const file = new URL(`../../../schema/dataverse/${entity}.columns.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).columns;
}

describe.each([
  ["emailserverprofiles", "emailserverprofile"],
  ["mailboxes", "mailbox"],
  ["tracelogs", "tracelog"],
] as const)("%s", (table, entity) => {
  const listed = new Map(columnsOf(entity).map((column) => [column.webApiName, column]));

  it("selects only columns that exist and can be read", () => {
    const selected = selectOf(table).split(",");
    expect(selected.length).toBeGreaterThan(5);
    expect(selected.filter((name) => listed.get(name)?.readable !== true)).toEqual([]);
  });

  it("reads every column as what it is", () => {
    const wrong = Object.entries(tables[table].columns).filter(([name, kind]) => {
      const type = listed.get(name)?.type ?? "";
      return kind !== "annotation" && !KINDS[type]?.includes(kind);
    });
    expect(wrong).toEqual([]);
  });

  it("has its key among the columns", () => {
    expect(selectOf(table).split(",")).toContain(tables[table].key);
  });
});

describe("kinds of columns", () => {
  it.each([
    ["string", "a", ["a"], [null, 1, undefined]],
    ["string?", null, [null, "a"], [1, undefined, {}]],
    ["line?", "a b", [null, ""], [1, undefined, {}]],
    ["integer", 3, [0, -5], [null, "3", 1.5, Number.NaN, undefined]],
    ["integer?", null, [null, 7], ["7", undefined]],
    ["guid", "6F1d2c3b-0000-4000-8000-000000000000", [], [null, "6f1d2c3b", undefined]],
    ["lookup", null, [null, "6f1d2c3b-0000-4000-8000-000000000000"], ["x", 5, undefined]],
    ["date?", "1900-01-01T00:00:00Z", [null], ["yesterday", 5, undefined]],
  ] as const)("%s takes its own values and no others", (kind, sample, good, bad) => {
    for (const value of [sample, ...good]) expect(kinds[kind](value)).toBe(value);
    for (const value of bad) expect(kinds[kind](value)).toBeUndefined();
  });

  it("shows a name on one line, whatever the service has", () => {
    expect(kinds["line?"]("anna@northwind.example\r\n\x1b[31merror:\u202E none")).toBe(
      "anna@northwind.example [31merror: none",
    );
  });

  it("takes an unset two-option column for its default", () => {
    expect([kinds.on(null), kinds.off(null), kinds.on(false), kinds.off(true)]).toEqual([true, false, false, true]);
    expect(kinds.on("true")).toBeUndefined();
  });
});
