import { beforeEach, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Declared, ModelEngine } from "../support/model-engine.ts";
import { administer, changeRow, mailboxRow, mailboxSettings, rowWhere, testSandbox } from "../support/sandbox.ts";

// What Pulumi deletes at the end of a run in which something failed, and what depends on that was skipped.

const client = (name: string, clientSecret = SEED_CLIENT_SECRET): Declared => ({
  type: "GoogleOAuthClient",
  name: `${name}-client`,
  inputs: () => ({ projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret }),
});
const profile = (name: string): Declared => ({
  type: "EmailServerProfile",
  name,
  inputs: (output) => ({
    name,
    oauthClientId: output(`${name}-client`, "clientId"),
    oauthClientSecret: SEED_CLIENT_SECRET,
  }),
});
const mailbox = (person: string, of: string, name = person): Declared => ({
  type: "Mailbox",
  name,
  inputs: (output) => ({ emailAddress: `${person}@northwind.example`, profileId: output(of, "profileId") }),
});

let sandbox: Sandbox;
let engine: ModelEngine;
const row = (person = "anna") => mailboxRow(sandbox, `${person}@northwind.example`);
const profiles = () => (sandbox.world.dataverse.rows["emailserverprofiles"] ?? []).map(({ name }) => name);

beforeEach(async () => {
  sandbox = await testSandbox();
  engine = new ModelEngine(sandbox);
  const { errors } = await engine.up([client("north"), profile("north"), mailbox("anna", "north")]);
  expect(errors).toEqual([]);
});

test("a profile stays while mailboxes have it which a failed client has kept from moving", async () => {
  const before = mailboxSettings(row());
  const renamed = (secret?: string) => [client("nord", secret), profile("nord"), mailbox("anna", "nord")];
  const { errors } = await engine.up(renamed("GOCSPX-not-active-yet-000000000"), { continueOnError: true });
  expect(errors).toContainEqual(expect.stringMatching(/stays, as mailboxes still have it, anna@northwind\.example/));
  expect(mailboxSettings(row())).toEqual(before);
  expect(profiles()).toContain("north");

  expect((await engine.up(renamed(), { continueOnError: true })).errors).toEqual([]);
  expect(row()["_emailserverprofile_value"]).toBe(engine.entry("nord")?.id);
  expect(profiles()).not.toContain("north");
});

test("a mailbox that is renamed behind a failed client keeps all that it has, and its place in the state", async () => {
  const before = mailboxSettings(row());
  await administer(sandbox, "rename-account", "anna@northwind.example", { to: "anne@northwind.example" });
  changeRow(sandbox, rowWhere(sandbox, "mailboxes", "emailaddress", "anna@northwind.example"), {
    emailaddress: "anne@northwind.example",
  });
  const renamed = (secret?: string) => [client("north", secret), profile("north"), mailbox("anne", "north")];
  await engine.up(renamed("GOCSPX-wrong-000000000000000000"), { continueOnError: true });
  expect(mailboxSettings(row("anne"))).toEqual(before);
  expect(engine.entry("anna")).toBeDefined();

  engine.moveElsewhere();
  expect((await engine.up(renamed(), { continueOnError: true })).errors).toEqual([]);
  expect(engine.entry("anna")).toBeUndefined();
  expect((await engine.destroy()).errors).toEqual([]);
  expect(row("anne")).toMatchObject({ incomingemaildeliverymethod: 0, _emailserverprofile_value: null });
});

test("a profile that is replaced stays while mailboxes that are no target have it", async () => {
  const program = [client("north"), profile("north"), mailbox("anna", "north")];
  const before = row()["_emailserverprofile_value"];
  const { errors } = await engine.up(program, { replace: ["north"], target: ["north"] });
  expect(errors).toEqual([expect.stringMatching(/stays, as mailboxes still have it/)]);
  expect(row()["_emailserverprofile_value"]).toBe(before);
  expect((await engine.up(program)).errors).toEqual([]);
  expect(row()["_emailserverprofile_value"]).toBe(engine.entry("north")?.id);
  expect(engine.entry("north")?.id).not.toBe(before);
  expect(profiles().filter((name) => name === "north")).toHaveLength(1);
});

test("a profile that is replaced goes with what a run that was cut off has adopted for it, and nobody declares any more", async () => {
  const program = [client("north"), profile("north"), mailbox("anna", "north")];
  const before = mailboxSettings(row("bert"));
  const bertsWrite = { of: "write", nth: 1, moment: "after", end: "kill" } as const;
  await engine.up([...program, mailbox("bert", "north")], { disturbance: bertsWrite });
  expect(engine.entry("bert")).toBeUndefined();
  expect(row("bert")["_emailserverprofile_value"]).toBe(engine.entry("north")?.id);

  expect((await engine.up(program, { replace: ["north"] })).errors).toEqual([]);
  expect(mailboxSettings(row("bert"))).toEqual(before);
  expect(profiles().filter((name) => name === "north")).toHaveLength(1);
});

test("a stack that goes on with a profile which mailboxes have is warned that another one may hold it", async () => {
  const elsewhere = new ModelEngine(sandbox);
  const { logs } = await elsewhere.up([client("north"), profile("north")]);
  expect(logs).toContainEqual(
    expect.stringMatching(/mailboxes have it, anna@northwind\.example among them: another stack/),
  );
});

test("a stack that takes a mailbox back says from whom, each time", async () => {
  const other = new ModelEngine(sandbox, "other");
  const theirs = [client("south"), profile("south"), mailbox("anna", "south")];
  const ours = [client("north"), profile("north"), mailbox("anna", "north")];
  for (let turns = 0; turns < 2; turns++) {
    expect((await other.up(theirs)).logs).toContainEqual(expect.stringContaining('another Gmail profile, "north"'));
    expect((await engine.up(ours)).logs).toContainEqual(expect.stringContaining('another Gmail profile, "south"'));
  }
});
