import { mask, maskData } from "../redaction/secrets.ts";
import type { Parts } from "./parts.ts";

/** The result of a command, a line or more; with `printParts` and `printData` the only way to standard output. */
export function print(text: string): void {
  process.stdout.write(`${mask(text)}\n`);
}

/** A file that is printed, as `writeMasked` writes it. */
export function printParts(parts: Parts): void {
  for (const part of parts) process.stdout.write(mask(part));
}

/** A file that is printed, as `writeData` writes it. */
export function printData(text: string): void {
  process.stdout.write(`${maskData(text)}\n`);
}

/** What is said beside the result; the only way to standard error but for the line of progress. */
export function say(text: string): void {
  process.stderr.write(`${mask(text)}\n`);
}
