import { expect, test } from "vitest";
import { type Columns, changesTo, importedInputs, inputsOf, option, plain } from "../../provider/resource/columns.ts";

interface Inputs {
  readonly name: string;
  readonly method: "on" | "off";
  readonly secret: string;
  readonly port?: number;
}

interface Row {
  readonly name: string | null;
  readonly deliverymethod: number | null;
  readonly portnumber: number | null;
}

const columns: Columns<Inputs, Row> = {
  name: plain("name", null),
  method: option("deliverymethod", { on: 2, off: 0 }),
  secret: null,
  port: { ...plain("portnumber", null), wanted: (port, { method }) => port ?? (method === "on" ? 993 : undefined) },
};

const row: Row = { name: "Gmail", deliverymethod: 0, portnumber: 143 };

// A property that is forgotten, and a column that the table does not read, do not compile.
// @ts-expect-error port is forgotten
const forgotten: Columns<Inputs, Row> = {
  name: plain("name", null),
  method: option("deliverymethod", { on: 2, off: 0 }),
  secret: null,
};
// @ts-expect-error there is no such column
const unread: Columns<Pick<Inputs, "name">, Row> = { name: plain("nam", null) };
// @ts-expect-error a number of the option set is forgotten
const unnumbered: Columns<Pick<Inputs, "method">, Row> = { method: option("deliverymethod", { on: 2 }) };

test("what differs is written, by the column's name, and nothing else", () => {
  expect(changesTo(columns, row, { name: "Gmail", method: "on", secret: "x" })).toEqual({
    deliverymethod: 2,
    portnumber: 993,
  });
  expect(changesTo(columns, row, { name: "Gmail", method: "off", port: 143 })).toEqual({});
  expect([forgotten, unread, unnumbered]).toHaveLength(3);
});

test("what is no longer declared goes back to unset", () => {
  expect(changesTo(columns, row, { method: "off" }, { method: "off", port: 143 })).toEqual({ portnumber: null });
});

test("a row that somebody changed shows in the inputs, property by property", () => {
  const stored: Inputs = { name: "Mail", method: "off", secret: "x" };
  expect(inputsOf(columns, row, stored)).toEqual({ name: "Gmail", method: "off", secret: "x" });
});

test("an import gives what somebody has set, without what goes without saying", () => {
  const implied: Row = { name: "Gmail", deliverymethod: 2, portnumber: 993 };
  const asInputs = (tree: object): Partial<Inputs> => ({ ...("method" in tree && { method: "on" }) });
  expect(importedInputs(columns, implied, asInputs)).toEqual({ name: "Gmail", method: "on" });
});
