import { expect, test } from "vitest";
import { again } from "../../provider/cli/again.ts";
import { Fault } from "../../provider/fault.ts";
import { Deadline } from "../../provider/network/deadline.ts";

test("a watch goes on where nobody has answered", async () => {
  const looks = (["unavailable", "throttled", "deadline-exceeded"] as const).map(
    (kind) => new Fault({ kind, what: "It" }),
  );
  await again("doctor", 1, new AbortController().signal, async () => {
    const fault = looks.shift();
    if (fault) throw fault;
    return true;
  });
  expect(looks).toEqual([]);
});

test("a watch ends with what another look will not mend", async () => {
  const refused = new Fault({ kind: "permission-denied", what: "It was refused" });
  const watch = again("doctor", 1, new AbortController().signal, () => Promise.reject(refused));
  await expect(watch).rejects.toBe(refused);
});

test.each([1, 600_000])("Ctrl-C ends a watch without an error, %s ms apart", async (pause) => {
  const stop = new AbortController();
  const deadline = Deadline.after(60_000, stop.signal);
  const watch = again("doctor", pause, stop.signal, () => deadline.sleep(60_000, "Looking").then(() => false));
  setTimeout(() => stop.abort(), 50);
  await expect(watch).resolves.toBeUndefined();
  deadline[Symbol.dispose]();
});
