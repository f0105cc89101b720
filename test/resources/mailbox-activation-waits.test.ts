import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Tree } from "../../provider/values.ts";
import type { FaultHandle } from "../../sandbox/faults/fault.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";

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
    changeRow(sandbox, mailboxRow(sandbox, address), {
      testemailconfigurationscheduled: false,
      testmailboxaccesscompletedon: new Date().toISOString(),
      incomingemailstatus: 1,
      outgoingemailstatus: 1,
    });
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
