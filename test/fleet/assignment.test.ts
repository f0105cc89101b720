import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filled } from "../../provider/fleet/assignment.ts";
import { type Lock, lockText, NO_LOCK, parseLock } from "../../provider/fleet/lock.ts";
import { brokenRules, whyLeft } from "../../provider/fleet/rules.ts";
import type { ClientSpec, FleetSpec, MailboxSpec } from "../../provider/resources/fleet/spec.ts";

const CLIENTS = ["north", "south", "east"];

function fleet(
  mailboxes: readonly (string | MailboxSpec)[],
  clients = CLIENTS,
  more: Partial<ClientSpec> = {},
): FleetSpec {
  return {
    clients: Object.fromEntries(
      clients.map((name) => [
        name,
        {
          projectId: `project-${name}`,
          clientId: `1-${name}.apps.googleusercontent.com`,
          clientSecret: { config: "secret" },
          audience: "external" as const,
          ...more,
        },
      ]),
    ),
    mailboxes: mailboxes.map((mailbox) => (typeof mailbox === "string" ? { address: mailbox } : mailbox)),
  };
}

const user = (index: number) => `user${index}@northwind.example`;
const users = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => user(from + index));
const someUsers = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }).map((all) => all.map(user));
const clientOrder = fc.shuffledSubarray(CLIENTS, { minLength: 3, maxLength: 3 });

/** Clients by address, of those that are there. */
function clientsIn({ lines }: Lock): Map<string, string> {
  return new Map(lines.flatMap(({ address, client }) => (client === undefined ? [] : [[address, client]])));
}

/** How many accounts have a place in a project. */
const placesIn = ({ lines }: Lock, project: string) => lines.filter((line) => line.project === project).length;

const codesOf = (spec: FleetSpec, lock: Lock) => brokenRules(spec, lock).map(({ code }) => code);
const parsed = (...lines: string[]) => parseLock(lines.join("\n"), "mailboxes.lock");

