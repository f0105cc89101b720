import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { chosen } from "../../provider/cli/init/candidate.ts";
import { candidatesIn } from "../../provider/cli/init/csv.ts";
import { withEntries } from "../../provider/cli/init/merge.ts";
import { decodeText } from "../../provider/decode-text.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import {
  administer,
  changeRow,
  gmailProfile,
  mailboxRow,
  readyCells,
  temporaryDirectory,
  testSandbox,
  writes,
} from "../support/sandbox.ts";

const at = (name: string) => `${name}@northwind.example`;

describe("a table", () => {
  /** Addresses that are taken from it, and those that are left out with the reason. */
  const read = (text: string, headings = {}) => {
    const { entries, left } = chosen(candidatesIn(text, "people.csv", headings), { domains: [], there: [] });
    return { in: entries.map(({ address }) => address), out: left.map(({ reason }) => reason) };
  };

  test.each([
    ["of commas", `Name,Email\nAnna,${at("anna")}\nBert,${at("bert")}\n`],
    ["of semicolons, with commas inside", `Name;Email\n"Ek, Anna";${at("anna")}\n"Ek; Bert";${at("bert")}\n`],
    ["of tabs, with line ends of Windows", `Email\tName\r\n${at("anna")}\tAnna\r\n${at("bert")}\tBert\r\n`],
    ["in which Excel says the separator", `sep=;\r\nName;Mail\r\nAnna;${at("anna")}\r\nBert;${at("bert")}\r\n`],
    ["with empty rows and cells that are missing", `Email,Name,Left\n\n${at("anna")}\n,,\n${at("bert")},Bert\n`],
    [
      "of Google's admin centre",
      `First Name [Required],Email Address [Required],Status [READ ONLY]\nAnna,${at("anna")},Active\nBert,${at("bert")},Active\n`,
    ],
    [
      "of Microsoft's admin centre",
      `Block credential,Display name,User principal name\nFalse,Anna,${at("anna")}\nFalse,"Ek, Bert",${at("bert")}\n`,
    ],
    ["without a heading", `${at("anna")},Anna\n${at("bert")},Bert\n`],
    ["that is a list", `${at("anna")}\n${at("bert")}`],
    ["with quotation marks inside of a name", `Name,Email\nAnna "Ann" Ek,${at("anna")}\n"B ""Bo"" Ek",${at("bert")}\n`],
  ])("%s gives the addresses", (_, text) => {
    expect(read(text)).toEqual({ in: [at("anna"), at("bert")], out: [] });
  });

  test.each([
    ["utf-8", Buffer.from([0xef, 0xbb, 0xbf]), "utf8"],
    ["utf-16le", Buffer.from([0xff, 0xfe]), "utf16le"],
  ] as const)("in %s with a byte order mark gives the addresses", (_, mark, encoding) => {
    const bytes = Buffer.concat([mark, Buffer.from(`Email;Name\n${at("anna")};Änne\n`, encoding)]);
    expect(read(decodeText(bytes) ?? "")).toEqual({ in: [at("anna")], out: [] });
  });

  test("with headings of its own is read by `--column`, and without them the headings that it has are named", () => {
    const text = `Who;Private;Work\nAnna;anna@home.example;${at("anna")}\n`;
    expect(read(text, { address: "work" })).toEqual({ in: [at("anna")], out: [] });
    expect(() => read(text)).toThrow(/which column.*"Who", "Private", "Work".*--column address=/s);
    expect(() => read(text, { address: "Office" })).toThrow(/no column "Office"/);
  });

  test("leaves out who is disabled, has no address, an impossible one, or stands there twice", () => {
    const text = `email,status\n${at("anna")},Active\n${at("bert")},Suspended\n,Active\nanna@@x,Active\n${at("ANNA")},Active\n`;
    expect(read(text)).toEqual({ in: [at("anna")], out: ["disabled", "noAddress", "invalid", "twice"] });
    expect(read(`email,blocked\n${at("anna")},yes\n${at("bert")},no\n`, { disabled: "blocked" }).in).toEqual([
      at("bert"),
    ]);
  });

  test("has an account of gmail.com once, however it is written, as `check` would refuse it twice", () => {
    const text = "anna@gmail.com\na.nna@googlemail.com\nbert+crm@gmail.com\n";
    const { entries, left } = chosen(candidatesIn(text, "people.csv", {}), { domains: [], there: ["bert@gmail.com"] });
    expect(entries).toEqual([{ address: "anna@gmail.com" }]);
    expect(left).toEqual([
      { name: "a.nna@googlemail.com", reason: "twice", detail: "the account of anna@gmail.com" },
      { name: "bert+crm@gmail.com", reason: "there", detail: "the account of bert@gmail.com" },
    ]);
  });

  test("names the kind of a queue also where the user with its address is left out", () => {
    const text = `email,kind,disabled\n${at("double")},user,yes\n${at("double")},queue,\n`;
    const { entries } = chosen(candidatesIn(text, "people.csv", {}), { domains: [], there: [] });
    expect(entries).toEqual([{ address: at("double"), kind: "queue" }]);
  });

  test("whose quotation mark is not closed is refused with its line, without a stack trace", () => {
    expect(() => read(`Email,Name\n${at("anna")},"Anna\n${at("bert")},Bert\n`)).toThrow(
      /line \d+ has a quotation mark/,
    );
  });
});

