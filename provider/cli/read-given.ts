import { createReadStream } from "node:fs";
import { Fault } from "../fault.ts";
import { readStream } from "../read-text.ts";
import { EXPORT_LIMIT } from "./stack-export.ts";

/** What people call a file; `-` is standard input. */
export function givenName(file: string): string {
  return file === "-" ? "standard input" : file;
}

/** The text of a file, which may be a pipe, as of a shell's `<(…)`, or standard input. `hint`: what else could be given. */
export async function readGiven(file: string, hint: string): Promise<string> {
  const text = await readStream(file === "-" ? process.stdin : createReadStream(file), EXPORT_LIMIT);
  if (typeof text === "string") return text;
  throw new Fault({ kind: "invalid-input", what: `${givenName(file)} ${text.refusal}`, hint });
}
