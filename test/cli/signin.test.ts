import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { pageOf } from "../../provider/cli/signin/page.ts";
import type { Person } from "../../provider/cli/signin/person.ts";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { COMMAND, gmailsync } from "../support/command.ts";
import { at, FAILED, FLEET, mixed, NOT_SIGNED_IN } from "../support/mixed-fleet.ts";
import { changeRow, mailboxRow, rowWhere, temporaryDirectory, testSandbox, writes } from "../support/sandbox.ts";

/** In the order of the file. */
const ASKED = [...NOT_SIGNED_IN, FAILED].map(at);
/** Google's answer to who has signed in just now is good for an hour. */
const signedIn = () => ({
  oauthrefreshtoken: "signed in",
  oauthtokenexpireson: new Date(Date.now() + 3_605_000).toISOString(),
});

describe("gmailsync signin", () => {
  let sandbox: Sandbox;
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory, name);
  const signin = (...args: string[]) => gmailsync(["signin", ...args], sandbox.environment);

  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: 6 });
    mixed(sandbox);
    writeFileSync(path("mailboxes.yaml"), FLEET);
  });

  test("names who has yet to sign in with the page for it, and changes nothing", async () => {
    const { code, stdout } = await signin(path("mailboxes.yaml"));
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    const link = (address: string) =>
      `https://contoso.crm.dynamics.com/main.aspx?etn=mailbox&pagetype=entityrecord&id=${mailboxRow(sandbox, address)["mailboxid"]}`;
    expect(lines).toEqual([
      ...NOT_SIGNED_IN.map((name) => `… ${at(name)}  has not signed in  ${link(at(name))}`),
      expect.stringContaining(`… ${at(FAILED)}  has to sign in again  ${link(at(FAILED))}  The consent that Dynamics`),
      "7 mailboxes: 3 signed in, 4 yet to sign in",
    ]);
    expect(writes(sandbox)).toEqual([]);
  });

  test("tells apart who cannot sign in yet, and who is not there", async () => {
    const row = mailboxRow(sandbox, at("carl"));
    changeRow(sandbox, row, { _emailserverprofile_value: null });
    const { code, stdout } = await signin(at("carl"), at("nobody"), at("anna"), "--json", "-");
    expect(code).toBe(1);
    const { counts, people } = JSON.parse(stdout);
    expect(counts).toMatchObject({ all: 3, notReady: 1, notFound: 1, signedIn: 1 });
    expect(people.map(({ standing }: Person) => standing)).toEqual(["notReady", "notFound", "signedIn"]);
    expect(people[1].why).toContain("nobody@northwind.example");
  });

  test.each([
    ["is not for Gmail", { incomingcredentialretrieval: 0 }],
    ["is inactive", { statecode: 1 }],
    ["has no client", { oauthclientid: null }],
    ["has another client than the file says", { oauthclientid: "1234-other.apps.googleusercontent.com" }],
  ])("asks nobody to sign in whose profile %s", async (_, cells) => {
    const profile = rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");
    const before = { ...profile };
    writeFileSync(path("client.yaml"), FLEET.replace("mail}", `mail, clientId: ${SEED_CLIENT_ID}}`));
    changeRow(sandbox, profile, cells);
    const { stdout } = await signin(path("client.yaml"), "--json", "-");
    changeRow(sandbox, profile, before);
    const people: Person[] = JSON.parse(stdout).people;
    expect(people.filter(({ client }) => client === "north")).toEqual(
      Array(5).fill(expect.objectContaining({ standing: "notReady", why: expect.stringContaining("the profile") })),
    );
  });

  test("writes lists and a page of those who are asked alone", async () => {
    const { code } = await signin(
      path("mailboxes.yaml"),
      ...["csv", "markdown", "page"].flatMap((form) => [`--${form}`, path(form)]),
    );
    expect(code).toBe(0);
    const [csv, markdown, page] = ["csv", "markdown", "page"].map((form) => readFileSync(path(form), "utf8"));
    expect(
      csv
        ?.trimEnd()
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(",")[0]),
    ).toEqual(ASKED.map((address) => `"${address}"`));
    expect(markdown?.trimEnd().split("\n")).toHaveLength(4);
    expect(markdown).toMatch(/^- \[ \] \[user0001@northwind\.example\]\(<https:\S+>\) /);
    expect([...(page ?? "").matchAll(/target="_blank" rel="noreferrer">([^<]+)/g)].map(([, text]) => text)).toEqual(
      ASKED,
    );
  });

  test("writes a draft and a text for each, from a template of one's own, and takes those away that are done", async () => {
    const [messages, template] = [path("messages"), path("bitte.txt")];
    const { code, stdout } = await signin(path("mailboxes.yaml"), "--messages", messages);
    expect(code).toBe(0);
    expect(stdout).toContain(`${messages}: ${ASKED.length} messages to send`);
    expect(messagesIn(messages)).toEqual(ASKED.flatMap(pairOf));
    const [first = ""] = ASKED;
    const text = readFileSync(join(messages, `${first}.txt`), "utf8");
    expect(text).toContain(`To: ${first}\nSubject: Please sign in`);
    expect(text).toContain(`   https://contoso.crm.dynamics.com/main.aspx?etn=mailbox`);
    expect(text).not.toMatch(/[{}]/);
    const draft = readFileSync(join(messages, `${first}.eml`), "utf8");
    expect(draft).toMatch(/^X-Unsent: 1\r\n/m);
    expect(draft).toMatch(new RegExp(`^To: .*<${first}>\r\n`, "m"));

    writeFileSync(template, "Subject: Bitte anmelden, {name} ✔\n\nÖffnen Sie {page}\n");
    const row = mailboxRow(sandbox, first);
    const before = { ...row };
    changeRow(sandbox, row, signedIn());
    await signin(path("mailboxes.yaml"), "--messages", messages, "--template", template);
    changeRow(sandbox, row, before);
    expect(messagesIn(messages)).toEqual(ASKED.slice(1).flatMap(pairOf));
    expect(readFileSync(join(messages, `${ASKED[1]}.txt`), "utf8")).toMatch(
      /Subject: Bitte anmelden, .* ✔\n\nÖffnen Sie https:/,
    );
  });

  test("takes away what it has written for people who are in the file no more, and nothing else", async () => {
    const messages = path("fewer");
    const [first = ""] = ASKED;
    await signin(...ASKED, "--messages", messages);
    const own = `${at("anna")}.txt`;
    writeFileSync(join(messages, own), "notes");
    await signin(first, at("anna"), "--messages", messages);
    expect(messagesIn(messages)).toEqual([own, ...pairOf(first)]);

    // Nor what others have put into its list of a place outside.
    const [list = ""] = readdirSync(messages).filter((name) => !messagesIn(messages).includes(name));
    writeFileSync(path("outside.txt"), "");
    writeFileSync(join(messages, list), "../outside\n");
    await signin(first, "--messages", messages);
    expect(existsSync(path("outside.txt"))).toBe(true);
  });

  test.each([
    ["no subject", "Hello {name}", 'does not begin with a line "Subject: …"'],
    [
      "a placeholder that there is not",
      "Subject: a\n\nHello {nmae}",
      "names {nmae}, which is no placeholder. Placeholders are {name}, {address}, {page}",
    ],
  ])("refuses a template with %s before anybody is asked", async (_, text, told) => {
    writeFileSync(path("wrong.txt"), text);
    const messages = path("none");
    const { code, stderr } = await signin(
      path("mailboxes.yaml"),
      "--messages",
      messages,
      "--template",
      path("wrong.txt"),
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
    expect(existsSync(messages)).toBe(false);
  });

  test("watches who comes in, until all are who can", async () => {
    const inactive = mailboxRow(sandbox, at("carl"));
    changeRow(sandbox, inactive, { statecode: 1 });
    const env = { ...process.env, ...sandbox.environment };
    const asked = [at("user0001"), at(FAILED)];
    const child = execFile(COMMAND, ["signin", ...asked, at("anna"), at("carl"), "--watch"], { env });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    let told = "";
    child.stdout?.on("data", (text: string) => {
      told += text;
    });
    const summary = "4 mailboxes: 1 signed in, 2 yet to sign in, 1 that cannot yet\n";
    await expect.poll(() => told, { timeout: 15_000 }).toContain(summary);
    const rows = asked.map((address) => mailboxRow(sandbox, address));
    const before = rows.map((row) => ({ ...row }));
    for (const row of rows) changeRow(sandbox, row, signedIn());
    expect(await ended).toBe(0);
    for (const [index, row] of rows.entries()) changeRow(sandbox, row, before[index] ?? {});
    changeRow(sandbox, inactive, { statecode: 0 });
    expect(
      told
        .slice(told.indexOf(summary) + summary.length)
        .trimEnd()
        .split("\n"),
    ).toEqual([
      `✔ ${asked[0]}  has signed in, 1 left`,
      `✔ ${asked[1]}  has signed in`,
      expect.stringContaining(`– ${at("carl")}  cannot sign in, as the mailbox is inactive`),
      "All who can have signed in.",
    ]);
  });

  test("ends a watch as a look where a mailbox is not there", async () => {
    const { code, stdout } = await signin(at("anna"), at("nobody"), "--watch");
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n").slice(-2)).toEqual([
      expect.stringContaining(`✘ ${at("nobody")}  was not found`),
      "All who can have signed in.",
    ]);
  });

  test("leaves standard output to the form that goes there while it watches", async () => {
    const { code, stdout, stderr } = await signin(at("anna"), "--watch", "--json", "-");
    expect([code, stderr]).toEqual([0, "All have signed in.\n"]);
    expect(JSON.parse(stdout).counts).toMatchObject({ all: 1, signedIn: 1 });
  });

  test("has nothing to ask for where all have signed in, and says so nowhere else", () => {
    const person = { address: at("anna"), name: "Anna", kind: undefined, client: undefined, webUrl: "" };
    const done: Person = { ...person, standing: "signedIn" };
    expect([...pageOf([done])].join("")).toContain("Everybody has signed in.");
    for (const standing of ["notReady", "notFound", "inactive"] as const) {
      const page = [...pageOf([done, { ...person, standing }])].join("");
      expect(page).not.toContain("Everybody");
      expect(page).toContain("Nobody can sign in yet");
    }
  });
});

/** Of the files in a folder those that people see. */
function messagesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith("."));
}

function pairOf(address: string): string[] {
  return [`${address}.eml`, `${address}.txt`];
}
