import { EXIT } from "../codes/exit.ts";
import type { Json } from "../json.ts";
import type { Tree } from "../values.ts";
import { type CutOff, type Fate, recover } from "./cut-off.ts";
import { print } from "./output.ts";
import { importState, refused, UNWRITTEN, WRITTEN } from "./stack-state.ts";

const FATES: Readonly<Record<Fate, string>> = {
  recovered: "its creation was cut off; it goes into the state, and was before",
  known: "its creation was cut off once; the state knows how it was",
  unknown:
    "its creation was cut off, and how it was is not in the state; if it is known, `gmailsync originals set` takes it",
  replacement: "its creation was cut off, which was to replace another mailbox of this name, and it was before",
  orphan: "its creation was cut off, what it depends on has left the state since, and it was before",
};

interface Options {
  readonly stack: string | undefined;
  readonly yes: boolean;
  readonly json: boolean;
}

/** `gmailsync originals recover`; returns the exit code. */
export async function recoverOriginals({ stack, yes, json }: Options, before: Json): Promise<number> {
  const { mailboxes, others, state } = recover(before);
  if (mailboxes.some(({ fate }) => fate === "replacement") && yes)
    throw refused(
      "A mailbox that was to replace another one of its name cannot be recovered yet",
      "Run `pulumi up` first, which goes on with it, then `gmailsync originals recover` again.",
    );
  const takes = mailboxes.some(({ fate }) => fate === "recovered" || fate === "known");
  const write = yes && takes;
  if (write) await importState(stack, state);
  if (json) print(JSON.stringify({ mailboxes, dropped: takes ? others : [], written: write }));
  else {
    for (const cutOff of mailboxes) print(lineOf(cutOff));
    if (takes) tellDropped(others);
    if (mailboxes.length === 0) print("No creation of a mailbox is pending in the state.");
    else print(write ? WRITTEN : takes ? UNWRITTEN : "There is nothing to write.");
  }
  return mailboxes.every(({ fate }) => fate === "recovered" || fate === "known") ? EXIT.ok : EXIT.failed;
}

function lineOf(cutOff: CutOff): string {
  const { address, fate, original } = cutOff;
  return [`${address}: ${FATES[fate]}`, ...(original && isOnlyPending(cutOff) ? [settingsText(original)] : [])].join(
    "\n",
  );
}

/** Whether how it was stands in the pending creation alone. */
export function isOnlyPending({ fate, original }: CutOff): boolean {
  return original !== undefined && fate !== "known";
}

/** Other operations that an import drops. */
export function tellDropped(urns: readonly string[]): void {
  for (const urn of urns) print(`Pulumi drops what is pending when a state is imported, so also: ${urn}`);
}

/** Settings of an original, a line each. */
export function settingsText(original: Tree): string {
  const settings = Object.entries(original).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  return settings.length === 0 ? "  nothing of it was changed" : settings.join("\n");
}
