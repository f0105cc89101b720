import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { Places } from "../../provider/resource/places.ts";
import { TestQueue } from "../../provider/resource/test-queue.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("who was kept waiting is whose check was followed by a pause of the engine's, also when it has gone on since", () => {
  const places = new Places();
  places.checked("first");
  expect(places.keptWaiting("first")).toBe(false);
  places.checked("second");
  vi.advanceTimersByTime(1500);
  expect(places.keptWaiting("second")).toBe(true);
  places.checked("third");
  expect(places.keptWaiting("second")).toBe(true);
  expect(places.keptWaiting("third")).toBe(false);
  // Its turn comes late while others are checked: it waits for something else.
  places.checked("fourth");
  vi.advanceTimersByTime(1500);
  expect(places.keptWaiting("first")).toBe(false);
});

test("nobody is where the engine has places enough", () => {
  const places = new Places("64");
  places.checked("first");
  vi.advanceTimersByTime(1500);
  expect(places.keptWaiting("first")).toBe(false);
});

test("tests that maxConcurrentTests holds back are not laid to the engine, and it is told once", async () => {
  const sideBySide = async (most: number, tests: number) => {
    const queue = new TestQueue(most);
    const deadline = Deadline.after(10_000);
    const test = () =>
      queue.run(
        "anna@northwind.example",
        deadline,
        async () => "tested",
        () => true,
      );
    await Promise.all(Array.from({ length: tests }, test));
    return queue;
  };
  expect((await sideBySide(2, 2)).heldBack()).toBeUndefined();
  expect((await sideBySide(3, 1)).heldBack()).toBeUndefined();
  const queue = await sideBySide(3, 2);
  expect(queue.heldBack()).toContain("PULUMI_PARALLEL=64");
  expect(queue.heldBack()).toBeUndefined();
});
