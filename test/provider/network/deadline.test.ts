import { describe, expect, it } from "vitest";
import { Fault } from "../../../provider/fault.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { SharedWork } from "../../../provider/network/shared-work.ts";

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error(`expected a Fault, got ${String(error)}`);
}

describe("a deadline", () => {
  it("ends a sleep that is too long, and says how long the budget was", async () => {
    using deadline = Deadline.after(30);
    const fault = await faultOf(deadline.sleep(60_000, "Waiting for the test"));
    expect(fault.kind).toBe("deadline-exceeded");
    expect(fault.message).toContain("Waiting for the test took longer than 30 ms");
    expect(deadline.remaining).toBe(0);
    expect(deadline.cancelled).toBe(false);
  });

  it("lets a sleep that fits end by itself", async () => {
    using deadline = Deadline.after(60_000);
    const started = performance.now();
    await deadline.sleep(20, "Waiting");
    expect(performance.now() - started).toBeGreaterThanOrEqual(18);
    expect(deadline.remaining).toBeGreaterThan(50_000);
  });

  it("tells cancellation from the end of the time, inside another deadline too", async () => {
    const cancel = new AbortController();
    using outer = Deadline.after(60_000, cancel.signal);
    using inner = outer.sooner(30_000);
    const sleeping = faultOf(inner.sleep(60_000, "Waiting"));
    cancel.abort();
    expect((await sleeping).kind).toBe("cancelled");
    expect(outer.cancelled).toBe(true);
    expect(inner.cancelled).toBe(true);
    expect(inner.remaining).toBe(0);
  });

  it("is not cancelled when the one around it runs out of time", async () => {
    using outer = Deadline.after(20);
    using inner = Deadline.after(60_000, outer.signal);
    expect((await faultOf(inner.sleep(60_000, "Waiting"))).kind).toBe("deadline-exceeded");
    expect(inner.cancelled).toBe(false);
  });

  it("is never longer than the one around it", () => {
    using outer = Deadline.after(1000);
    using inner = outer.sooner(60_000);
    expect(inner.remaining).toBeLessThanOrEqual(1000);
  });

  it("is over at once when the signal was aborted before", async () => {
    using deadline = Deadline.after(60_000, AbortSignal.abort());
    expect((await faultOf(deadline.sleep(1, "Waiting"))).kind).toBe("cancelled");
  });

  it("lets go of the outer signal when it is disposed", () => {
    const cancel = new AbortController();
    const deadline = Deadline.after(60_000, cancel.signal);
    deadline[Symbol.dispose]();
    cancel.abort();
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe("shared work", () => {
  it("goes on while one of those who wait is left, and is aborted when none is", async () => {
    let aborted = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = new SharedWork(async (signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        resolve();
      });
      await promise;
    });
    const cancel = new AbortController();
    using short = Deadline.after(20);
    using long = Deadline.after(60_000, cancel.signal);
    const first = faultOf(work.wait(short, "First"));
    const second = faultOf(work.wait(long, "Second"));
    expect((await first).message).toContain("First took longer");
    expect(aborted).toBe(false);
    cancel.abort();
    expect((await second).message).toContain("Second was cancelled");
    expect(aborted).toBe(true);
    expect(work.abandoned).toBe(true);
  });
});
