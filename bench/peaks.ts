import { readdirSync, readFileSync } from "node:fs";

/** Most memory that was resident, in MB. */
export interface Peaks {
  readonly engine: number;
  readonly language: number;
  readonly plugin: number;
  /** `gmailsync` itself. */
  readonly cli: number;
}

/** Milliseconds. The system remembers the peak of a process while it lives, so only the last moments of each are not seen. */
const EVERY_MS = 250;

/** Who is who, by what its command line has. */
const KINDS: readonly (readonly [kind: keyof Peaks, pattern: RegExp])[] = [
  ["language", /pulumi-language-/],
  ["plugin", /plugin\/main|pulumi-resource-|floor-plugin/],
  ["cli", /cli\/main/],
  ["engine", /^pulumi\0/],
];

/** Watches a command and all that it starts while it works. Zeros where the system has no `/proc`. */
export async function peaksOf(root: number, work: Promise<unknown>): Promise<Peaks> {
  const peaks = { engine: 0, language: 0, plugin: 0, cli: 0 };
  const look = () => {
    for (const pid of familyOf(root)) {
      const line = textOf(`/proc/${pid}/cmdline`);
      const [kind] = KINDS.find(([, pattern]) => pattern.test(line)) ?? [];
      const [, kilobytes = "0"] = /^VmHWM:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`)) ?? [];
      if (kind) peaks[kind] = Math.max(peaks[kind], Number(kilobytes) / 1024);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  await work.finally(() => clearInterval(timer));
  return peaks;
}

function familyOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of namesIn("/proc")) {
    const [, parent] = /^PPid:\s+(\d+)/m.exec(/^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : "") ?? [];
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Nothing of a process that has gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
