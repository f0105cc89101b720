import { isDeepStrictEqual } from "node:util";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { type Context, keep } from "../../resource/context.ts";
import type { Stored } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import { isTree, ownOf, pick, type Tree, toTree } from "../../values.ts";
import {
  type FoundBefore,
  type MailboxInputs,
  type MailboxOutputs,
  type MailboxSettings,
  Settings,
} from "./definition.ts";
import { appliedInState, differingParts, ofTwo, settingsNow, storedOriginal, whereApplied } from "./original.ts";
import { addressOf, type Kept } from "./outcome.ts";

/**
 * Writes down how the mailbox was and what it is made, before it is changed; what it was made before that may still be so afterwards. Gives
 * what takes it back where the write was refused: by the next one others may have changed the mailbox. `isNew`: the state does not have
 * the resource yet.
 */
export function keepOriginal(
  { mailboxid: id }: MailboxRow,
  kept: Required<Kept>,
  isNew: boolean,
  context: Context,
): () => void {
  const { originals, urn, roster } = context;
  const before = originals.of(urn, id);
  const isUntold = isNew && (before ? before["untold"] === true : !roster.mailboxes.isKept(id));
  keep(context, id, toTree({ ...kept, ...(isUntold && { untold: true }) }));
  return () => (before ? keep(context, id, before) : originals.settle(urn, id));
}

/**
 * The engine is told of the mailbox now, so the state will have it. Where all writes are done (`isDone`), it is no longer what it was made
 * before them: that would be somebody else's by now.
 */
export function settleWrites(row: MailboxRow, isDone: boolean, context: Context): void {
  const { untold, previously, ...entry } = context.originals.of(context.urn, row.mailboxid) ?? {};
  const isPast = isTree(previously) && Object.keys(previously).length > 0;
  const isTold = untold === true && !context.deadline.cancelled;
  if (!isTold && !(isPast && isDone)) return;
  keep(context, row.mailboxid, {
    ...entry,
    ...(untold === true && !isTold && { untold }),
    ...(isPast && !isDone && { previously }),
  });
}

/**
 * Writes down what the resource that loses the mailbox knows, for the one that takes it over: made by another process of the run, as when
 * the provider itself has changed, that one knew nothing of the state.
 */
export function handOnOriginal(
  row: MailboxRow,
  original: MailboxSettings,
  applied: MailboxSettings,
  context: Context,
): void {
  const taker = keptOriginal(row, context);
  // The past is the older one's to know.
  const all = { original: { ...taker?.original, ...original }, applied: ofTwo(row, applied, taker?.applied ?? {}) };
  keep(context, row.mailboxid, toTree({ ...all, handedOn: true }));
}

/** What an earlier run on this machine has written down: of the last two things that it was made, what it is. */
export function keptOriginal(row: MailboxRow, { originals, urn }: Context): Noted | undefined {
  const entry = originals.of(urn, row.mailboxid) ?? {};
  const { original, applied: last } = keptIn(entry) ?? {};
  if (!original || !last) return undefined;
  const { previously, handedOn, untold } = entry;
  const before = isTree(previously) ? soundPart(Settings, previously) : {};
  return {
    original,
    applied: ofTwo(row, before, last),
    handedOn: handedOn === true,
    untold: untold === true,
  };
}

export interface Noted extends WhollyKept {
  /** By a resource that lost the mailbox. */
  readonly handedOn: boolean;
  /** The run was cut off before the engine heard of it: no state has it. */
  readonly untold: boolean;
}

type WhollyKept = { readonly [P in "original" | "applied"]: MailboxSettings };

/** Both together, or nothing. */
function keptIn({ original, applied }: Tree): WhollyKept | undefined {
  if (!isTree(original) || !isTree(applied)) return undefined;
  return { original: soundPart(Settings, original), applied: soundPart(Settings, applied) };
}

/**
 * How a mailbox was that is about to be adopted: as whoever holds it in the state knows it; else as an earlier run that was cut off has
 * written down, as far as it still is as that run has set it; else as it is now. A mailbox that has the stack's own profile
 * already was adopted before, so how it is now says nothing: then it is not known.
 */
export function knownBefore(row: MailboxRow, context: Context): Kept {
  const handedOn = keptIn(context.roster.mailboxes.before(row.mailboxid) ?? {});
  if (handedOn) return handedOn;
  const kept = keptOriginal(row, context);
  if (kept) return { original: whereApplied(row, kept.original, kept.applied), applied: kept.applied };
  const { _emailserverprofile_value: profile } = row;
  return { original: profile === null || !context.roster.knows(profile) ? {} : undefined, applied: {} };
}

