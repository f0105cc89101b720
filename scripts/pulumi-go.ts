import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { lastWords, run } from "./exec.ts";
import { findOnPath, type MakeOptions } from "./pulumi-executables.ts";

const BUILD_MS = 30 * 60_000;
const PROGRESS_MS = 10_000;
/** From this version on Go fetches the newer toolchain that a go.mod asks for by itself, unless GOTOOLCHAIN forbids it. */
const GO_WITH_TOOLCHAINS = 21;
const GO_WANTED = 26;

const PROGRAMS = [
  "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
];

/** Builds the CLI and its YAML language host from tools/pulumi. The finished folder takes its place by one rename. */
export async function buildWithGo(options: MakeOptions): Promise<string | undefined> {
  const { root, into, version, log, signal } = options;
  const go = findOnPath("go", options.env["PATH"] ?? "");
  if (go === undefined) return "no go on PATH";
  const source = join(root, "tools", "pulumi");
  const env = { ...options.env, CGO_ENABLED: "0", GOWORK: "off" };
  const fresh = join(into, "building");
  try {
    const settings = await goSettings(go, env, signal);
    const unfit = unfitness(go, settings);
    if (unfit !== undefined) return unfit;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    const { code, stderr } = await build(go, {
      args: [
        ...["build", "-v", "-mod=readonly", "-tags=osusergo grpcnotrace", "-o", fresh],
        `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
        ...PROGRAMS,
      ],
      cwd: source,
      env: { ...env, ...cacheSettings(settings, join(root, ".gmailsync", "go")) },
      log: (line) => log(`Pulumi ${version}: ${line}`),
      signal,
    });
    signal?.throwIfAborted();
    if (code !== 0) return `go build in ${source} failed: ${lastWords(stderr)}`;
    replace(join(into, "bin"), fresh);
    return undefined;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

type GoSettings = Readonly<Record<"version" | "toolchain" | "buildCache" | "moduleCache", string>>;

async function goSettings(go: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<GoSettings> {
  const names = ["GOVERSION", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"];
  // Asked outside of the module: inside, an older Go would fetch the newer one before it answers.
  const options = { cwd: "/", env, signal, timeoutMs: 30_000 };
  const { stdout } = await run(go, ["env", ...names], options);
  const [version = "", toolchain = "", buildCache = "", moduleCache = ""] = stdout.split("\n");
  return { version, toolchain, buildCache, moduleCache };
}

function unfitness(go: string, { version, toolchain }: GoSettings): string | undefined {
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  const fetchesNewer = minor >= GO_WITH_TOOLCHAINS && toolchain !== "local";
  if (minor >= GO_WANTED || fetchesNewer) return undefined;
  return `${go} is ${version || "of unknown version"}, wanted is go1.${GO_WANTED} or newer`;
}

/** Go's caches stay where the user has them; only when they cannot be written they come into the clone. */
function cacheSettings({ buildCache, moduleCache }: GoSettings, ours: string): NodeJS.ProcessEnv {
  if (isWritable(buildCache) && isWritable(moduleCache)) return {};
  return { GOPATH: ours, GOMODCACHE: join(ours, "pkg", "mod"), GOCACHE: join(ours, "build"), GOFLAGS: "-modcacherw" };
}

/** Whether the folder can be written, or created; it is not tried, so that nothing is left in a home that only looks usable. */
function isWritable(directory: string): boolean {
  if (!isAbsolute(directory)) return false; // GOCACHE=off, or nothing
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

interface Build {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function build(go: string, { args, cwd, env, log, signal }: Build): Promise<{ code: number; stderr: string }> {
  log("building with Go from tools/pulumi; takes about 4 minutes, once ...");
  const started = Date.now();
  let downloaded = 0;
  let compiled = 0;
  const progress = setInterval(() => {
    const done = [
      `${Math.round((Date.now() - started) / 1000)} s`,
      downloaded > 0 && `${downloaded} modules downloaded`,
      compiled > 0 && `${compiled} packages compiled`,
    ];
    log(done.filter(Boolean).join(", "));
  }, PROGRESS_MS);
  try {
    return await run(go, args, {
      cwd,
      env,
      signal,
      timeoutMs: BUILD_MS,
      onLine: (line) => {
        if (line.startsWith("go: downloading ")) downloaded++;
        else compiled++;
      },
    });
  } finally {
    clearInterval(progress);
  }
}

function replace(directory: string, fresh: string): void {
  const old = `${directory}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(directory)) renameSync(directory, old);
  renameSync(fresh, directory);
  rmSync(old, { recursive: true, force: true });
}
