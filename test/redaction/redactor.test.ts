import { once } from "node:events";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Redactor } from "../../provider/redaction/redactor.ts";

// How secrets are written is said here once more, apart from the product: by hand, not by its functions.

const HEX = "0123456789abcdef";
const percent = (byte: number) => `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
const bytes = (text: string) => [...new TextEncoder().encode(text)];
const isPlain = (character: string) => /[A-Za-z0-9._~-]/.test(character);

/** RFC 3986: everything but unreserved characters. */
const url = (text: string) =>
  bytes(text)
    .map((byte) => (byte < 128 && isPlain(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percent(byte)))
    .join("");
const urlCapitals = (text: string) => url(text).replaceAll(/%../g, (code) => code.toUpperCase());
/** What browsers post: blanks are plus signs, and tilde is encoded. */
const form = (text: string) => url(text).replaceAll("%20", "+").replaceAll("~", "%7e");
const all = (text: string) => bytes(text).map(percent).join("");

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base64 = (text: string, alphabet = ALPHABET) => {
  const bits = bytes(text)
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const groups = bits.match(/.{1,6}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(6, "0"), 2)]).join("");
};
const base64url = (text: string) => base64(text, ALPHABET.replace("+/", "-_"));
const padded = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4, "=");

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const jsonSlashes = (text: string) => json(text).replaceAll("/", "\\/");
const jsonAscii = (text: string) =>
  [...Array(text.length).keys()].map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
const jsonPoints = (text: string) => [...text].map((one) => `\\u{${one.codePointAt(0)?.toString(16)}}`).join("");
const html = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const htmlNumbers = (text: string) => [...text].map((one) => `&#${one.codePointAt(0)};`).join("");

const htmlPadded = (text: string) => [...text].map((one) => `&#${`${one.codePointAt(0)}`.padStart(9, "0")};`).join("");
const htmlNames = (text: string) =>
  html(text).replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll("_", "&lowbar;").replaceAll("=", "&equals;");

const hex = (text: string, between = "") =>
  bytes(text)
    .map((byte) => `${between}${percent(byte).slice(1)}`)
    .join("");
const hexCapitals = (text: string) => hex(text).toUpperCase();
/** RFC 2045, section 6.7. */
const quotedPrintable = (text: string) => hex(text, "=").toUpperCase();
const octal = (text: string) =>
  bytes(text)
    .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
    .join("");
const capitals = (text: string) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
const sixteenBits = (text: string) =>
  btoa([...Array(text.length).keys()].map((index) => littleEndian(text.charCodeAt(index))).join(""));
const littleEndian = (unit: number) => String.fromCharCode(unit & 255, unit >> 8);
const between = (sign: string) => (text: string) => [...text].join(sign);

const folded = (width: number, end: string) => (text: string) => {
  const characters = [...text];
  const lines = Array.from({ length: Math.ceil(characters.length / width) }, (_, line) =>
    characters.slice(line * width, (line + 1) * width).join(""),
  );
  return lines.join(end);
};

/** Frames of SASL (RFC 7628, RFC 4616), whatever stands in their other fields. */
const oauth = (user: string) => (text: string) => base64(`user=${user}\x01auth=Bearer ${text}\x01\x01`);
const plain = (user: string) => (text: string) => base64(`\0${user}\0${text}`);
/** Frames in answers that are encoded themselves, as challenges are. */
const again = (user: string) => (text: string) => base64(padded(oauth(user)(text)));
const dumped = (user: string) => (text: string) => hex(oauth(user)(text));
/** RFC 6749, section 2.3.1. */
const basic = (user: string) => (text: string) => `Basic ${padded(base64(`${form(user)}:${form(text)}`))}`;

