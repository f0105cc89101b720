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
  /** The CLI leaves its lock behind. */
  readonly locked: boolean;
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
} as const satisfies Record<string, Strike>;

export const MOMENTS = ["before", "after"] as const;
export type Moment = (typeof MOMENTS)[number];

/** Long enough for a signal to be acted on. */
const HELD_MS = 2500;

/** Holds a write until the strike has come, before or after it is carried out. */
export function holding({ answered }: Strike, moment: Moment): HttpEffect {
  if (answered) return moment === "before" ? { delayMs: HELD_MS } : { lateMs: HELD_MS };
  return moment === "before" ? "hang" : "no-answer";
}
