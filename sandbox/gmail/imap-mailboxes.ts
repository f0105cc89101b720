import { type ImapArgument, quote } from "./imap-arguments.ts";

/** Gmail's folders with their attributes (RFC 6154) as an account has them that speaks English. */
const MAILBOXES: Readonly<Record<string, readonly string[]>> = {
  INBOX: ["\\HasNoChildren"],
  "[Gmail]": ["\\HasChildren", "\\Noselect"],
  "[Gmail]/All Mail": ["\\All", "\\HasNoChildren"],
  "[Gmail]/Drafts": ["\\Drafts", "\\HasNoChildren"],
  "[Gmail]/Important": ["\\HasNoChildren", "\\Important"],
  "[Gmail]/Sent Mail": ["\\HasNoChildren", "\\Sent"],
  "[Gmail]/Spam": ["\\HasNoChildren", "\\Junk"],
  "[Gmail]/Starred": ["\\Flagged", "\\HasNoChildren"],
  "[Gmail]/Trash": ["\\HasNoChildren", "\\Trash"],
};

/** The name of a folder that can be opened. INBOX is so in any case (RFC 3501 section 5.1). */
export function selectable(name: string): string | undefined {
  const canonical = name.toUpperCase() === "INBOX" ? "INBOX" : name;
  const attributes = Object.hasOwn(MAILBOXES, canonical) ? MAILBOXES[canonical] : undefined;
  return attributes === undefined || attributes.includes("\\Noselect") ? undefined : canonical;
}

/**
 * Untagged replies to LIST, LSUB or XLIST, with the options of RFC 5258 and RFC 6154 as far as they matter to eight fixed
 * folders, all of them subscribed. Undefined when the arguments make no sense.
 */
export function listMailboxes(command: string, given: readonly ImapArgument[]): string[] | undefined {
  const selection = Array.isArray(given[0]) ? upper(given[0]) : [];
  const [reference, pattern, returning, options] = Array.isArray(given[0]) ? given.slice(1) : given;
  const patterns = typeof pattern === "string" ? [pattern] : pattern;
  if (typeof reference !== "string" || patterns === undefined) return undefined;
  if (returning !== undefined && (typeof returning !== "string" || returning.toUpperCase() !== "RETURN"))
    return undefined;
  // RFC 3501 section 6.3.8: an empty name asks for the delimiter.
  if (pattern === "") return [`* ${command} (\\Noselect) "/" "/"`];

  const wanted = [...selection, ...upper(options)];
  const extra = wanted.includes("SUBSCRIBED") ? ["\\Subscribed"] : [];
  const matches = patterns.filter((it) => typeof it === "string").map((it) => matcher(reference + it));
  return Object.entries(MAILBOXES)
    .filter(([name]) => matches.some((match) => match(name)))
    .filter(([, attributes]) => !selection.includes("SPECIAL-USE") || attributes.some(isSpecialUse))
    .map(([name, attributes]) => `* ${command} (${[...attributes, ...extra].join(" ")}) "/" ${quote(name)}`);
}

function upper(list: ImapArgument | undefined): string[] {
  if (list === undefined || typeof list === "string") return [];
  return list.filter((it) => typeof it === "string").map((it) => it.toUpperCase());
}

function isSpecialUse(attribute: string): boolean {
  return !["\\HasNoChildren", "\\HasChildren", "\\Noselect"].includes(attribute);
}

/** `*` stands for anything, `%` for anything but the delimiter. Without a regular expression: a pattern is a stranger's. */
function matcher(pattern: string): (name: string) => boolean {
  const canonical = pattern.toUpperCase() === "INBOX" ? "INBOX" : pattern;
  return (name) => {
    // The positions in the name that the pattern read so far can end at.
    let ends = new Set([0]);
    for (const character of canonical) {
      const next = new Set<number>();
      for (const end of ends) {
        if (character !== "*" && character !== "%") {
          if (name[end] === character) next.add(end + 1);
          continue;
        }
        next.add(end);
        for (let at = end; at < name.length && (character === "*" || name[at] !== "/"); at++) next.add(at + 1);
      }
      ends = next;
    }
    return ends.has(name.length);
  };
}
