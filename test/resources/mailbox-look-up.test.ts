import { describe, expect, test, vi } from "vitest";
import { examined, lookAtAll } from "../../provider/cli/doctor/look.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { lookUp } from "../../provider/resources/mailbox/look-up.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured, resourceNamed } from "../support/configured.ts";
import { administer, atEnd, testSandbox } from "../support/sandbox.ts";

const user = (index: number) => `user${String(index).padStart(4, "0")}@northwind.example`;
const users = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => user(from + index));

async function look(sandbox: Sandbox, addresses: readonly string[]) {
  const services = configured(sandbox.environment);
  atEnd(() => services.network.close());
  const since = sandbox.requests.length;
  const leavers = await lookUp(addresses, { ...services, deadline: Deadline.after(30_000) });
  const requests = sandbox.requests.slice(since).filter(({ path }) => path.includes("/mailboxes?"));
  return { ...leavers, requests: requests.length };
}

describe("the mailboxes of a fleet are looked up", () => {
  test("by one list where that is enough, by pages where it is not, and what no page shows by its address", async () => {
    const sandbox = await testSandbox({ extraUsers: 700 });
    const [first = ""] = (await look(sandbox, [user(1)])).missing;
    expect(first).toBe("");
    expect(await look(sandbox, users(1, 90))).toEqual({ missing: [], disabled: [], requests: 1 });
    expect(await look(sandbox, users(1, 600))).toEqual({ missing: [], disabled: [], requests: 1 });
    expect(await look(sandbox, [...users(1, 300), user(9001), user(9002)])).toEqual({
      missing: [user(9001), user(9002)],
      disabled: [],
      requests: 2,
    });
  });

  test("in any spelling, and who is disabled is told", async () => {
    const sandbox = await testSandbox({ extraUsers: 10 });
    await administer(sandbox, "disable-user", "anna@northwind.example");
    await administer(sandbox, "add-user", "pat.o'connor@northwind.example", { name: "Pat" });
    const given = ["ANNA@Northwind.example", "Pat.O'Connor@northwind.example", "no'body@northwind.example"];
    expect(await look(sandbox, given)).toEqual({
      missing: ["no'body@northwind.example"],
      disabled: ["ANNA@Northwind.example"],
      requests: 3,
    });
  });
});

test("the mailboxes that doctor is given are looked up together where they are many", async () => {
  const sandbox = await testSandbox({ extraUsers: 60 });
  const services = configured(sandbox.environment);
  atEnd(() => services.network.close());
  const targets = [...users(1, 50), user(9001)].map((address) => ({ address, activate: true, tolerate: [] }));
  const since = sandbox.requests.length;
  const looks = { targets, timeoutMs: 30_000, services, signal: new AbortController().signal };
  const reports = await lookAtAll(looks, examined, () => {});
  expect(reports.map(({ decisive }) => decisive?.code)).toEqual([...Array(49).fill("PROFILE_MISSING"), "NOT_FOUND"]);
  // The second is about the one that is not among all.
  expect(sandbox.requests.slice(since).filter(({ path }) => path.includes("/mailboxes?"))).toHaveLength(2);
});

/** A mailbox resource of a run, and how many requests for mailboxes something takes. */
async function single(sandbox: Sandbox) {
  const services = configured(sandbox.environment);
  atEnd(() => services.network.close());
  const mailbox = await resourceNamed("Mailbox");
  const deadline = Deadline.after(30_000);
  const context = { ...services, urn: "one", deadline, finishing: deadline, log() {}, progress() {} };
  const requests = async (work: () => Promise<unknown>) => {
    const since = sandbox.requests.length;
    await work();
    return sandbox.requests.slice(since).filter(({ path }) => path.includes("/mailboxes?")).length;
  };
  return { mailbox, context, requests };
}

describe("the mailboxes of single resources are looked up", () => {
  test("by their addresses while they are few, then all at once, and who is not among them by itself", async () => {
    const sandbox = await testSandbox({ extraUsers: 100 });
    const { mailbox, context, requests } = await single(sandbox);
    const asked = (addresses: readonly string[]) =>
      requests(async () => {
        for (const emailAddress of addresses) await mailbox.before({ emailAddress }, context);
      });
    expect(await asked(users(1, 21))).toBe(20);
    expect(await asked(users(21, 100))).toBe(1);
    await administer(sandbox, "add-user", "late@northwind.example", { name: "Late" });
    expect(await asked(["late@northwind.example"])).toBeLessThanOrEqual(2);
    await expect(mailbox.before({ emailAddress: "nobody@northwind.example" }, context)).rejects.toThrow("No mailbox");
  });

  test("all at once again where they have waited too long for their turn, however many come at the same time", async () => {
    const sandbox = await testSandbox({ extraUsers: 60 });
    const { mailbox, context, requests } = await single(sandbox);
    for (const emailAddress of users(1, 60)) await mailbox.before({ emailAddress }, context);
    const turn = (emailAddress: string) => mailbox.preview({ emailAddress }, context);
    expect(await requests(() => Promise.all(users(1, 20).map(turn)))).toBe(0);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    try {
      expect(await requests(() => Promise.all(users(20, 60).map(turn)))).toBe(1);
      expect(await requests(() => expect(turn("nobody@northwind.example")).rejects.toThrow("No mailbox"))).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("an update that is previewed asks for no mailbox that its refresh has seen a moment ago", async () => {
  const sandbox = await testSandbox();
  const { mailbox, context, requests } = await single(sandbox);
  const [row] = await context.dataverse.list(
    "mailboxes",
    `emailaddress eq 'anna@northwind.example'`,
    {},
    context.deadline,
  );
  const id = row?.mailboxid ?? "";
  const { inputs = {}, outputs = {} } = (await mailbox.read(id, undefined, context)) ?? {};
  const changed = { ...inputs, approved: false };
  expect(await requests(() => mailbox.preview(changed, context, { id, inputs, outputs }))).toBe(0);
});
