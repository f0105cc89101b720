import type { StoredMessage } from "./mail-store.ts";

/** A message and its sequence number in the open folder. */
export interface Placed {
  readonly number: number;
  readonly message: StoredMessage;
}

export type NumberedBy = "number" | "uid";

const SET = /^(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?(?:,(?:\d{1,10}|\*)(?::(?:\d{1,10}|\*))?)*$/;

/**
 * Whether a message is in a set such as `1:3,7,*` (RFC 3501 section 9, "sequence-set"), where `*` is the last of those that are
 * there. Undefined: it is no set.
 */
export function inSet(
  set: string,
  there: readonly Placed[],
  by: NumberedBy,
): ((placed: Placed) => boolean) | undefined {
  if (!SET.test(set)) return undefined;
  const numberOf = (placed: Placed) => (by === "uid" ? placed.message.uid : placed.number);
  const last = there.at(-1);
  const bound = (text: string) => (text === "*" ? (last === undefined ? 0 : numberOf(last)) : Number(text));
  const ranges = set.split(",").map((range) => {
    const [from = "", to = from] = range.split(":");
    return [Math.min(bound(from), bound(to)), Math.max(bound(from), bound(to))] as const;
  });
  return (placed) => ranges.some(([low, high]) => low <= numberOf(placed) && numberOf(placed) <= high);
}

/** UIDs as a set, in their order. */
export function setOf(messages: readonly StoredMessage[]): string {
  return messages.map(({ uid }) => uid).join(",");
}
