import { execFileSync } from "node:child_process";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { Journal } from "../../provider/network/journal.ts";
import { Network } from "../../provider/network/network.ts";
import { learn } from "../../provider/redaction/secrets.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { lifeOf } from "../support/life.ts";
import { atEnd, mailboxRow, temporaryDirectory, testSandbox, writes } from "../support/sandbox.ts";

const PROFILE = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const CONTOSO = "contoso.crm.dynamics.com";

const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("a record has a line for each write and each test: when, where, which columns, why, and by which resource and commit", async () => {
  const sandbox = await testSandbox();
  const file = join(temporaryDirectory(), "record.jsonl");
  const profile = await lifeOf("EmailServerProfile", sandbox, { GMAILSYNC_RECORD: file, GITHUB_SHA: COMMIT });
  await profile.preview(PROFILE);
  await profile.create(PROFILE);
  const mailbox = await profile.beside("Mailbox");
  await mailbox.create({ emailAddress: "anna@northwind.example", profileId: profile.id });
  const activation = await profile.beside("MailboxActivation");
  await activation.create({ mailboxId: mailbox.id });
  await mailbox.destroy();

  const row = `mailboxes(${mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]})`;
  const of = (type: string, why: string) => ({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    organization: CONTOSO,
    why,
    urn: `urn:pulumi:test::test::gmailsync:index:${type}::${type}`,
    commit: COMMIT,
  });
  const lines = linesOf(file);
  expect(lines.filter(({ method }) => method)).toHaveLength(writes(sandbox).length);
  expect(lines).toEqual([
    {
      ...of("EmailServerProfile", "create"),
      row: `emailserverprofiles(${profile.id})`,
      method: "POST",
      status: 201,
      columns: expect.arrayContaining(["name", "oauthclientid", "oauthclientsecret"]),
    },
    {
      ...of("Mailbox", "create"),
      row,
      method: "PATCH",
      status: 200,
      columns: expect.arrayContaining(["emailserverprofile", "incomingemaildeliverymethod"]),
    },
    {
      ...of("MailboxActivation", "create"),
      row,
      method: "PATCH",
      status: 200,
      columns: ["testemailconfigurationscheduled"],
    },
    { ...of("MailboxActivation", "create"), row, test: "success", codes: [] },
    { ...of("Mailbox", "delete"), row, method: "PATCH", status: 200, columns: expect.any(Array) },
  ]);
  expect(readFileSync(file, "utf8")).not.toContain(SEED_CLIENT_SECRET);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a write that no answer came to is in the record, as it may have arrived; one that never left is not", async () => {
  const sandbox = await testSandbox();
  const file = join(temporaryDirectory(), "record.jsonl");
  const profile = await lifeOf("EmailServerProfile", sandbox, { GMAILSYNC_RECORD: file });
  await profile.create(PROFILE);
  sandbox.addFault({ service: "dataverse", method: "PATCH", times: 1, effect: "lost-answer" });
  await profile.update({ ...PROFILE, name: "Gmail 2" });
  expect(linesOf(file).map(({ method, status }) => [method, status])).toEqual([
    ["POST", 201],
    ["PATCH", undefined],
    ["PATCH", 412],
  ]);
  const unsent = new Network(
    { connectTo: { "contoso.crm.dynamics.com:443": "127.0.0.1:1" } },
    { GMAILSYNC_RECORD: file },
  );
  atEnd(() => unsent.close());
  const write = { effect: "writes", method: "PATCH", url: `https://${CONTOSO}/` } as const;
  await expect(unsent.request(write, Deadline.after(5000))).rejects.toThrow("refused");
  expect(linesOf(file)).toHaveLength(3);
});

test.each([
  ["a folder that is not there", (directory: string) => join(directory, "none", "record.jsonl")],
  [
    "a link",
    (directory: string) => {
      writeFileSync(join(directory, "victim"), "mine");
      symlinkSync(join(directory, "victim"), join(directory, "link"));
      return join(directory, "link");
    },
  ],
  [
    "a pipe that nobody reads",
    (directory: string) => {
      execFileSync("mkfifo", [join(directory, "pipe")]);
      return join(directory, "pipe");
    },
  ],
  ["a device", () => "/dev/full"],
])("a record that cannot be written ends no run, and is a warning once: %s", async (_, fileIn) => {
  const sandbox = await testSandbox();
  const directory = temporaryDirectory();
  const file = fileIn(directory);
  const profile = await lifeOf("EmailServerProfile", sandbox, { GMAILSYNC_RECORD: file });
  await profile.create(PROFILE);
  await profile.update({ ...PROFILE, name: "Gmail 2" });
  expect(profile.logs.filter((line) => line.includes("GMAILSYNC_RECORD"))).toEqual([
    expect.stringMatching(`^warning: GMAILSYNC_RECORD: ${file} cannot be written`),
  ]);
  if (file.endsWith("link")) expect(readFileSync(join(directory, "victim"), "utf8")).toBe("mine");
});

test("a record says whose it is although a word of a secret stands there, and no secret", () => {
  const file = join(temporaryDirectory(), "record.jsonl");
  const secret = "sandbox-secret-of-a-client-1234";
  for (const known of ["northwind", secret]) learn(known);
  const journal = Journal.of({ GMAILSYNC_RECORD: file });
  for (const row of ["anna@northwind.example", secret]) journal?.note({ organization: "smtp.gmail.com", row });
  expect(linesOf(file).map(({ row }) => row)).toEqual(["anna@northwind.example", "[secret]"]);
});
