import { describe, expect, test } from "vitest";
import { NO_LOCK } from "../../provider/fleet/lock.ts";
import { checkFleet } from "../../provider/fleet/read-fleet.ts";
import { parseSource } from "../../provider/fleet/source.ts";

const CLIENT = `clients:
  north: {projectId: northwind-mail, clientId: 123456789012-abc.apps.googleusercontent.com, clientSecret: {env: X}}
`;

/** Work that grows faster than the file does not end within this time; what is there takes a tenth of it where nothing else runs. */
describe("a fleet's file within its size", { timeout: 60_000 }, () => {
  const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, at) => line(at));
  const parsed = (text: string) => {
    const source = parseSource(text);
    if (!("tree" in source)) throw new Error(source[0]?.message);
    return source;
  };
  const messages = (text: string) => {
    const source = parsed(text);
    const { problems } = checkFleet(source.tree, NO_LOCK);
    return problems.map(({ path, message }) => `${source.place(path).line} ${message}`);
  };

  test.each([
    ["lists in lists", many(60_000, (index) => `\n- {address: a${index}@b.example, x: [[[[[]]]]]}`)],
    ["short entries", many(500_000, () => "\n- a")],
    ["brackets", [" [", ...many(600_000, () => "[],"), "]"]],
  ])("is refused before anything is made of it where it has too many words and signs: %s", (_, parts) => {
    expect(parseSource(`mailboxes:${parts.join("")}\n`)).toEqual([
      expect.objectContaining({
        code: "file/unreadable",
        message: expect.stringContaining("has more than 1000000 words and signs"),
      }),
    ]);
  });

  test("is taken with 20,000 mailboxes and four settings each", () => {
    const entry = (index: number) =>
      `- address: person${index}@northwind.example\n  client: north\n  kind: user\n  activate: false\n  gmail: {imap: true}`;
    const { tree } = parsed(`mailboxes:\n${many(20_000, entry).join("\n")}\n`);
    expect(tree["mailboxes"]).toHaveLength(20_000);
  });

  test("tells every key of a large mapping and its place", () => {
    const text = `clients:\n${many(100_000, (index) => `  k${index}: {}`).join("\n")}\nmailboxes: []\n`;
    const told = messages(text);
    expect(told).toContain("100001 clients.k99999.projectId is required");
  });

  test("tells keys that are given twice in their order, wherever they are", () => {
    const again = many(20_000, (index) => `  k${index}: {a: 1, a: 2}`);
    const found = parseSource(`clients:\n${again.join("\n")}\n  k0: {}\nclients: {}\n`);
    const told = "tree" in found ? [] : found.map(({ message, place }) => `${place.line}:${place.column} ${message}`);
    expect(told).toHaveLength(20_002);
    expect(told.slice(0, 2)).toEqual(["2:14 the key a is given twice", "3:14 the key a is given twice"]);
    expect(told.slice(-2)).toEqual(["20002:3 the key k0 is given twice", "20003:1 the key clients is given twice"]);
  });

  test("tells every mailbox that is wrong in two ways", () => {
    const entry = (index: number) => `- {address: a@b.example, client: nobody${index}, x: 1}`;
    const told = messages(`${CLIENT}mailboxes:\n${many(20_000, entry).join("\n")}\n`);
    expect(told.filter((one) => one.includes("there is no property x"))).toHaveLength(20_000);
    expect(told).toContain("20003 a@b.example stands at mailboxes[0] already");
  });
});
