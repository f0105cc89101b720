import { describe, expect, test } from "vitest";
import { csvOf } from "../../provider/cli/doctor/csv.ts";
import { detailOf } from "../../provider/cli/doctor/detail.ts";
import { junitOf } from "../../provider/cli/doctor/junit.ts";
import { OVERVIEWS } from "../../provider/cli/doctor/overview.ts";
import { Progress } from "../../provider/cli/doctor/progress.ts";
import { type Report, reportStored, reportWithout } from "../../provider/cli/doctor/report.ts";
import { Screen } from "../../provider/cli/doctor/screen.ts";
import { eachOnce } from "../../provider/cli/doctor/target.ts";
import { wrapped } from "../../provider/cli/wrap.ts";
import { found } from "../../provider/schema/step.ts";

function failed(address: string, said: string): Report {
  const target = { address, tolerate: [], activate: true, client: "=north" };
  return reportWithout(target, { id: "imap", ...found("IMAP_DISABLED", { message: "Gmail says", said }) });
}

describe("what doctor tells of many", () => {
  test("names ten of those that a cause hits, and how many more; each with its own words where they differ", () => {
    const reports = Array.from({ length: 12 }, (_, index) => failed(`user${index}@northwind.example`, `no ${index}`));
    const lines = OVERVIEWS.cause(reports, new Screen({}));
    expect(lines[1]).toMatch(/^✘ IMAP_DISABLED, 12 mailboxes: /);
    expect(lines[3]).toBe("    user0@northwind.example  no 0");
    expect(lines.slice(3)).toHaveLength(11);
    expect(lines.at(-1)).toBe("    and 2 more");
  });

  test("has the words of all at the cause where they are the same", () => {
    const lines = OVERVIEWS.cause([failed("a@b.example", "no"), failed("c@b.example", "no")], new Screen({}));
    expect(lines[1]).toBe("✘ IMAP_DISABLED, 2 mailboxes: Gmail says: no");
    expect(lines.slice(3)).toEqual(["    a@b.example", "    c@b.example"]);
  });

  test("has no formula in a table", () => {
    const csv = csvOf(
      ["=SUM(1)@b.example", "+1@b.example", "-1@b.example", "@b.example", 'a"b@b.example'].map((address) =>
        failed(address, "no"),
      ),
    );
    expect([...csv].slice(1).map((line) => line.split(",").slice(0, 2))).toEqual([
      [`"'=SUM(1)@b.example"`, `"'=north"`],
      [`"'+1@b.example"`, `"'=north"`],
      [`"'-1@b.example"`, `"'=north"`],
      [`"'@b.example"`, `"'=north"`],
      [`"a""b@b.example"`, `"'=north"`],
    ]);
  });

  test("has nothing in a test suite that no document may hold", () => {
    const [xml] = [...junitOf([failed("a@b.example", "<![CDATA[\u0000\u001b]]> & \"'\ud800\uffff")])].slice(2);
    expect(xml).toContain("Gmail says: &lt;![CDATA[  ]]&gt; &amp; &quot;'\ufffd\"");
  });

  test.each([
    [
      "one line without a width",
      "  a b https://northwind.example/a/b c",
      undefined,
      "  a b https://northwind.example/a/b c",
    ],
    [
      "a link that is longer than the line",
      "  a b https://northwind.example/a/b c",
      12,
      "  a b\n    https://northwind.example/a/b\n    c",
    ],
    ["a line that just fits", "a  b", 4, "a  b"],
  ])("keeps %s", (_, text, columns, lines) => {
    expect(wrapped(text, columns, 4)).toBe(lines);
  });

  test.each([
    ["a terminal", true, "\r\u001b[Klooked at 57 of 230\r\u001b[K"],
    ["no pipe", false, ""],
  ])("shows on %s how far it is", (_, isTTY, expected) => {
    let written = "";
    const write = (text: unknown) => {
      written += text;
      return true;
    };
    const progress = new Progress({ isTTY, write }, 230);
    progress.show(57);
    progress.clear();
    expect(written).toBe(expected);
  });
});

test("a user and a queue with one address have two names in every list, and everybody else the address", () => {
  const target = (name: string, kind: "user" | "queue") => ({
    address: `${name}@northwind.example`,
    kind,
    tolerate: [],
    activate: true,
  });
  const targets = eachOnce([target("double", "user"), target("double", "queue"), target("sales", "queue")]);
  const reports = targets.map((one) => reportStored(one, {}));
  const names = ["double@northwind.example", "double@northwind.example/queue", "sales@northwind.example"];
  expect([...junitOf(reports)].flatMap((line) => /<testcase name="([^"]*)"/.exec(line)?.[1] ?? [])).toEqual(names);
  for (const name of names)
    expect(reports.map((one) => detailOf(one, new Screen({}))).join("\n")).toContain(`${name}:`);
  expect([...csvOf(reports)].join("")).toMatch(/"queue"\r\n.*"queue"\r\n$/);
});
