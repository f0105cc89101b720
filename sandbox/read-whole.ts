import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Largest file that is read, in bytes: a world of 20,000 users has a quarter. */
const LIMIT_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** The text of a regular file. Waits for nobody, and reads what has no end no further than it may be large. */
export function readWhole(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(handle).isFile()) throw new Error("it is no regular file");
    const chunks: Buffer[] = [];
    for (let size = 0; ; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const read = readSync(handle, chunk);
      if (read === 0) return Buffer.concat(chunks).toString("utf8");
      size += read;
      if (size > LIMIT_BYTES) throw new Error("it has more than 256 MiB");
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
}