describe("the client of a mailbox", () => {
  test("stays, whatever is added, removed or put in another order", () => {
    fc.assert(
      fc.property(someUsers, someUsers, clientOrder, (before, after, order) => {
        const first = clientsIn(filled(fleet(before), NO_LOCK).lock);
        const second = clientsIn(filled(fleet(after, order), filled(fleet(before), NO_LOCK).lock).lock);
        for (const address of after) if (first.has(address)) expect(second.get(address)).toBe(first.get(address));
      }),
    );
  });

  test("is there as long as there is room, and in its life no project has more users than it may", () => {
    fc.assert(
      fc.property(fc.array(someUsers, { minLength: 1, maxLength: 5 }), (steps) => {
        let lock: Lock = NO_LOCK;
        const ever = new Map(CLIENTS.map((name) => [name, new Set<string>()]));
        for (const addresses of steps) {
          const result = filled(fleet(addresses), lock);
          lock = result.lock;
          for (const [address, client] of clientsIn(lock)) ever.get(client)?.add(address);
          const sizes = CLIENTS.map((name) => ever.get(name)?.size ?? 0);
          expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
          expect(CLIENTS.map((name) => placesIn(lock, `project-${name}`))).toEqual(sizes);
          expect(clientsIn(lock).size + result.left.length).toBe(addresses.length);
          if (result.left.length > 0) expect(sizes).toEqual([100, 100, 100]);
        }
      }),
    );
  });

  test("is the pinned one, and the lock remembers the place that the user had before", () => {
    const before = parsed(`${user(2)} north project-north`);
    const { lock, left } = filled(fleet([user(1), { address: user(2), client: "east" }]), before);
    expect(lockText(lock).split("\n").slice(-4)).toEqual([
      `${user(1)} north project-north`,
      `${user(2)} - project-north`,
      `${user(2)} east project-east`,
      "",
    ]);
    expect(left).toEqual([]);
  });

  test("shares the room of its project with the project's other clients", () => {
    const spec = fleet(users(0, 150), ["north", "south"], { projectId: "one-project" });
    const { left } = filled(spec, NO_LOCK);
    expect(left).toHaveLength(50);
    expect(whyLeft(spec, left).map(({ message }) => message)).toEqual([
      expect.stringContaining("the 1 projects of the fleet are full, and 1 more is missing"),
    ]);
  });

  test("is missing for other reasons where Google refuses the user at all of them than where all are full", () => {
    const { clients, mailboxes } = fleet(["y@gmail.com", user(1)], ["north", "south"], { audience: "internal" });
    const { north = { projectId: "" }, south = { projectId: "" } } = clients;
    const testing: ClientSpec = {
      ...south,
      audience: "external",
      publishingStatus: "testing",
      testUsers: ["x@gmail.com"],
    };
    const problems = brokenRules({ clients: { north, south: testing }, mailboxes }, NO_LOCK);
    expect(problems.map(({ code, path, message }) => [code, path[1], message])).toEqual([
      [
        "consent/refused",
        0,
        expect.stringMatching(/^no client's app lets y@gmail\.com in: .*\(org_internal\).*\(access_denied\)/),
      ],
    ]);
  });

  test("is the one where its user has had a place, when it comes back", () => {
    const before = filled(fleet(users(0, 150), ["north", "south"]), NO_LOCK).lock;
    const without = filled(fleet(users(0, 140), ["north", "south"]), before).lock;
    const { added, places } = filled(fleet([...users(0, 140), user(145)], ["east", "north", "south"]), without);
    expect([...added]).toEqual([[user(145), "south"]]);
    expect(places.taken("project-south")).toBe(50);
  });
});

describe("the places of a project that Google counts for life", () => {
  const full = filled(fleet(users(0, 98), ["north", "south"]), NO_LOCK).lock;

  test("are never given away: of those that have gone", () => {
    const { lock, added, places } = filled(fleet(users(10, 118), ["north", "south"]), full);
    expect([...added].map(([, client]) => client)).toEqual([...Array(2).fill("north"), ...Array(18).fill("south")]);
    expect([places.taken("project-north"), places.gone("project-north")]).toEqual([100, 10]);
    expect(lock.lines.filter(({ client }) => client === undefined)).toHaveLength(10);
  });

  test("are counted at the check as well, for pins, too", () => {
    const pinned = users(10, 118).map((address) => ({ address, client: "north" }));
    const problems = brokenRules(fleet(pinned, ["north", "south"]), full);
    expect(problems.filter(({ code }) => code === "consent/capacity")).toHaveLength(18);
    expect(problems.find(({ code }) => code === "consent/capacity")?.message).toContain(
      "is number 101 of project project-north, whose app is not declared as verified by Google and may have 100 users over its life, 10 of which have gone and keep their places",
    );
  });

  test.each([
    ["is verified", { verified: true }],
    ["is internal", { audience: "internal" }],
  ] as const)("are no matter where the app %s", (_, more) => {
    const before = filled(fleet(users(0, 98), ["north"], more), NO_LOCK).lock;
    const { left, places } = filled(fleet(users(50, 300), ["north"], more), before);
    expect(left).toEqual([]);
    expect(places.gone("project-north")).toBe(0);
  });

  test("come back in testing, where the listed users have them", () => {
    const testUsers = users(0, 100);
    const more = { publishingStatus: "testing", testUsers } as const;
    const before = filled(fleet(users(0, 20), ["north"], more), NO_LOCK).lock;
    const changed = { ...more, testUsers: users(20, 60) };
    const { places } = filled(fleet(users(20, 40), ["north"], changed), before);
    expect([places.taken("project-north"), places.gone("project-north")]).toEqual([40, 20]);
    expect(codesOf(fleet(users(0, 20), ["north"], more), before)).toEqual(["consent/nearly-full"]);
  });

  test("stay with who is renamed: it is the same account", () => {
    const was = { address: "new@northwind.example", was: user(3) };
    const { lock, places, added } = filled(fleet([...users(0, 3), ...users(4, 98), was], ["north", "south"]), full);
    expect([places.taken("project-north"), added.size]).toEqual([98, 0]);
    expect(lockText(lock)).toContain(`\nnew@northwind.example north project-north was ${user(3)}\n`);
    // And the word in the file may go.
    const later = filled(fleet([...users(0, 3), ...users(4, 98), was.address], ["north", "south"]), lock);
    expect(lockText(later.lock)).toBe(lockText(lock));
  });

  test("are what people know of, too, and that is never lost", () => {
    const known = parsed("format 2", "retire project-north 60", "retire project-north Old@northwind.example");
    const { lock, places, left } = filled(fleet(users(0, 39), ["north"]), known);
    expect([places.taken("project-north"), places.gone("project-north"), left.length]).toEqual([100, 61, 0]);
    const text = lockText(filled(fleet(users(0, 60), ["south"]), lock).lock);
    expect(text).toContain("\nretire project-north 60\nretire project-north old@northwind.example\n");
  });

  test("are left over in a file of the first format as its clients have them", () => {
    const old = parsed("# comment", "", `${user(1)} north`, `${user(2)} south\r`);
    expect(lockText(filled(fleet([user(2)]), old).lock)).toContain(
      `${user(1)} - project-north\n${user(2)} south project-south\n`,
    );
  });

  test("are warned of from 90 on", () => {
    const lock = filled(fleet(users(0, 89), ["north"]), NO_LOCK).lock;
    expect(codesOf(fleet(users(0, 89), ["north"]), lock)).toEqual([]);
    const more = brokenRules(fleet(users(5, 90), ["north"]), filled(fleet(users(5, 90), ["north"]), lock).lock);
    expect(more.map(({ message }) => message)).toEqual([
      "project-north: 90 of 100 places are taken, 5 by people who have gone and keep them; 10 left",
    ]);
  });

  test("are forgotten by nobody unheard: a mailbox that the lock does not know is told", () => {
    expect(codesOf(fleet(users(0, 99), ["north"]), full)).toEqual(["consent/nearly-full", "lock/stale"]);
    expect(codesOf(fleet(users(0, 3), ["north"]), NO_LOCK)).toEqual([]);
  });
});

describe("one account at gmail.com", () => {
  const names = ["anna.berg@gmail.com", "ANNABERG@googlemail.com", "a.nna.berg+crm@gmail.com"];

  test("has one place and one client, however it is written", () => {
    const before = filled(fleet(["anna.berg@gmail.com", user(1)]), NO_LOCK).lock;
    for (const address of names) {
      const { lock, places } = filled(fleet([address, user(1)]), before);
      expect(clientsIn(lock).get(address.toLowerCase())).toBe("north");
      expect(places.taken("project-north")).toBe(2);
    }
  });

  test("is one test user", () => {
    const more = {
      publishingStatus: "testing" as const,
      testUsers: ["Anna.Berg@gmail.com"],
    } satisfies Partial<ClientSpec>;
    for (const address of names) expect(codesOf(fleet([address], ["north"], more), NO_LOCK)).toEqual([]);
    expect(codesOf(fleet(["anna.bergh@gmail.com"], ["north"], more), NO_LOCK)).toEqual(["consent/refused"]);
  });

  test("cannot have two entries; at a domain of Workspace dots do matter", () => {
    const problems = brokenRules(fleet(names, ["north"]), NO_LOCK);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "mailbox/duplicate mailboxes,1,address",
      "mailbox/duplicate mailboxes,2,address",
    ]);
    expect(problems[0]?.message).toContain("is the account of anna.berg@gmail.com at mailboxes[0]");
    const workspace = ["anna.berg@northwind.example", "annaberg@northwind.example", "annaberg+crm@northwind.example"];
    expect(codesOf(fleet(workspace, ["north"]), NO_LOCK)).toEqual([]);
  });
});

