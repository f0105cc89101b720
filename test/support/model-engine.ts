import type { Services } from "../../provider/host/configuration.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import type { HttpRequest } from "../../provider/network/network.ts";
import type { Context } from "../../provider/resource/context.ts";
import type { Resource } from "../../provider/resource/resource.ts";
import { tokenOf } from "../../provider/schema/define.ts";
import { pathText, type Tree, UNKNOWN } from "../../provider/values.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured, resourceNamed } from "./configured.ts";
import { impatient } from "./life.ts";
import { temporaryDirectory } from "./sandbox.ts";

/** A resource of a program; inputs may use outputs of those before it. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: (output: (name: string, property: string) => string | typeof UNKNOWN) => Tree;
  /** Former names. */
  readonly aliases?: readonly string[];
}

interface Entry {
  readonly type: string;
  readonly id: string;
  readonly inputs: Tree;
  readonly outputs: Tree;
  readonly problems: readonly string[];
}

export interface UpOptions {
  /** Names that are made anew, as by `--replace` or a taint. */
  readonly replace?: readonly string[];
  /** The process is killed at the n-th write to Dataverse, counted from 1: before it is sent, or after it was carried out. */
  readonly kill?: { readonly write: number; readonly moment: "before" | "after" };
}

export interface Run {
  readonly logs: readonly string[];
  readonly errors: readonly string[];
  readonly killed: boolean;
}

/**
 * As much of Pulumi's engine as decides what is kept and what is lost, in this process: one configured provider a command, all reads before
 * the program, the program in its order, creations before deletions, no deletion after a failure, the state written after each step. Its
 * states are what the real one would have. Drives the real handlers against the sandbox.
 */
export class ModelEngine {
  readonly #sandbox: Sandbox;
  readonly #stack: string;
  readonly #home = temporaryDirectory();
  /** By URN, in the order in which they were made. */
  #state = new Map<string, Entry>();

  constructor(sandbox: Sandbox, stack = "test") {
    this.#sandbox = sandbox;
    this.#stack = stack;
  }

