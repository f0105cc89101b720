import { isJson, type Json, memberOf, textOf } from "../json.ts";
import { BEFORE } from "../resource/before.ts";
import { FoundBefore, type MailboxSettings, mailbox } from "../resources/mailbox/definition.ts";
import { appliedBy, originalFrom } from "../resources/mailbox/original.ts";
import { tokenOf } from "../schema/define.ts";
import { matches, soundPart } from "../schema/validator.ts";
import { toTree } from "../values.ts";

/** What becomes of a mailbox whose creation was cut off. */
export type Fate =
  /** It is taken into the state, or its original is. */
  | "recovered"
  /** The state has it, with its original. */
  | "known"
  /** Nobody has looked before its creation. */
  | "unknown"
  /** The state has another mailbox under its name, which it was about to replace. */
  | "replacement"
  /** What it depends on, such as its profile, is no longer in the state. */
  | "orphan";

export interface CutOff {
  readonly address: string;
  readonly fate: Fate;
  readonly original: MailboxSettings | undefined;
}

export interface Recovery {
  readonly mailboxes: readonly CutOff[];
  /** URNs of other operations that are pending. */
  readonly others: readonly string[];
  /** The state with all that is recovered. */
  readonly state: Json;
}

/**
 * Finds how mailboxes were whose creation was cut off with the engine: it has written their inputs into the state before, and with them what
 * the check had found. What was begun is taken for made: the next refresh sees what it is. The first of several tries is right, as the
 * later ones have found what it had left.
 */
export function recover(state: Json): Recovery {
  const deployment = memberOf(state, "deployment");
  const resources = listOf(deployment, "resources");
  const pending = listOf(deployment, "pending_operations");
  const creations = pending.filter(isCreation).flatMap((operation) => {
    const resource = memberOf(operation, "resource");
    return isJson(resource) ? [resource] : [];
  });
  const present = new Set(
    resources.flatMap((one) => [textOf(one, "urn"), `${textOf(one, "urn")}::${textOf(one, "id")}`]),
  );
  const urns = new Set(creations.map((creation) => textOf(creation, "urn")));
  const found = [...urns].map((urn) => {
    const tries = creations.filter((creation) => textOf(creation, "urn") === urn);
    const creation = tries.find((one) => beforeOf(one) !== undefined) ?? tries[0] ?? {};
    const standing = resources.find((one) => textOf(one, "urn") === urn && memberOf(one, "delete") !== true);
    return outcomeOf(creation, standing, present);
  });
  const replaced = new Map(found.map(({ standing, after }) => [standing, after]));
  const kept = resources.map((resource) => replaced.get(resource) ?? resource);
  const added = found.flatMap(({ standing, after }) => (standing === undefined && after ? [after] : []));
  return {
    mailboxes: found.map(({ cutOff }) => cutOff),
    others: pending
      .filter((operation) => !isCreation(operation))
      .map((operation) => textOf(memberOf(operation, "resource"), "urn")),
    state: {
      ...state,
      deployment: { ...(isJson(deployment) && deployment), resources: [...kept, ...added], pending_operations: [] },
    },
  };
}

interface Found {
  readonly cutOff: CutOff;
  /** What the state has under its name. */
  readonly standing: unknown;
  /** What the state has to have. */
  readonly after?: Json;
}

function outcomeOf(creation: Json, standing: unknown, present: ReadonlySet<string>): Found {
  const inputs = inputsOf(creation);
  const before = beforeOf(creation);
  const original = before && originalFrom(before.settings, soundPart(mailbox.inputs, toTree(inputs)));
  const told = (fate: Fate, after?: Json): Found => ({
    cutOff: { address: textOf(inputs, "emailAddress"), fate, original },
    standing,
    ...(after && { after }),
  });
  if (isJson(memberOf(memberOf(standing, "outputs"), "original"))) return told("known");
  if (!before || !original) return told("unknown");
  const { [BEFORE]: _, ...declared } = inputs;
  const applied = appliedBy(soundPart(mailbox.inputs, toTree(declared)), { original });
  const known = { mailboxId: before.mailboxId, original, applied };
  if (!isJson(standing)) {
    if (!needsOf(creation).every((urn) => present.has(urn))) return told("orphan");
    const outputs = { ...declared, ...known };
    return told("recovered", { ...creation, id: before.mailboxId, outputs, refreshBeforeUpdate: true });
  }
  if (textOf(standing, "id").toLowerCase() !== before.mailboxId.toLowerCase()) return told("replacement");
  const { outputs } = standing;
  return told("recovered", { ...standing, outputs: { ...(isJson(outputs) && outputs), ...known } });
}

/** URNs, with the id that of the provider. */
function needsOf(creation: Json): string[] {
  const { parent, provider } = creation;
  return [parent, provider, ...listOf(creation, "dependencies")].filter((urn) => typeof urn === "string");
}

function isCreation(operation: unknown): boolean {
  const isMailbox = textOf(memberOf(operation, "resource"), "type") === tokenOf("Mailbox");
  return isMailbox && textOf(operation, "type") === "creating";
}

function inputsOf(creation: Json): Json {
  const { inputs } = creation;
  return isJson(inputs) ? inputs : {};
}

function beforeOf(creation: Json): FoundBefore | undefined {
  const before = inputsOf(creation)[BEFORE];
  return matches(FoundBefore, before) ? before : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list : [];
}