describe("a user and a queue with one address", () => {
  const both = (...kinds: (MailboxSpec["kind"] | "none")[]) =>
    kinds.map((kind) => ({ address: user(1), ...(kind !== "none" && kind && { kind }) }));

  test("share a client and a place", () => {
    const { lock, places } = filled(fleet(both("user", "queue")), NO_LOCK);
    expect(lock.lines).toHaveLength(1);
    expect(places.taken("project-north")).toBe(1);
    expect(codesOf(fleet(both("queue", "user"), ["north"]), lock)).toEqual([]);
  });

  test.each([
    ["none", "queue", "give `kind` at both entries"],
    ["queue", "none", "give `kind` at both entries"],
    ["none", "none", "stands at mailboxes[0] already"],
    ["queue", "queue", "stands at mailboxes[0] already"],
  ] as const)("have to be told apart: %s and %s", (one, two, message) => {
    expect(brokenRules(fleet(both(one, two), ["north"]), NO_LOCK)[0]?.message).toContain(message);
  });

  test("cannot be pinned to two clients", () => {
    const [one = { address: "" }, two = { address: "" }] = both("user", "queue");
    const problems = brokenRules(
      fleet([
        { ...one, client: "north" },
        { ...two, client: "south" },
      ]),
      NO_LOCK,
    );
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("use one client")]);
  });
});

