import { describe, expect, test } from "vitest";
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

describe("the mailboxes of single resources are looked up", () => {
  test("by their addresses while they are few, then all at once, and who is not among them by itself", async () => {
    const sandbox = await testSandbox({ extraUsers: 100 });
    const services = configured(sandbox.environment);
    atEnd(() => services.network.close());
    const mailbox = await resourceNamed("Mailbox");
    const deadline = Deadline.after(30_000);
    const context = { ...services, urn: "one", deadline, finishing: deadline, log() {}, progress() {} };
    const asked = async (addresses: readonly string[]) => {
      const since = sandbox.requests.length;
      for (const emailAddress of addresses) await mailbox.before({ emailAddress }, context);
      return sandbox.requests.slice(since).filter(({ path }) => path.includes("/mailboxes?")).length;
    };
    expect(await asked(users(1, 21))).toBe(20);
    expect(await asked(users(21, 100))).toBe(1);
    await administer(sandbox, "add-user", "late@northwind.example", { name: "Late" });
    expect(await asked(["late@northwind.example"])).toBeLessThanOrEqual(2);
    await expect(mailbox.before({ emailAddress: "nobody@northwind.example" }, context)).rejects.toThrow("No mailbox");
  });
});
