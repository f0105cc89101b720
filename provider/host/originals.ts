import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf } from "../fault.ts";
import type { Originals } from "../resource/context.ts";
import { isTree, type Tree, toTree } from "../values.ts";
import { refuseOther, writeWhole } from "../write-whole.ts";

/** A file that is larger is not read: nothing of this program writes so much. */
const LARGEST_BYTES = 32 * 1024 * 1024;
/** Lines that are not needed any more are taken out when there are so many. */
const MOST_DEAD = 200;
/** Lines are added at the end, never through a link that has come in the place of the file. */
const AT_THE_END = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;
const OWNER_ONLY = 0o600;

type Entries = Map<string, Tree>;

/**
 * One file a stack and environment below Pulumi's home, a JSON line an entry, readable by its owner only. Not in the project: pipelines
 * clean it, and the Automation API uses temporary folders. On another machine the entries are missing, which is said and never
 * guessed around.
 */
export class OriginalsFile implements Originals {
  readonly #folder: string;
  readonly #environmentUrl: string;
  readonly #stacks = new Map<string, Entries>();
  #trouble: string | undefined;
  #told = false;

  constructor(environmentUrl: string, environment: NodeJS.ProcessEnv) {
    this.#folder = join(environment["PULUMI_HOME"] || join(homedir(), ".pulumi"), "gmailsync", "originals");
    this.#environmentUrl = environmentUrl;
  }

  keep(urn: string, key: string, value: Tree): string | undefined {
    this.#entries(urn).set(key, value);
    this.#append(urn, { key, urn, value });
    if (this.#told) return undefined;
    this.#told = this.#trouble !== undefined;
    return this.#trouble;
  }

  of(urn: string, key: string): Tree | undefined {
    return this.#entries(urn).get(key);
  }

  keys(urn: string): readonly string[] {
    return [...this.#entries(urn).keys()];
  }

  settle(urn: string, key: string): void {
    if (this.#entries(urn).delete(key)) this.#append(urn, { key, urn, value: null });
  }

  #entries(urn: string): Entries {
    const file = this.#fileOf(urn);
    const known = this.#stacks.get(file);
    if (known) return known;
    const entries = this.#tried(file, new Map(), () => load(file));
    this.#stacks.set(file, entries);
    return entries;
  }

  #append(urn: string, line: object): void {
    const file = this.#fileOf(urn);
    this.#tried(file, undefined, () => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      refuseOther(file);
      const handle = openSync(file, AT_THE_END, OWNER_ONLY);
      try {
        // A line of which a disk without room took a part only ends here.
        const text = Buffer.from(`\n${JSON.stringify(line)}\n`);
        const written = writeSync(handle, text);
        if (written < text.length) throw new Error(`${written} of ${text.length} bytes were written`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    });
  }

  /** What cannot be kept must not keep the deployment from working; it is said once. */
  #tried<T>(file: string, otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#trouble ??= `How mailboxes were before cannot be kept in ${file}: ${messageOf(error)}. A run that is killed may lose it.`;
      return otherwise;
    }
  }

  /** `urn:pulumi:STACK::PROJECT::…` */
  #fileOf(urn: string): string {
    const [, , rest = ""] = urn.split(":", 3);
    const [, project = ""] = urn.split("::", 2);
    const name = createHash("sha256")
      .update(JSON.stringify([this.#environmentUrl, rest, project]))
      .digest("hex");
    return join(this.#folder, `${name.slice(0, 32)}.jsonl`);
  }
}

function load(file: string): Entries {
  const entries: Entries = new Map();
  refuseOther(file);
  if (!existsSync(file)) return entries;
  if (statSync(file).size > LARGEST_BYTES) throw new Error(`${file} is larger than ${LARGEST_BYTES} bytes`);
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  for (const line of lines) {
    const { key, value } = parsed(line);
    if (key === undefined) continue;
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  if (lines.length > entries.size + MOST_DEAD) compact(file, entries);
  return entries;
}

/** The last line of a process that was killed may be torn. */
function parsed(line: string): { readonly key?: string; readonly value?: Tree } {
  try {
    const entry: unknown = JSON.parse(line);
    const key: unknown = Reflect.get(Object(entry), "key");
    const value: unknown = Reflect.get(Object(entry), "value");
    if (typeof key !== "string") return {};
    return isTree(value) ? { key, value: toTree(value) } : { key };
  } catch {
    return {};
  }
}

function compact(file: string, entries: Entries): void {
  const lines = [...entries].map(([key, value]) => `${JSON.stringify({ key, value })}\n`);
  writeWhole(file, lines.join(""), OWNER_ONLY);
}
