import { closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { decodeText } from "./decode-text.ts";
import { messageOf } from "./fault.ts";

/** Why a file cannot be had, as the rest of a sentence that begins with the file. */
export interface Refusal {
  readonly refusal: string;
  /** There is no such file. */
  readonly isMissing?: true;
}

/** The text of a file of at most `limitBytes`: UTF-8, or UTF-16 with a byte order mark. Never waits: pipes and devices are refused. */
export async function readText(file: string, limitBytes: number): Promise<string | Refusal> {
  return decodedIfRead(await readBytes(file, limitBytes));
}

/** The same of a file that may be no text. */
export async function readBytes(file: string, limitBytes: number): Promise<Buffer | Refusal> {
  try {
    return unfit(await stat(file), limitBytes) ?? (await readFile(file, limitBytes));
  } catch (error) {
    return unread(error);
  }
}

/** For what has become a pipe since it was looked at, and for files of the system that wait for news. */
const NEVER_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

async function readFile(file: string, limitBytes: number): Promise<Buffer | Refusal> {
  const handle = await open(file, NEVER_WAITING);
  // The stream closes it.
  return collected(handle.createReadStream(), limitBytes);
}

/** The same at once, for small files that are read before anything can begin. */
export function readTextNow(file: string, limitBytes: number): string | Refusal {
  try {
    return unfit(statSync(file), limitBytes) ?? readNow(file, limitBytes);
  } catch (error) {
    return unread(error);
  }
}

/** Files that a system makes up when they are read have no size before, and some have no end. */
function readNow(file: string, limitBytes: number): string | Refusal {
  const bytes = Buffer.alloc(limitBytes + 4096);
  const handle = openSync(file, NEVER_WAITING);
  try {
    let size = 0;
    for (let read = -1; read !== 0 && size <= limitBytes; size += read)
      read = readSync(handle, bytes, size, bytes.length - size, null);
    return size > limitBytes ? tooLarge("more", limitBytes) : decoded(bytes.subarray(0, size));
  } finally {
    closeSync(handle);
  }
}

/** The same of what may be a pipe, such as standard input: waits for its end. */
export async function readStream(stream: AsyncIterable<Buffer>, limitBytes: number): Promise<string | Refusal> {
  return decodedIfRead(await collected(stream, limitBytes));
}

async function collected(stream: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer | Refusal> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limitBytes) return tooLarge("more", limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    return unread(error);
  }
  return Buffer.concat(chunks);
}

function decodedIfRead(read: Buffer | Refusal): string | Refusal {
  return "refusal" in read ? read : decoded(read);
}

function decoded(bytes: Buffer): string | Refusal {
  return decodeText(bytes) ?? { refusal: "is neither UTF-8 nor UTF-16 with a byte order mark" };
}

function unfit(found: Stats, limitBytes: number): Refusal | undefined {
  if (!found.isFile()) return { refusal: found.isDirectory() ? "is a folder" : "is no regular file" };
  return found.size > limitBytes ? tooLarge(sizeText(found.size), limitBytes) : undefined;
}

function unread(error: unknown): Refusal {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  return isMissing ? { refusal: "does not exist", isMissing } : { refusal: `cannot be read: ${messageOf(error)}` };
}

function tooLarge(size: string, limitBytes: number): Refusal {
  return { refusal: `has ${size}; at most ${sizeText(limitBytes)} are read` };
}

function sizeText(bytes: number): string {
  const kibibytes = Math.ceil(bytes / 1024);
  return kibibytes < 1024 ? `${kibibytes} KiB` : `${Math.ceil(kibibytes / 1024)} MiB`;
}
