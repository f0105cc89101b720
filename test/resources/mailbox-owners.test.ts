import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { lifeOf } from "../support/life.ts";
import { type Declared, ModelEngine } from "../support/model-engine.ts";
import { administer, changeRow, gmailProfile, mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";

const profile: Declared = {
  type: "EmailServerProfile",
  name: "gmail",
  inputs: () => ({ name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET }),
};
const mailbox = (emailAddress = ANNA): Declared => ({
  type: "Mailbox",
  name: "anna",
  inputs: (output) => ({ emailAddress, profileId: output("gmail", "profileId") }),
});
const activation: Declared = {
  type: "MailboxActivation",
  name: "annaActivation",
  inputs: (output) => ({ mailboxId: output("anna", "mailboxId"), profileId: output("anna", "profileId") }),
};

let sandbox: Sandbox;
let engine: ModelEngine;
const anna = () => mailboxRow(sandbox, ANNA);
const good = async (program: readonly Declared[]) => {
  const run = await engine.up(program);
  expect(run.errors).toEqual([]);
  return run.logs.join("\n");
};

beforeAll(async () => {
  sandbox = await testSandbox();
});
beforeEach(() => {
  sandbox.reset();
  engine = new ModelEngine(sandbox);
});

describe("a mailbox that somebody else looks after", () => {
  const other = { name: "Gmail of sales", emailserverprofileid: "" };
  beforeEach(() => {
    const row = gmailProfile(sandbox);
    changeRow(sandbox, row, { name: other.name });
    other.emailserverprofileid = String(row["emailserverprofileid"]);
  });
  const works = () =>
    changeRow(sandbox, anna(), {
      _emailserverprofile_value: other.emailserverprofileid,
      incomingemaildeliverymethod: 2,
      incomingemailstatus: 1,
      outgoingemaildeliverymethod: 2,
      outgoingemailstatus: 1,
      testmailboxaccesscompletedon: "2026-11-01T08:00:00Z",
    });

  test("is named with its profile and its last test in the preview, before anything is written", async () => {
    works();
    const { logs } = await engine.preview([profile, mailbox()]);
    expect(logs.join("\n")).toMatch(
      new RegExp(`works under another Gmail profile, "${other.name}".*tested last on 2026-11-01.*, with success`),
    );
    expect(writes(sandbox)).toEqual([]);
  });

  test("is not one that has a profile of another kind, or one of this stack", async () => {
    changeRow(sandbox, rowWhere(sandbox, "emailserverprofiles", "name", other.name), { servertype: 0 });
    works();
    expect((await engine.preview([profile, mailbox()])).logs).toEqual([]);
    await good([profile, mailbox()]);
    expect((await engine.preview([profile, mailbox()])).logs).toEqual([]);
  });

  test("since it was taken from this stack: the stack that lost it is told that another holder has come", async () => {
    await good([profile, mailbox(), activation]);
    works();
    const { errors } = await engine.preview([profile, mailbox(), activation]);
    expect(errors.join("\n")).toContain("Who gave it that profile looks after the mailbox by now");
  });
});

describe("a mailbox whose user changes in Dynamics", () => {
  beforeEach(() => good([profile, mailbox()]));

  test("goes with its user: that is said, and what to do", async () => {
    await administer(sandbox, "disable-user", ANNA);
    await administer(sandbox, "delete-user", ANNA);
    const { logs, errors } = await engine.up([profile, mailbox()]);
    expect(logs.join("\n")).toMatch(
      /gone from Dynamics, as its user or queue was deleted\. Take it out of the program/,
    );
    expect(errors.join("\n")).toContain(`No mailbox has the address ${ANNA}`);
  });

  test("is inactive while its user is disabled: no drift, nothing is written, and it is said", async () => {
    await administer(sandbox, "disable-user", ANNA);
    const since = sandbox.requests.length;
    expect(await engine.drift([profile, mailbox()])).toEqual([]);
    const logs = await good([profile, mailbox()]);
    expect(logs).toMatch(/user of mailbox .* is disabled.*Enable the user in Dynamics/);
    expect(writes(sandbox, since)).toEqual([]);

    const { errors } = await engine.up([profile, mailbox(), activation]);
    expect(errors.join("\n")).toContain("USER_DISABLED");
  });

  test("is the same under a new address, which is told and shows as drift", async () => {
    await administer(sandbox, "rename-user", ANNA, { to: "anna.smith@northwind.example" });
    const { logs } = await engine.preview([profile, mailbox()]);
    expect(logs.join("\n")).toMatch(
      /has given mailbox anna@.* the address anna\.smith@.*the same mailbox\. Write the new address/,
    );
    await good([profile, mailbox("anna.smith@northwind.example")]);
    expect(await engine.drift([profile, mailbox("anna.smith@northwind.example")])).toEqual([]);
  });

  test("of an address that nobody has nothing is changed, also without a preview", async () => {
    const since = sandbox.requests.length;
    const { errors } = await engine.up([profile, mailbox("nobody@northwind.example")]);
    expect(errors.join("\n")).toContain("No mailbox has the address nobody@northwind.example");
    expect(writes(sandbox, since)).toEqual([]);
    expect(await engine.drift([profile, mailbox()])).toEqual([]);
  });
});

test("an original that 0.1 took from its own adoption is dropped with a warning, and never put back", async () => {
  const gmail = await lifeOf("EmailServerProfile", sandbox);
  const life = await gmail.beside("Mailbox");
  await gmail.create(profile.inputs(() => ""));
  await life.create({ emailAddress: ANNA, profileId: gmail.id });
  // From then on the state knows it, and nothing else on this machine.
  life.nextRun();
  await life.refresh();
  const { applied, ...outputs } = life.outputs;
  expect(applied).toBeDefined();
  const original = { profileId: gmail.id, incomingEmailDeliveryMethod: 2, emailRouterAccessApproval: 1, enabled: true };
  life.wrote({ ...outputs, original });
  const since = sandbox.requests.length;
  life.nextRun();
  await gmail.refresh();
  await life.refresh();
  expect(life.outputs["original"]).toBeUndefined();
  expect(life.logs.join("\n")).toMatch(/warning: What the state holds as the original of mailbox anna@.* is dropped/);
  await life.destroy();
  expect(life.logs.at(-1)).toMatch(/warning: It is not known how mailbox anna@.* was before/);
  expect(writes(sandbox, since)).toEqual([]);
});
