import { expect, test } from "vitest";
import { withBudget } from "../../provider/host/budget.ts";

/** What is left of it, in whole seconds. */
const seconds = (deadline: { readonly remaining: number }) => Math.ceil(deadline.remaining / 1000);

test("writes have the time of their operation, as the service may ask to wait for minutes", async () => {
  await withBudget(600, undefined, async ({ finishing }) => expect(seconds(finishing)).toBe(600));
});

test("writes that are begun when the time is nearly over have half a minute", async () => {
  await withBudget(5, undefined, async ({ finishing }) => expect(seconds(finishing)).toBe(30));
});

test("cancellation ends everything but writes, which have half a minute from then on", async () => {
  const cancel = new AbortController();
  await withBudget(600, cancel.signal, async (budget) => {
    const begun = budget.finishing;
    cancel.abort();
    expect(budget.deadline.cancelled).toBe(true);
    for (const deadline of [begun, budget.finishing]) {
      expect(deadline.signal.aborted).toBe(false);
      expect(seconds(deadline)).toBe(30);
    }
  });
});