  entry(name: string): Entry | undefined {
    return [...this.#state].find(([urn]) => urn.endsWith(`::${name}`))?.[1];
  }

  /** `pulumi state delete`. */
  forget(name: string): void {
    for (const urn of this.#state.keys()) if (urn.endsWith(`::${name}`)) this.#state.delete(urn);
  }

  /** `pulumi refresh`, `up`, with everything that the program does not declare deleted. */
  async up(program: readonly Declared[], options: UpOptions = {}): Promise<Run> {
    const run = new Command(this.#sandbox, this.#home, options.kill);
    await run.race(async () => {
      await this.#refresh(run);
      const kept = await this.#register(program, run, options.replace ?? []);
      if (run.errors.length > 0) return;
      const undeclared = [...this.#state].filter(([urn]) => !kept.has(urn)).map(([urn, entry]) => ({ urn, entry }));
      for (const doomed of dependentsFirst([...this.#doomed, ...undeclared])) {
        if (!(await this.#delete(doomed.urn, doomed.entry, run))) continue;
        if (!this.#doomed.delete(doomed)) this.#state.delete(doomed.urn);
      }
    });
    await run.close();
    return run;
  }

  async destroy(): Promise<Run> {
    return this.up([]);
  }

  /** What the next plain preview would show: changes of inputs, and what is unhealthy. */
  async drift(program: readonly Declared[]): Promise<string[]> {
    const run = new Command(this.#sandbox, this.#home, undefined);
    await this.#refresh(run);
    const changes: string[] = [];
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
    await run.close();
    return changes;
  }

  /** A preview: nothing of what it reads is kept. */
  async preview(program: readonly Declared[]): Promise<Run> {
    const run = new Command(this.#sandbox, this.#home, undefined);
    const state = this.#state;
    this.#state = new Map(state);
    await this.#refresh(run);
    for (const { type, name, inputs } of program) {
      const urn = this.#urn(type, name);
      const resource = await resourceNamed(type);
      const { tree } = resource.check(inputs(this.#output), { ...run.services, urn });
      const old = this.#state.get(urn);
      run.errors.push(...(old?.problems ?? []));
      const changed = old && resource.diff(old, tree, { roster: run.services.roster, urn, id: old.id }).length > 0;
      if (!old) await run.step(urn, (context) => resource.preview(tree, context));
      else if (changed || old.problems.length > 0)
        await run.step(urn, (context) => resource.preview(tree, context, old));
    }
    this.#state = state;
    await run.close();
    return run;
  }

  /** Old objects of replaced resources: the state marks them for deletion, which a later command does, too. */
  readonly #doomed = new Set<{ readonly urn: string; readonly entry: Entry }>();

  async #refresh(run: Command): Promise<void> {
    for (const [urn, entry] of this.#state) {
      const resource = await resourceNamed(entry.type);
      const live = await run.step(urn, (context) => resource.read(entry.id, entry, context));
      if (live === "failed") continue;
      // The engine shows what a refresh has found, and asks for the difference.
      if (live) resource.diff(entry, live.inputs, { roster: run.services.roster, urn, id: entry.id });
      if (live === undefined) this.#state.delete(urn);
      else
        this.#state.set(urn, { ...entry, inputs: live.inputs, outputs: live.outputs, problems: live.problems ?? [] });
    }
  }

  async #register(program: readonly Declared[], run: Command, replace: readonly string[]): Promise<Set<string>> {
    const kept = new Set<string>();
    for (const { type, name, inputs, aliases = [] } of program) {
      const urn = this.#urn(type, name);
      const former = aliases.map((alias) => this.#urn(type, alias)).find((one) => this.#state.has(one));
      if (former && !this.#state.has(urn)) this.#rename(former, urn);
      kept.add(urn);
      const resource = await resourceNamed(type);
      const old = this.#state.get(urn);
      const checked = resource.check(inputs(this.#output), { ...run.services, urn });
      if (checked.failures.length > 0) {
        run.errors.push(...checked.failures.map(({ path, reason }) => `${name}: ${pathText(path)} ${reason}`));
        return kept;
      }
      if (!old) await run.look(urn, (context) => resource.before(checked.tree, context));
      if (!(await this.#settle(urn, type, resource, old, checked.tree, run, replace.includes(name)))) return kept;
    }
    return kept;
  }

  /** Creates, updates, replaces, or leaves as it is; false where it failed. */
  async #settle(
    urn: string,
    type: string,
    resource: Resource,
    old: Entry | undefined,
    inputs: Tree,
    run: Command,
    replaced: boolean,
  ): Promise<boolean> {
    if (old === undefined || replaced) {
      const made = await run.step(urn, (context) => resource.create(inputs, context));
      if (made === "failed") return false;
      this.#state.set(urn, { type, id: made.id, inputs, outputs: made.outputs, problems: made.problems ?? [] });
      if (old) this.#doomed.add({ urn, entry: old });
      return this.#healthy(urn, run);
    }
    let changes: readonly { readonly replaces: boolean }[] = [];
    try {
      changes = resource.diff(old, inputs, { roster: run.services.roster, urn, id: old.id });
    } catch (error) {
      run.errors.push(String(error));
      return false;
    }
    if (changes.some(({ replaces }) => replaces)) return this.#settle(urn, type, resource, old, inputs, run, true);
    if (changes.length === 0 && old.problems.length === 0) return true;
    const outcome = await run.step(urn, (context) => resource.update(old.id, inputs, old, context));
    if (outcome === "failed") return false;
    this.#state.set(urn, { ...old, inputs, outputs: outcome.outputs, problems: outcome.problems ?? [] });
    return this.#healthy(urn, run);
  }

  #healthy(urn: string, run: Command): boolean {
    const problems = this.#state.get(urn)?.problems ?? [];
    run.errors.push(...problems);
    return problems.length === 0;
  }

  async #delete(urn: string, entry: Entry, run: Command): Promise<boolean> {
    const resource = await resourceNamed(entry.type);
    return (await run.step(urn, (context) => resource.delete(entry.id, entry, context))) !== "failed";
  }

  #rename(from: string, to: string): void {
    this.#state = new Map([...this.#state].map(([urn, entry]) => [urn === from ? to : urn, entry]));
  }

  readonly #output = (name: string, property: string): string | typeof UNKNOWN => {
    const value = this.entry(name)?.outputs[property] ?? this.entry(name)?.inputs[property];
    return typeof value === "string" ? value : UNKNOWN;
  };

  #urn(type: string, name: string): string {
    return `urn:pulumi:${this.#stack}::model::${tokenOf(type)}::${name}`;
  }
}

/** What names another's id in its inputs goes before it. */
function dependentsFirst<D extends { readonly entry: Entry }>(doomed: readonly D[]): D[] {
  const isNeeded = ({ entry }: D) =>
    doomed.some((other) => other.entry !== entry && Object.values(other.entry.inputs).includes(entry.id));
  const free = doomed.filter((one) => !isNeeded(one));
  return free.length === 0 ? [...doomed] : [...free, ...dependentsFirst(doomed.filter(isNeeded))];
}

class Killed extends Error {}

/** One command: a configured provider, what it said, and its end. */
class Command {
  readonly services: Services;
  readonly logs: string[] = [];
  readonly errors: string[] = [];
  killed = false;
  readonly #death = Promise.withResolvers<never>();

  constructor(sandbox: Sandbox, home: string, kill: UpOptions["kill"]) {
    this.services = configured({ ...sandbox.environment, PULUMI_HOME: home });
    this.#death.promise.catch(() => {});
    if (kill) this.#killAt(kill);
  }

  async step<T>(urn: string, work: (context: Context) => Promise<T>): Promise<T | "failed"> {
    const [deadline, finishing] = [impatient(Deadline.after(20_000)), impatient(Deadline.after(20_000))];
    try {
      return await work({
        ...this.services,
        urn,
        deadline,
        finishing,
        log: (_, message) => this.logs.push(message),
        progress: () => {},
      });
    } catch (error) {
      this.errors.push(error instanceof Error ? error.message : String(error));
      return "failed";
    } finally {
      deadline[Symbol.dispose]();
      finishing[Symbol.dispose]();
    }
  }

  /** Ahead of an operation, which says itself what is wrong. */
  async look(urn: string, work: (context: Context) => Promise<unknown>): Promise<void> {
    const told = this.errors.length;
    await this.step(urn, work);
    this.errors.splice(told);
  }

  async race(work: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([work(), this.#death.promise]);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.services.network.close();
  }

  /** From then on nothing this process does is seen by anybody: its requests are never answered. */
  #killAt({ write, moment }: NonNullable<UpOptions["kill"]>): void {
    const { network } = this.services;
    const request = network.request.bind(network);
    let writes = 0;
    const killed = async (given: HttpRequest, deadline: Deadline) => {
      if (this.killed) return new Promise<never>(() => {});
      const isWrite = given.method !== "GET" && given.url.includes("/api/data/");
      if (!isWrite || ++writes < write) return request(given, deadline);
      this.killed = true;
      if (moment === "after") await request(given, deadline);
      this.#death.reject(new Killed());
      return new Promise<never>(() => {});
    };
    Object.defineProperty(network, "request", { value: killed });
  }
}
