import { Fault } from "../fault.ts";
import { accountOf } from "../schema/address.ts";
import { signInLine } from "../schema/signs.ts";

/** The account of a mailbox with its place in a project. */
export interface LockLine {
  /** In lower case. */
  readonly address: string;
  /** The client that the mailbox uses; undefined where it has gone, or has moved to a client of another project. */
  readonly client: string | undefined;
  /** The project of the place; undefined in files of the first format, where it is that of the client. */
  readonly project: string | undefined;
  /** What the address was before, the latest first. */
  readonly was: readonly string[];
}

/** What people have written down: a place in a project that somebody has who never stood in the file, or so many of them. */
export interface Retired {
  readonly project: string;
  /** An address, or a number of people. */
  readonly who: string;
}

/** Which client each mailbox uses, and who has ever had a place in a project. */
export interface Lock {
  readonly lines: readonly LockLine[];
  readonly retired: readonly Retired[];
}

/** Clients by address, of those that have one. */
export function clientsIn({ lines }: Lock): ReadonlyMap<string, string> {
  return new Map(lines.flatMap(({ address, client }) => (client === undefined ? [] : [[address, client] as const])));
}

export const NO_LOCK: Lock = { lines: [], retired: [] };

const FORMAT = 2;
const GONE = "-";

const HEADER = `# Which client each mailbox of the fleet uses, and the project where its user has a place. Written by \`gmailsync lock\`; commit it.
# A mailbox stays with its client: at another one its user would have to sign in to Gmail again. \`${GONE}\` has gone, and keeps its place,
# as Google counts 100 users over the life of a project: take such a line out only if that user has never signed in. Who has
# a place and never stood in mailboxes.yaml is yours to write down: \`retire <project> <address or number of people>\`.
format ${FORMAT}
`;

/** One line per place, sorted, so that a change is a line in a pull request. */
export function lockText({ lines, retired }: Lock): string {
  const places = lines.map(({ address, client, project, was }) =>
    [address, client ?? GONE, project, ...(was.length > 0 ? ["was", ...was] : [])].filter(Boolean).join(" "),
  );
  const known = retired.map(({ project, who }) => `retire ${project} ${who}`);
  return HEADER + [...places.toSorted(), ...known.toSorted()].map((line) => `${line}\n`).join("");
}

/** Reads what {@link lockText} writes, and files of the first format, which knew addresses and clients only. */
export function parseLock(text: string, file: string): Lock {
  const lines: LockLine[] = [];
  const retired: Retired[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split(/\r?\n|\r$/).entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const at = `${file}:${index + 1}`;
    const [, format] = /^format (\d+)$/.exec(line) ?? [];
    if (format !== undefined) {
      if (Number(format) > FORMAT) throw newer(at, format);
      continue;
    }
    const read = lineOf(line);
    const keys = "who" in read ? [retiredKey(read)] : keysOf(read);
    if (signInLine(line) || keys.length === 0 || keys.some((key) => seen.has(key))) throw broken(at);
    for (const key of keys) seen.add(key);
    if ("who" in read) retired.push(read);
    else lines.push(read);
  }
  return { lines, retired };
}

/** What no two lines have: an account has one client, and one place in a project. */
function keysOf({ address, client, project }: LockLine): readonly string[] {
  const account = accountOf(address);
  return [
    ...(client === undefined ? [] : [`client of ${account}`]),
    ...(project === undefined ? [] : [`${account} in ${project}`]),
  ];
}

/** An address is retired once; how many others are, a project says in one number. */
function retiredKey({ project, who }: Retired): string {
  return `retire ${project} ${who.includes("@") ? accountOf(who) : ""}`;
}

/** A line that means nothing has neither a client nor a project. */
function lineOf(line: string): LockLine | Retired {
  const [, retired, who] = /^retire (\S+) ([^\s@]+@[^\s@]+|\d{1,4})$/.exec(line) ?? [];
  if (retired !== undefined && who !== undefined) return { project: retired, who: who.toLowerCase() };
  const [, address = "", client, project, was] =
    /^([^\s@]+@[^\s@]+) (\S+)(?: (\S+))?(?: was( [^\s@]+@[^\s@]+)+)?$/.exec(line) ?? [];
  const former = was === undefined ? [] : line.slice(line.indexOf(" was ") + 5).split(" ");
  return {
    address: address.toLowerCase(),
    client: client === GONE ? undefined : client,
    project,
    was: former.map((one) => one.toLowerCase()),
  };
}

function broken(at: string): Fault {
  return new Fault({
    kind: "invalid-input",
    what: `${at} is no line that \`gmailsync lock\` has written, or an address or a number of people for the second time`,
    hint: "Take the file from the version control again, or mend the merge: a new one could move mailboxes, whose users then have to sign in again.",
  });
}

function newer(at: string, format: string): Fault {
  return new Fault({
    kind: "invalid-input",
    what: `${at} says format ${format}, and this version of gmailsync knows formats up to ${FORMAT}`,
    hint: "Use the version that wrote the file, or a newer one.",
  });
}
