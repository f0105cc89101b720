import type { ImapArgument } from "./imap-arguments.ts";

export const SYSTEM_FLAGS = ["\\Answered", "\\Flagged", "\\Draft", "\\Deleted", "\\Seen"];
/** Of one message. */
const FLAG_LIMIT = 50;
const KEYWORD = /^[\w$.!#&'+,/:;<=>?@^`|~-]{1,64}$/;

/** How a flag is written here: the case of letters does not matter in system flags, and is kept in keywords. */
export function canonicalFlag(flag: string): string {
  return SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;
}

/** Flags that a client sets, which are few; undefined where one is none. `\Recent` is nobody's to set. */
export function parseFlags(given: ImapArgument | undefined): ReadonlySet<string> | undefined {
  const flags = new Set<string>();
  for (const flag of typeof given === "string" ? [given] : (given ?? [])) {
    const known = typeof flag === "string" ? canonicalFlag(flag) : "";
    if (!SYSTEM_FLAGS.includes(known) && !KEYWORD.test(known)) return undefined;
    flags.add(known);
  }
  return flags.size > FLAG_LIMIT ? undefined : flags;
}

/** What STORE makes of a message's flags (RFC 3501 §6.4.6); undefined where it has too many. */
export function changedFlags(
  flags: ReadonlySet<string>,
  sign: string,
  given: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const changed = new Set(
    sign === "-" ? [...flags].filter((flag) => !given.has(flag)) : [...(sign === "+" ? flags : []), ...given],
  );
  return changed.size > FLAG_LIMIT ? undefined : changed;
}

export function flagList(flags: ReadonlySet<string>): string {
  return `(${[...flags].join(" ")})`;
}
