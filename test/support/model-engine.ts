import { type Problem, wordsOf } from "../../provider/fault.ts";
import type { Resource } from "../../provider/resource/resource.ts";
import { tokenOf } from "../../provider/schema/define.ts";
import { pathText, type Tree, UNKNOWN } from "../../provider/values.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { resourceNamed } from "./configured.ts";
import { type Disturbance, Process } from "./model-process.ts";
import { MEMORY, temporaryDirectory } from "./sandbox.ts";

/** An output of another resource, as far as it is known. */
export type Output = (name: string, property: string) => string | typeof UNKNOWN;

/** A resource of a program; inputs may use outputs of those before it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: (output: Output) => Tree;
  /** Former names. */
  readonly aliases?: readonly string[];
}

interface Entry {
  readonly type: string;
  readonly id: string;
  readonly inputs: Tree;
  readonly outputs: Tree;
  readonly problems: readonly string[];
  /** Names of those whose outputs it was given. */
  readonly dependsOn: readonly string[];
}

export interface UpOptions {
  /** Names that are made anew, as by `--replace` or a taint. */
  readonly replace?: readonly string[];
  /** The only names that are meant (`--target`). */
  readonly target?: readonly string[];
  /** What does not depend on a failure goes on, and what is undeclared is deleted all the same (`--continue-on-error`). */
  readonly continueOnError?: boolean;
  readonly disturbance?: Disturbance | undefined;
  /** The provider's own inputs change: its process is another one after the refresh. */
  readonly swap?: boolean;
  /** False: nothing is read before the program, as of dynamic resources. */
  readonly refresh?: boolean;
}

export interface Run {
  readonly logs: readonly string[];
  readonly errors: readonly string[];
  readonly killed: boolean;
}

interface Doomed {
  readonly urn: string;
  readonly entry: Entry;
}

/**
 * As much of Pulumi's engine as decides what is kept and what is lost, in this process: one configured provider a command, all reads at once
 * and before the program, those of replaced objects that wait for their deletion among them, the program in its order, creations before
 * deletions, no deletion after a failure, the state written after each step. Its states are what the real one would have.
 * Drives the real handlers against the sandbox.
 */
export class ModelEngine {
  readonly #sandbox: Sandbox;
  readonly #stack: string;
  #home = temporaryDirectory(MEMORY);
  /** By URN, in the order in which they were made. */
  #state = new Map<string, Entry>();
  /** Old objects of replaced resources: the state marks them for deletion, which a later command does, too. */
  readonly #doomed = new Set<Doomed>();

  constructor(sandbox: Sandbox, stack = "test") {
    this.#sandbox = sandbox;
    this.#stack = stack;
  }

