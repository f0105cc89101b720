import fc from "fast-check";
import { expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Declared, ModelEngine, type UpOptions } from "../support/model-engine.ts";
import { type Disturbance, ENDS, MOMENTS } from "../support/model-process.ts";
import { ModelWorld, PEOPLE, type Person } from "../support/model-world.ts";
import { testSandbox } from "../support/sandbox.ts";

const PROFILES = ["north", "south"] as const;
const NAMES = ["a", "b", "c", "d"] as const;
type Profile = (typeof PROFILES)[number];
type Name = (typeof NAMES)[number];

/** Inputs beside the address and the profile. */
const SETTINGS = {
  plain: {},
  unapproved: { approved: false },
  sends: { incomingEmailDeliveryMethod: "none" },
  inactive: { enabled: false },
  purges: { processAndDeleteEmails: true },
} as const;

interface Wanted {
  readonly person: Person;
  /** The name in the program; the same person under another name is a rename. */
  readonly name: Name;
  readonly profile: Profile;
  readonly settings: keyof typeof SETTINGS;
}

interface Program {
  readonly wanted: readonly Wanted[];
  /** Whether profiles are declared that no mailbox uses. */
  readonly spare: boolean;
}

/** What somebody else does, at a person's mailbox or elsewhere. */
const CHANGES = {
  "another profile": (world, person) => save(world, person, bound(world.exchange)),
  "no profile": (world, person) => save(world, person, bound(null)),
  "receives by router": (world, person) => save(world, person, { incomingemaildeliverymethod: 1 }),
  "sends nothing": (world, person) => save(world, person, { outgoingemaildeliverymethod: 0 }),
  "rejects the address": (world, person) => save(world, person, { emailrouteraccessapproval: 3 }),
  "keeps mail": (world, person) => save(world, person, { processanddeleteemails: false }),
  deactivates: (world, person) => save(world, person, { statecode: 1, statuscode: 2 }),
  "disables the owner": (world, person) => switchOwner(world, person, true),
  "enables the owner": (world, person) => switchOwner(world, person, false),
  "deletes the row": (world, person) => world.remove(person),
  "changes the address": (world, person) => {
    const { set, row } = world.owner(person);
    const column = set === "queues" ? "emailaddress" : "internalemailaddress";
    world.save(set, row, { [column]: `new.${world.address(person)}`.slice(-60) });
  },
  "deletes profile north": (world, _, engine) => world.removeProfile(engine.entry("north")?.id),
  "deletes profile south": (world, _, engine) => world.removeProfile(engine.entry("south")?.id),
  "changes the default": (world) => saveDefault(world, world.exchange),
  "takes the default away": (world) => saveDefault(world, null),
} as const satisfies Readonly<Record<string, (world: ModelWorld, person: Person, engine: ModelEngine) => void>>;

function bound(profile: string | number | boolean | null) {
  return { "emailserverprofile@odata.bind": profile && `/emailserverprofiles(${profile})` };
}

function save(world: ModelWorld, person: Person, cells: Parameters<ModelWorld["save"]>[2]): void {
  const row = world.row(person);
  if (row) world.save("mailboxes", row, cells);
}

function saveDefault(world: ModelWorld, profile: string | number | boolean | null): void {
  const cells = { "defaultemailserverprofileid@odata.bind": profile && `/emailserverprofiles(${profile})` };
  world.save("organizations", world.organization, cells);
}

function switchOwner(world: ModelWorld, person: Person, disabled: boolean): void {
  // Whether a queue is inactive is not looked at: activating its mailbox is an error then.
  if (person === "support") return;
  const owner = world.owner(person);
  world.save(owner.set, owner.row, owner.disabled(disabled));
  if (disabled) world.allow(person, "statecode", 1);
}

type Step =
  | { readonly up: Program; readonly options: UpOptions }
  | { readonly outside: keyof typeof CHANGES; readonly person: Person }
  | { readonly forget: Name | Profile }
  | { readonly imported: Person; readonly as: Name };

