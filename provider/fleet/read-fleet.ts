import { Fault } from "../fault.ts";
import { readText } from "../read-text.ts";
import { FILE_MIB } from "../resources/fleet/limits.ts";
import { FleetSpec, TOLERATED } from "../resources/fleet/spec.ts";
import { addressProblem } from "../schema/address.ts";
import { shownName, shownPath } from "../schema/shown-name.ts";
import { type Failure, matches, validate } from "../schema/validator.ts";
import { isList, isTree, type Path, type Tree, type Value, valueAt } from "../values.ts";
import { type Lock, NO_LOCK, parseLock } from "./lock.ts";
import { isWarning, type Problem } from "./problem.ts";
import { brokenRules } from "./rules.ts";
import { isSecretName } from "./secrets.ts";
import { type Place, readSource, START } from "./source.ts";

/** A problem with its place in the file. */
export interface PlacedProblem extends Omit<Problem, "atKey" | "unnamed"> {
  readonly place: Place;
}

export interface ReadFleet {
  /** Undefined where the schema is not met. */
  readonly spec: FleetSpec | undefined;
  readonly lock: Lock;
  readonly problems: readonly PlacedProblem[];
  /** Where a value stands in the file, or the nearest that is there. */
  place(path: Path): Place;
}

/** Where the lock of a file is: `mailboxes.yaml` has `mailboxes.lock`. */
export function lockFileOf(file: string): string {
  return file.replace(/(\.ya?ml)?$/, ".lock");
}

/**
 * Reads and checks a file with its lock, without any network. What is wrong comes before what is only said. A lock file that is named has to
 * be there, as without it whoever it assigns could be assigned anew; not for `makesLock`.
 */
export async function readFleet(file: string, lockFile?: string, { makesLock = false } = {}): Promise<ReadFleet> {
  const locked =
    lockFile === undefined || makesLock ? readLockIfThere(lockFile ?? lockFileOf(file), NO_LOCK) : readLock(lockFile);
  const [source, lock] = await Promise.all([readSource(file), locked.catch(asProblem)]);
  const unread = "code" in lock ? [lock] : [];
  if (!("tree" in source)) return unreadable([...source.map((one) => ({ ...one, path: [] })), ...unread]);
  const { tree, place } = source;
  // A lock is not guessed: what is wrong with it is wrong with the fleet, and no rule can be told from it.
  const { spec, problems } = checkFleet(tree, "code" in lock ? undefined : lock);
  const placed = problems.map((problem) => placedAt(place(problem.path, problem.atKey), problem));
  const sorted = [...unread, ...strangersAsOne(placed.toSorted(inOrder))].toSorted(inOrder);
  return { spec: unread.length > 0 ? undefined : spec, lock: "code" in lock ? NO_LOCK : lock, problems: sorted, place };
}

/** Without a name that may be anything, or looks like a secret. */
function placedAt(place: Place, { atKey: _, unnamed, ...problem }: Problem): PlacedProblem {
  const path = problem.path.map(shownName);
  return unnamed === undefined
    ? { ...problem, path, place }
    : { ...problem, path: path.slice(0, -1), message: unnamed, place };
}

/** Names at the top that are none of a fleet's are told once: the file is another. */
function strangersAsOne(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const [first] = problems.filter(({ message }) => message === STRANGERS);
  return problems.filter((problem) => problem === first || problem.message !== STRANGERS);
}

/** By place, and what is only said at the end. */
export function inOrder(a: PlacedProblem, b: PlacedProblem): number {
  const said = Number(isWarning(a.code)) - Number(isWarning(b.code));
  return said || a.place.line - b.place.line || a.place.column - b.place.column;
}

function unreadable(problems: readonly PlacedProblem[]): ReadFleet {
  return { spec: undefined, lock: NO_LOCK, problems, place: () => START };
}

function asProblem(error: unknown): PlacedProblem {
  if (!(error instanceof Fault)) throw error;
  return { code: "lock/unreadable", path: [], message: error.message, place: START };
}

export async function readLock(file: string): Promise<Lock> {
  const lock = await readLockIfThere(file, undefined);
  if (lock) return lock;
  throw new Fault({
    kind: "invalid-input",
    what: `The lock file ${file} does not exist`,
    hint: `\`gmailsync lock mailboxes.yaml --lock ${file}\` makes it.`,
  });
}

/** `otherwise` where there is none. */
async function readLockIfThere<T>(file: string, otherwise: T): Promise<Lock | T> {
  const text = await readText(file, FILE_MIB * 1024 * 1024);
  if (typeof text === "string") return parseLock(text, file);
  if (text.isMissing) return otherwise;
  throw new Fault({ kind: "invalid-input", what: `${file} ${text.refusal}` });
}

