import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { type Filled, filled } from "../fleet/assignment.ts";
import { clientsIn, type Lock, lockText } from "../fleet/lock.ts";
import { isWarning, type ProblemCode } from "../fleet/problem.ts";
import { lockFileOf, readFleet } from "../fleet/read-fleet.ts";
import { type Room, roomsIn, roomText } from "../fleet/rooms.ts";
import { whyLeft } from "../fleet/rules.ts";
import { USER_CAP } from "../google/consent-screen.ts";
import type { FleetSpec } from "../resources/fleet/spec.ts";
import { mailboxes } from "./amount.ts";
import { commandLine } from "./command-line.ts";
import { print, say } from "./output.ts";
import { writeData } from "./write-masked.ts";

const HELP = `gmailsync lock: decides which client each new mailbox of a fleet uses, and writes it down

Usage: gmailsync lock <mailboxes.yaml> [--lock FILE] [--check] [--verbose] [--json]

A mailbox that has a client keeps it: at another one its user would have to sign in to Gmail again. New ones get the first client
with room, in the order of the file. Google gives ${USER_CAP} users a place over the life of a project whose app is external and not verified:
who has gone, was moved or renamed keeps it, so the lock file remembers them. Commit it together with mailboxes.yaml.

Yours to write into the lock file: \`retire <project> <address or number of people>\` for places that others have. Yours to take out: a line
with \`-\` of somebody who never signed in.

  --lock      the lock file (default: mailboxes.lock beside mailboxes.yaml)
  --check     writes nothing; the exit code tells whether the lock file is as it should be
  --verbose   a line for each mailbox that is new, moved or gone
  --json      one object

Examples:
  gmailsync lock mailboxes.yaml && git add mailboxes.lock
  gmailsync lock mailboxes.yaml --check

${exitCodes("lock")}`;

export const OPTIONS = {
  lock: { type: "string" },
  check: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

interface Options {
  readonly file: string;
  readonly lockFile: string;
  readonly check: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** What a lock can be written in spite of. */
const BEARABLE: ReadonlySet<ProblemCode> = new Set([
  "mailbox/unassigned",
  "client/incomplete",
  "profile/two-defaults",
  "consent/refused",
  "consent/capacity",
  "environment/mismatch",
]);

/** `gmailsync lock …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("lock", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const { file, lockFile } = options;
  const { spec, lock, problems } = await readFleet(file, lockFile, { makesLock: true });
  const broken = problems.find(({ code }) => !BEARABLE.has(code) && !isWarning(code));
  if (!spec || broken) {
    const what = broken ? `${file}:${broken.place.line}:${broken.place.column}: ${broken.message}` : file;
    throw new Fault({ kind: "invalid-input", what, hint: `\`gmailsync check ${file}\` shows all there is.` });
  }
  const outcome = outcomeOf(spec, lock);
  const { changed, left, missing } = outcome;
  if (changed && !options.check) writeData(lockFile, outcome.text);
  if (options.json) {
    const { text: _, sizes: __, pinned: ___, ...told } = outcome;
    print(
      JSON.stringify({ lockFile, ...told, rooms: told.rooms.map(inJson), left: left.map(({ address }) => address) }),
    );
  } else {
    print(summary(options, outcome));
    if (missing) say(`gmailsync lock: ${missing}`);
  }
  return missing || (options.check && changed) ? EXIT.failed : EXIT.ok;
}

function parse(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new TypeError("one file is needed, such as mailboxes.yaml");
  const { lock = lockFileOf(file), check, verbose, json } = values;
  return { file, lockFile: lock, check, verbose, json };
}

interface Outcome {
  readonly text: string;
  readonly changed: boolean;
  /** Clients by address. */
  readonly added: Readonly<Record<string, string>>;
  readonly moved: Readonly<Record<string, string>>;
  /** Addresses whose entries name a client. */
  readonly pinned: ReadonlySet<string>;
  /** New addresses by the ones before. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly gone: readonly string[];
  readonly left: Filled["left"];
  readonly missing: string | undefined;
  readonly rooms: readonly Room[];
  /** Mailboxes by client. */
  readonly sizes: ReadonlyMap<string, number>;
}

function outcomeOf(spec: FleetSpec, before: Lock): Outcome {
  const { lock, left, added, places } = filled(spec, before);
  const clientsBefore = clientsIn(before);
  const clients = clientsIn(lock);
  const renamed = lock.lines.flatMap(({ address, was, client }) => {
    const former = was.find((one) => clientsBefore.has(one) && !clients.has(one));
    return client === undefined || former === undefined ? [] : [[former, address] as const];
  });
  const formers = new Map(renamed);
  const moved = new Map(
    [...clients].filter(([address, client]) => ![client, undefined].includes(clientsBefore.get(address))),
  );
  const text = lockText(lock);
  return {
    text,
    changed: text !== lockText(before),
    added: Object.fromEntries([...added].filter(([address]) => !moved.has(address))),
    moved: Object.fromEntries(moved),
    pinned: new Set(spec.mailboxes.flatMap((one) => (one.client === undefined ? [] : [one.address.toLowerCase()]))),
    renamed: Object.fromEntries(renamed),
    gone: [...clientsBefore.keys()].filter((address) => !clients.has(address) && !formers.has(address)),
    left,
    missing:
      left.length > 0
        ? whyLeft(spec, left)
            .map(({ message }) => message)
            .join("; ")
        : undefined,
    rooms: roomsIn(spec, places),
    sizes: new Map([...Map.groupBy(clients.values(), (client) => client)].map(([client, all]) => [client, all.length])),
  };
}

function inJson(room: Room): object {
  const { project, taken, others, left } = room;
  return { project, taken, others, left, text: roomText(room) };
}

function summary({ lockFile, check, verbose }: Options, outcome: Outcome): string {
  const { added, moved, pinned, renamed, gone, sizes, rooms, changed } = outcome;
  const lines = [
    ...Object.entries(added).map(([address, client]) => `+ ${address}: ${client}`),
    ...Object.entries(moved).map(
      ([address, client]) =>
        `~ ${address}: ${client}${pinned.has(address) ? ", as it is pinned now" : ""}; its user signs in again`,
    ),
    ...Object.entries(renamed).map(([before, address]) => `~ ${address}, which was ${before}`),
    ...gone.map((address) => `- ${address}`),
  ];
  const counts = {
    new: Object.keys(added).length,
    moved: Object.keys(moved).length,
    renamed: Object.keys(renamed).length,
    gone: gone.length,
  };
  const said = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const signIns = counts.moved > 0 ? "; those that moved sign in again" : "";
  return [
    ...(verbose ? lines : []),
    ...(said.length > 0 ? [`${said.join(", ")}${signIns}`] : []),
    ...[...sizes].map(([client, count]) => `${client}: ${mailboxes(count)}`),
    ...rooms.map((room) => (room.isNearlyFull ? `warning: ${roomText(room)}` : roomText(room))),
    changed ? `${lockFile} ${check ? "is not up to date" : "is written"}` : `${lockFile} is up to date`,
  ].join("\n");
}
