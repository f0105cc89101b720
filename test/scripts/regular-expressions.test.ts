import { describe, expect, test } from "vitest";
import { expressionsIn, superlinear } from "../../scripts/regular-expressions.ts";

const of = ({ source, flags }: RegExp) => superlinear({ source, flags });

describe("a regular expression", () => {
  test.each([
    /a+b/,
    /(a+)+$/,
    /^(\S+@\S+) (\S+)$/,
    /AADSTS\d+.*?(?=\s*Trace ID:|\n|$)/s,
    /\b530\b.*STARTTLS/i,
    /<title[^>]*>/,
    /(?:x|foo.*bar)/,
    /x(?:y|foo(.*))+bar/,
    /-----BEGIN ([A-Z ]+)-----(.*)-----END \1-----/s,
    /\\+[rn]/,
  ])("is refused where its time grows faster than the text: %s", (expression) => {
    expect(of(expression)).toMatch(/^(at least quadratic|exponential) time/);
  });

  test.each([
    /^a+b/,
    /#.*/,
    /\s+/g,
    /\(([^()]+)\)$/,
    /<title[^<>]*>/,
    /\b4\.\d+\.\d+\b/,
    /foo.{0,300}bar/,
    /(?<!\\)\\+[rn]/,
    /x(?:ab)*c/,
  ])("is taken where it does not: %s", (expression) => {
    expect(of(expression)).toBeUndefined();
  });

  test("is found as a literal, and as the text of a pattern", () => {
    const text =
      'const NAME = "^[a-z]+$";\nconst { pattern } = { pattern: `^b$` };\nlog("not ^this$", /c\\/[/]/giu);\n';
    expect(expressionsIn("a.ts", text)).toEqual([
      { place: "a.ts:1", source: "^[a-z]+$", flags: "u" },
      { place: "a.ts:2", source: "^b$", flags: "u" },
      { place: "a.ts:3", source: "c\\/[/]", flags: "giu" },
    ]);
  });
});
