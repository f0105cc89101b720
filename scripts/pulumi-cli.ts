import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { run } from "./exec.ts";
import { withLock } from "./lock.ts";

export interface PulumiCli {
  /** Absolute path of `pulumi`. */
  readonly command: string;
  /** Put first on PATH: holds `pulumi` and `pulumi-language-yaml`. */
  readonly directory: string;
  readonly version: string;
}

interface Options {
  readonly root: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** 3.216 is the first engine that takes inputs from the read of a dynamic resource; older ones show drift differently. */
const OLDEST = [3, 216] as const;
const INSTALLER_HOST = "get.pulumi.com";
const PROBE_MS = 3000;
const INSTALL_LIMIT_MS = 180_000;
const BUILD_LIMIT_MS = 30 * 60_000;
const TOOLS = ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"];

/** Finds the Pulumi CLI, or makes one: on PATH, made before, by the official installer, by Go. */
export async function pulumiCli(options: Options): Promise<PulumiCli> {
  const own = join(options.root, ".gmailsync", "pulumi");
  const official = join(options.root, ".gmailsync", "pulumi-official");
  for (const directory of [...(process.env["PATH"] ?? "").split(":"), join(own, "bin"), join(official, "bin")]) {
    const found = await recent(options.root, directory);
    if (found) return found;
  }
  return withLock(join(options.root, ".gmailsync", "pulumi.lock"), options.log, async () => {
    const made =
      (await recent(options.root, join(own, "bin"))) ??
      (await install(official, options)) ??
      (await build(own, options));
    if (made) return made;
    throw new Error(
      `There is no Pulumi CLI from ${OLDEST.join(".")} on, and none could be made here. Do one of these, then run the command again:
  - install Pulumi: https://www.pulumi.com/docs/install/
  - let this machine reach https://${INSTALLER_HOST} (a proxy goes into HTTPS_PROXY)
  - install Go 1.26 or newer, which builds it from tools/pulumi`,
    );
  });
}

/** The CLI of a folder, when it is there, new enough, and has the YAML language beside it. */
async function recent(root: string, directory: string): Promise<PulumiCli | undefined> {
  const command = join(directory, "pulumi");
  if (!directory || ![command, join(directory, "pulumi-language-yaml")].every(isExecutable)) return undefined;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1", PULUMI_HOME: join(root, ".gmailsync", "pulumi-home") };
  const { code, stdout } = await run(command, ["version"], { env, timeoutMs: 20_000 });
  const version = /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  if (code !== 0 || !version) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return enough ? { command, directory, version } : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function install(target: string, { root, log }: Options): Promise<PulumiCli | undefined> {
  if (!(await wayOut())) {
    log(`Pulumi's installer is out of reach (${INSTALLER_HOST}).`);
    return undefined;
  }
  log("Installing the Pulumi CLI with the official installer…");
  try {
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it took longer than ${INSTALL_LIMIT_MS / 1000} s`)), INSTALL_LIMIT_MS);
    });
    await Promise.race([PulumiCommand.install({ root: target }), limit]).finally(() => clearTimeout(timer));
    return await recent(root, join(target, "bin"));
  } catch (error) {
    log(`The installer failed: ${error instanceof Error ? error.message.slice(0, 300) : error}`);
    return undefined;
  }
}

/** Whether the installer's host answers at all; with a proxy only the installer itself can tell. */
async function wayOut(): Promise<boolean> {
  if (process.env["HTTPS_PROXY"] ?? process.env["https_proxy"]) return true;
  return new Promise((resolve) => {
    const socket = connect({ host: INSTALLER_HOST, port: 443, timeout: PROBE_MS });
    const end = (reachable: boolean) => () => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
    setTimeout(end(false), PROBE_MS).unref();
  });
}

/** Builds the CLI and the YAML language from the published Go modules, into a folder that appears when it is complete. */
async function build(target: string, { root, log, signal }: Options): Promise<PulumiCli | undefined> {
  const tools = join(root, "tools", "pulumi");
  const version = /pulumi\/pkg\/v3 (v\d+\.\d+\.\d+)/.exec(readFileSync(join(tools, "go.mod"), "utf8"))?.[1];
  const go = await run("go", ["version"], { cwd: tools, timeoutMs: 30_000 });
  if (go.code !== 0 || !version) {
    log("Go is not installed, so the CLI cannot be built either.");
    return undefined;
  }
  log(`Building Pulumi ${version} with Go, once; this takes about 4 minutes on 2 cores.`);
  const staging = `${target}.${process.pid}`;
  mkdirSync(join(staging, "bin"), { recursive: true });
  const started = Date.now();
  let packages = 0;
  const timer = setInterval(
    () => log(`  ${Math.round((Date.now() - started) / 1000)} s, ${packages} packages compiled`),
    15_000,
  );
  const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  const args = [
    "build",
    "-v",
    "-tags",
    "osusergo grpcnotrace",
    "-ldflags",
    ldflags,
    "-o",
    `${join(staging, "bin")}/`,
    ...TOOLS,
  ];
  try {
    const { code, stderr } = await run("go", args, {
      cwd: tools,
      env: { ...process.env, CGO_ENABLED: "0" },
      timeoutMs: BUILD_LIMIT_MS,
      signal,
      onLine: () => {
        packages += 1;
      },
    });
    if (code !== 0) {
      log(`The build failed:\n${stderr.trim().split("\n").slice(-12).join("\n")}`);
      return undefined;
    }
    rmSync(target, { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    renameSync(staging, target);
    log(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
    return await recent(root, join(target, "bin"));
  } finally {
    clearInterval(timer);
    rmSync(staging, { recursive: true, force: true });
  }
}
