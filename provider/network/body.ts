import { Fault } from "../fault.ts";
import type { Deadline } from "./deadline.ts";
import { Turnstile } from "./turnstile.ts";

const MIB = 1024 * 1024;

/** Largest answer that is read, in bytes, unless the request allows another size. */
export const ANSWER_LIMIT = 4 * MIB;
/** What is read of every answer at once. */
const SHARE_BYTES = MIB;
/**
 * The rest is read of one answer after the other, in the whole process: what is on its way from all servers together has at most the
 * size of the largest answer and a share for each request.
 */
const rest = new Turnstile(1);

/** The whole text of an answer, which has at most so many bytes. */
export async function readBody(
  body: AsyncIterable<Buffer>,
  { limitBytes = ANSWER_LIMIT }: { readonly limitBytes?: number },
  what: string,
  deadline: Deadline,
): Promise<string> {
  const parts = body[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  let size = 0;
  const readUpTo = async (bytes: number): Promise<boolean> => {
    for (let part = await parts.next(); !part.done; part = await parts.next()) {
      size += part.value.length;
      if (size > limitBytes)
        throw new Fault({ kind: "unexpected", what: `${what}: the answer is larger than ${limitBytes / MIB} MiB` });
      read.push(part.value);
      if (size >= bytes) return false;
    }
    return true;
  };
  try {
    if (!(await readUpTo(SHARE_BYTES)))
      await rest.pass(`${what}: waiting for other large answers`, deadline, () => readUpTo(Number.POSITIVE_INFINITY));
    return Buffer.concat(read).toString("utf8");
  } finally {
    await parts.return?.();
  }
}
