import { readFile, stat } from "node:fs/promises";
import { messageOf } from "../fault.ts";

/** Why a file cannot be had, as the rest of a sentence that begins with the file. */
export interface Refusal {
  readonly refusal: string;
}

/** The text of a file of at most `limitBytes`. Never waits: pipes and devices are refused. */
export async function readText(file: string, limitBytes: number): Promise<string | Refusal> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return { refusal: found.isDirectory() ? "is a folder" : "is no regular file" };
    if (found.size > limitBytes)
      return { refusal: `has ${sizeText(found.size)}; at most ${sizeText(limitBytes)} are read` };
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return { refusal: "is not UTF-8" };
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { refusal: missing ? "does not exist" : `cannot be read: ${messageOf(error)}` };
  }
}

function sizeText(bytes: number): string {
  const kibibytes = Math.ceil(bytes / 1024);
  return kibibytes < 1024 ? `${kibibytes} KiB` : `${Math.ceil(kibibytes / 1024)} MiB`;
}
