import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Tree } from "../../provider/values.ts";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { changeRow, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";

const DORA = "dora@northwind.example";

let sandbox: Sandbox;
let profile: Life;
let life: Life;
let inputs: Tree;
let since = 0;

const row = () => mailboxRow(sandbox, DORA);
/** How many tests this run has asked for. */
const tests = () => writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;
/** Somebody else asks for a test, in the browser. */
const begin = () => changeRow(sandbox, row(), { testemailconfigurationscheduled: true });
/** Dynamics comes to the end of a test. */
const end = (status: 1 | 2) =>
  changeRow(sandbox, row(), {
    testemailconfigurationscheduled: false,
    testmailboxaccesscompletedon: new Date().toISOString(),
    incomingemailstatus: status,
    outgoingemailstatus: status,
  });

let secrets = 0;
const newSecret = () =>
  profile.update({ name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: `GOCSPX-secret-${++secrets}` });

/** What an activation tells from now on. */
function told(words: string) {
  const from = life.progress.length;
  return () => expect.poll(() => life.progress.slice(from).join("\n"), { interval: 1 }).toContain(words);
}
/** Does what waits for a test of its own, which comes to an end. */
async function tested(status: 1 | 2, operation: () => Promise<unknown>): Promise<void> {
  const asked = told("was scheduled");
  const going = operation();
  await asked();
  end(status);
  await going;
}
/** Does what finds a test running, which comes to a good end before the work does. */
async function joined(operation: Promise<unknown>): Promise<void> {
  await told("waiting for Dynamics")();
  end(1);
  await operation;
}
/** Has no more time than it takes to see that a test has no end. */
async function cutOff(operation: () => Promise<unknown>): Promise<void> {
  life.timeoutSeconds = 0.4;
  await operation();
  life.timeoutSeconds = undefined;
  expect(life.outputs).toMatchObject({ status: "notTested" });
}
async function nextRun(): Promise<void> {
  profile.nextRun();
  await profile.refresh();
  since = sandbox.requests.length;
}

beforeAll(async () => {
  // Tests end when they are told to.
  sandbox = await testSandbox({ testDelayMs: 600_000 });
  profile = await lifeOf("EmailServerProfile", sandbox);
  await profile.create({ name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: "GOCSPX-secret-0" });
  const mailbox = await profile.beside("Mailbox");
  await mailbox.create({ emailAddress: DORA, profileId: profile.id });
  inputs = { mailboxId: mailbox.id, profileId: profile.id };
});

describe("a test that was begun before this run", () => {
  /** A run was cut off while Dynamics tests, which goes on with that. */
  beforeEach(async () => {
    end(1);
    life = await profile.beside("MailboxActivation");
    await nextRun();
    await cutOff(() => life.create(inputs));
    await nextRun();
  });

  test("counts where what it is about is as it was", async () => {
    await joined(life.update(inputs));
    expect(life.outputs["status"]).toBe("success");
    expect(tests()).toBe(0);
  });

  test("counts, too, where it ends before the activation looks", async () => {
    await endingMeanwhile(life.update(inputs));
    expect(life.outputs["status"]).toBe("success");
    expect(tests()).toBe(0);
  });

  test("is followed by another one where this run has written a client secret", async () => {
    await newSecret();
    await tested(2, () => joined(life.update(inputs)));
    expect(tests()).toBe(1);
    expect(life.outputs["status"]).toBe("failure");
  });

  test("is followed by none where the mailbox is no longer fit for one", async () => {
    await newSecret();
    const awaited = told("waiting for Dynamics");
    const going = life.update(inputs);
    await awaited();
    const { oauthrefreshtoken = null } = row();
    changeRow(sandbox, row(), { oauthrefreshtoken: null, oauthtokenexpireson: null });
    end(2);
    await going;
    changeRow(sandbox, row(), { oauthrefreshtoken });
    expect(tests()).toBe(0);
    expect(life.outputs["blockedBy"]).toEqual(["NOT_SIGNED_IN"]);
  });

  test("is so, too, where it ends before the activation looks", async () => {
    await newSecret();
    await tested(2, () => endingMeanwhile(life.update(inputs)));
    expect(tests()).toBe(1);
    expect(life.outputs["status"]).toBe("failure");
  });

  test("is so in the next run where this one has no time for it", async () => {
    await newSecret();
    await cutOff(() => life.update(inputs));
    await nextRun();
    end(1);
    await tested(2, () => life.update(inputs));
    expect(tests()).toBe(1);
    expect(life.outputs["status"]).toBe("failure");
  });

  async function endingMeanwhile(operation: Promise<unknown>): Promise<void> {
    const look = sandbox.addFault({ service: "dataverse", path: "/mailboxes", nth: 2, effect: { delayMs: 100 } });
    await expect.poll(() => look.matched, { interval: 1 }).toBe(2);
    end(1);
    await operation;
  }
});

describe("a test that somebody else has begun", () => {
  beforeEach(async () => {
    end(1);
    life = await profile.beside("MailboxActivation");
    await nextRun();
    begin();
  });

  test("is followed by one of a new activation", async () => {
    await tested(2, () => joined(life.create(inputs)));
    expect(tests()).toBe(1);
    expect(life.outputs["status"]).toBe("failure");
  });

  test("is so in the next run where this one has no time for it", async () => {
    await cutOff(() => life.create(inputs));
    await nextRun();
    end(1);
    await tested(2, () => life.update(inputs));
    expect(tests()).toBe(1);
    expect(life.outputs["status"]).toBe("failure");
  });
});
