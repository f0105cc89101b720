import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Declared, ModelEngine } from "../support/model-engine.ts";
import { changeRow, mailboxRow, mailboxSettings, rowWhere, testSandbox } from "../support/sandbox.ts";

const PEOPLE = ["anna", "bert", "dora"] as const;
const PROFILES = ["north", "south"] as const;
/** The same histories in every run; `HISTORIES=300` goes through others. */
const RUNS = process.env["HISTORIES"] ? { numRuns: Number(process.env["HISTORIES"]) } : { numRuns: 25, seed: 2026 };

interface Wanted {
  readonly person: (typeof PEOPLE)[number];
  /** The name in the program; the same person under another name is a rename. */
  readonly name: string;
  readonly profile: (typeof PROFILES)[number];
}

/** One person stands in a program once. */
const programs = fc
  .uniqueArray(
    fc.record({
      person: fc.constantFrom(...PEOPLE),
      name: fc.constantFrom("a", "b", "c", "d"),
      profile: fc.constantFrom(...PROFILES),
    }),
    { selector: ({ person }) => person, maxLength: 3 },
  )
  .filter((wanted) => new Set(wanted.map(({ name }) => name)).size === wanted.length);

const cuts = fc.record({
  write: fc.integer({ min: 1, max: 8 }),
  moment: fc.constantFrom("before" as const, "after" as const),
});
const kills = fc.option(cuts, { nil: undefined });
const replacements = fc.subarray(["a", "b", "north", "south"], { maxLength: 2 });

function declared(wanted: readonly Wanted[], stack: string): Declared[] {
  return [
    {
      type: "GoogleOAuthClient",
      name: "google",
      inputs: () => ({ projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET }),
    },
    ...PROFILES.map(
      (name, index): Declared => ({
        type: "EmailServerProfile",
        name,
        inputs: () => ({
          name: `${stack} ${name}`,
          oauthClientId: SEED_CLIENT_ID,
          oauthClientSecret: SEED_CLIENT_SECRET,
          defaultForNewMailboxes: index === 0,
        }),
      }),
    ),
    ...wanted.map(
      ({ person, name, profile }): Declared => ({
        type: "Mailbox",
        name,
        inputs: (output) => ({ emailAddress: `${person}@northwind.example`, profileId: output(profile, "profileId") }),
      }),
    ),
  ];
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});

const rowOf = (person: string) => mailboxRow(sandbox, `${person}@northwind.example`);

/** Begins a world of people who were something before us, each something else. The answer tells how they are. */
function worldWithPasts(): () => object {
  sandbox.reset();
  const exchange =
    rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
  changeRow(sandbox, rowWhere(sandbox, "organizations", "name", "Contoso"), {
    _defaultemailserverprofileid_value: exchange,
  });
  changeRow(sandbox, rowOf("anna"), {
    _emailserverprofile_value: exchange,
    incomingemaildeliverymethod: 1,
    outgoingemaildeliverymethod: 1,
    emailrouteraccessapproval: 2,
  });
  changeRow(sandbox, rowOf("bert"), { statecode: 1, statuscode: 2, outgoingemaildeliverymethod: 1 });
  return () => ({
    people: PEOPLE.map((person) => mailboxSettings(rowOf(person))),
    default: rowWhere(sandbox, "organizations", "name", "Contoso")["_defaultemailserverprofileid_value"],
    profiles: sandbox.world.dataverse.rows["emailserverprofiles"]?.length,
  });
}

test("whatever programs a stack goes through, killed at whatever write, it converges and ends as it began", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ program: programs, kill: kills, replace: replacements }), { minLength: 1, maxLength: 5 }),
      async (history) => {
        const past = worldWithPasts();
        const before = past();
        const engine = new ModelEngine(sandbox);
        for (const { program, kill, replace } of history) {
          const run = await engine.up(declared(program, "one"), { ...(kill && { kill }), replace });
          expect(run.errors).toEqual([]);
        }
        const last = declared(history.at(-1)?.program ?? [], "one");
        expect((await engine.up(last)).errors).toEqual([]);
        expect(await engine.drift(last)).toEqual([]);
        for (const { person, profile } of history.at(-1)?.program ?? []) {
          expect(rowOf(person)).toMatchObject({
            _emailserverprofile_value: engine.entry(profile)?.id,
            incomingemaildeliverymethod: 2,
            statecode: 0,
          });
        }
        expect((await engine.destroy()).errors).toEqual([]);
        expect(past()).toEqual(before);
      },
    ),
    RUNS,
  );
}, 300_000);

test("a run that is killed at whatever write leaves nothing that a destroy at once does not take back", async () => {
  const history = [fc.array(programs, { maxLength: 1 }), programs, cuts, replacements] as const;
  await fc.assert(
    fc.asyncProperty(...history, async (first, last, kill, replace) => {
      const past = worldWithPasts();
      const before = past();
      const engine = new ModelEngine(sandbox);
      for (const program of first) expect((await engine.up(declared(program, "one"))).errors).toEqual([]);
      await engine.up(declared(last, "one"), { kill, replace });
      expect((await engine.destroy()).errors).toEqual([]);
      expect(past()).toEqual(before);
    }),
    RUNS,
  );
}, 300_000);

test("what one stack has adopted no other one disconnects, whoever goes first", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ mine: fc.boolean(), program: programs }), { minLength: 2, maxLength: 6 }),
      async (history) => {
        worldWithPasts();
        const engines = { mine: new ModelEngine(sandbox, "mine"), theirs: new ModelEngine(sandbox, "theirs") };
        /** Who has adopted each person last, with which profile. */
        const holders = new Map<string, { readonly stack: "mine" | "theirs"; readonly profile: string }>();
        for (const { mine, program } of history) {
          const stack = mine ? "mine" : "theirs";
          expect((await engines[stack].up(declared(program, stack))).errors).toEqual([]);
          for (const [person, holder] of holders) if (holder.stack === stack) holders.delete(person);
          for (const { person, profile } of program) holders.set(person, { stack, profile });
          for (const [person, holder] of holders) {
            expect(rowOf(person), `${person} of ${holder.stack}`).toMatchObject({
              _emailserverprofile_value: engines[holder.stack].entry(holder.profile)?.id,
              incomingemaildeliverymethod: 2,
              outgoingemaildeliverymethod: 2,
            });
          }
        }
      },
    ),
    RUNS,
  );
}, 300_000);
