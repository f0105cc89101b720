import type { TObject } from "typebox";
import { describe, expect, test } from "vitest";
import { emailServerProfile } from "../../provider/resources/email-server-profile/definition.ts";
import { FleetSpec } from "../../provider/resources/fleet/spec.ts";
import { definitions } from "../../provider/resources/registry.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { validate } from "../../provider/schema/validator.ts";
import { pathText, type Tree } from "../../provider/values.ts";

/** Nobody reads them: secrets and files are sent as they are, triggers compared, and connections refused where they are none. */
const AS_THEY_ARE =
  /\.(credentialsJson|serviceAccountKey|\w+Token|clientSecret|clientCertificate|clientCertificatePassword|patternProperties\.\^\.\*\$)$/;

/** Places of a schema that take any text. */
function freeTexts(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const has = (name: string) => Reflect.get(schema, name) !== undefined;
  const isFree = Reflect.get(schema, "type") === "string" && !["pattern", "enum", "const", "check"].some(has);
  const inside = Object.entries(schema).flatMap(([key, value]) => freeTexts(value, `${path}.${key}`));
  return [...(isFree && !AS_THEY_ARE.test(path) ? [path] : []), ...inside];
}

test("every text that people are shown is checked", async () => {
  const inputs = Object.fromEntries((await definitions()).map((definition) => [definition.name, definition.inputs]));
  expect(freeTexts({ ...inputs, FleetSpec, ProviderConfiguration }, "")).toEqual([]);
});

function problems(schema: TObject, tree: Tree): string[] {
  return validate(schema, tree).failures.map(({ path, reason }) => `${pathText(path)} ${reason}`);
}

const profile = (texts: Tree) =>
  problems(emailServerProfile.inputs, {
    name: "Gmail",
    oauthClientId: "123456789012-abc.apps.googleusercontent.com",
    oauthClientSecret: "GOCSPX-not-real-at-all",
    ...texts,
  });
const fleet = (client: Tree, more: Tree = {}) =>
  problems(FleetSpec, { clients: { north: { projectId: "northwind-mail", ...client } }, mailboxes: [], ...more });

const LINE = "must be a string on one line, without control characters; this one has a";

describe("free text is refused", () => {
  test.each<[string, string[], string]>([
    ["a line end in a name", profile({ name: "Gmail\nof ours" }), `name ${LINE} line end (U+000A) as its character 6`],
    ["one that a shell has left", profile({ name: "Gmail\r\n" }), `name ${LINE} line end (U+000D) as its character 6`],
    ["a tab", profile({ encodingCodePage: "\tUTF-8" }), `encodingCodePage ${LINE} tab (U+0009) at its beginning`],
    ["an escape", profile({ name: "Gm\x1b[2Jail" }), `name ${LINE} character U+001B as its character 3`],
    ["a control of C1", profile({ name: "Gmail\x9b" }), `name ${LINE} character U+009B at its end`],
    [
      "an override",
      profile({ name: "😀\u202Eliam" }),
      `name ${LINE} right-to-left override (U+202E) as its character 2`,
    ],
    ["an isolate", profile({ name: "G\u2067mail" }), `name ${LINE} right-to-left isolate (U+2067) as its character 2`],
    ["half a character", profile({ name: "Gmail\uD83D!" }), `name ${LINE} character U+D83D as its character 6`],
    [
      "an override in lines",
      profile({ description: "Ours.\n\u202DYours." }),
      "description must be a string without control characters but for line ends and tabs; this one has a left-to-right override (U+202D) as its character 7",
    ],
    [
      "a carriage return alone, which hides what stands before it",
      profile({ description: "Ours.\rYours." }),
      "description must be a string without control characters but for line ends and tabs; this one has a line end (U+000D) as its character 6",
    ],
    [
      "a line separator in the name of a profile",
      profile({ name: "North\u2028wind" }),
      `name ${LINE} line separator (U+2028) as its character 6`,
    ],
    [
      "a bell in a fleet's profile",
      fleet({ profile: { name: "Gmail\x07" } }),
      `clients.north.profile.name ${LINE} character U+0007 at its end`,
    ],
    [
      "a line end in an alias",
      fleet({ aliases: { profile: "gmail\n" } }),
      `clients.north.aliases.profile ${LINE} line end (U+000A) at its end`,
    ],
  ])("for %s, by its number and its place", (_, told, expected) => {
    expect(told).toEqual([expected]);
  });
});

test("free text may be in any language, and in lines where it has lines", () => {
  for (const name of ["Gmäil – 東京", "می‌خواهم", "\u200Fעברית\u200F", "👩‍💻 mail", "a".repeat(100)])
    expect(profile({ name })).toEqual([]);
  expect(profile({ description: "Ours.\n\n\t- yours\r\nand theirs\n" })).toEqual([]);
});
