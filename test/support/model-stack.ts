import { expect } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { CHANGES } from "./model-changes.ts";
import { type Declared, ModelEngine, type UpOptions } from "./model-engine.ts";
import { type ModelWorld, PEOPLE, type Person } from "./model-world.ts";

export const PROFILES = ["north", "south"] as const;
export const NAMES = ["a", "b", "c", "d"] as const;
export type Profile = (typeof PROFILES)[number];
type Name = (typeof NAMES)[number];
const NEXT: Readonly<Record<Name, Name>> = { a: "b", b: "c", c: "d", d: "a" };

/** Inputs beside the address and the profile. */
const SETTINGS = {
  plain: {},
  unapproved: { approved: false },
  sends: { incomingEmailDeliveryMethod: "none" },
  inactive: { enabled: false },
  purges: { processAndDeleteEmails: true },
} as const;

export interface Wanted {
  readonly person: Person;
  /** The name in the program; the same person under another name is a rename. */
  readonly name: Name;
  readonly profile: Profile;
  readonly settings: keyof typeof SETTINGS;
}

export interface Program {
  readonly wanted: readonly Wanted[];
  /** Whether profiles are declared that no mailbox uses. */
  readonly spare: boolean;
}

/** What happens to a stack, or around it. */
export type Step =
  | { readonly up: Program; readonly options: UpOptions }
  | { readonly swap: UpOptions["replace"] }
  | { readonly outside: string; readonly person: Person }
  | { readonly forget: Name | Profile }
  | { readonly imported: Person; readonly as: Name }
  | "another machine";

/** A stack in the world, with what nobody can know about it any more. */
export class Stack {
  readonly name: string;
  readonly world: ModelWorld;
  readonly engine: ModelEngine;
  /** Whose past was in an entry that was taken out of the state. */
  readonly forgotten = new Set<Person | "default">();
  /** Adopted by a command that was cut off, perhaps. */
  readonly #perhaps = new Set<Person>();
  /** Given up while somebody else's profile had them: they are put back when that is gone, and this stack's profile goes. */
  readonly #elsewhere = new Set<Person>();
  #program: Program = { wanted: [], spare: false };
  /** Whether the last command did all of its work. */
  #whole = true;
  /** Whether the state has all that there is to know. */
  #isAllInState = true;

  constructor(name: string, world: ModelWorld) {
    this.name = name;
    this.world = world;
    this.engine = new ModelEngine(world.sandbox, name);
  }

  async take(step: Step): Promise<void> {
    const { engine } = this;
    if (step === "another machine") return this.#moveElsewhere();
    if ("up" in step) return this.up(step.up, step.options);
    if ("swap" in step) return this.#swap(step.swap);
    if ("outside" in step) return this.#outside(step.outside, step.person);
    if ("imported" in step) return this.#import(step.imported, step.as);
    const entry = engine.entry(step.forget);
    if (!entry) return;
    if (entry.type === "EmailServerProfile") {
      this.forgotten.add("default");
      this.#forgetUnheld();
    }
    for (const person of this.#peopleIn([entry.id])) this.forgotten.add(person);
    engine.forget(step.forget);
  }

  #outside(change: string, person: Person): void {
    const { world, engine } = this;
    const profiles = () => PROFILES.filter((name) => world.profile(engine.entry(name)?.id)).length;
    const before = profiles();
    world.outside(() => CHANGES[change]?.(world, person, engine));
    if (profiles() < before) this.#forgetUnheld();
  }

  /** With their profile go those whom only this machine has written down: they are put back when it is deleted. */
  #forgetUnheld(): void {
    const held = this.#peopleIn(this.engine.entries().map(({ id }) => id));
    for (const person of this.#perhaps) if (!held.includes(person)) this.forgotten.add(person);
  }

  /** Not after a kill or a hand-over between processes: the state alone does not tell what those have done. */
  #moveElsewhere(): void {
    if (this.#isAllInState) this.engine.moveElsewhere();
  }

  async #import(person: Person, name: Name): Promise<void> {
    const { engine, world } = this;
    const id = world.ids.get(person) ?? "";
    if (engine.entry(name) || !world.row(person) || engine.entries().some((entry) => entry.id === id)) return;
    await engine.import(this.#mailbox({ person, name, profile: "north", settings: "plain" }), id);
  }

  /**
   * The provider is another process after the refresh, and all mailboxes have other names: what the new process does not know of their past
   * is handed on. Without other settings: what those write for the first time is not known then.
   */
  async #swap(replace: UpOptions["replace"]): Promise<void> {
    const { wanted, spare } = this.#program;
    if (!this.#whole) return;
    const renamed = wanted.map((one) => ({ ...one, name: NEXT[one.name] }));
    await this.up({ wanted: renamed, spare }, { swap: true, replace: replace ?? [] });
  }

  /** One command, held against what may never happen. */
  async up(program: Program, options: UpOptions = {}): Promise<void> {
    const { engine, world } = this;
    this.#program = program;
    const wanted = this.wanted();
    const ids = engine.entries().map(({ id }) => id);
    const isHeldTwice = new Set(ids).size < ids.length;
    const held = this.#peopleIn(ids);
    const { result: run, changed, overwritten } = await world.ours(() => engine.up(this.declared(), options));
    const still = this.#peopleIn(engine.entries().map(({ id }) => id));
    for (const person of [...held, ...this.#perhaps]) {
      if (still.includes(person)) continue;
      world.letGo(person);
      if (world.row(person)?.["_emailserverprofile_value"]) this.#elsewhere.add(person);
    }
    const cutOff = run.killed || run.errors.length > 0;
    const may = new Set<Person | "default">([
      ...held,
      ...this.#perhaps,
      ...this.#elsewhere,
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
    this.#whole = !cutOff && !options.target;
    const areAllHeld = [...this.#perhaps].every((person) => still.includes(person));
    this.#isAllInState = !run.killed && !options.swap && (this.#isAllInState || (this.#whole && areAllHeld));
    if (cutOff)
      for (const { person, settings } of wanted) {
        this.#perhaps.add(person);
        if (settings === "inactive") world.mayBeOurs(person, "statecode", 1);
      }
    if (options.disturbance || options.target) return;
    const stays =
      run.errors.length > 0 && run.errors.every((error) => error.includes("stays, as mailboxes still have"));
    // Of two that hold a mailbox one may go beside the profile that the other has given it, which then goes with the next command.
    if (stays && isHeldTwice) return this.up(program);
    // A profile that is made anew stays beside the new one while mailboxes have it that no resource holds.
    if (stays && [...this.forgotten].some((one) => one !== "default")) return;
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
    // Of one that somebody else has deleted, the engine asks nobody what else there may be.
    const inState = PROFILES.filter((profile) => world.profile(engine.entry(profile)?.id));
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
