/** Exit codes of all commands: the number says the same everywhere. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unknown: 3,
  unreachable: 4,
} as const;

export type Exit = keyof typeof EXIT;

/** What each command ends with, and when. */
export const EXITS = {
  doctor: {
    ok: "all are ok, waiting or not activated",
    failed: "a mailbox failed, or a file could not be written",
    usage: "wrong use or settings",
    unknown: "nothing failed and something is unknown",
    unreachable: "Microsoft or Google could not be reached",
  },
  preflight: {
    ok: "nothing failed and nothing is unknown",
    failed: "something is not as a deployment needs it, or a file could not be written",
    usage: "wrong use or settings",
    unknown: "nothing failed and something could not be told",
  },
  report: {
    ok: "all are ok, waiting or not activated",
    failed: "a mailbox failed, or a file could not be written",
    usage: "wrong use or settings",
    unknown: "nothing failed and something is unknown",
    unreachable: "Microsoft or Google could not be reached",
  },
  signin: {
    ok: "it is told who has yet to sign in; with --watch: all have",
    failed: "a mailbox was not found, a file could not be written, or --watch was stopped before",
    usage: "wrong use or settings",
    unreachable: "Microsoft could not be reached",
  },
  consent: {
    ok: "the refresh token is kept",
    failed: "Google or the user has refused, another account was chosen, or the token could not be kept",
    usage: "wrong use",
    unreachable: "Google could not be reached, or nobody has answered in time",
  },
  check: {
    ok: "nothing is wrong",
    failed: "something is",
    usage: "wrong use or settings",
    unreachable: "with --live: Microsoft could not be reached",
  },
  lock: {
    ok: "every mailbox has a client",
    failed: "a mailbox found no room, something is wrong, or --check found something to write",
    usage: "wrong use",
  },
  guide: {
    ok: "nothing speaks against it",
    failed: "a proof failed",
    usage: "wrong use",
    unknown: "Google could not be asked",
  },
  export: {
    ok: "all of it is written",
    failed: "something was left out, or a file could not be written",
    usage: "wrong use or settings",
    unreachable: "Microsoft or Google could not be reached",
  },
  init: {
    ok: "the file is written, or nothing is new",
    failed: "a file could not be read or written",
    usage: "wrong use or settings",
    unreachable: "Microsoft could not be reached",
  },
  originals: {
    ok: "it is known, or written",
    failed: "it is not known how a mailbox was, or the state could not be changed",
    usage: "wrong use",
  },
  completion: { ok: "the script is printed", usage: "wrong use" },
  sandbox: { ok: "done", failed: "it could not be done", usage: "wrong use" },
} as const satisfies Readonly<Record<string, Partial<Readonly<Record<Exit, string>>>>>;

/** The last line of a command's help: `Exit codes: 0 all good, 1 a step failed`. */
export function exitCodes(command: keyof typeof EXITS): string {
  const exits: Partial<Readonly<Record<Exit, string>>> = EXITS[command];
  const told = Object.entries(EXIT).flatMap(([exit, number]) => {
    const when = Object.entries(exits).find(([name]) => name === exit)?.[1];
    return when === undefined ? [] : [`${number} ${when}`];
  });
  return `Exit codes: ${told.join(", ")}.`;
}
