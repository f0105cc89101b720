import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, vi } from "vitest";
import type { HttpFault } from "../../sandbox/faults/fault.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { temporaryDirectory } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { alive, isPlugin, kill, type Process, treeOf } from "./processes.ts";
import { isTold, type Seen } from "./report.ts";
import { holding, type Moment, type Strike } from "./strikes.ts";
import {
  configuration,
  connected,
  goalOf,
  peopleOf,
  type Shape,
  stackOf,
  watchTests,
  worldWithPasts,
} from "./world.ts";

/** A stack in a world, and what was seen of them. */
export class Case {
  readonly sandbox: Sandbox;
  readonly stack: TestStack;
  readonly seen: Seen = {};
  /** What the commands after it have said. */
  #told = "";
  readonly #people: readonly string[];
  readonly #before: Readonly<Record<string, unknown>>;
  readonly #testedTwice: () => readonly string[];

  private constructor(sandbox: Sandbox, stack: TestStack, people: readonly string[]) {
    this.sandbox = sandbox;
    this.stack = stack;
    this.#people = people;
    this.#before = this.#configuration();
    this.#testedTwice = watchTests(sandbox, people);
  }

  static async of(shape: Shape): Promise<Case> {
    const people = peopleOf(shape);
    const sandbox = await worldWithPasts(people);
    return new Case(sandbox, await stackOf(shape, sandbox), people);
  }

  /** Disturbs the request in question and leaves the command to itself. */
  disturb(fault: Omit<HttpFault, "service"> & Partial<Pick<HttpFault, "service">>) {
    return this.sandbox.addFault({ service: "dataverse", ...fault });
  }

  /** Every cell that is somebody's configuration, as it is now. */
  cells(): object {
    return structuredClone(this.#configuration());
  }

  #configuration() {
    return configuration(this.sandbox, this.#people);
  }

  async up(): Promise<void> {
    const { code, output } = await this.stack.up();
    expect(code, output).toBe(0);
  }

  /** The next command runs on another machine: nothing is there of what was written down beside the state. */
  async moveElsewhere(): Promise<void> {
    this.stack.environment["PULUMI_HOME"] = temporaryDirectory();
    await this.stack.expect(["stack", "select", "test"]);
  }

  /** Runs a command that is struck at a write, and clears away what it leaves running. */
  async struck(
    command: "up" | "destroy",
    point: Omit<HttpFault, "service" | "effect"> & Partial<Pick<HttpFault, "service">>,
    strike: Strike,
    moment: Moment,
  ) {
    const held = this.disturb({ ...point, effect: holding(strike, moment) });
    const through = this.disturb({ ...point, nth: 1, every: 1, effect: { delayMs: 0 } });
    let output = "";
    const started = this.stack.start([command, "--yes", "--skip-preview"], { onOutput: (text) => (output += text) });
    let ended = false;
    void started.ended.finally(() => (ended = true));
    await vi.waitUntil(() => held.disturbed > 0 || ended, { timeout: 60_000, interval: 10 });
    if (held.disturbed === 0) throw new Error(`the write was never made:\n${output}`);
    const tree = treeOf(Number(started.child.pid));
    await strike.strike({
      ...started,
      tree,
      said: (text) =>
        vi.waitUntil(() => output.includes(text) || ended, { timeout: 20_000, interval: 10 }).then(() => {}),
    });
    // What is under way may arrive late, but not after everything else.
    if (strike.answered) await vi.waitUntil(() => through.matched >= held.matched, { timeout: 20_000, interval: 10 });
    if (strike.locked) await this.#clear(tree);
    const result = await started.ended;
    await this.#clear(tree);
    // Who is only asked to end may have ended well.
    if (!strike.answered || strike.locked) expect(result.code, result.output).not.toBe(0);
    held.remove();
    through.remove();
    if (strike.locked) await this.#unlock();
  }

  /**
   * As people do after the CLI was killed. The file backend writes a file of attributes beside each checkpoint, and not in one step: where it
   * was cut off there, that file is empty, and the checkpoint, which is whole, cannot be read ("EOF") until it is gone.
   */
  async #unlock(): Promise<void> {
    const attributes = join(this.stack.directory, "state", ".pulumi", "stacks", "test", "test.json.attrs");
    if (statSync(attributes, { throwIfNoEntry: false })?.size === 0) {
      this.seen.cutWriting = true;
      rmSync(attributes);
    }
    await this.stack.expect(["cancel", "--yes"]);
  }

  /** The next `up` goes to the goal, whatever was before. */
  async converges(): Promise<void> {
    const { code, output } = await this.stack.up();
    this.#told += output;
    const goal = goalOf(this.#people);
    const reached = connected(this.sandbox, this.#people);
    this.seen.converged = code === 0 && isDeepStrictEqual(reached, goal);
    expect(code, output).toBe(0);
    expect(reached, output).toEqual(goal);
  }

  /**
   * `destroy` leaves every cell as it was, but for those that somebody else has set. What it cannot put back is told, by us or by the
   * engine; no lock is left, and no file of ours but the one of originals.
   */
  async restores(others: readonly string[] = []): Promise<void> {
    const { code, output } = await this.stack.destroy();
    const after = this.#configuration();
    const changed = Object.keys({ ...this.#before, ...after }).filter(
      (whose) => !others.includes(whose) && !isDeepStrictEqual(this.#before[whose], after[whose]),
    );
    const silent = changed.filter((whose) => !isTold(whose, `${this.#told}${output}`));
    this.seen.changed = changed;
    this.seen.silent = silent;
    expect(code, output).toBe(0);
    expect(this.seen.processes ?? 0, "processes that outlived their command").toBe(0);
    expect(this.#testedTwice()).toEqual([]);
    for (const whose of silent)
      expect({ whose, cells: after[whose] }, output).toEqual({ whose, cells: this.#before[whose] });
    expect(filesBelow(join(this.stack.directory, "state", ".pulumi", "locks"))).toEqual([]);
    const ours = filesBelow(join(this.stack.environment["PULUMI_HOME"] ?? "", "gmailsync"));
    expect(ours.filter((file) => !/originals\/[0-9a-f]{32}\.jsonl$/.test(file))).toEqual([]);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }

  /** Ends what still runs of a command. The plugins have time to see that the engine is gone, and end by themselves. */
  async #clear(tree: readonly Process[]): Promise<void> {
    const plugins = tree.filter(isPlugin);
    await vi.waitUntil(() => alive(plugins).length === 0, { timeout: 20_000, interval: 50 }).catch(() => {});
    this.seen.processes = (this.seen.processes ?? 0) + alive(plugins).length;
    await kill(alive(tree));
  }
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
