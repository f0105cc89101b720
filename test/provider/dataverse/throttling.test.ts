import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../provider/network/deadline.ts";
import type { Reply } from "../network/tls.ts";
import { Environment, faultOf, idOf, readMailboxes, refusal } from "./environment.ts";

const LIMIT = "Number of requests exceeded the limit of 6000 over time window of 300 seconds.";
const throttled = (retryAfter: string, more: Readonly<Record<string, string>> = {}) =>
  refusal(429, "0x80072322", LIMIT, { "retry-after": retryAfter, ...more });

describe("throttling", () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + 1000 * seconds).toUTCString();

  it.each([
    ["seconds", () => throttled("1"), 950],
    // A date has whole seconds, so that up to one of the two is lost.
    ["a date", () => throttled(inSeconds(2)), 950],
    ["a date on a clock of its own", () => throttled(inSeconds(2 - 600), { date: inSeconds(-600) }), 950],
  ])("is waited for as long as the service asks, in %s", async (_, refused, atLeast) => {
    const times: number[] = [];
    await using environment = await Environment.start((request) => {
      times.push(performance.now());
      return times.length === 1 ? refused() : readMailboxes(request);
    });
    using deadline = Deadline.after(20_000);
    expect(await environment.dataverse.retrieve("mailboxes", idOf(1), deadline)).toBeDefined();
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThan(atLeast);
  });

  it("that would outlast the deadline fails at once and says how long", async () => {
    await using environment = await Environment.start(() => throttled("300"));
    using deadline = Deadline.after(60_000);
    const started = performance.now();
    const fault = await faultOf(environment.dataverse.retrieve("mailboxes", idOf(1), deadline));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(fault).toMatchObject({ kind: "throttled", status: 429, code: "0x80072322" });
    expect(fault.message).toContain("asks to wait 5 min");
    expect(fault.message).toContain(`Reading mailbox ${idOf(1)}`);
  });

  it("of one request holds back all others of the client", async () => {
    await using environment = await Environment.start((request) =>
      environment.server.requests.length === 1 ? throttled("1") : readMailboxes(request),
    );
    using deadline = Deadline.after(20_000);
    const { dataverse, server } = environment;
    const first = dataverse.list("mailboxes", "", {}, deadline);
    await expect.poll(() => server.requests.length).toBe(1);
    const started = performance.now();
    const others = [dataverse.list("mailboxes", "", {}, deadline), dataverse.list("mailboxes", "", {}, deadline)];
    await Promise.all([first, ...others]);
    expect(server.requests).toHaveLength(4);
    expect(performance.now() - started).toBeGreaterThan(800);
  });

  it("that is waited for is told to those who have less time, and not to those who are cancelled", async () => {
    await using environment = await Environment.start(() => throttled("30"));
    const { dataverse, server } = environment;
    const stop = new AbortController();
    using cancelled = Deadline.after(60_000, stop.signal);
    const first = faultOf(dataverse.list("mailboxes", "", {}, cancelled));
    await expect.poll(() => server.requests.length).toBe(1);
    using short = Deadline.after(5_000);
    const hurried = await faultOf(dataverse.list("mailboxes", "", {}, short));
    expect(hurried.kind).toBe("throttled");
    expect(hurried.message).toMatch(/asks to wait \d+ s, and only \d+ s are left/);
    // As whoever was refused is told it, so that one cause is one.
    expect(hurried).toMatchObject({ code: "0x80072322", status: 429, undone: true });
    expect(hurried.message).toContain("run fewer deployments at a time");
    using other = Deadline.after(4_000);
    const another = await faultOf(dataverse.retrieve("mailboxes", idOf(1), other));
    expect(another.grounds).toBe(hurried.grounds);
    expect(hurried.grounds).toBeDefined();
    stop.abort();
    using late = Deadline.after(5_000, stop.signal);
    expect((await faultOf(dataverse.list("mailboxes", "", {}, late))).kind).toBe("cancelled");
    expect((await first).kind).toBe("cancelled");
    expect(server.requests).toHaveLength(1);
  });

  it("can be cancelled while it is waited for", async () => {
    const cancel = new AbortController();
    await using environment = await Environment.start(() => throttled("30"));
    using deadline = Deadline.after(60_000, cancel.signal);
    const listing = faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    await expect.poll(() => environment.server.requests.length).toBe(1);
    cancel.abort();
    expect((await listing).kind).toBe("cancelled");
  });
});

describe("a service that fails for a moment", () => {
  it.each([
    ["500", refusal(500, "0x80040216", "An unexpected error occurred.")],
    ["503 with Retry-After", { status: 503, headers: { "retry-after": "0" } }],
    ["a cut connection", "cut"],
  ] as const)("is asked again after %s", async (_, reply) => {
    await using environment = await Environment.start((request) =>
      environment.server.requests.length === 1 ? reply : readMailboxes(request),
    );
    using deadline = Deadline.after(20_000);
    expect(await environment.dataverse.retrieve("mailboxes", idOf(1), deadline)).toBeDefined();
    expect(environment.server.requests).toHaveLength(2);
  });

  it("and asks for no pause is given one that grows", async () => {
    const again = { status: 503, headers: { "retry-after": "0" } };
    await using environment = await Environment.start(() => again);
    using deadline = Deadline.after(1_500);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault).toMatchObject({ kind: "unavailable", status: 503 });
    expect(environment.server.requests.length).toBeLessThanOrEqual(3);
  });

  it("is given up after three more times", async () => {
    await using environment = await Environment.start(() => ({ status: 502, body: "<html>bad gateway</html>" }));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault).toMatchObject({ kind: "unavailable", status: 502 });
    expect(environment.server.requests).toHaveLength(4);
  });
});

it("halves what is in flight when it is throttled, and grows again up to the most", async () => {
  const waiting: ((reply: Reply) => void)[] = [];
  await using environment = await Environment.start(() => new Promise<Reply>((resolve) => waiting.push(resolve)), {
    tryMs: 60_000,
  });
  using deadline = Deadline.after(60_000);
  const { dataverse } = environment;
  const work = Array.from({ length: 60 }, () => dataverse.list("mailboxes", "", {}, deadline));
  const fine: Reply = { status: 200, body: { value: [] } };
  for (const [wave, inFlight] of [16, 8, 8, 8, 9].entries()) {
    await expect.poll(() => waiting.length, { timeout: 10_000 }).toBe(inFlight);
    // Nobody comes after them.
    await sleep(50);
    const [first, ...others] = waiting.splice(0);
    expect(others).toHaveLength(inFlight - 1);
    first?.(wave === 0 ? throttled("0") : fine);
    // It hears of it before the others are answered.
    if (wave === 0) await sleep(500);
    for (const reply of others) reply(fine);
  }
  const rest = setInterval(() => {
    for (const reply of waiting.splice(0)) reply(fine);
  }, 1);
  await Promise.all(work);
  clearInterval(rest);
  expect(environment.server.requests).toHaveLength(61);
});

it("has no more than sixteen requests in flight", async () => {
  let inFlight = 0;
  let most = 0;
  await using environment = await Environment.start(async () => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    return { status: 200, body: { value: [] } };
  });
  using deadline = Deadline.after(20_000);
  await Promise.all(Array.from({ length: 60 }, () => environment.dataverse.list("mailboxes", "", {}, deadline)));
  expect(environment.server.requests).toHaveLength(60);
  expect(most).toBeLessThanOrEqual(16);
  expect(most).toBeGreaterThan(1);
});
