import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, vi } from "vitest";
import type { HttpFault } from "../../sandbox/faults/fault.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { CommandResult, TestStack } from "../support/stack.ts";
import { alive, isPlugin, kill, type Process, treeOf } from "./processes.ts";
import { isTold, type Report } from "./report.ts";
import { holding, type Moment, type Strike } from "./strikes.ts";
import { CONNECTED, configuration, connected, type Shape, stackOf, watchTests, worldWithPasts } from "./world.ts";

/** A stack in a world, and what was seen of them. */
export class Case {
  readonly #name: string;
  readonly #sandbox: Sandbox;
  readonly #stack: TestStack;
  readonly #before: Readonly<Record<string, unknown>>;
  readonly #report: Report;
  readonly #testedTwice: () => readonly string[];
  #left = 0;

  private constructor(name: string, sandbox: Sandbox, stack: TestStack, report: Report) {
    this.#name = name;
    this.#sandbox = sandbox;
    this.#stack = stack;
    this.#report = report;
    this.#before = configuration(sandbox);
    this.#testedTwice = watchTests(sandbox);
  }

  static async of(shape: Shape, name: string, report: Report): Promise<Case> {
    const sandbox = await worldWithPasts();
    return new Case(name, sandbox, await stackOf(shape, sandbox), report);
  }

  /** Disturbs the write in question and leaves the command to itself. */
  disturb(fault: Omit<HttpFault, "service">) {
    return this.#sandbox.addFault({ service: "dataverse", ...fault });
  }

  up(): Promise<CommandResult> {
    return this.#stack.up();
  }

  /** Runs a command that is struck at a write, and clears away what it leaves running. */
  async struck(
    command: "up" | "destroy",
    point: Omit<HttpFault, "service" | "effect">,
    strike: Strike,
    moment: Moment,
  ) {
    const held = this.disturb({ ...point, effect: holding(strike, moment) });
    const through = this.disturb({ ...point, nth: 1, every: 1, effect: { delayMs: 0 } });
    let output = "";
    const started = this.#stack.start([command, "--yes", "--skip-preview"], { onOutput: (text) => (output += text) });
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
    const attributes = join(this.#stack.directory, "state", ".pulumi", "stacks", "test", "test.json.attrs");
    if (statSync(attributes, { throwIfNoEntry: false })?.size === 0) {
      this.#report.cutWriting(this.#name);
      rmSync(attributes);
    }
    await this.#stack.expect(["cancel", "--yes"]);
  }

  /** The next `up` goes to the goal, whatever was before. */
  async converges(): Promise<void> {
    const { code, output } = await this.#stack.up();
    this.#report.converged(this.#name, code === 0 && isDeepStrictEqual(connected(this.#sandbox), CONNECTED));
    expect(code, output).toBe(0);
    expect(connected(this.#sandbox), output).toEqual(CONNECTED);
  }

  /** `destroy` leaves every cell as it was. What it cannot put back is told, by us or by the engine. */
  async restores(): Promise<void> {
    const { code, output } = await this.#stack.destroy();
    const after = configuration(this.#sandbox);
    const changed = Object.keys({ ...this.#before, ...after }).filter(
      (whose) => !isDeepStrictEqual(this.#before[whose], after[whose]),
    );
    const silent = changed.filter((whose) => !isTold(whose, output));
    this.#report.restored(this.#name, { changed, silent, processes: this.#left });
    expect(code, output).toBe(0);
    expect(this.#testedTwice()).toEqual([]);
    for (const whose of silent)
      expect({ whose, cells: after[whose] }, output).toEqual({ whose, cells: this.#before[whose] });
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
  }

  /** Ends what still runs of a command. The plugins have time to see that the engine is gone, and end by themselves. */
  async #clear(tree: readonly Process[]): Promise<void> {
    const plugins = tree.filter(isPlugin);
    await vi.waitUntil(() => alive(plugins).length === 0, { timeout: 20_000, interval: 50 }).catch(() => {});
    this.#left += alive(plugins).length;
    await kill(alive(tree));
  }
}
