import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFleet } from "../../provider/fleet/read-fleet.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const FLEET = `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north:
    projectId: northwind-mail
    audience: external
mailboxes:
  - address: anna@northwind.example
    activation: {retest: 24h}
`;

/** What is wrong with a file, in a line each, which hold all that is ever told of it. */
async function problemsOf(text: string): Promise<readonly string[]> {
  const file = join(temporaryDirectory(), "mailboxes.yaml");
  writeFileSync(file, text);
  const { problems } = await readFleet(file);
  return problems.map(
    ({ code, path, message, place }) => `${place.line}:${place.column} ${code} ${message} ${JSON.stringify(path)}`,
  );
}

describe("of a file that is no fleet nothing is quoted:", () => {
  const STRANGERS = "schema/invalid has names that are none of a fleet; known are environmentUrl, clients,";
  test.each([
    [
      "lines that end with a colon",
      "planted:*:19000:0:99999:7:::\nplanted2:*:19000:0:99999:7:::\n",
      `1:1 ${STRANGERS}`,
    ],
    ["settings of another program", "\nplanted: 1\nother: {planted: planted}\n", `2:1 ${STRANGERS}`],
    ["a name that is there twice", "planted: 1\nplanted: 2\n", "2:1 file/syntax the key is given twice"],
    ["an alias", "planted: *planted\n", "1:1 file/syntax an alias has no anchor before it"],
    ["broken lines", "planted: planted: planted\n", "1:10 file/syntax "],
    ["a list", "- planted\n", "1:1 file/syntax is empty, or no mapping"],
  ])("%s", async (_, text, expected) => {
    const problems = await problemsOf(text);
    expect(problems).toContainEqual(expect.stringContaining(expected));
    expect(problems.filter((line) => line.includes(STRANGERS)).length).toBeLessThan(2);
    expect(problems.join("\n")).not.toContain("planted");
  });
});

describe.each([
  "GOCSPX-planted00000000000000000000",
  "planted8Q~AbCdEfGhIjKlMnOpQrStUvWxYz012345",
  "ya29.planted-token-of-somebody",
])("a name that looks like a secret, %s, is never shown", (secret) => {
  test.each([
    ["of a client", "clients:\n", `clients:\n  ${secret}: {projectId: northwind-mail}\n`, "3:3"],
    ["of a property", "    audience: external\n", `    ${secret}: external\n`, "5:5"],
    ["given twice", "    audience: external\n", `    ${secret}: 1\n    ${secret}: 2\n`, "6:5"],
    ["of a trigger", "retest: 24h", `triggers: {"${secret}": {}}`, "8:"],
  ])("%s", async (_, from, to, place) => {
    expect(FLEET).toContain(from);
    const problems = await problemsOf(FLEET.replace(from, to));
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${place}`)));
    expect(problems.join("\n")).not.toContain("planted");
  });
});

test("a name is shown on one line, without what drives a terminal", async () => {
  const problems = await problemsOf(FLEET.replace("retest: 24h", `triggers: {"\\e[2J\\u202Enobody": {}}`));
  expect(problems).toContainEqual(expect.stringContaining('triggers["[2J nobody"] must be a string'));
  expect(problems.join("")).not.toMatch(/[^\P{Cc}]|\p{Cf}/u);
});

test("a stranger is named by its place, and what is near a name of ours is quoted", async () => {
  const problems = await problemsOf(
    FLEET.replace("audience: external", "colour: red").replace("mailboxes:", "mailboxs:"),
  );
  expect(problems).toContainEqual(
    expect.stringMatching(/^5:5 schema\/invalid clients\.north: there is no such property; known are projectId,/),
  );
  expect(problems).toContainEqual(
    expect.stringContaining("6:1 schema/invalid the file: there is no property mailboxs: did you mean mailboxes?"),
  );
});

test.each(["incomingServerLocation", "northwind-mail-production-2", "123456789012-abc.apps.googleusercontent.com"])(
  "%s is shown",
  async (name) => {
    const problems = await problemsOf(FLEET.replace("retest: 24h", `triggers: {"${name}": {}}`));
    expect(problems).toContainEqual(expect.stringContaining(name));
  },
);