  entry(name: string): Entry | undefined {
    return [...this.#state].find(([urn]) => nameOf(urn) === name)?.[1];
  }

  /** Everything in the state, also what waits for its deletion. */
  entries(): Entry[] {
    return [...this.#state.values(), ...[...this.#doomed].map(({ entry }) => entry)];
  }

  /** `pulumi state delete`. */
  forget(name: string): void {
    for (const urn of this.#state.keys()) if (nameOf(urn) === name) this.#state.delete(urn);
  }

  /** The next command runs on another machine, without what was written down beside the state. */
  moveElsewhere(): void {
    this.#home = temporaryDirectory(MEMORY);
  }

  /** `gmailsync originals set`: changes outputs in the state. */
  amend(name: string, outputs: Tree): void {
    for (const [urn, entry] of this.#state)
      if (nameOf(urn) === name) this.#state.set(urn, { ...entry, outputs: { ...entry.outputs, ...outputs } });
  }

  /** `pulumi import`. */
  async import({ type, name }: Declared, id: string, disturbance?: Disturbance): Promise<Run> {
    return this.#command(disturbance, async (run) => {
      const urn = this.#urn(type, name);
      const resource = await resourceNamed(type);
      const live = await run.step(urn, (context) => resource.read(id, undefined, context));
      if (live === "failed") return;
      if (live === undefined) run.errors.push(`${name}: there is no ${id}`);
      else this.#state.set(urn, { type, ...live, problems: wordsOfAll(live.problems), dependsOn: [] });
    });
  }

  /** `pulumi refresh`, `up`, with everything that the program does not declare deleted. */
  async up(program: readonly Declared[], options: UpOptions = {}): Promise<Run> {
    const { target, swap, refresh = true } = options;
    const isMeant = (urn: string) => target?.includes(nameOf(urn)) ?? true;
    return this.#command(options.disturbance, async (run) => {
      if (refresh && !(await this.#refresh(run, isMeant))) return;
      if (swap) run.swap();
      const failed = await this.#register(program, run, options, isMeant);
      if (run.errors.length > 0 && !options.continueOnError) return;
      const declared = new Set(program.map(({ type, name }) => this.#urn(type, name)));
      const undeclared = [...this.#state]
        .filter(([urn]) => !declared.has(urn) && isMeant(urn))
        // Spared is what a failed resource of the state depends on, not what a skipped one does.
        .filter(([urn]) => !failed.some((name) => this.entry(name)?.dependsOn.includes(nameOf(urn))))
        .map(([urn, entry]) => ({ urn, entry }));
      if (!options.continueOnError && this.#areNeeded(undeclared, run)) return;
      await this.#deleteAll([...[...this.#doomed].filter(({ urn }) => isMeant(urn)), ...undeclared], run);
    });
  }

  async destroy(options: UpOptions = {}): Promise<Run> {
    return this.up([], options);
  }

  /** What the next plain preview would show: changes of inputs, and what is unhealthy. */
  async drift(program: readonly Declared[]): Promise<string[]> {
    const changes: string[] = [];
    await this.#command(undefined, async (run) => {
      if (!(await this.#refresh(run, () => true))) changes.push(...run.errors);
      for (const { type, name, inputs } of program) {
        const entry = this.entry(name);
        if (!entry) {
          changes.push(`+${name}`);
          continue;
        }
        const resource = await resourceNamed(type);
        const urn = this.#urn(type, name);
        const { tree } = resource.check(inputs(this.#output), { ...run.services, urn });
        const diff = resource.diff(entry, tree, { roster: run.services.roster, urn, id: entry.id });
        changes.push(...diff.map(({ path }) => `~${name}.${path}`), ...entry.problems.map(() => `!${name}`));
      }
    });
    return changes;
  }

  /** A preview: nothing of what it reads is kept. */
  async preview(program: readonly Declared[]): Promise<Run> {
    const state = this.#state;
    this.#state = new Map(state);
    const run = await this.#command(undefined, async (process) => {
      if (!(await this.#refresh(process, () => true))) return;
      for (const { type, name, inputs } of program) {
        const { roster } = process.services;
        const urn = this.#urn(type, name);
        const resource = await resourceNamed(type);
        const { tree } = resource.check(inputs(this.#output), { ...process.services, urn });
        const old = this.#state.get(urn);
        const problems = old?.problems ?? [];
        process.errors.push(...problems);
        const changed = !old || problems.length > 0 || resource.diff(old, tree, { roster, urn, id: old.id }).length > 0;
        if (changed) await process.step(urn, (context) => resource.preview(tree, context, old));
      }
    });
    this.#state = state;
    return run;
  }

  async #command(disturbance: Disturbance | undefined, work: (run: Process) => Promise<void>): Promise<Run> {
    const run = new Process(this.#sandbox, this.#home, disturbance);
    await run.run(() => work(run));
    return run;
  }

  /** Reads everything; false where something could not be read, which ends the command before the program. */
  async #refresh(run: Process, isMeant: (urn: string) => boolean): Promise<boolean> {
    const live = [...this.#state].map(([urn, entry]) => ({
      urn,
      entry,
      put: (now: Entry | undefined) => (now ? this.#state.set(urn, now) : this.#state.delete(urn)),
    }));
    const doomed = [...this.#doomed].map((one) => ({
      ...one,
      put: (now: Entry | undefined) => {
        this.#doomed.delete(one);
        if (now) this.#doomed.add({ urn: one.urn, entry: now });
      },
    }));
    await Promise.all(
      [...live, ...doomed]
        .filter(({ urn }) => isMeant(urn))
        .map(async ({ urn, entry, put }) => {
          const resource = await resourceNamed(entry.type);
          const seen = await run.step(urn, (context) => resource.read(entry.id, entry, context));
          if (seen === "failed" || run.killed) return;
          // The engine shows what a refresh has found, and asks for the difference.
          if (seen) resource.diff(entry, seen.inputs, { roster: run.services.roster, urn, id: entry.id });
          put(seen && { ...entry, inputs: seen.inputs, outputs: seen.outputs, problems: wordsOfAll(seen.problems) });
        }),
    );
    return run.errors.length === 0;
  }

  async #register(
    program: readonly Declared[],
    run: Process,
    { replace = [], continueOnError = false }: UpOptions,
    isMeant: (urn: string) => boolean,
  ): Promise<readonly string[]> {
    const failed: string[] = [];
    const skipped = new Set<string>();
    for (const { type, name, inputs, aliases = [] } of program) {
      const urn = this.#urn(type, name);
      const former = aliases.map((alias) => this.#urn(type, alias)).find((one) => this.#state.has(one));
      if (former && !this.#state.has(urn)) this.#rename(former, urn);
      // Neither checked nor looked at.
      if (!isMeant(urn)) continue;
      const resource = await resourceNamed(type);
      const dependsOn: string[] = [];
      const given = inputs((from, property) => {
        dependsOn.push(from);
        return this.#output(from, property);
      });
      if (dependsOn.some((one) => failed.includes(one) || skipped.has(one))) {
        skipped.add(name);
        // Without a check, for outputs that others may be shown.
        const old = this.#state.get(urn);
        await run.look(urn, async (context) => resource.preview(given, context, old));
        continue;
      }
      const checked = resource.check(given, { ...run.services, urn });
      run.errors.push(...checked.failures.map(({ path, reason }) => `${name}: ${pathText(path)} ${reason}`));
      if (checked.failures.length > 0) return failed;
      // Without old inputs, as the engine shows it.
      if (!this.#state.has(urn) || replace.includes(name))
        await run.look(urn, (context) => resource.before(checked.tree, context));
      const wanted = { type, inputs: checked.tree, dependsOn };
      if (await this.#settle(urn, resource, wanted, run, replace.includes(name))) continue;
      failed.push(name);
      if (!continueOnError) break;
    }
    return failed;
  }

  /** Creates, updates, replaces, or leaves as it is; false where it failed. */
  async #settle(
    urn: string,
    resource: Resource,
    wanted: Pick<Entry, "type" | "inputs" | "dependsOn">,
    run: Process,
    replaced: boolean,
  ): Promise<boolean> {
    const { inputs } = wanted;
    const old = this.#state.get(urn);
    if (old === undefined || replaced) {
      const made = await run.step(urn, (context) => resource.create(inputs, context));
      if (made === "failed") return false;
      this.#state.set(urn, { ...wanted, id: made.id, outputs: made.outputs, problems: wordsOfAll(made.problems) });
      if (old) this.#doomed.add({ urn, entry: old });
      return this.#healthy(urn, run);
    }
    const diff = await run.step(urn, async ({ roster }) => resource.diff(old, inputs, { roster, urn, id: old.id }));
    if (diff === "failed") return false;
    if (diff.some(({ replaces }) => replaces)) return this.#settle(urn, resource, wanted, run, true);
    if (diff.length === 0 && old.problems.length === 0) {
      this.#state.set(urn, { ...old, ...wanted });
      return true;
    }
    const outcome = await run.step(urn, (context) => resource.update(old.id, inputs, old, context));
    if (outcome === "failed") return false;
    this.#state.set(urn, { ...wanted, id: old.id, outputs: outcome.outputs, problems: wordsOfAll(outcome.problems) });
    return this.#healthy(urn, run);
  }

  #healthy(urn: string, run: Process): boolean {
    const problems = this.#state.get(urn)?.problems ?? [];
    run.errors.push(...problems);
    return problems.length === 0;
  }

  /** What something that stays depends on is not deleted, and then nothing is: only `--target` can ask for that. */
  #areNeeded(doomed: readonly Doomed[], run: Process): boolean {
    const going = new Set(doomed.map(({ urn }) => nameOf(urn)));
    for (const [urn, { dependsOn }] of this.#state)
      if (!going.has(nameOf(urn)) && dependsOn.some((name) => going.has(name)))
        run.errors.push(`${nameOf(urn)} depends on what is to be deleted, and is no target`);
    return run.errors.length > 0;
  }

  /**
   * In chains, as the engine does: last goes what depends on nothing that goes, before it what depends on that alone, and so on. What a
   * chain has goes beside each other, whatever becomes of one; after a failure no other chain does.
   */
  async #deleteAll(doomed: readonly Doomed[], run: Process): Promise<void> {
    const left = new Set(doomed);
    const chains: (readonly Doomed[])[] = [];
    while (left.size > 0) {
      const isFree = ({ entry }: Doomed) => ![...left].some(({ urn }) => entry.dependsOn.includes(nameOf(urn)));
      const chain = [...left].filter(isFree);
      if (chain.length === 0) throw new Error("what is to be deleted depends on itself");
      for (const one of chain) left.delete(one);
      chains.unshift(chain);
    }
    for (const chain of chains) {
      const outcomes = [];
      for (const one of chain) outcomes.push(await this.#delete(one, run));
      if (outcomes.includes("failed")) return;
    }
  }

  async #delete(doomed: Doomed, run: Process): Promise<"failed" | undefined> {
    const { urn, entry } = doomed;
    const resource = await resourceNamed(entry.type);
    const deleted = await run.step(urn, (context) => resource.delete(entry.id, entry, context));
    if (deleted === "failed") return deleted;
    if (!this.#doomed.delete(doomed)) this.#state.delete(urn);
    return undefined;
  }

  #rename(from: string, to: string): void {
    this.#state = new Map([...this.#state].map(([urn, entry]) => [urn === from ? to : urn, entry]));
  }

  readonly #output: Output = (name, property) => {
    const value = this.entry(name)?.outputs[property] ?? this.entry(name)?.inputs[property];
    return typeof value === "string" ? value : UNKNOWN;
  };

  #urn(type: string, name: string): string {
    return `urn:pulumi:${this.#stack}::model::${tokenOf(type)}::${name}`;
  }
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function wordsOfAll(problems: readonly Problem[] = []): string[] {
  return problems.map(wordsOf);
}
