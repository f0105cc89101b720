import { globSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { gmailsync as run } from "../support/command.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const FLEET = `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north:
    projectId: northwind-mail
    clientId: 123456789012-abc.apps.googleusercontent.com
    clientSecret: {config: googleClientSecret}
    audience: external
  south:
    projectId: northwind-mail-2
    clientId: 123456789013-abc.apps.googleusercontent.com
    clientSecret: {env: SOUTH_SECRET}
mailboxes:
  - address: anna@northwind.example
    client: north
  - address: sales@northwind.example
    client: south
    gmail: {imap: true}
    activation: {retest: 24h}
`;

let directory: string;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory, "mailboxes.yaml");
});

const gmailsync = (...args: string[]) => run(args);

async function check(content: string | Buffer) {
  writeFileSync(file, content);
  const { code, stdout } = await gmailsync("check", file, "--json");
  const { problems } = JSON.parse(stdout).files[0];
  return {
    code,
    problems,
    short: problems.map(
      (p: { code: string; place: { line: number; column: number }; message: string }) =>
        `${p.place.line}:${p.place.column} ${p.code} ${p.message}`,
    ),
  };
}

describe("gmailsync check", () => {
  test("finds nothing wrong with a good file", async () => {
    expect(await check(FLEET)).toMatchObject({ code: 0, problems: [] });
    expect((await gmailsync("check", file)).stdout).toContain("2 mailboxes, 2 clients, nothing wrong");
  });

  test.each([
    [
      "an unknown word, with the nearest one",
      ["audience", "audence"],
      "7:5 schema/invalid clients.north: there is no property audence: did you mean audience?",
    ],
    [
      "a value that is not allowed",
      ["audience: external", "audience: public"],
      "7:15 schema/invalid clients.north.audience must be one of internal, external",
    ],
    [
      "a value of another form",
      ["24h", "soon"],
      "18:26 schema/invalid mailboxes[1].activation.retest must be onChange",
    ],
    [
      "a wait for a sign-in, as files of 0.1 have it, with what takes its place",
      ["retest: 24h", "waitForSignIn: 30m"],
      "18:18 activation/waiting mailboxes[1].activation.waitForSignIn is for single mailboxes. Take it out: a fleet goes on without",
    ],
    [
      "a known exception that is no code",
      ["retest: 24h", "tolerate: [NOT_SIGNED_UP]"],
      "18:29 schema/invalid mailboxes[1].activation.tolerate[0] must be one of",
    ],
    [
      "a secret in the clear",
      ["{config: googleClientSecret}", "GOCSPX-planted"],
      "6:19 secret/inline clients.north.clientSecret must be a reference",
    ],
    [
      "a secret that says it was given",
      ["{config: googleClientSecret}", "{value: given}"],
      "6:27 secret/inline clients.north.clientSecret.value must be a reference",
    ],
    [
      "a client whose name has another form, with all that stands in it",
      ["  north:\n", "  North: {clientSecret: planted}\n  north:\n"],
      "3:3 schema/invalid clients.North must be among names of letters, digits and hyphens, a small letter first",
    ],
    [
      "a trigger whose name has several lines",
      ["retest: 24h", 'triggers: {"two\\nlines": x}'],
      "mailboxes[1].activation.triggers",
    ],
    [
      "two ways to one secret",
      ["{env: SOUTH_SECRET}", "{env: A, file: b}"],
      "11:19 schema/invalid clients.south.clientSecret",
    ],
    [
      "an address that is none",
      ["anna@northwind.example", "anna"],
      "13:14 schema/invalid mailboxes[0].address must be one mail address",
    ],
    [
      "an address for the second time",
      ["sales@", "ANNA@"],
      "15:14 mailbox/duplicate ANNA@northwind.example stands at mailboxes[0] already",
    ],
    [
      "a client that is not there",
      ["client: south", "client: sout"],
      "16:13 mailbox/unknown-client there is no client sout; known are north, south",
    ],
    [
      "the same client twice",
      ["123456789013-abc", "123456789012-abc"],
      "10:15 client/duplicate is that of the client north, too",
    ],
    [
      "a client without a secret",
      ["    clientSecret: {env: SOUTH_SECRET}\n", ""],
      "8:3 client/incomplete has no clientSecret",
    ],
    [
      "two profiles that are to be the default, of all clients",
      ["clients:", "profile: {defaultForNewMailboxes: true}\nclients:"],
      "2:35 profile/two-defaults makes the profiles of north, south the default for new mailboxes",
    ],
    [
      "a personal account at an internal app",
      ["sales@northwind.example", "sales@gmail.com"],
      "15:14 consent/refused sales@gmail.com is outside the organisation",
    ],
    [
      "a mailbox that nothing gives a client",
      ["    client: north\n", ""],
      "13:14 mailbox/unassigned one mailbox has no client yet. Run `gmailsync lock`",
    ],
    [
      "a key for the second time",
      ["    client: north\n", "    client: north\n    client: south\n"],
      "15:5 file/syntax the key client is given twice",
    ],
    [
      "another environment's domain",
      ["    audience: external\n", "    authorizedDomain: northwind.example\n"],
      "7:23 environment/mismatch",
    ],
    ["broken YAML", ["clients:", "clients: ]"], "2:10 file/syntax"],
    [
      "an address alone",
      ["  - address: sales@northwind.example\n    client: south\n", "  - sales@northwind.example\n  - client: south\n"],
      "15:5 schema/invalid mailboxes[1] is text alone; write `- address: sales@northwind.example`",
    ],
    [
      "the number of a project",
      ["projectId: northwind-mail\n", "projectId: 123456789012\n"],
      "4:16 schema/invalid clients.north.projectId must be a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first (not the project's name or number)",
    ],
    [
      "a second document",
      ["mailboxes:\n", "---\nmailboxes:\n"],
      "12:1 file/syntax there is a second document (---); keep one in a file",
    ],
    [
      "an alias without an anchor",
      ["gmail: {imap: true}", "gmail: *nothing"],
      "1:1 file/syntax the alias *nothing has no anchor before it",
    ],
    [
      "a tab",
      ["    client: north", "\tclient: north"],
      "14:1 file/syntax a tab stands where the line is indented; use blanks",
    ],
    [
      "an address with what nobody sees",
      ["sales@northwind.example", "sales@northwind.example\u200B"],
      "15:14 schema/invalid mailboxes[1].address must be one mail address such as anna@example.com; this one has a zero width space (U+200B) at its end",
    ],
    [
      "an address that has become two others",
      [
        "    client: north\n",
        "    client: north\n    was: a@b.example\n  - {address: c@d.example, client: north, was: A@b.example}\n",
      ],
      "16:48 mailbox/duplicate A@b.example became mailboxes[0] already",
    ],
  ])("places %s", async (_, [from = "", to = ""], expected) => {
    expect(FLEET).toContain(from);
    const { code, short, problems } = await check(FLEET.replace(from, to));
    expect(code).toBe(1);
    expect(short).toContainEqual(expect.stringContaining(expected));
    expect(JSON.stringify(problems)).not.toContain("planted");
  });

  test("quotes nothing of another file that a link leads to, in whatever form, and doctor neither", async () => {
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, "planted:*:19000:0:99999:7:::\nplanted2:*:19000:0:99999:7:::\n");
    symlinkSync(elsewhere, file);
    const words = "has names that are none of a fleet; known are environmentUrl, clients, profile, defaults, mailboxes";
    for (const args of [["check"], ["check", "--json"], ["check", "--sarif"], ["doctor"]]) {
      const { code, stdout, stderr } = await gmailsync(...args, file);
      expect([args, code]).toEqual([args, args.includes("doctor") ? 2 : 1]);
      if (args[0] === "check") expect(stdout.split(words)).toHaveLength(2);
      expect(stdout + stderr).not.toContain("planted");
    }
  });

  test("tells form and rules in one go, and one cause once", async () => {
    const broken = FLEET.replace("audience: external", "audience: public")
      .replace("anna@northwind.example", "anna..berg@northwind.example")
      .replace("client: south", "client: East")
      .replace("  south:", "  East:")
      .replace("retest: 24h", "retest: soon");
    const { short } = await check(
      `${broken}  - address: sales@northwind.example\n  - bare@northwind.example\n  - {address: x@northwind.example, client: wset}\n`,
    );
    expect(short.map((line: string) => line.slice(0, 90))).toEqual([
      "7:15 schema/invalid clients.north.audience must be one of internal, external",
      expect.stringContaining("8:3 schema/invalid clients.East must be among names"),
      expect.stringContaining("13:14 schema/invalid mailboxes[0].address must be one mail address"),
      expect.stringContaining("18:26 schema/invalid mailboxes[1].activation.retest"),
      "19:14 mailbox/duplicate sales@northwind.example stands at mailboxes[1] already",
      expect.stringContaining("20:5 schema/invalid mailboxes[3] is text alone"),
      "21:44 mailbox/unknown-client there is no client wset; known are north",
    ]);
  });

  test("lets anchors have a place of their own, and warns of what is only unusual", async () => {
    const anchored = FLEET.replace("clients:\n", "x-defaults: &base {retest: 24h}\nx-more: [1]\nclients:\n").replace(
      "activation: {retest: 24h}",
      "activation: *base",
    );
    expect(await check(anchored)).toMatchObject({ code: 0, problems: [] });
    const unusual = await check(anchored.replace("sales@", "sales&more@"));
    expect(unusual).toMatchObject({ code: 0, problems: [{ code: "address/unusual", place: { line: 17 } }] });
    const { stdout } = await gmailsync("check", file);
    expect(stdout).toMatch(/17:14: warning: .*\n.*2 mailboxes, 2 clients, nothing wrong/);
    expect(JSON.parse((await gmailsync("check", file, "--sarif")).stdout).runs[0].results[0].level).toBe("warning");
  });

  test("warns of mail hosts that are not Gmail's, for all clients and for one, and names the setting", async () => {
    const one = "    profile: {incomingServerLocation: mail.evil.example, outgoingServerLocation: SMTP.Gmail.com}\n";
    const all = "profile: {outgoingServerLocation: smtp.evil.example}\nmailboxes:\n";
    const { code, short } = await check(
      FLEET.replace("    audience: external\n", (line) => line + one).replace("mailboxes:\n", all),
    );
    const says = "is not Gmail's: it gets no token of a mailbox, unless the provider's setting mailHosts";
    expect(short).toEqual([
      expect.stringContaining(`8:39 profile/other-host mail.evil.example ${says}`),
      expect.stringContaining(`13:35 profile/other-host smtp.evil.example ${says}`),
    ]);
    expect(code).toBe(0);
  });

  const bombs = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ..."bcdefgh".split("").map((name, index) => {
      const before = "abcdefg"[index];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`;
    }),
  ].join("\n");

  test.each([
    ["an explosion of anchors", bombs, "1:1 file/syntax its anchors and aliases cannot be resolved"],
    [
      "another encoding",
      Buffer.from("mailboxes: [\xe4\xf6]", "latin1"),
      "1:1 file/unreadable is neither UTF-8 nor UTF-16",
    ],
    ["an empty file", "", "1:1 file/syntax is empty"],
    ["nothing but text", "hello", "1:1 file/syntax is empty, or no mapping"],
  ])("is not harmed by %s", async (_, content, expected) => {
    const { code, short } = await check(content);
    expect(code).toBe(1);
    expect(short).toEqual([expect.stringContaining(expected)]);
  });

  test("does not read a file of 100 MB, and says when there is none", async () => {
    writeFileSync(file, "mailboxes:\n");
    truncateSync(file, 100 * 1024 * 1024);
    const { code, stdout } = await gmailsync("check", file);
    expect(code).toBe(1);
    expect(stdout).toContain("mailboxes.yaml:1:1: has 100 MiB; at most 16 MiB are read [file/unreadable]");
    expect((await gmailsync("check", join(directory, "none.yaml"))).stdout).toContain("does not exist");
    expect((await gmailsync("check")).code).toBe(2);
  });

  test("writes SARIF with a rule for every result", async () => {
    writeFileSync(file, FLEET.replace("audience", "audence"));
    const { code, stdout } = await gmailsync("check", file, "--sarif");
    expect(code).toBe(1);
    const { version, runs } = JSON.parse(stdout);
    expect(version).toBe("2.1.0");
    const [{ results, tool }] = runs;
    for (const { ruleIndex, ruleId } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(results[0].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: expect.stringContaining("mailboxes.yaml") },
      region: { startLine: 7, startColumn: 5, endLine: 7, endColumn: 12 },
    });
  });
});

