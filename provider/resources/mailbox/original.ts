import { isDeepStrictEqual } from "node:util";
import type { MailboxRow } from "../../dataverse/tables.ts";
import {
  type Changes,
  type ColumnValue,
  type Difference,
  differencesTo,
  sameCell,
  settingsOf,
} from "../../resource/columns.ts";
import type { Stored } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import { pick, toTree } from "../../values.ts";
import { bindProfile, bindState, columns } from "./columns.ts";
import { type MailboxInputs, type MailboxOutputs, type MailboxSettings, Settings } from "./definition.ts";
import { chosen, isEmpty } from "./gmail.ts";
import type { Kept } from "./outcome.ts";

/** Parts of an original that stand in a column. */
type Part = Exclude<keyof MailboxSettings, "gmail">;

interface Place {
  readonly part: Part;
  readonly column: keyof MailboxRow & string;
  /** What people call the column, for messages. */
  readonly label: string;
  readonly write: (cell: ColumnValue) => Changes;
}

const plainly = (column: string) => (cell: ColumnValue) => ({ [column]: cell });

/** Where each part stands; the parts are called as in version 0.1. */
const PLACES: readonly Place[] = [
  { part: "profileId", column: "_emailserverprofile_value", label: "profile", write: bindProfile },
  ...(
    [
      ["incomingEmailDeliveryMethod", "incomingemaildeliverymethod", "incoming delivery method"],
      ["outgoingEmailDeliveryMethod", "outgoingemaildeliverymethod", "outgoing delivery method"],
      ["actDeliveryMethod", "actdeliverymethod", "appointments, contacts and tasks"],
      ["emailRouterAccessApproval", "emailrouteraccessapproval", "approval"],
      ["processAndDeleteEmails", "processanddeleteemails", "deletion of processed mail"],
    ] as const
  ).map(([part, column, label]) => ({ part, column, label, write: plainly(column) })),
  { part: "enabled", column: "statecode", label: "state", write: bindState },
];

/**
 * What is known of how a mailbox was, with what is about to be written for the first time. Only columns that this resource
 * writes are in it: the others are nobody's business here.
 */
export function withBefore(original: MailboxSettings, differences: readonly Difference[]): MailboxSettings {
  const fresh = differences.flatMap(({ column, from }) => {
    const place = PLACES.find((one) => one.column === column);
    return place && original[place.part] === undefined ? [[place.part, partOf(place.part, from)] as const] : [];
  });
  return { ...original, ...Object.fromEntries(fresh) };
}

/** A profile that was not there is written down as empty text: a part that is absent was never written. */
function partOf(part: Part, cell: ColumnValue): ColumnValue {
  if (part === "profileId") return cell ?? "";
  if (part === "enabled") return cell === 0;
  return cell ?? 0;
}

export function settingsNow(row: MailboxRow): MailboxSettings {
  return Object.fromEntries(PLACES.map(({ part, column }) => [part, partOf(part, row[column] ?? null)]));
}

/** What these inputs change of how a mailbox was: its original, as far as they have been written. */
export function originalFrom(before: MailboxSettings, inputs: Partial<MailboxInputs>): MailboxSettings {
  const { gmail } = before;
  const parts = differencesTo(columns, {}, inputs).flatMap(({ column, to }) => {
    const part = PLACES.find((place) => place.column === column)?.part;
    const was = part && before[part];
    return part === undefined || was === undefined || sameCell(cellOf(part, was), to) ? [] : [[part, was] as const];
  });
  return { ...Object.fromEntries(parts), ...(gmail && { gmail }) };
}

function cellOf(part: Part, value: string | number | boolean): ColumnValue {
  if (part === "profileId") return value || null;
  if (part === "enabled") return value ? 0 : 1;
  return value;
}

export interface WayBack {
  readonly differences: readonly Difference[];
  /** What somebody else has set since, in words; it is left. */
  readonly left: readonly string[];
}

/** What has to be written so that the mailbox is as it was, where it still is what this resource set. */
export function wayBack(row: MailboxRow, original: MailboxSettings, applied: MailboxSettings): WayBack {
  const differences: Difference[] = [];
  const left: string[] = [];
  if (isHeldByOther(row, original, applied))
    return { differences, left: [`everything, as its profile is ${row._emailserverprofile_value} now`] };
  for (const { part, column, label, write } of PLACES) {
    const value = original[part];
    if (value === undefined) continue;
    const to = cellOf(part, value);
    const from = row[column];
    if (sameCell(from, to)) continue;
    const ours = applied[part];
    if (ours !== undefined && sameCell(from, cellOf(part, ours)))
      differences.push({ column, from, to, changes: write(to) });
    else left.push(`${label} (${from ?? "none"})`);
  }
  return { differences, left };
}