/** Form and rules in one go; without a lock the form only. The specification is there where the schema is met. */
export function checkFleet(
  tree: Tree,
  lock: Lock | undefined,
): { spec: FleetSpec | undefined; problems: readonly Problem[] } {
  const { failures, tree: checked } = validate(FleetSpec, tree);
  if (failures.length === 0 && lock && matches(FleetSpec, checked)) {
    return { spec: checked, problems: brokenRules(checked, lock) };
  }
  const broken = distinct(failures);
  const form = broken.map((failure) => schemaProblem(failure, tree));
  const sound = validate(FleetSpec, soundTree(tree, broken)).tree;
  const rules = lock && matches(FleetSpec, sound) ? brokenRules(sound, lock) : [];
  const isNear = nearOf(broken);
  return { spec: undefined, problems: [...form, ...rules.filter((rule) => !followsFrom(rule, isNear, tree))] };
}

/** Stand for what has another form, so that the rules can be held against everything else. */
const SOMEBODY = "somebody@example.invalid";
const someProject = (index: number) => `some-project-${index}`;

/** The tree without what has failed; what cannot be missing is filled in. */
function soundTree(tree: Tree, failures: readonly Failure[]): Tree {
  const broken = new Set(failures.map(({ path }) => JSON.stringify(path)));
  const { clients, mailboxes, ...rest } = soundPart(tree, [], broken);
  const projects = Object.entries(isTree(clients) ? clients : {}).map(([name, client], index) => [
    name,
    { projectId: someProject(index), ...(isTree(client) ? client : {}) },
  ]);
  const entries = Array.isArray(mailboxes) ? mailboxes : [];
  return {
    ...rest,
    clients: Object.fromEntries(projects),
    mailboxes: entries.map((entry) => ({ address: SOMEBODY, ...(isTree(entry) ? entry : {}) })),
  };
}

function soundPart(tree: Tree, path: Path, broken: ReadonlySet<string>): Tree {
  const isBroken = (one: Path) => broken.has(JSON.stringify(one));
  const sound = (value: Value, at: Path): Value => {
    if (isList(value))
      return value.map((item, index) => (isBroken([...at, index]) ? null : sound(item, [...at, index])));
    return isTree(value) ? soundPart(value, at, broken) : value;
  };
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      isBroken([...path, key]) ? [] : [[key, sound(value, [...path, key])]],
    ),
  );
}

/** Whether a rule only repeats what the form has said: at the same place, in it or around it, or about a client that is not taken. */
function followsFrom({ code, path }: Problem, isNear: (path: Path) => boolean, tree: Tree): boolean {
  if (code === "mailbox/unknown-client") {
    const client = valueAt(tree, path);
    return valueAt(tree, ["clients", String(client)]) !== undefined;
  }
  return isNear(path);
}

/** Whether something has failed at a path, in it or around it. */
function nearOf(failures: readonly Failure[]): (path: Path) => boolean {
  const failed = new Set(failures.map(({ path }) => JSON.stringify(path)));
  const around = new Set(failures.flatMap(({ path }) => upTo(path)));
  return (path) => around.has(JSON.stringify(path)) || upTo(path).some((one) => failed.has(one));
}

/** The path and all that it leads through, from the root. */
function upTo(path: Path): readonly string[] {
  return [[], ...path].map((_, index) => JSON.stringify(path.slice(0, index)));
}

/** The same place may break several words of the schema; the first says it. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  const seen = new Set<string>();
  return failures.filter(({ path }) => {
    const text = JSON.stringify(path);
    return !seen.has(text) && seen.add(text);
  });
}

const STRANGERS = `has names that are none of a fleet; known are ${Object.keys(FleetSpec.properties).join(", ")}`;

function schemaProblem({ path, reason, known }: Failure, tree: Tree): Problem {
  const [top, , name, member] = path;
  const value = valueAt(tree, path);
  const inline = path.length === 3 ? !isTree(value) : member === "value";
  if (top === "clients" && isSecretName(String(name)) && inline) {
    return {
      code: "secret/inline",
      path,
      message: `${shownPath(path)} must be a reference such as {config: googleClientSecret}: a secret does not belong in this file`,
    };
  }
  if (path.at(-1) === "waitForSignIn" && path.at(-2) === "activation") {
    return {
      code: "activation/waiting",
      path,
      message: `${shownPath(path)} is for single mailboxes. Take it out: a fleet goes on without those who have not signed in (\`tolerate: [${TOLERATED.join(", ")}]\` is its default), and tests them with the first \`pulumi up\` after they have`,
      atKey: true,
    };
  }
  if (top === "mailboxes" && path.length === 2 && typeof value === "string") {
    const address = addressProblem(value) === undefined ? value : "anna@example.com";
    return {
      code: "schema/invalid",
      path,
      message: `${shownPath(path)} is text alone; write \`- address: ${address}\``,
    };
  }
  const unknown = reason.startsWith("there is no property");
  const where = unknown ? `${shownPath(path.slice(0, -1)) || "the file"}:` : shownPath(path);
  // A name that its record does not take is the key, too.
  return {
    code: "schema/invalid",
    path,
    message: `${where} ${reason}`,
    atKey: unknown || reason.startsWith("must be among"),
    ...(known && {
      unnamed: path.length === 1 ? STRANGERS : `${where} there is no such property; known are ${known.join(", ")}`,
    }),
  };
}
