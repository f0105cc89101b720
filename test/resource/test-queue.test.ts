import { expect, test } from "vitest";
import { Fault } from "../../provider/fault.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { TestQueue } from "../../provider/resource/test-queue.ts";

test("a mailbox whose turn does not come is told what it waited for, and counts as neither tested nor failed", async () => {
  const queue = new TestQueue(1);
  const { promise: running, resolve: end } = Promise.withResolvers<string>();
  const first = queue.run(
    "anna@northwind.example",
    Deadline.after(10_000),
    () => running,
    () => true,
  );
  const late = queue.run(
    "bert@northwind.example",
    Deadline.after(20),
    async () => "never",
    () => true,
  );
  const fault = await late.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  expect(String(fault)).toMatch(/Test & Enable of bert@northwind\.example.*maxConcurrentTests.*took longer than 20 ms/);
  expect(queue.summary).toBe("0 of 2 tested");
  end("ok");
  await first;
  expect(queue.summary).toBe("1 of 2 tested");
});
