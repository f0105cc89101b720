import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { LONG } from "../support/long.ts";
import { CHANGES } from "../support/model-changes.ts";
import { type Disturbance, ENDS, MOMENTS } from "../support/model-process.ts";
import { NAMES, PROFILES, type Profile, type Program, Stack, type Step, type Wanted } from "../support/model-stack.ts";
import { ModelWorld, PEOPLE, type Person } from "../support/model-world.ts";
import { testSandbox } from "../support/sandbox.ts";

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
const replaced = fc.subarray(addressed, { minLength: 1, maxLength: 2 });
const options = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ disturbance: disturbances }) },
  { weight: 2, arbitrary: fc.record({ replace: replaced }) },
  { weight: 2, arbitrary: fc.record({ replace: replaced, disturbance: disturbances }) },
  { weight: 1, arbitrary: fc.record({ target: fc.subarray(addressed, { minLength: 1, maxLength: 3 }) }) },
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ up: programs, options }) },
  { weight: 1, arbitrary: fc.record({ swap: fc.subarray(addressed, { maxLength: 2 }) }) },
  { weight: 5, arbitrary: fc.record({ outside: fc.constantFrom(...Object.keys(CHANGES)), person: people }) },
  { weight: 1, arbitrary: fc.record({ forget: fc.constantFrom(...addressed) }) },
  { weight: 1, arbitrary: fc.record({ imported: people, as: names }) },
  { weight: 1, arbitrary: fc.constant("another machine" as const) },
);

function disturbance(of: "read" | "write", ends: readonly Disturbance["end"][]): fc.Arbitrary<Disturbance> {
  return fc.record({
    of: fc.constant(of),
    nth: fc.integer({ min: 1, max: 8 }),
    moment: fc.constantFrom(...MOMENTS),
    end: fc.constantFrom(...ends),
  });
}

/** The same histories in every run; `HISTORIES=1000` goes through so many others, with `SEED` and `PATHS` as fast-check has printed them. */
const { HISTORIES, SEED, PATHS } = process.env;
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
  await assertAlways([120, 8000], histories, async ({ history, converging }, sandbox) => {
    const stack = new Stack("one", new ModelWorld(sandbox));
    for (const step of history) await stack.take(step);
    if (converging) await stack.converges();
    await stack.goes();
  });
}, 1_200_000);

test("what one stack has adopted no other one disconnects, whoever goes first", async () => {
  const turns = fc.array(fc.record({ mine: fc.boolean(), program: programs, cut: fc.option(disturbances) }), {
    minLength: 2,
    maxLength: 6,
  });
  await assertAlways([40, 2000], turns, async (history, sandbox) => {
    const world = new ModelWorld(sandbox);
    const stacks = { mine: new Stack("mine", world), theirs: new Stack("theirs", world) };
    /** Who has adopted each person last, with which profile. */
    const holders = new Map<Person, { readonly stack: "mine" | "theirs"; readonly profile: Profile }>();
    for (const { mine, program, cut } of history) {
      const stack = mine ? "mine" : "theirs";
      await stacks[stack].up(program, cut ? { disturbance: cut } : {});
      for (const [person, holder] of holders) if (holder.stack === stack) holders.delete(person);
      // What a command that was cut off has adopted is nobody's for sure.
      for (const { person } of program.wanted) holders.delete(person);
      if (!cut) for (const { person, profile } of program.wanted) holders.set(person, { stack, profile });
      for (const [person, holder] of holders) {
        expect(world.row(person), `${person} of ${holder.stack}`).toMatchObject({
          _emailserverprofile_value: stacks[holder.stack].engine.entry(holder.profile)?.id,
          outgoingemaildeliverymethod: 2,
        });
      }
    }
  });
}, 1_200_000);
