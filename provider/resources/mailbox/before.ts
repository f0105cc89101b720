import { isDeepStrictEqual } from "node:util";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { type Context, keep } from "../../resource/context.ts";
import type { Stored } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import { isTree, type Tree, toTree } from "../../values.ts";
import {
  type FoundBefore,
  type MailboxInputs,
  type MailboxOutputs,
  type MailboxSettings,
  Settings,
} from "./definition.ts";
import { appliedBy, settingsNow, storedOriginal, whereApplied } from "./original.ts";
import { addressOf, type Kept } from "./outcome.ts";

/** Writes down how the mailbox was and what it is made, before it is changed; what it was made before that may still be so afterwards. */
export function keepOriginal(
  row: MailboxRow,
  original: MailboxSettings,
  applied: MailboxSettings,
  context: Context,
): void {
  const previously = keptOriginal(row, context)?.applied ?? {};
  keep(context, row.mailboxid, toTree({ original, applied, previously }));
}

/** What an earlier run on this machine has written down: of the last two things that it was made, what it is. */
export function keptOriginal(row: MailboxRow, { originals, urn }: Context): WhollyKept | undefined {
  const entry = originals.of(urn, row.mailboxid) ?? {};
  const { original, applied: last } = keptIn(entry) ?? {};
  if (!original || !last) return undefined;
  const { previously } = entry;
  const before = isTree(previously) ? soundPart(Settings, previously) : {};
  const seen = { ...whereApplied(row, before, before), ...whereApplied(row, last, last) };
  return { original, applied: { ...last, ...seen } };
}

type WhollyKept = { readonly [P in keyof Kept]: MailboxSettings };

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
  if (kept) return { ...kept, original: whereApplied(row, kept.original, kept.applied) };
  const { _emailserverprofile_value: profile } = row;
  return { original: profile === null || !context.roster.knows(profile) ? {} : undefined, applied: {} };
}

export function warnOfUnknown(row: MailboxRow, inputs: MailboxInputs, { log }: Context): void {
  log(
    "warning",
    `Mailbox ${addressOf(row, inputs)} has this stack's profile already: a run that was cut off has adopted it, and how it was before is not known here. \`gmailsync originals recover\` looks for it in the stack, \`gmailsync originals set\` takes it from you; until then destroying it leaves it as it is.`,
  );
}

/** All of it, known or seen: what of it is going to be written is not known yet. */
export function wholeBefore(row: MailboxRow, context: Context): FoundBefore | undefined {
  const { original } = knownBefore(row, context);
  return original && { mailboxId: row.mailboxid, settings: { ...settingsNow(row), ...original } };
}

/**
 * What the state and this machine know of the settings. What this machine has written down beside the state is newer: a run was cut off
 * between a write and the state. Whether that write was carried out, the row tells.
 */
export function keptInState(row: MailboxRow, stored: Stored<MailboxInputs, MailboxOutputs>, context: Context): Kept {
  const inState = storedOriginal(stored);
  if (stored.outputs.original && !inState)
    context.log(
      "warning",
      `What the state holds as the original of mailbox ${addressOf(row, stored.inputs)} is this stack's own setting, written down by a run after one that was cut off. It is dropped.`,
    );
  const kept = merged(row, { original: inState, applied: appliedInState(stored, inState) }, context);
  context.roster.mailboxes.stored(context.urn, row.mailboxid, kept.original && toTree(kept));
  return kept;
}

function merged(row: MailboxRow, state: Kept, context: Context): Kept {
  const here = keptOriginal(row, context);
  if (here === undefined) return state;
  if (isDeepStrictEqual(here, state)) {
    context.originals.settle(context.urn, row.mailboxid);
    return state;
  }
  return {
    original: { ...state.original, ...here.original },
    applied: { ...state.applied, ...whereApplied(row, here.applied, here.applied) },
  };
}

/** What this resource has set. A refresh writes into the inputs what somebody else has set since, so they do not say it. */
export function appliedInState(
  { inputs, outputs }: Stored<MailboxInputs, MailboxOutputs>,
  original: MailboxSettings | undefined,
): MailboxSettings {
  return outputs.applied ?? appliedBy(inputs, { original });
}