export function warnOfUnknown(row: MailboxRow, inputs: MailboxInputs, { log }: Context): void {
  log(
    "warning",
    `Mailbox ${addressOf(row, inputs)} has this stack's profile already: a run that was cut off has adopted it, or it was given the profile in Dynamics, as a new one is by the organization's default; how it was before is not known here. \`gmailsync originals recover\` looks for it in the stack, \`gmailsync originals set\` takes it from you; until then destroying it leaves it as it is.`,
  );
}

/** All of it, known or seen: what of it is going to be written is not known yet. */
export function wholeBefore(row: MailboxRow, context: Context): FoundBefore | undefined {
  const { original } = knownBefore(row, context);
  return original && { mailboxId: row.mailboxid, settings: { ...settingsNow(row), ...original } };
}

/** What the state knows of the settings, and this machine; whoever holds the same mailbox learns of it. */
export function keptInState(row: MailboxRow, stored: Stored<MailboxInputs, MailboxOutputs>, context: Context): Kept {
  const inState = storedOriginal(stored);
  if (stored.outputs.original && !inState)
    context.log(
      "warning",
      `What the state holds as the original of mailbox ${addressOf(row, stored.inputs)} is this stack's own setting, written down by a run after one that was cut off. It is dropped.`,
    );
  const kept = knownHere(row, stored, context);
  if (isDeepStrictEqual(kept, { original: inState, applied: appliedInState(row, stored, kept.original) }))
    context.originals.settle(context.urn, row.mailboxid);
  const all = withOthers(row, kept, context);
  const own = kept.original && toTree(kept);
  // Of most there is nobody else: both are one object then.
  const before = all === kept ? own : all.original && toTree(all);
  context.roster.mailboxes.stored(context.urn, row.mailboxid, own, before);
  return kept;
}

/**
 * What everybody in the state knows who holds the mailbox: this resource, which may be seen for the first time when it goes, and those that
 * were seen before it.
 */
export function knownOfAll(row: MailboxRow, stored: Stored<MailboxInputs, MailboxOutputs>, context: Context): Kept {
  return withOthers(row, knownHere(row, stored, context), context);
}

/** Whether all who hold the mailbox know more of how it was than the state has of this one. */
export function knowsMore(stored: Stored<MailboxInputs, MailboxOutputs>, all: Tree | undefined): boolean {
  const { original } = keptIn(all ?? {}) ?? {};
  return original !== undefined && !isDeepStrictEqual(original, storedOriginal(stored));
}

function withOthers(row: MailboxRow, kept: Kept, { roster, urn }: Context): Kept {
  const others = roster.mailboxes.knownToOthers(row.mailboxid, urn).flatMap((known) => keptIn(known) ?? []);
  return others.length === 0 ? kept : together(row, [...others, kept]);
}

/**
 * What this machine has written down beside the state is newer: a run was cut off between a write and the state. Whether that write was
 * carried out, the row tells. What was handed on is older than all the state knows. A note that contradicts the state is that of another
 * resource which has the mailbox, too, and took what this one has set for the past.
 */
export function knownHere(row: MailboxRow, stored: Stored<MailboxInputs, MailboxOutputs>, context: Context): Kept {
  const inState = storedOriginal(stored);
  const here = keptOriginal(row, context);
  const original = here?.handedOn
    ? { ...inState, ...here.original }
    : here
      ? { ...here.original, ...inState }
      : inState;
  const applied = appliedInState(row, stored, original);
  if (!here) return { original, applied };
  const [past, known] = [toTree(here.original), toTree(inState ?? {})];
  const isOwn = (name: string) => here.handedOn || !contradict(past, known, name);
  const made = soundPart(Settings, pick(toTree(here.applied), isOwn));
  return { original, applied: { ...applied, ...whereApplied(row, made, made) } };
}

function contradict(one: Tree, other: Tree, name: string): boolean {
  const [here, there] = [ownOf(one, name), ownOf(other, name)];
  if (here === undefined || there === undefined) return false;
  if (!isTree(here) || !isTree(there)) return !isDeepStrictEqual(here, there);
  return Object.keys(here).some((inner) => contradict(here, there, inner));
}

/**
 * What all know who hold the same mailbox. Each took for the past what it found: what another of them has set is none. Where that does not
 * tell, whoever has changed the mailbox to what it is now is the younger.
 */
function together(row: MailboxRow, all: readonly Kept[]): Kept {
  const known = all.flatMap(({ original, applied }) => (original ? [{ original, applied }] : []));
  const young = ({ original, applied }: WhollyKept) => differingParts(whereApplied(row, original, applied), applied);
  const pasts = [...known.map(young), ...known.map((one) => differingParts(one.original, young(one)))];
  const found = pasts.map((past) => all.reduce((left, { applied }) => differingParts(left, applied), past));
  return {
    original: known.length === 0 ? undefined : Object.assign({}, ...pasts, ...found),
    applied: all.map(({ applied }) => applied).reduce((one, other) => ofTwo(row, one, other)),
  };
}
