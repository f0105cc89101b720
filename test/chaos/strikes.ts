import { setTimeout as delay } from "node:timers/promises";
import type { HttpEffect } from "../../sandbox/faults/fault.ts";
import type { StartedCommand } from "../support/stack.ts";
import { isPlugin, kill, type Process } from "./processes.ts";

/** A command under way, with the processes that it had when it was struck. */
export interface Struck extends StartedCommand {
  readonly tree: readonly Process[];
  /** Until it has said that. */
  said(text: string): Promise<void>;
}

export interface Strike {
  /** Whether somebody is left who gets the answer to the write in question, after a while. */
  readonly answered: boolean;
  /** The CLI may leave its lock behind. */
  readonly locked: boolean;
  /** How long the write in question takes. Default: long enough for a signal to be acted on. */
  readonly heldMs?: number;
  readonly strike: (command: Struck) => void | Promise<void>;
}

export const STRIKES = {
  "kill -9 of the plugin": { answered: false, locked: false, strike: ({ tree }) => kill(tree.filter(isPlugin)) },
  "kill -9 of the CLI": { answered: true, locked: true, strike: ({ tree }) => kill(tree.slice(0, 1)) },
  "kill -9 of all": { answered: false, locked: true, strike: ({ tree }) => kill(tree) },
  SIGINT: { answered: true, locked: false, strike: ({ child }) => void child.kill("SIGINT") },
  "SIGINT twice": {
    answered: true,
    locked: false,
    async strike({ child, said }) {
      child.kill("SIGINT");
      await said("press ^C again");
      child.kill("SIGINT");
    },
  },
  SIGTERM: { answered: true, locked: false, strike: ({ child }) => void child.kill("SIGTERM") },
  "SIGTERM twice": {
    answered: true,
    locked: false,
    async strike({ child, said }) {
      child.kill("SIGTERM");
      await said("press ^C again");
      child.kill("SIGTERM");
    },
  },
  // As runners of pipelines do; the write outlasts the first two, for the engine the second signal is the order to end at once.
  "a pipeline's cancel": {
    answered: true,
    locked: true,
    heldMs: 9000,
    async strike({ child, tree }) {
      child.kill("SIGINT");
      await delay(7500);
      child.kill("SIGTERM");
      await delay(2500);
      await kill(tree);
    },
  },
} as const satisfies Record<string, Strike>;

export const MOMENTS = ["before", "after"] as const;
export type Moment = (typeof MOMENTS)[number];

/** Holds a write until the strike has come, before or after it is carried out. */
export function holding({ answered, heldMs = 2500 }: Strike, moment: Moment): HttpEffect {
  if (answered) return moment === "before" ? { delayMs: heldMs } : { lateMs: heldMs };
  return moment === "before" ? "hang" : "no-answer";
}
