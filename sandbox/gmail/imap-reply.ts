/** Untagged lines, then the tagged one without its tag. */
export type ImapReply = readonly [...untagged: string[], tagged: string];

export const SUCCESS = "OK Success";
export const BAD_ARGUMENTS: ImapReply = ["BAD Could not parse command"];

/** No such folder; TRYCREATE: as the target of a copy (RFC 3501 §7.1). */
export function noFolder(code: "NONEXISTENT" | "TRYCREATE", name: string): ImapReply {
  const shown = name.slice(0, 100).replace(/[^ -~]/g, "?");
  return [`NO [${code}] Unknown Mailbox: ${shown} (Failure)`];
}
