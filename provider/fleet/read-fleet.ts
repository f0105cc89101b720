import { readFile } from "node:fs/promises";
import { Fault, messageOf } from "../fault.ts";
import { FleetSpec, TOLERATED } from "../resources/fleet/spec.ts";
import { type Failure, matches, validate } from "../schema/validator.ts";
import { isTree, type Path, pathText, type Tree, type Value } from "../values.ts";
import { type Lock, parseLock } from "./lock.ts";
import type { Problem } from "./problem.ts";
import { brokenRules } from "./rules.ts";
import { isSecretName } from "./secrets.ts";
import { type Place, readSource, START } from "./source.ts";

/** A problem with its place in the file. */
export interface PlacedProblem extends Omit<Problem, "atKey"> {
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

/** Reads and checks a file with its lock, without any network. */
export async function readFleet(file: string, lockFile = lockFileOf(file)): Promise<ReadFleet> {
  const [source, lock] = await Promise.all([readSource(file), readLock(lockFile).catch(asProblem)]);
  if (!("tree" in source)) return unreadable({ ...source, path: [] });
  if ("code" in lock) return unreadable(lock);
  const { tree, place } = source;
  const { spec, problems } = checkFleet(tree, lock);
  const placed = problems.map(({ atKey, ...problem }) => ({ ...problem, place: place(problem.path, atKey) }));
  return { spec, lock, problems: placed, place };
}

function unreadable(problem: PlacedProblem): ReadFleet {
  return { spec: undefined, lock: new Map(), problems: [problem], place: () => START };
}

/** A lock is not guessed: what is wrong with it is wrong with the fleet. */
function asProblem(error: unknown): PlacedProblem {
  if (!(error instanceof Fault)) throw error;
  return { code: "lock/unreadable", path: [], message: error.message, place: START };
}

export async function readLock(file: string): Promise<Lock> {
  try {
    return parseLock(await readFile(file, "utf8"), file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    if (error instanceof Fault) throw error;
    throw new Fault({ kind: "invalid-input", what: `${file} cannot be read: ${messageOf(error)}`, cause: error });
  }
}

/** The schema first; the rules when it is met. */
export function checkFleet(tree: Tree, lock: Lock): { spec: FleetSpec | undefined; problems: readonly Problem[] } {
  const { failures, tree: checked } = validate(FleetSpec, tree);
  if (failures.length > 0) return { spec: undefined, problems: distinct(failures).map((f) => schemaProblem(f, tree)) };
  if (!matches(FleetSpec, checked)) return { spec: undefined, problems: [] };
  return { spec: checked, problems: brokenRules(checked, lock) };
}

/** The same place may break several words of the schema; the first says it. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  const seen = new Set<string>();
  return failures.filter(({ path }) => {
    const text = JSON.stringify(path);
    return !seen.has(text) && seen.add(text);
  });
}

function schemaProblem({ path, reason }: Failure, tree: Tree): Problem {
  const [, , name, member] = path;
  const inline = path.length === 3 ? !isTree(at(tree, path)) : member === "value";
  if (path[0] === "clients" && isSecretName(String(name)) && inline) {
    return {
      code: "secret/inline",
      path,
      message: `${pathText(path)} must be a reference such as {config: googleClientSecret}: a secret does not belong in this file`,
    };
  }
  if (path.at(-1) === "waitForSignIn" && path.at(-2) === "activation") {
    return {
      code: "activation/waiting",
      path,
      message: `${pathText(path)} is for single mailboxes. Take it out: a fleet goes on without those who have not signed in (\`tolerate: [${TOLERATED.join(", ")}]\` is its default), and tests them with the first \`pulumi up\` after they have`,
      atKey: true,
    };
  }
  const unknown = reason.startsWith("there is no property");
  const where = unknown ? `${pathText(path.slice(0, -1)) || "the file"}:` : pathText(path);
  // A name that its record does not take is the key, too.
  return {
    code: "schema/invalid",
    path,
    message: `${where} ${reason}`,
    atKey: unknown || reason.startsWith("must be among"),
  };
}

function at(tree: Tree, path: readonly (string | number)[]): Value | undefined {
  return path.reduce<Value | undefined>((value, key) => (isTree(value) ? value[String(key)] : undefined), tree);
}
