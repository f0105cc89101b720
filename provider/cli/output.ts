import { mask } from "../redaction/secrets.ts";

/** The result of a command, a line or more; the only way to standard output. */
export function print(text: string): void {
  process.stdout.write(`${mask(text)}\n`);
}

/** What is said beside the result; the only way to standard error but for the line of progress. */
export function say(text: string): void {
  process.stderr.write(`${mask(text)}\n`);
}
