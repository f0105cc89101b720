import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Sightings } from "../../provider/resource/sightings.ts";

const ANNA = "anna@northwind.example";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("what was asked for before a mailbox was changed says nothing of it, however late it comes", () => {
  const sightings = new Sightings<string>();
  const asked = Date.now();
  vi.advanceTimersByTime(5);
  sightings.forget(ANNA);
  sightings.keep(ANNA, ["as it was"], asked);
  expect(sightings.look(ANNA)).toBeUndefined();
  vi.advanceTimersByTime(5);
  sightings.keep(ANNA, ["as it is"], Date.now());
  expect(sightings.look(ANNA)).toEqual(["as it is"]);
});

test("an answer that was long on its way is of use to those who have waited for it", () => {
  const sightings = new Sightings<string>();
  const asked = Date.now();
  vi.advanceTimersByTime(40_000);
  sightings.keep(ANNA, ["as it is"], asked);
  expect(sightings.take(ANNA)).toEqual(["as it is"]);
  sightings.keep(ANNA, ["as it is"], Date.now() + 1);
  vi.advanceTimersByTime(40_000);
  expect(sightings.take(ANNA)).toBeUndefined();
});
