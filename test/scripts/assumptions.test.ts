import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { assumptionsPage } from "../../scripts/generate/assumptions.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const row = (id: string) => ({
  id,
  what: "Rows come in the order of their ids.",
  why: "No order is promised.",
  page: "https://example.com/order-rows",
  matters: "Lists without an order.",
  see: "`GET mailboxes`.",
});

/** The page of a table with these ids, for a tree of these files. */
function pageOf(ids: readonly string[], files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [file, text] of Object.entries({ "provider/fault.ts": "", ...files })) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  return assumptionsPage([{ service: "Dataverse", assumptions: ids.map(row) }], directory);
}

test("an assumption is shown with all that is said of it, and each file that names it once", () => {
  const page = pageOf(["equal-rows"], {
    "sandbox/b.ts": "/** Sorts. Assumption: equal-rows. */\n",
    "sandbox/a.ts": "// Assumption: equal-rows.\n\nsort(); // Assumption: equal-rows. Here, too.\n",
    "sandbox/c.ts": 'const assumption = "Assumption of nobody";\n',
  });
  const { what, why, page: url, matters, see } = row("equal-rows");
  for (const text of ["## Dataverse", "### equal-rows", what, why, url, matters, see]) expect(page).toContain(text);
  expect(page).toContain("[`sandbox/a.ts`](../sandbox/a.ts), [`sandbox/b.ts`](../sandbox/b.ts)\n");
  expect(page).not.toContain("sandbox/c.ts");
});

test("an assumption that no page comes close to names none", () => {
  const { page: _, ...bare } = row("equal-rows");
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "provider"));
  mkdirSync(join(directory, "sandbox"));
  writeFileSync(join(directory, "sandbox/a.ts"), "// Assumption: equal-rows.\n");
  const page = assumptionsPage([{ service: "Dataverse", assumptions: [bare] }], directory);
  expect(page).toContain(`${bare.why}\n- **Where`);
});

test.each([
  ["says what and no id", "// Assumption: equal rows are in any order.\n"],
  ["has an id that goes on", "// Assumption: equal-rows, and others.\n"],
  ["has its id in the next line", "/**\n * Sorts. Assumption:\n * equal-rows.\n */\n"],
  ["mentions several", "/** Assumptions: status and code. */\n"],
  ["mentions one in passing", "/** The status (assumption). */\n"],
])("a comment that %s is refused, with its place", (_, text) => {
  const files = { "sandbox/a.ts": "// Assumption: equal-rows.\n", "sandbox/b.ts": `\n${text}` };
  expect(() => pageOf(["equal-rows"], files)).toThrow(/^Assumptions .*\nsandbox\/b\.ts:[23] speaks .* names none/);
});

test("an id that the table does not have is refused, with its place", () => {
  expect(() => pageOf([], { "sandbox/a.ts": "\n// Assumption: equal-rows.\n" })).toThrow(
    "sandbox/a.ts:2 names the assumption equal-rows, which is not in the table",
  );
});

test("an id that no comment names is refused", () => {
  expect(() => pageOf(["equal-rows"], { "sandbox/a.ts": "export const id = 1;\n" })).toThrow(
    "No comment names the assumption equal-rows",
  );
});

test("an id that two rows have is refused", () => {
  expect(() => pageOf(["equal-rows", "equal-rows"], { "sandbox/a.ts": "// Assumption: equal-rows.\n" })).toThrow(
    "The assumption equal-rows is in the table 2 times",
  );
});
