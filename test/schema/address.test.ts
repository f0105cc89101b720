import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESS, accountOf, addressProblem, addressWarning, spellings } from "../../provider/schema/address.ts";

const PATTERN = new RegExp(ADDRESS.pattern, "u");

describe("a mail address", () => {
  test.each([
    "anna@northwind.example",
    "pat.o'connor@northwind.example",
    "anna+crm@northwind.example",
    "jo_h-n.1@mail.northwind.example",
    "anna@m\u00FCnchen.example",
    "anna@xn--mnchen-3ya.example",
    "anna@\u043F\u0440\u0438\u043C\u0435\u0440.example",
    "a&b=c/d%e#f!g$h*i?j^k`l{m|n}o~p@northwind.example",
    `${"a".repeat(64)}@northwind.example`,
  ])("may be %s", (address) => {
    expect(addressProblem(address)).toBeUndefined();
    expect(address).toMatch(PATTERN);
  });

  test.each([
    ["anna", "has no @"],
    ["@northwind.example", "has nothing before the @"],
    ["anna@", "has nothing behind the @"],
    ["anna@@northwind.example", "has more than one @"],
    ["anna..berg@northwind.example", "has two dots in a row (..)"],
    ["anna@northwind..example", "has two dots in a row (..)"],
    [".anna@northwind.example", "begins with a dot"],
    ["anna.@northwind.example", "has a dot right before the @"],
    ["anna@.example", "has a dot right behind the @"],
    ["anna@northwind.example.", "ends with a dot"],
    ["anna@northwind", "has no domain with a dot behind the @"],
    ["anna@-northwind.example", "has a hyphen at the beginning or the end of a part of its domain"],
    ["anna@north_wind.example", "has _ (U+005F) behind the @"],
    ["j\u00F6rg@northwind.example", "has \u00F6 (U+00F6) before the @"],
    ['"anna berg"@northwind.example', "has a blank (U+0020)"],
    ['"anna"@northwind.example', 'has " (U+0022) before the @'],
    ["anna@northwind.example ", "has a blank (U+0020) at its end"],
    ["\u00A0anna@northwind.example", "has a no-break space (U+00A0) at its beginning"],
    ["anna\u200B@northwind.example", "has a zero width space (U+200B):"],
    ["anna@northwind.example\uFEFF", "has a byte order mark (U+FEFF) at its end"],
    ["an\u0000na@northwind.example", "has a character U+0000:"],
    ["anna@north\u202Ewind.example", "has a right-to-left override (U+202E):"],
    ["anna@northwind.example\n", "has a line end (U+000A) at its end"],
    ["an\u0430nna@northwind.example", "has \u0430 (U+0430) before the @"],
    ["anna@northwind.example,bert@northwind.example", "is more than one address"],
    ["<anna@northwind.example>", "has more around it than the address"],
    ["mailto:anna@northwind.example", "has more around it than the address"],
    [`${"a".repeat(65)}@northwind.example`, "has more than 64 characters before the @"],
    ["anna@xn--m\u00FC.example", "has a domain behind the @ that cannot be one"],
    ["", "has no @"],
  ])("is not %j, and it is said why", (text, why) => {
    expect(addressProblem(text)).toContain(why);
    // Controls and what nobody sees are told by their number alone.
    expect(addressProblem(text)).not.toMatch(/[\p{C}\u00A0]/u);
  });

  test("is explained wherever the form of it is not met", () => {
    const sign = fc.constantFrom(..."ab.@-_'+\"\u00E4\u200B ,\u0301".split(""));
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 12 }), (text) => {
        if (!PATTERN.test(text)) expect(addressProblem(text)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["a&b@northwind.example", "has & (U+0026) before the @, which user names of Google Workspace cannot have"],
    ["sales=eu@northwind.example", "has = (U+003D)"],
    ["pat.o'connor+crm_1-2@northwind.example", undefined],
  ])("of a form that Workspace has no accounts of is only warned of: %s", (address, warning) => {
    if (warning === undefined) expect(addressWarning(address)).toBeUndefined();
    else expect(addressWarning(address)).toContain(warning);
  });

  test("of a domain in letters of a language is the same in ASCII", () => {
    expect(accountOf("Anna@M\u00DCNCHEN.example")).toBe(accountOf("anna@xn--mnchen-3ya.example"));
    expect(spellings("anna@m\u00FCnchen.example")).toEqual([
      "anna@m\u00FCnchen.example",
      "anna@xn--mnchen-3ya.example",
    ]);
    expect(spellings("anna@xn--mnchen-3ya.example")).toEqual([
      "anna@xn--mnchen-3ya.example",
      "anna@m\u00FCnchen.example",
    ]);
    expect(spellings("Anna@Northwind.Example")).toEqual(["Anna@Northwind.Example"]);
  });
});