describe("a file that is there", () => {
  const added = (text: string) => withEntries(text, "mailboxes.yaml", [{ address: at("new") }]);

  test.each([
    [
      "with comments",
      `# ours\nclients: {a: {projectId: some-project}} # one\nmailboxes:\n  # sales\n  - address: a@b.example   # Anna\n    activate:   false\n  - {address: "c@b.example",client: a} # Carl\n# the end\n`,
      `  - {address: "c@b.example",client: a} # Carl\n  - address: ${at("new")}\n# the end\n`,
    ],
    ["with a list at the margin", `mailboxes:\n- address: a@b.example\n\nx-more: 1\n`, `- address: ${at("new")}\n`],
    ["without an end of line", `mailboxes:\n    - address: a@b.example`, `\n    - address: ${at("new")}\n`],
    ["with line ends of Windows", `mailboxes:\r\n  - address: a@b.example\r\n`, `\r\n  - address: ${at("new")}\r\n`],
    [
      "with an anchor",
      "mailboxes:\n  - &anna {address: a@b.example}\n",
      `  - &anna {address: a@b.example}\n  - address: ${at("new")}\n`,
    ],
    [
      "with a comment behind the dash",
      "mailboxes:\n  - # Anna\n    address: a@b.example\n",
      `    address: a@b.example\n  - address: ${at("new")}\n`,
    ],
    ["without mailboxes yet", `clients: {}\nmailboxes:\n`, `mailboxes:\n  - address: ${at("new")}\n`],
  ])("%s gets more mailboxes, and every line that was there stays as it is", (_, text, after) => {
    const grown = added(text);
    expect(grown).toContain(after);
    expect(
      grown
        .split("\n")
        .filter((line) => !line.includes(at("new")))
        .join("\n")
        .trim(),
    ).toBe(text.trim());
  });

  const BLOCK = `\n  - address: ${at("new")}`;
  const FLOW = `\n  { address: ${at("new")} }`;
  test.each([
    [
      "an empty list",
      `a:   1\nmailboxes: []  # all\nclients: {a:   1}`,
      `a:   1\nmailboxes:  # all${BLOCK}\nclients: {a:   1}`,
    ],
    [
      "an empty list, with line ends of Windows",
      "mailboxes: []\r\na: {}\r\n",
      `mailboxes:${BLOCK}\na: {}\n`.replaceAll("\n", "\r\n"),
    ],
    [
      "nothing, and a comment",
      "mailboxes: # all\n\n  # nobody yet\na: {}\n",
      `mailboxes: # all${BLOCK}\n\n  # nobody yet\na: {}\n`,
    ],
    ["a null", "mailboxes: null # all\na: {}\n", `mailboxes: # all${BLOCK}\na: {}\n`],
    ["no key", "a: {}", `a: {}\nmailboxes:${BLOCK}\n`],
    [
      "a list in brackets",
      "mailboxes: [{address: a@b.example}] # all\na: {b:   1}\n",
      `mailboxes: [{address: a@b.example},${FLOW}] # all\na: {b:   1}\n`,
    ],
    [
      "brackets over lines",
      "mailboxes: [\n  {address: a@b.example}, # Anna, [1]\n]\n",
      `mailboxes: [\n  {address: a@b.example}, # Anna, [1]${FLOW}\n]\n`,
    ],
    ["brackets around a comment", "mailboxes: [ # nobody\n]\n", `mailboxes: [ # nobody${FLOW}\n]\n`],
    ["JSON", `{"mailboxes": []}`, `{"mailboxes": [${FLOW}]}`],
  ])("that has %s for mailboxes keeps all else as it is", (_, text, grown) => {
    expect(added(text)).toBe(grown);
  });

  test("whose list stands elsewhere is refused rather than lose it", () => {
    expect(() => added("x: &all [{address: a@b.example}]\nmailboxes: *all\n")).toThrow(
      /mailboxes\.yaml: nothing can be added/,
    );
  });

  test("that is no YAML is refused with the place", () => {
    expect(() => added("mailboxes: [\n")).toThrow(/mailboxes\.yaml:\d+:\d+:/);
  });
});