const people = fc.constantFrom(...PEOPLE);
const names = fc.constantFrom(...NAMES);
/** One person stands in a program once. */
const programs: fc.Arbitrary<Program> = fc.record({
  wanted: fc
    .uniqueArray(
      fc
        .record({
          person: people,
          name: names,
          profile: fc.constantFrom(...PROFILES),
          settings: fc.constantFrom("plain", "plain", "unapproved", "sends", "inactive", "purges"),
        })
        .map(
          (one): Wanted =>
            one.settings === "purges" && one.person !== "support" ? { ...one, settings: "plain" } : one,
        ),
      { selector: ({ person }) => person, maxLength: 3 },
    )
    .filter((wanted) => new Set(wanted.map(({ name }) => name)).size === wanted.length),
  spare: fc.boolean(),
});
const disturbances: fc.Arbitrary<Disturbance> = fc.oneof(
  {
    weight: 20,
    arbitrary: disturbance(
      "write",
      ENDS.filter((end) => end !== "reset" && end !== "empty list"),
    ),
  },
  {
    weight: 10,
    arbitrary: disturbance(
      "read",
      ENDS.filter((end) => end !== "reset"),
    ),
  },
  // Repeated after a quarter of a second, so they are few.
  { weight: 1, arbitrary: disturbance("write", ["reset"]) },
);
const addressed = [...NAMES, ...PROFILES];
const ups: fc.Arbitrary<Step> = fc
  .record({
    up: programs,
    options: fc.record(
      {
        disturbance: disturbances,
        replace: fc.subarray(addressed, { minLength: 1, maxLength: 2 }),
        target: fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.subarray(addressed, { minLength: 1, maxLength: 3 }) },
        ),
        swap: fc.boolean(),
      },
      { requiredKeys: ["target"] },
    ),
  })
  .map(
    ({ up, options: { target, disturbance, swap, ...options } }): Step => ({
      up,
      // Another process that is cut off, too, leaves an original to the next `up`; a destroy at once does not find it.
      options: { ...options, ...(target && { target }), ...(disturbance ? { disturbance } : swap && { swap }) },
    }),
  );
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: ups },
  { weight: 5, arbitrary: fc.record({ outside: changes(), person: people }) },
  { weight: 1, arbitrary: fc.record({ forget: fc.constantFrom(...addressed) }) },
  { weight: 1, arbitrary: fc.record({ imported: people, as: names }) },
);

function changes(): fc.Arbitrary<keyof typeof CHANGES> {
  return fc.constantFrom(
    "another profile",
    "no profile",
    "receives by router",
    "sends nothing",
    "rejects the address",
    "keeps mail",
    "deactivates",
    "disables the owner",
    "enables the owner",
    "deletes the row",
    "changes the address",
    "deletes profile north",
    "deletes profile south",
    "changes the default",
    "takes the default away",
  );
}

function disturbance(of: "read" | "write", ends: readonly Disturbance["end"][]): fc.Arbitrary<Disturbance> {
  return fc.record({
    of: fc.constant(of),
    nth: fc.integer({ min: 1, max: 8 }),
    moment: fc.constantFrom(...MOMENTS),
    end: fc.constantFrom(...ends),
  });
}

/** A stack in the world, with what nobody can know about it any more. */
class Stack {
  readonly name: string;
  readonly world: ModelWorld;
  readonly engine: ModelEngine;
  /** Whose past was in an entry that was taken out of the state. */
  readonly forgotten = new Set<Person | "default">();
  /** Adopted by a command that was cut off, perhaps. */
  readonly #perhaps = new Set<Person>();
  #program: Program = { wanted: [], spare: false };

  constructor(name: string, world: ModelWorld) {
    this.name = name;
    this.world = world;
    this.engine = new ModelEngine(world.sandbox, name);
  }

