import { EXIT } from "../codes/exit.ts";
import { messageOf } from "../fault.ts";
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
