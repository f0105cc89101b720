import { EXIT } from "../codes/exit.ts";
import { KINDS } from "../codes/kinds.ts";
import { Fault, messageOf } from "../fault.ts";
import { print, say } from "./output.ts";

/** Reads a command's arguments; the exit code where they ask for help or are wrong. */
export async function commandLine<T>(
  command: string,
  help: string,
  argv: readonly string[],
  read: () => T | Promise<T>,
): Promise<T | number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    print(help);
    return EXIT.ok;
  }
  try {
    return await read();
  } catch (error) {
    say(`gmailsync ${command}: ${messageOf(error)}`);
    say(`\`gmailsync ${command} --help\` shows how it is used.`);
    return EXIT.usage;
  }
}

/** Does a command's work; a fault is told, and decides the exit code. */
export async function telling(command: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`gmailsync ${command}: ${error.message}`);
    return EXIT[KINDS[error.kind].exit];
  }
}

const UNITS = { seconds: 1000, minutes: 60_000 } as const;

/** What `--timeout` says, in milliseconds. */
export function timeLimit(given: string, unit: keyof typeof UNITS, most: number): number {
  const count = Number(given);
  if (!(count > 0 && count <= most)) throw new TypeError(`--timeout must be a number of ${unit} up to ${most}`);
  return count * UNITS[unit];
}