/** Who gave the mailbox another profile counts on the rest of it, too. */
export function isHeldByOther(row: MailboxRow, original: MailboxSettings, applied: MailboxSettings): boolean {
  const { _emailserverprofile_value: live } = row;
  return (
    live !== null && ![original.profileId, applied.profileId].some((profile) => profile && sameCell(live, profile))
  );
}

/**
 * What this resource has set, in the parts whose original is kept: by these inputs or, where they leave a part alone, by earlier ones, as
 * `applied` says. In all parts where the original is not known: it may be learned later. The profile in any case: what is imported has
 * it already, and who gives it another one is seen by that.
 */
export function appliedBy(inputs: Partial<MailboxInputs>, { original, applied = {} }: Partial<Kept>): MailboxSettings {
  const ours = settingsOf(columns, inputs);
  const parts = PLACES.flatMap(({ part, column }) => {
    const cell = ours[column];
    const value = cell === undefined ? applied[part] : partOf(part, cell);
    const isKept = !original || original[part] !== undefined || part === "profileId";
    return isKept && value !== undefined ? [[part, value] as const] : [];
  });
  const gmail = { ...applied.gmail, ...inputs.gmail };
  const kept = chosen(gmail, (name) => !original || original.gmail?.[name] !== undefined);
  return { ...Object.fromEntries(parts), ...(!isEmpty(kept) && { gmail: kept }) };
}

/** Of what was applied, as much as is stored: the inputs beside it say the rest. */
export function beyondInputs(inputs: Partial<MailboxInputs>, { original, applied }: Kept): MailboxSettings {
  return differingParts(applied, appliedBy(inputs, { original }));
}

export function differingParts(settings: MailboxSettings, others: MailboxSettings): MailboxSettings {
  const said = Object.entries(others);
  return soundPart(
    Settings,
    pick(toTree(settings), (name, value) => !said.some((one) => isDeepStrictEqual(one, [name, value]))),
  );
}

/**
 * What was applied, as inputs and outputs in the state say it. Those of the inputs that a refresh has changed stand in the outputs; of a
 * write that nobody has seen carried out, the row tells.
 */
export function appliedInState(
  row: MailboxRow,
  { inputs, outputs: { applied, previously = {} } }: Stored<MailboxInputs, MailboxOutputs>,
  original: MailboxSettings | undefined,
): MailboxSettings {
  return ofTwo(row, previously, { ...appliedBy(inputs, { original }), ...applied });
}

/** Of two things that it was made one after the other, what it is: the later may not have been carried out. */
export function ofTwo(row: MailboxRow, before: MailboxSettings, last: MailboxSettings): MailboxSettings {
  return { ...before, ...last, ...whereApplied(row, before, before), ...whereApplied(row, last, last) };
}

/**
 * An original as it is stored. Version 0.1 kept no `applied`, and of an original every column, written or not, without a profile where there
 * was none. One of 0.1 that holds the profile which the resource itself sets is none: it was written down after a run that was cut
 * off had adopted the mailbox.
 */
export function storedOriginal({
  outputs: { original, applied },
  inputs: { profileId },
}: Stored<MailboxInputs, MailboxOutputs>): MailboxSettings | undefined {
  if (original === undefined || applied !== undefined) return original;
  if (profileId !== undefined && sameCell(original.profileId, profileId)) return undefined;
  return { ...original, profileId: original.profileId ?? "" };
}

/** The parts of an original that still are as they were set; the others were changed since, so the original is out of date. */
export function whereApplied(
  row: MailboxRow,
  { gmail, ...parts }: MailboxSettings,
  applied: MailboxSettings,
): MailboxSettings {
  const kept = PLACES.flatMap(({ part, column }) => {
    const ours = applied[part];
    const still = ours !== undefined && sameCell(row[column], cellOf(part, ours));
    return still && parts[part] !== undefined ? [[part, parts[part]]] : [];
  });
  return { ...Object.fromEntries(kept), ...(gmail && { gmail }) };
}
