import type { Listed } from "../resource/listing.ts";
import { isTree } from "../values.ts";

/** Items of one page where nobody asks for another number. */
const PAGE = 1000;

export interface Page {
  readonly items: readonly Listed[];
  /** Where the next one begins; empty at the end. */
  readonly continuation: string;
}

/**
 * One page of all that there is, by name and id. A continuation is the last item that was given, so that what comes and goes between two
 * pages makes nothing appear twice and nothing else disappear.
 */
export function pageOf(
  all: readonly Listed[],
  { limit, pageSize, continuation }: { limit: number; pageSize: number; continuation: string },
): Page {
  const after = continuation === "" ? undefined : keyOf(read(continuation));
  const size = Math.min(limit > 0 ? limit : PAGE, pageSize > 0 ? pageSize : PAGE);
  const left = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ item }) => item);
  const items = left.slice(0, size);
  const last = items.at(-1);
  return { items, continuation: last && left.length > size ? written(last) : "" };
}

function keyOf({ name, id }: Listed): string {
  return `${name.toLowerCase()}\u0000${id}`;
}

function written({ name, id }: Listed): string {
  return Buffer.from(JSON.stringify({ name, id })).toString("base64url");
}

/** Whoever gives another one than was given to him begins anew. */
function read(continuation: string): Listed {
  try {
    const value: unknown = JSON.parse(Buffer.from(continuation, "base64url").toString());
    if (isTree(value)) return { name: String(value["name"] ?? ""), id: String(value["id"] ?? "") };
  } catch {
    // Not one of ours.
  }
  return { name: "", id: "" };
}