type Spelling = (text: string) => string;
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  raw: (text) => text,
  url,
  urlCapitals,
  form,
  all,
  base64,
  base64url,
  padded: (text) => padded(base64(text)),
  json,
  jsonSlashes,
  jsonAscii,
  html,
  htmlNumbers,
  htmlPadded,
  htmlNames,
  jsonPoints,
  hex,
  hexCapitals,
  hexColons: (text) => hex(text, ":"),
  hexProgram: (text) => hex(text, "\\x"),
  hexNumbers: (text) => hex(text, ",0x"),
  octal,
  quotedPrintable,
  capitals,
  sixteenBits,
  base64Twice: (text) => base64(padded(base64(text))),
  base64OfForm: (text) => base64(form(text)),
  hexOfBase64: (text) => hex(base64(text)),
  unseen: between("\u200b"),
  softHyphens: between("\u00ad"),
  noBreakSpaces: between("\u00a0"),
  coloured: between("\u001b[31m"),
};
const OUTER: Readonly<Record<string, Spelling>> = {
  nothing: (text) => text,
  json,
  url,
  form,
  html,
  twice: (text) => json(json(text)),
  lines: folded(64, "\r\n"),
  narrow: folded(7, "\n "),
  soft: folded(70, "=\r\n"),
  escapedLines: (text) => json(folded(64, "\n")(text)),
};

const secret = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abcXYZ019-_.~+/=%!&<>\"'\\ $"), minLength: 20, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."abcdefABCDEF0123456789-_"), minLength: 20, maxLength: 900 }),
  fc.string({ unit: "grapheme", minLength: 20, maxLength: 40 }),
);
/** A secret with other words before and behind it that hold no piece of it. */
const filler = fc.string({ unit: fc.constantFrom(..."|:;,(){}# "), maxLength: 30 });
const someone = fc.constantFrom("a", "ab", "abc", "anna@northwind.example");

/** Longest piece of the needle that the text still shows, as it is written there. */
function longestShown(text: string, written: string): number {
  let longest = 0;
  for (let start = 0; start < written.length; start += 1) {
    while (start + longest < written.length && text.includes(written.slice(start, start + longest + 1))) longest += 1;
  }
  return longest;
}

/** Blanks do not count: they are where lines may be broken. */
const hasEnough = (text: string) => text.replaceAll(/\s/g, "").length >= 20 && new Set(text).size > 8;

