import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Tree } from "../../provider/values.ts";
import type { FaultHandle } from "../../sandbox/faults/fault.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { administer, changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";

/** Nobody has signed in for this one. */
const CARL = "carl@northwind.example";

let sandbox: Sandbox;
let profile: Life;
const faults: FaultHandle[] = [];
afterEach(() => {
  for (const fault of faults.splice(0)) fault.remove();
});

/** Nobody is there for reads of mailboxes, for so many requests: each read makes four, and gives up. */
function outage(times: number): FaultHandle {
  const effect = { status: 503, body: "down" };
  const fault = sandbox.addFault({ service: "dataverse", method: "GET", path: "/mailboxes", times, effect });
  faults.push(fault);
  return fault;
}

function endTest(address: string): void {
  changeRow(sandbox, mailboxRow(sandbox, address), {
    testemailconfigurationscheduled: false,
    testmailboxaccesscompletedon: new Date().toISOString(),
    incomingemailstatus: 1,
    outgoingemailstatus: 1,
  });
}

async function activationOf(address: string): Promise<{ activation: Life; inputs: Tree }> {
  const mailbox = await profile.beside("Mailbox");
  await mailbox.create({ emailAddress: address, profileId: profile.id });
  const activation = await profile.beside("MailboxActivation");
  return { activation, inputs: { mailboxId: mailbox.id, profileId: profile.id } };
}

beforeAll(async () => {
  // Tests end when they are told to.
  sandbox = await testSandbox({ testDelayMs: 600_000, extraUsers: 10 });
  profile = await lifeOf("EmailServerProfile", sandbox);
  const client = { oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
  await profile.create({ name: "Gmail", ...client });
});

describe("an outage while a test is awaited", () => {
  test("is waited for, too", async () => {
    const address = "user0001@northwind.example";
    const { activation, inputs } = await activationOf(address);
    const creation = activation.create(inputs);
    await expect.poll(() => activation.progress.at(-1), { interval: 1 }).toContain("waiting for Dynamics");
    const down = outage(4);
    endTest(address);
    await creation;
    expect(down.disturbed).toBe(4);
    expect(activation.problems).toEqual([]);
  });

  test("that is not over in time is told, and the mailbox is kept", async () => {
    const { activation, inputs } = await activationOf("user0002@northwind.example");
    activation.timeoutSeconds = 3;
    const creation = activation.create(inputs);
    await expect.poll(() => activation.progress.at(-1), { interval: 1 }).toContain("waiting for Dynamics");
    outage(1000);
    await creation;
    expect(activation.outputs["status"]).toBe("notTested");
    expect(activation.problems.join("\n")).toMatch(
      /Test & Enable of user0002\S+ took longer than 3 s: Reading .*HTTP 503/,
    );
  });
});

describe("a sign-in that is missing", () => {
  const signOut = (address: string) =>
    changeRow(sandbox, mailboxRow(sandbox, address), { oauthrefreshtoken: null, oauthtokenexpireson: null });

  test("is waited for through an outage", async () => {
    const { activation, inputs } = await activationOf(CARL);
    const creation = activation.create({ ...inputs, waitForSignIn: "2m" });
    await expect.poll(() => activation.progress.at(-1), { interval: 1 }).toContain("to sign in");
    const down = outage(4);
    await administer(sandbox, "sign-in", CARL);
    await expect.poll(() => activation.progress.at(-1), { interval: 1, timeout: 10_000 }).toContain("Test & Enable");
    endTest(CARL);
    await creation;
    expect(down.disturbed).toBe(4);
    expect(activation.problems).toEqual([]);
  });

  test("is told as it was seen where an outage outlasts the wait", async () => {
    const address = "user0003@northwind.example";
    signOut(address);
    const { activation, inputs } = await activationOf(address);
    const creation = activation.create({ ...inputs, waitForSignIn: "3s" });
    await expect.poll(() => activation.progress.at(-1), { interval: 1 }).toContain("to sign in");
    outage(1000);
    await creation;
    expect(activation.problems).toEqual([expect.stringContaining("(NOT_SIGNED_IN)")]);
  });

  test("of many is looked at by requests that serve all of them", async () => {
    const addresses = [4, 5, 6, 7, 8, 9].map((number) => `user000${number}@northwind.example`);
    addresses.forEach(signOut);
    const waiting = await Promise.all(addresses.map(activationOf));
    const creations: Promise<void>[] = [];
    for (const { activation, inputs } of waiting) {
      activation.isPatient = true;
      creations.push(activation.create({ ...inputs, waitForSignIn: "5s" }));
      await sleep(100);
    }
    const since = sandbox.requests.length;
    await Promise.all(creations);
    for (const { activation } of waiting) expect(activation.outputs).toMatchObject({ blockedBy: ["NOT_SIGNED_IN"] });
    const looks = sandbox.requests.slice(since).filter(({ path }) => path.includes("/mailboxes"));
    // Two beats fall into each wait, or three, and its end.
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.length).toBeLessThanOrEqual(addresses.length + 3);
  });

  test("is looked for at the end of the wait, too", async () => {
    const address = "user0010@northwind.example";
    signOut(address);
    const { activation, inputs } = await activationOf(address);
    activation.isPatient = true;
    const creation = activation.create({ ...inputs, waitForSignIn: "1s" });
    await expect.poll(() => activation.progress.at(-1), { interval: 1 }).toContain("to sign in");
    await administer(sandbox, "sign-in", address);
    await expect.poll(() => activation.progress.at(-1), { interval: 1, timeout: 10_000 }).toContain("Test & Enable");
    endTest(address);
    await creation;
    expect(activation.problems).toEqual([]);
  });
});
