/** Most mailboxes of a fleet. */
export const MOST_MAILBOXES = 20_000;
/** Most of its clients. */
export const MOST_CLIENTS = 1000;
/** Largest `mailboxes.yaml`, and largest lock file: room for all with settings of their own, and for the longest addresses. */
export const FILE_MIB = 16;
/** Most words and signs of a `mailboxes.yaml`, as each becomes objects: all mailboxes with four settings each have 800,000. */
export const MOST_LEXEMES = 1_000_000;
/** Largest file that is taken for a secret. */
export const SECRET_KIB = 64;

const number = (count: number) => count.toLocaleString("en-US");

/** The same in words. */
export const FLEET_LIMITS = [
  `At most ${number(MOST_MAILBOXES)} mailboxes and ${number(MOST_CLIENTS)} clients, in a file or as a value.`,
  `\`mailboxes.yaml\` and its lock have at most ${FILE_MIB} MiB each, \`mailboxes.yaml\` at most ${number(MOST_LEXEMES)} words and signs, and a file with a secret at most ${SECRET_KIB} KiB.`,
  "A fleet has no time of its own: each of its objects has that of its page. What thousands of them take: docs/limits.md.",
];
