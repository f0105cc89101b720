import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filled } from "../../provider/fleet/assignment.ts";
import { type Lock, lockText, parseLock } from "../../provider/fleet/lock.ts";
import { missingProjects } from "../../provider/fleet/rules.ts";
import type { FleetSpec } from "../../provider/resources/fleet/spec.ts";

const CLIENTS = ["north", "south", "east"];

function fleet(addresses: readonly string[], clients = CLIENTS, pins: Record<string, string> = {}): FleetSpec {
  return {
    clients: Object.fromEntries(
      clients.map((name) => [name, { projectId: `project-${name}`, audience: "external" as const }]),
    ),
    mailboxes: addresses.map((address) => ({ address, ...(pins[address] && { client: pins[address] }) })),
  };
}

const user = (index: number) => `user${index}@northwind.example`;
const someUsers = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }).map((all) => all.map(user));
const clientOrder = fc.shuffledSubarray(CLIENTS, { minLength: 3, maxLength: 3 });

describe("the client of a mailbox", () => {
  test("stays, whatever is added, removed or put in another order", () => {
    fc.assert(
      fc.property(someUsers, someUsers, clientOrder, (before, after, order) => {
        const first = filled(fleet(before), new Map()).lock;
        const second = filled(fleet(after, order), first).lock;
        for (const address of after) if (first.has(address)) expect(second.get(address)).toBe(first.get(address));
      }),
    );
  });

  test("is there as long as there is room, and no project gets more than it may", () => {
    fc.assert(
      fc.property(fc.array(someUsers, { minLength: 1, maxLength: 5 }), (steps) => {
        let lock: Lock = new Map();
        for (const addresses of steps) {
          const result = filled(fleet(addresses), lock);
          lock = result.lock;
          const sizes = CLIENTS.map((name) => [...lock.values()].filter((client) => client === name).length);
          expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
          expect(lock.size + result.left.length).toBe(addresses.length);
          if (result.left.length > 0) expect(sizes).toEqual([100, 100, 100]);
        }
      }),
    );
  });

  test("is the pinned one, and the lock says so", () => {
    const { lock, left } = filled(
      fleet([user(1), user(2)], CLIENTS, { [user(2)]: "east" }),
      new Map([[user(2), "north"]]),
    );
    expect([...lock]).toEqual([
      [user(2), "east"],
      [user(1), "north"],
    ]);
    expect(left).toEqual([]);
  });

  test("shares the room of its project with the project's other clients", () => {
    const spec = fleet(
      Array.from({ length: 150 }, (_, index) => user(index)),
      ["north", "south"],
    );
    for (const client of Object.values(spec.clients)) client.projectId = "one-project";
    const { left } = filled(spec, new Map());
    expect(left).toHaveLength(50);
    expect(missingProjects(spec, left)).toContain("the 1 projects of the fleet are full, and 1 more is missing");
  });

  test("is written and read again as it was", () => {
    fc.assert(
      fc.property(someUsers, (addresses) => {
        const { lock } = filled(fleet(addresses), new Map());
        expect(new Map(parseLock(lockText(lock), "x.lock"))).toEqual(new Map([...lock].toSorted()));
        expect(lockText(parseLock(lockText(lock), "x.lock"))).toBe(lockText(lock));
      }),
    );
  });

  test.each(["<<<<<<< HEAD", "anna@northwind.example", "a@b.example north\nA@b.example south"])(
    "is not guessed from a lock file with %j",
    (line) => {
      expect(() => parseLock(`# ok\n${line}\n`, "mailboxes.lock")).toThrow(/mailboxes\.lock:[23] is no line/);
    },
  );
});