describe("gmailsync init", () => {
  let sandbox: Sandbox;
  let directory: string;
  beforeAll(async () => {
    directory = temporaryDirectory();
    sandbox = await testSandbox({ extraUsers: 3 });
    const profile = gmailProfile(sandbox);
    changeRow(sandbox, mailboxRow(sandbox, at("user0001")), readyCells(profile));
    await administer(sandbox, "disable-user", at("user0002"));
  });
  const init = (...args: string[]) => gmailsync(["init", ...args], sandbox.environment, directory);

  test("begins a file with those of Dynamics who have no mailbox set up, changes nothing, and adds nobody twice", async () => {
    const since = sandbox.requests.length;
    const { code, stdout, stderr } = await init(
      "--domain",
      "northwind.example",
      "--project",
      "northwind-mail",
      "--json",
    );
    expect(code, stderr).toBe(0);
    const { added, left } = JSON.parse(stdout);
    const addresses = added.map(({ address }: { address: string }) => address);
    expect(addresses).toContain(at("user0003"));
    expect(left).toContainEqual({ name: at("user0001"), reason: "setUp" });
    expect(left).toContainEqual({ name: at("user0002"), reason: "disabled" });
    // A user and a queue share this one.
    expect(added).toContainEqual({ address: at("double"), kind: "queue" });
    expect(writes(sandbox, since)).toEqual([]);
    const file = join(directory, "mailboxes.yaml");
    const before = readFileSync(file, "utf8");
    expect((await init("--domain", "northwind.example")).stdout).toContain("nothing is new");
    expect(readFileSync(file, "utf8")).toBe(before);
    const { stdout: checked } = await gmailsync(["check", file]);
    expect(checked).not.toMatch(/mailbox\/(duplicate|form)|schema/);
  });

  test("adds those of a table to it, and says who is left out and why", async () => {
    writeFileSync(
      join(directory, "people.csv"),
      `Mail;Name\n${at("zoe")};Zoe\n${at("anna")};Anna\nx@other.example;X\n`,
    );
    const { code, stdout, stderr } = await init("people.csv", "--domain", "northwind.example");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("mailboxes.yaml: 1 mailbox added");
    expect(stdout).toContain(`left out: 1 in the file already: ${at("anna")}`);
    expect(stdout).toContain("left out: 1 of another domain: x@other.example");
    expect(readFileSync(join(directory, "mailboxes.yaml"), "utf8")).toMatch(/- address: zoe@northwind\.example\n$/);
  });

  test("leaves the project open where nobody has said it, so that no lock has places of one that is made up", async () => {
    const other = temporaryDirectory();
    writeFileSync(join(other, "people.csv"), `${at("anna")}\nx@other.example\n`);
    const printed = await gmailsync(["init", "people.csv", "--output", "-"], {}, other);
    expect(printed.stderr).toContain(
      "of several domains: 1 of northwind.example, 1 of other.example; `--domain` takes",
    );
    const { code, stdout } = await gmailsync(["init", "people.csv", "--domain", "northwind.example"], {}, other);
    expect(code).toBe(0);
    expect(stdout).toContain("fill in `clients`");
    const locked = await gmailsync(["lock", "mailboxes.yaml"], {}, other);
    expect(locked.code).toBe(1);
    expect(locked.stderr).toContain("clients.gmail.projectId must be a project id");
    expect(existsSync(join(other, "mailboxes.lock"))).toBe(false);
    // What stands there as a comment is what is needed.
    const file = join(other, "mailboxes.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text
        .replace(/projectId: #.*/, "projectId: northwind-mail")
        .replace("-….apps", "-abc.apps")
        .replaceAll(/^( +)# (?=\w+: )/gm, "$1"),
    );
    const checked = await gmailsync(["check", "mailboxes.yaml"], {}, other);
    expect(checked.stdout).toContain("mailboxes.yaml: 1 mailbox, 1 client, nothing wrong");
  });

  test("writes addresses in which a word of a secret stands, and no secret", async () => {
    const own = await testSandbox();
    const secret = own.environment["AZURE_CLIENT_SECRET"] ?? "";
    changeRow(own, mailboxRow(own, at("bert")), { emailaddress: `${secret}@northwind.example` });
    const proxy = { HTTPS_PROXY: "http://svc:northwind@127.0.0.1:9", NO_PROXY: "*" };
    const other = temporaryDirectory();
    const begin = (...args: string[]) =>
      gmailsync(["init", "--domain", "northwind.example", ...args], { ...own.environment, ...proxy }, other);
    const { stdout } = await begin("--output", "-");
    expect((await begin()).code).toBe(0);
    for (const written of [stdout, readFileSync(join(other, "mailboxes.yaml"), "utf8")]) {
      expect(written).toContain(`- address: ${at("anna")}\n`);
      expect(written).toContain("- address: [secret]@northwind.example");
      expect(written).not.toContain(secret);
    }
  });

  test("says what is wrong with its use", async () => {
    expect((await init()).stderr).toContain("--domain is needed");
    expect((await init("nowhere.csv")).stderr).toContain("nowhere.csv does not exist");
  });
});