  async take(step: Step): Promise<void> {
    const { engine, world } = this;
    if ("up" in step) return this.up(step.up, step.options);
    if ("outside" in step) return world.outside(() => CHANGES[step.outside](world, step.person, engine));
    if ("imported" in step) return this.#import(step.imported, step.as);
    const entry = engine.entry(step.forget);
    if (!entry) return;
    if (entry.type === "EmailServerProfile") this.forgotten.add("default");
    for (const person of this.#peopleIn([entry.id])) this.forgotten.add(person);
    engine.forget(step.forget);
  }

  async #import(person: Person, name: Name): Promise<void> {
    const { engine, world } = this;
    const id = world.ids.get(person) ?? "";
    if (engine.entry(name) || !world.row(person) || engine.entries().some((entry) => entry.id === id)) return;
    await engine.import(this.#mailbox({ person, name, profile: "north", settings: "plain" }), id);
  }

  /** One command, held against what may never happen. */
  async up(program: Program, options: UpOptions = {}): Promise<void> {
    const { engine, world } = this;
    this.#program = program;
    const wanted = this.wanted();
    const held = this.#peopleIn(engine.entries().map(({ id }) => id));
    const { result: run, changed, overwritten } = await world.ours(() => engine.up(this.declared(), options));
    const still = this.#peopleIn(engine.entries().map(({ id }) => id));
    for (const person of held) if (!still.includes(person)) world.letGo(person);
    const cutOff = run.killed || run.errors.length > 0;
    const may = new Set<Person | "default">([
      ...held,
      ...this.#perhaps,
      ...this.forgotten,
      ...wanted.map(({ person }) => person),
    ]);
    const rows = PEOPLE.filter((person) => may.has(person)).map((person) => world.ids.get(person) ?? "");
    expect([...changed].filter((row) => row !== "organization" && !rows.includes(row))).toEqual([]);
    const declared = [
      ...wanted.map(({ person }) => world.ids.get(person) ?? ""),
      ...(this.profiles().length > 0 ? ["organization"] : []),
    ];
    expect(overwritten.filter((cell) => !declared.some((row) => cell.startsWith(`${row}/`)))).toEqual([]);
    if (cutOff) for (const { person } of wanted) this.#perhaps.add(person);
    if (options.disturbance || options.target) return;
    expect(run.errors).toEqual([]);
    for (const { person, profile, settings } of wanted) {
      const row = world.row(person);
      expect(row).toMatchObject({
        _emailserverprofile_value: engine.entry(profile)?.id,
        incomingemaildeliverymethod: settings === "sends" ? 0 : 2,
        outgoingemaildeliverymethod: 2,
      });
    }
  }

  async converges(): Promise<void> {
    await this.up(this.#program);
    expect(await this.engine.drift(this.declared())).toEqual([]);
  }

  /** Afterwards every cell is as it was, or as somebody else has set it since. */
  async goes(): Promise<void> {
    const { world, engine, forgotten } = this;
    const inState = PROFILES.filter((profile) => engine.entry(profile));
    await this.up({ wanted: [], spare: false });
    for (const person of PEOPLE) {
      if (forgotten.has(person) || !world.row(person)) continue;
      expect(world.wrong(world.ids.get(person) ?? ""), person).toEqual([]);
    }
    // The engine asks nobody about what its state does not have.
    if (forgotten.has("default")) return;
    if (inState.includes("north")) expect(world.wrong("organization")).toEqual([]);
    expect(inState.filter((profile) => world.hasProfile(`${this.name} ${profile}`))).toEqual([]);
  }

  /** Of the program, those who are still there. */
  wanted(): readonly Wanted[] {
    return this.#program.wanted.filter(({ person }) => this.world.row(person));
  }

  profiles(): readonly Profile[] {
    const { spare, wanted } = this.#program;
    return PROFILES.filter((profile) => spare || wanted.some((one) => one.profile === profile));
  }

  declared(): Declared[] {
    const profiles = this.profiles().map(
      (name): Declared => ({
        type: "EmailServerProfile",
        name,
        inputs: () => ({
          name: `${this.name} ${name}`,
          oauthClientId: SEED_CLIENT_ID,
          oauthClientSecret: SEED_CLIENT_SECRET,
          defaultForNewMailboxes: name === "north",
        }),
      }),
    );
    return [...profiles, ...this.wanted().map((one) => this.#mailbox(one))];
  }

  #mailbox({ person, name, profile, settings }: Wanted): Declared {
    const emailAddress = this.world.address(person);
    return {
      type: "Mailbox",
      name,
      inputs: (output) => ({ emailAddress, profileId: output(profile, "profileId"), ...SETTINGS[settings] }),
    };
  }

  #peopleIn(ids: readonly string[]): Person[] {
    return PEOPLE.filter((person) => ids.includes(this.world.ids.get(person) ?? ""));
  }
}

/** The same histories in every run; `HISTORIES=1000` goes through so many others, with `SEED` and `PATHS` as fast-check has printed them. */
const { HISTORIES, SEED, PATHS, GMAILSYNC_LONG: LONG } = process.env;
/** Histories wait for answers most of the time, so some go side by side, each lane with a sandbox of its own. */
const LANES = PATHS ? 1 : 4;

async function assertAlways<T>(
  [few, many]: readonly [number, number],
  arbitrary: fc.Arbitrary<T>,
  property: (given: T, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const all = HISTORIES ? Number(HISTORIES) : LONG ? many : few;
  const first = SEED ? Number(SEED) : HISTORIES || LONG ? Date.now() % 1e9 : 2026;
  let done = 0;
  const lane = async (seed: number) => {
    const sandbox = await testSandbox();
    const counted = fc.asyncProperty(arbitrary, async (given) => {
      await property(given, sandbox);
      if (++done % 500 === 0) console.log(`${done} of ${all} histories`);
    });
    await fc.assert(counted, { seed, numRuns: Math.ceil(all / LANES), ...(PATHS && { path: PATHS }) });
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(first + index)));
}

test("whatever a stack goes through, whoever else changes things meanwhile, it converges, and ends as it began", async () => {
  const histories = fc.record({ history: fc.array(steps, { minLength: 1, maxLength: 7 }), converging: fc.boolean() });
  await assertAlways([200, 8000], histories, async ({ history, converging }, sandbox) => {
    const stack = new Stack("one", new ModelWorld(sandbox));
    for (const step of history) await stack.take(step);
    if (converging) await stack.converges();
    await stack.goes();
  });
}, 1_200_000);

test("what one stack has adopted no other one disconnects, whoever goes first", async () => {
  const turns = fc.array(fc.record({ mine: fc.boolean(), program: programs }), { minLength: 2, maxLength: 6 });
  await assertAlways([60, 2000], turns, async (history, sandbox) => {
    const world = new ModelWorld(sandbox);
    const stacks = { mine: new Stack("mine", world), theirs: new Stack("theirs", world) };
    /** Who has adopted each person last, with which profile. */
    const holders = new Map<Person, { readonly stack: "mine" | "theirs"; readonly profile: Profile }>();
    for (const { mine, program } of history) {
      const stack = mine ? "mine" : "theirs";
      await stacks[stack].up(program);
      for (const [person, holder] of holders) if (holder.stack === stack) holders.delete(person);
      for (const { person, profile } of program.wanted) holders.set(person, { stack, profile });
      for (const [person, holder] of holders) {
        expect(world.row(person), `${person} of ${holder.stack}`).toMatchObject({
          _emailserverprofile_value: stacks[holder.stack].engine.entry(holder.profile)?.id,
          outgoingemaildeliverymethod: 2,
        });
      }
    }
  });
}, 1_200_000);
