import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { type Executables, executables, onPath, readVersion } from "./pulumi-executables.ts";
import { buildWithGo } from "./pulumi-go.ts";
import { installOfficial } from "./pulumi-installer.ts";
import { demoEnvironment } from "./workspace.ts";

export interface PulumiCliOptions {
  /** Folder of the clone; everything is kept in its `.gmailsync/`. */
  readonly root: string;
  readonly log: (line: string) => void;
  /** Cancels downloads and builds; nothing half done is left where a later run would take it for whole. */
  readonly signal?: AbortSignal | undefined;
}

export interface PulumiCli {
  /** Absolute path of `pulumi`. */
  readonly command: string;
  /** To be put first on PATH. Holds `pulumi`, and `pulumi-language-yaml` unless that one is on PATH already. */
  readonly directory: string;
  /** For example `3.259.0`. */
  readonly version: string;
  readonly origin: "path" | "cache" | "installer" | "go";
}

/**
 * Oldest CLI that is taken from PATH: the oldest that all is tested with. Before 3.216 dynamic resources return no inputs from Read
 * (pulumi/pulumi#21315), without which drift shows as an update of nothing; 3.216 itself tells a change and a failure by the same exit code, and
 * reads no configuration in which a value is missing.
 */
const MINIMUM = { major: 3, minor: 259 };

interface Requirement {
  /** As it stands after "wanted is". */
  readonly text: string;
  readonly holds: (version: string) => boolean;
}

const recent: Requirement = {
  text: `${MINIMUM.major}.${MINIMUM.minor} or newer`,
  holds: (version) => {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major === MINIMUM.major && minor >= MINIMUM.minor;
  },
};

/**
 * Finds the Pulumi CLI with its YAML language host, or makes it: the one on PATH, one that an earlier run left in
 * `.gmailsync/`, the official installer (3 minutes at most), a build with Go (about 4 minutes, once).
 */
export async function pulumiCli(options: PulumiCliOptions): Promise<PulumiCli> {
  const { root, log, signal } = options;
  const env = { ...process.env, ...demoEnvironment(root) };
  const version = pinnedVersion(root);
  const pinned: Requirement = { text: version, holds: (found) => found === version };
  const into = join(root, ".gmailsync", "pulumi");
  const why = new Set<string>();

  const accept = async (
    found: Executables | undefined,
    origin: PulumiCli["origin"],
    wanted: Requirement,
  ): Promise<PulumiCli | undefined> => {
    if (found === undefined) return undefined;
    const version = await readVersion(found.command, env, signal);
    if (version !== undefined && wanted.holds(version)) return { ...found, version, origin };
    why.add(`${found.command} is ${version ?? "of unknown version"}, wanted is ${wanted.text}`);
    return undefined;
  };
  const kept = (origin: PulumiCli["origin"]): Promise<PulumiCli | undefined> =>
    accept(executables(join(into, "bin")), origin, pinned);

  const path = onPath(process.env["PATH"] ?? "");
  if ("missing" in path) why.add(path.missing);
  const ready = (await accept("missing" in path ? undefined : path, "path", recent)) ?? (await kept("cache"));
  if (ready !== undefined) return ready;

  const onWait = (holder: number | string): void =>
    log(`Process ${holder} is fetching the Pulumi CLI already; waiting for it ...`);
  return await withLock(
    `${into}.lock`,
    async () => {
      const other = await kept("cache");
      if (other !== undefined) return other;
      const makers = [
        { origin: "installer", make: installOfficial },
        { origin: "go", make: buildWithGo },
      ] as const;
      for (const { origin, make } of makers) {
        const failure = await make({ root, into, version, env, log, signal });
        if (failure !== undefined) {
          why.add(failure);
          continue;
        }
        const made = await kept(origin);
        if (made !== undefined) return made;
      }
      throw new Error(noWay([...why]));
    },
    { onWait, signal },
  );
}

/** The version that tools/pulumi/go.mod names is the one that installer and build make too. */
function pinnedVersion(root: string): string {
  const file = join(root, "tools", "pulumi", "go.mod");
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\d+\.\d+\.\d+)/.exec(readFileSync(file, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${file} names no version of github.com/pulumi/pulumi/pkg/v3`);
  return version;
}

function noWay(why: readonly string[]): string {
  return `There is no Pulumi CLI with its YAML language host, and none could be made:
${why.map((reason) => `  - ${reason}`).join("\n")}
Do one of these, then run the command again:
  1. Install Pulumi ${recent.text}: https://www.pulumi.com/docs/install/
  2. Let this machine reach get.pulumi.com and github.com (HTTPS_PROXY is honoured): it is then downloaded into .gmailsync/
  3. Install Go 1.26 or newer: https://go.dev/doc/install. It is then built from tools/pulumi, which takes minutes, once`;
}