describe("the lock file", () => {
  test("is written and read again as it was", () => {
    fc.assert(
      fc.property(someUsers, someUsers, (before, after) => {
        const { lock } = filled(fleet(after), filled(fleet(before), NO_LOCK).lock);
        expect(lockText(parseLock(lockText(lock), "x.lock"))).toBe(lockText(lock));
        expect(lockText(filled(fleet(after), parseLock(lockText(lock), "x.lock")).lock)).toBe(lockText(lock));
      }),
    );
  });

  test.each([
    "<<<<<<< HEAD",
    "anna@northwind.example",
    "anna@northwind.example -",
    "a@b.example north\nA@b.example south",
    "a@b.example north p1\na@b.example - p1",
    "a.b@gmail.com north p1\nab@googlemail.com south p2",
    "retire p1",
    "retire p1 -3",
    "retire p1 5\nretire p1 5",
    "retire p1 40\nretire p1 30",
    "a@b.example north p1 was",
    "a@b.example north p1 is b@b.example",
    "anna@northwind.example nor\x1b[2Jth",
    "anna@northwind.example \u202Ehtron",
    "retire nor\x9bth 5",
  ])("is not guessed from %j", (line) => {
    expect(() => parsed("# ok", line)).toThrow(/mailboxes\.lock:[23] is no line/);
  });

  test("that retires places of a project which no client has is told", () => {
    const told = brokenRules(fleet([], ["north"]), parsed("retire project-nort 40", "retire project-north 30"));
    expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "lock/unknown-project no client has the project project-nort, of which the lock file retires places",
    ]);
  });

  test("of a newer version is refused", () => {
    expect(() => parsed("format 3", "anything")).toThrow("mailboxes.lock:1 says format 3");
  });
});

test("at most one profile is the default for new mailboxes, as it comes out for each client", () => {
  const yes = { defaultForNewMailboxes: true };
  const no = { defaultForNewMailboxes: false };
  type Profile = NonNullable<ClientSpec["profile"]>;
  const pathsOf = (all: Profile, north: Profile, south: Profile) => {
    const { clients, mailboxes } = fleet([], ["north", "south"]);
    const [one = { projectId: "" }, two = { projectId: "" }] = Object.values(clients);
    const spec = { clients: { north: { ...one, profile: north }, south: { ...two, profile: south } }, mailboxes };
    return brokenRules({ ...spec, profile: all }, NO_LOCK).map(({ code, path }) => `${code} ${path.join(".")}`);
  };
  expect(pathsOf(yes, {}, {})).toEqual(["profile/two-defaults profile.defaultForNewMailboxes"]);
  expect(pathsOf({}, yes, yes)).toEqual(["profile/two-defaults clients.south.profile.defaultForNewMailboxes"]);
  expect(pathsOf(yes, no, {})).toEqual([]);
  expect(pathsOf({}, {}, yes)).toEqual([]);
});