describe("gmailsync lock", () => {
  test.for(globSync("examples/**/mailboxes.yaml", { cwd: ROOT }))("has nothing to write for %s", async (example) => {
    expect(await gmailsync("lock", join(ROOT, example), "--check")).toMatchObject({ code: 0 });
  });

  const unpinned = FLEET.replaceAll(/ {4}client: .*\n/g, "");
  const lockFile = () => join(directory, "mailboxes.lock");

  test("gives every mailbox a client, once, and moves none", async () => {
    writeFileSync(file, unpinned);
    expect((await gmailsync("lock", file, "--check")).code).toBe(1);
    const { code, stdout } = await gmailsync("lock", file);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `2 new\nnorth: 2 mailboxes\nnorthwind-mail: 2 of 100 places are taken; 98 left\n${lockFile()} is written\n`,
    );
    const text = readFileSync(lockFile(), "utf8");
    const line = (name: string) => `${name}@northwind.example north northwind-mail\n`;
    expect(text).toContain(`\n${line("anna")}${line("sales")}`);
    expect((await gmailsync("check", file)).code).toBe(0);
    expect((await gmailsync("lock", file, "--check")).code).toBe(0);

    // The other client stands first now; only the new mailbox sees that.
    const [head = "", north = "", south = ""] = unpinned.split(/(?= {2}(?:north|south):)/);
    const [client = "", mailboxes = ""] = south.split(/(?=mailboxes:)/);
    writeFileSync(file, `${head}${client}${north}${mailboxes}  - address: dora@northwind.example\n`);
    expect((await gmailsync("lock", file, "--verbose")).stdout).toContain("+ dora@northwind.example: south\n1 new\n");
    expect(readFileSync(lockFile(), "utf8")).toContain(
      `\n${line("anna")}dora@northwind.example south northwind-mail-2\n${line("sales")}`,
    );
  });

  test("says how many projects are missing, and writes what has room", async () => {
    const many = Array.from({ length: 350 }, (_, index) => `  - address: user${index}@northwind.example\n`).join("");
    const external = unpinned.replace("{env: SOUTH_SECRET}", "{env: SOUTH_SECRET}\n    audience: external");
    writeFileSync(file, external + many);
    const { code, stderr, stdout } = await gmailsync("lock", file);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "152 mailboxes have no room: the 2 projects of the fleet are full, and 2 more are missing",
    );
    expect(stdout).toContain("north: 100 mailboxes");
    expect((await gmailsync("check", file)).stdout).toContain("2 more are missing");
    expect((await gmailsync("guide", file, "--client", "north")).stdout).toContain("Publishing status:");
  });

  test("remembers who has a place for life, and says who came, went, moved and was renamed", async () => {
    const external = unpinned.replace("{env: SOUTH_SECRET}", "{env: SOUTH_SECRET}\n    audience: external");
    const entries = (names: string[]) => names.map((name) => `  - address: ${name}@northwind.example\n`).join("");
    const names = Array.from({ length: 90 }, (_, index) => `user${index}`);
    writeFileSync(file, external + entries(names));
    await gmailsync("lock", file);
    const pinned = "  - {address: user5@northwind.example, client: south}\n";
    const married = "  - {address: user6.married@northwind.example, was: user6@northwind.example}\n";
    writeFileSync(file, external + entries([...names.slice(7), "new1", "new2"]) + pinned + married);
    const { code, stdout } = await gmailsync("lock", file, "--verbose");
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(0, -2)).toEqual([
      "+ new1@northwind.example: north",
      "+ new2@northwind.example: north",
      "~ user5@northwind.example: south, as it is pinned now; its user signs in again",
      "~ user6.married@northwind.example, which was user6@northwind.example",
      ...["0", "1", "2", "3", "4"].map((index) => `- user${index}@northwind.example`),
      "2 new, 1 moved, 1 renamed, 5 gone; those that moved sign in again",
      "north: 88 mailboxes",
      "south: 1 mailbox",
      "warning: northwind-mail: 94 of 100 places are taken, 6 by people who have gone and keep them; 6 left",
      "northwind-mail-2: 1 of 100 places are taken; 99 left",
    ]);
    const told = JSON.parse((await gmailsync("lock", file, "--json")).stdout);
    expect(told).toMatchObject({
      changed: false,
      rooms: [
        { project: "northwind-mail", taken: 94, others: 6, left: 6 },
        { project: "northwind-mail-2", taken: 1 },
      ],
    });
    expect((await gmailsync("check", file)).stdout).toContain("consent/nearly-full");
  });

  test("says once of a mailbox whose client was taken out that it moved, and by no pin", async () => {
    writeFileSync(file, unpinned);
    writeFileSync(lockFile(), "anna@northwind.example gone\n");
    const { stdout } = await gmailsync("lock", file, "--verbose");
    expect(stdout).toContain("~ anna@northwind.example: north; its user signs in again\n");
    expect(stdout).toContain("1 new, 1 moved; those that moved");
    expect(stdout).not.toContain("+ anna@");
  });

  test("a broken lock file is told, and never written anew", async () => {
    writeFileSync(file, unpinned);
    writeFileSync(lockFile(), "anna@northwind.example north\n<<<<<<< HEAD\n");
    const { problems } = JSON.parse((await gmailsync("check", file, "--json")).stdout).files[0];
    expect(problems).toMatchObject([{ code: "lock/unreadable", message: expect.stringContaining("mailboxes.lock:2") }]);
    const { code, stderr } = await gmailsync("lock", file);
    expect(code).toBe(1);
    expect(stderr).toContain("could move mailboxes");
    expect(readFileSync(lockFile(), "utf8")).toContain("<<<<<<<");
  });

  test("refuses a link in the place of the lock file, and does not write through it", async () => {
    writeFileSync(file, unpinned);
    const victim = join(directory, "victim");
    writeFileSync(victim, "# mine\n");
    symlinkSync(victim, lockFile());
    const { code, stderr } = await gmailsync("lock", file);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("mailboxes.lock cannot be written: it is a link. Name a"),
    ]);
    expect(readFileSync(victim, "utf8")).toBe("# mine\n");
    expect(readdirSync(directory).toSorted()).toEqual(["mailboxes.lock", "mailboxes.yaml", "victim"]);
  });

  test("writes nothing for a file that is wrong", async () => {
    writeFileSync(file, unpinned.replace("audience", "audence"));
    const { code, stderr } = await gmailsync("lock", file);
    expect(code).toBe(1);
    expect(stderr).toContain("mailboxes.yaml:7:5");
    expect(() => readFileSync(lockFile())).toThrow();
  });
});