describe("a known secret", () => {
  test("is taken out of a text in whatever way it is written there, and the rest stays", () => {
    const spelling = fc.constantFrom(...Object.keys(SPELLINGS));
    const outer = fc.constantFrom(...Object.keys(OUTER));
    fc.assert(
      fc.property(
        secret.filter(hasEnough),
        spelling,
        outer,
        filler,
        filler,
        fc.boolean(),
        (value, how, around, before, behind, isMinted) => {
          fc.pre(how !== "sixteenBits" || /^[\x20-\x7e]*$/.test(value));
          const redactor = new Redactor();
          if (isMinted) redactor.learnMinted(value);
          else redactor.learn(value);
          const written = OUTER[around]?.(SPELLINGS[how]?.(value) ?? "") ?? "";
          const clean = redactor.mask(`${before}${written}${behind}`);
          expect(clean).toContain("[secret]");
          expect(clean.startsWith(before.trimEnd())).toBe(true);
          expect(longestShown(clean.replace(before, ""), written)).toBeLessThan(written.length / 2 + 1);
          expect(clean).not.toContain(value.slice(-16));
        },
      ),
      // One that was found: an escape of a program in capitals.
      { numRuns: 3000, examples: [["aaaaaaaaaaa\\baYZ.9c/", "capitals", "nothing", "", "", false]] },
    );
  });

  test("is taken out of frames of SASL and HTTP, whatever fields stand beside it", () => {
    fc.assert(
      fc.property(
        secret.filter(hasEnough),
        someone,
        fc.constantFrom(oauth, plain, basic, again, dumped),
        (value, user, frame) => {
          const redactor = new Redactor();
          redactor.learnMinted(value);
          const clean = redactor.mask(`BAD Unknown command: 1 AUTHENTICATE ${frame(user)(value)}`);
          expect(clean).toMatch(/^BAD Unknown command: 1 AUTHENTICATE .*\[secret\]/);
          expect(longestShown(clean, frame(user)(value))).toBeLessThan(frame(user)("").length + 16);
        },
      ),
    );
  });

  test("is taken out where either end was cut off", () => {
    const how = fc.constantFrom("raw", "url", "base64", "base64url");
    const unbroken = secret.map((value) => value.replaceAll(/\s/g, "")).filter(hasEnough);
    fc.assert(
      fc.property(unbroken, how, fc.nat(), fc.nat(), (value, spelling, a, b) => {
        const redactor = new Redactor();
        redactor.learn(value);
        const written = SPELLINGS[spelling]?.(value) ?? "";
        // Of what is written with three characters each it takes three times as many.
        const enough = spelling === "url" ? 24 * 3 : 24;
        const start = a % Math.max(1, written.length - enough);
        const end = start + enough + (b % Math.max(1, written.length - start - enough + 1));
        expect(redactor.mask(`>${written.slice(start, end)}<`)).toContain("[secret]");
      }),
    );
  });

  test("leaves every other text as it is", () => {
    const redactor = new Redactor();
    for (let index = 0; index < 50; index += 1) redactor.learn(`GOCSPX-${base64(`secret number ${index}`)}`);
    redactor.learnMinted("ya29.a0AfH6SMBx-1234567890-abcdefghijklmnopqrstuvwxyz");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(redactor.mask(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
    const ours =
      "https://console.cloud.google.com/auth/clients?project=northwind-mail: GOCSPX- is how secrets begin, ya29. tokens";
    expect(redactor.mask(ours)).toBe(ours);
  });

  test("of a few characters is looked for as a whole", () => {
    const redactor = new Redactor();
    redactor.learn("hunter2");
    redactor.learn("abc");
    expect(redactor.mask("password hunter2, aHVudGVyMg==, %68unter2, hunter, abc")).toBe(
      "password [secret], [secret]==, [secret], hunter, abc",
    );
    redactor.learn("tail12=");
    expect(redactor.mask("password tail12=\nnext")).toBe("password [secret]\nnext");
    // With other words before it in the same base64, in hexadecimal, in quoted-printable.
    for (const written of [btoa("a:hunter2"), btoa("ab:hunter2"), hex("hunter2"), quotedPrintable("hunter2")])
      expect(redactor.mask(`sent ${written}.`)).toMatch(/^sent .{0,6}\[secret\].{0,3}\.$/);
  });

  test("is looked for in a text of escapes of any length", () => {
    const redactor = new Redactor();
    redactor.learn("GOCSPX-planted-secret");
    expect(redactor.mask(`${"\\u0041".repeat(200_000)} GOCSPX-planted-secret`)).toMatch(/ \[secret\]$/);
  });

  test("is looked for in a page of thousands of mailboxes within little memory", async () => {
    const page = `
      const { Redactor } = await import(${JSON.stringify(new URL("../../provider/redaction/redactor.ts", import.meta.url))});
      const redactor = new Redactor();
      redactor.learn("GOCSPX-planted-secret");
      const row = '<td><a href="https://contoso.example/?a=1&amp;id=2">anna@northwind.example</a> is not set up</td>\\n';
      const masked = redactor.mask(row.repeat(25_000) + "GOCSPX-planted-secret");
      if (!masked.endsWith("[secret]") || masked.length !== 25_000 * row.length + 8) throw new Error("not masked");`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(page)}`), {
      resourceLimits: { maxOldGenerationSizeMb: 192 },
    });
    expect(await once(worker, "exit")).toEqual([0]);
  });

  test("that was minted is known as long as an echo may come, by the thousand", () => {
    const redactor = new Redactor();
    const token = (index: number) => `ya29.${base64(`token ${index} `.repeat(60))}`;
    for (let index = 0; index < 3000; index += 1) {
      redactor.learnMinted(token(index));
      if (index % 500 === 0) expect(redactor.mask(`Bearer ${token(index)}`)).toBe("Bearer [secret]");
    }
  });
});
