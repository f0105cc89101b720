import { dirname } from "node:path";
import { Fault } from "../fault.ts";
import { type FleetSpec, GIVEN } from "../resources/fleet/spec.ts";
import { isTree, type Tree, toTree } from "../values.ts";
import type { Lock } from "./lock.ts";
import { type FleetPlan, planOf } from "./plan.ts";
import { checkFleet, lockFileOf, readFleet, readLock, SECRETS } from "./read-fleet.ts";

/** Where a fleet comes from: a file, or the same as a value. */
export interface FleetSource {
  readonly file?: string | undefined;
  readonly lockFile?: string | undefined;
  readonly spec?: object | undefined;
}

/** A fleet that may be deployed. */
export interface LoadedFleet extends FleetPlan {
  /** Folder that paths in the fleet are seen from. */
  readonly folder: string;
  /** Secrets that were given as values, by `client.property`. */
  readonly secrets: ReadonlyMap<string, unknown>;
  readonly environmentUrl: string | undefined;
}

/** Most problems in one message. */
const SHOWN = 20;

/** The plan of a fleet in which nothing is wrong; a fault with all the places otherwise. */
export async function loadFleet({ file, lockFile, spec }: FleetSource): Promise<LoadedFleet> {
  if ((file === undefined) === (spec === undefined))
    throw new Fault({ kind: "invalid-input", what: "A Fleet takes either `file` or `spec`" });
  if (file === undefined) return loadInline(spec ?? {}, lockFile);
  const read = await readFleet(file, lockFile ?? lockFileOf(file));
  const lines = read.problems.map(({ place, message }) => `${file}:${place.line}:${place.column}: ${message}`);
  return loaded(read.spec, read.lock, lines, { folder: dirname(file), secrets: new Map() });
}

async function loadInline(spec: object, lockFile: string | undefined): Promise<LoadedFleet> {
  const { tree, secrets } = withoutSecrets(spec);
  const lock = lockFile === undefined ? new Map<string, string>() : await readLock(lockFile);
  const { spec: checked, problems } = checkFleet(tree, lock);
  const lines = problems.map(({ path, message }) => `spec: ${message}${path.length > 0 ? "" : " (at the top)"}`);
  return loaded(checked, lock, lines, { folder: ".", secrets });
}

function loaded(
  spec: FleetSpec | undefined,
  lock: Lock,
  problems: readonly string[],
  rest: Pick<LoadedFleet, "folder" | "secrets">,
): LoadedFleet {
  if (spec && problems.length === 0) return { ...planOf(spec, lock), ...rest, environmentUrl: spec.environmentUrl };
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  const text = [...problems.slice(0, SHOWN), ...more].map((line) => `\n  ${line}`).join("");
  throw new Fault({ kind: "invalid-input", what: `The fleet is not as it should be:${text}` });
}

/** Secrets given as values, which may be outputs, are taken out; what is left can be checked. */
function withoutSecrets(spec: object): { tree: Tree; secrets: Map<string, unknown> } {
  const secrets = new Map<string, unknown>();
  const clients: unknown = Reflect.get(spec, "clients");
  const stripped = Object.entries(typeof clients === "object" && clients !== null ? clients : {}).map(
    ([name, client]): [string, unknown] => {
      if (typeof client !== "object" || client === null) return [name, client];
      const entries = Object.entries(client).map(([key, value]: [string, unknown]): [string, unknown] => {
        if (!SECRETS.has(key) || isReference(value)) return [key, value];
        secrets.set(`${name}.${key}`, value);
        return [key, { value: GIVEN }];
      });
      return [name, Object.fromEntries(entries)];
    },
  );
  return { tree: toTree({ ...spec, clients: Object.fromEntries(stripped) }), secrets };
}

function isReference(value: unknown): boolean {
  return isTree(value) && Object.keys(value).every((key) => key === "config" || key === "env" || key === "file");
}
