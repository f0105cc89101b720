import { readWhole } from "./read-whole.ts";
import { parseWorld } from "./state-file.ts";
import { buildWorld } from "./world/build.ts";
import { seedWorld } from "./world/seed.ts";
import type { World } from "./world.ts";

/** Where a world comes from. */
export interface Origin {
  /** A world of one's own, as `world.yaml` describes it. Default: a small company. */
  readonly worldFile?: string;
  /** Keeps the world over restarts; once it is there it is the world, and not `worldFile`. Default: in memory only. */
  readonly stateFile?: string;
  /** Users beside the named ones of the small company: `user0001@northwind.example` and so on. */
  readonly extraUsers?: number;
}

/** How the world is made at the beginning, and made anew by a reset: what the state file held goes first. */
export async function beginningOf({ stateFile, worldFile, extraUsers = 0 }: Origin): Promise<() => World> {
  const kept = stateFile === undefined ? undefined : keptState(stateFile);
  if (kept !== undefined) return () => parseWorld(kept);
  if (worldFile === undefined) return () => seedWorld(extraUsers);
  // Loaded for those only who bring a world: the libraries take a moment.
  const [{ readWorldFile }, { examine }] = await Promise.all([import("./world/read.ts"), import("./world/examine.ts")]);
  const definition = readWorldFile(worldFile, examine);
  return () => buildWorld(definition);
}

/** The text of a sound state file; undefined where there is none yet. */
function keptState(stateFile: string): string | undefined {
  try {
    const text = readWhole(stateFile);
    parseWorld(text);
    return text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`the state file ${stateFile} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
