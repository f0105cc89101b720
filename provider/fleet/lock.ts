import { Fault } from "../fault.ts";

/** Which client each mailbox uses: addresses in lower case by client name. */
export type Lock = ReadonlyMap<string, string>;

const HEADER = `# Which client each mailbox of the fleet uses. Written by \`gmailsync lock\`; commit it, do not edit it.
# A mailbox stays with its client: at another one its user would have to sign in to Gmail again.
`;

/** One line per address, sorted, so that a change is a line in a pull request. */
export function lockText(lock: Lock): string {
  const lines = [...lock].map(([address, client]) => `${address} ${client}\n`);
  return HEADER + lines.toSorted().join("");
}

export function parseLock(text: string, file: string): Lock {
  const lock = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, address, client] = /^(\S+@\S+) (\S+)\r?$/.exec(line) ?? [];
    if (!address || !client || lock.has(address.toLowerCase())) {
      throw new Fault({
        kind: "invalid-input",
        what: `${file}:${index + 1} is no line that \`gmailsync lock\` has written, or an address for the second time`,
        hint: "Take the file from the version control again, or mend the merge: a new one could move mailboxes, whose users then have to sign in again.",
      });
    }
    lock.set(address.toLowerCase(), client);
  }
  return lock;
}
