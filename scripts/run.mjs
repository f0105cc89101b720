/**
 * node scripts/run.mjs SCRIPT.ts [ARGUMENT...]
 *
 * Runs a script of this repository on a fresh clone: installs the dependencies when they are missing or not those of
 * package-lock.json, then starts the script on a Node.js that runs TypeScript by itself. Needs Node.js 20 and npm, and
 * nothing else: it runs before anything is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const INSTALL_LIMIT_MS = 15 * 60_000;
const STDERR_LIMIT = 16_384;

/** npm writes what it installed to node_modules/.package-lock.json, last. Compared by content: times mean nothing after a checkout. */
function isInstalled() {
  const wanted = packages(join(root, "package-lock.json"));
  const present = packages(join(modules, ".package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    if (found === undefined) return path === "" || optional === true; // optional: made for another platform
    return found.version === version && found.integrity === integrity;
  });
}

function packages(lockFile) {
  if (!existsSync(lockFile)) return undefined;
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function install() {
  console.log("Installing the dependencies (npm ci) ...");
  // The npm that started this script, else the one on PATH.
  const own = process.env.npm_execpath;
  const npm = own && /^npm(-cli)?\.[cm]?js$/.test(basename(own)) ? [process.execPath, own] : ["npm"];
  const [command, ...first] = npm;
  const flags = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  // A group of its own, so that its own children end with it.
  const child = spawn(command, [...first, ...flags], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-STDERR_LIMIT);
  });
  const limit = setTimeout(() => {
    errors += `\nStopped after ${INSTALL_LIMIT_MS / 60_000} minutes.`;
    signalGroup(child, "SIGKILL");
  }, INSTALL_LIMIT_MS);
  const { code, signal, stoppedBy } = await ended(child, (name) => signalGroup(child, name));
  clearTimeout(limit);
  if (stoppedBy !== undefined) process.exit(exitCode(null, stoppedBy));
  if (code === 0) return;
  throw new Error(`${errors.trim()}

\`npm ci\` failed (${signal ?? `exit code ${code}`}). Above is what npm said. What usually helps:
  - no way to the registry: look at \`npm config get registry\` and at HTTPS_PROXY
  - package-lock.json does not fit package.json: \`git checkout package-lock.json\`, or \`npm install\` after a change
  - else run \`npm ci\` in ${root} to see all of its output`);
}

/** npm brings a Node.js as an optional package of the platform; without it this one will do when it is new enough. */
function typeScriptNode() {
  const candidates = [join(modules, ".bin", "node"), process.execPath];
  const node = candidates.find((candidate) => {
    const { stdout } = spawnSync(candidate, ["--version"], { encoding: "utf8", timeout: 10_000 });
    const [major = 0, minor = 0] = (stdout ?? "").replace("v", "").split(".").map(Number);
    return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
  });
  if (node !== undefined) return node;
  throw new Error(`No Node.js that runs TypeScript: ${candidates[0]} does not start, and this one is ${process.version}.
Install Node.js 22.18 or newer, or let npm install the optional package of this platform (\`npm ci --include=optional\`).`);
}

/** Waits for a process; meanwhile the signals that would end this one are handed to `deliver`. */
function ended(child, deliver) {
  let stoppedBy;
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((name) => {
    const handler = () => {
      stoppedBy ??= name;
      deliver(name);
    };
    process.on(name, handler);
    return [name, handler];
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stoppedBy }));
  }).finally(() => {
    for (const [name, handler] of handlers) process.off(name, handler);
  });
}

function signalGroup(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It ended meanwhile.
  }
}

function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

async function main() {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) throw new Error("Usage: node scripts/run.mjs SCRIPT.ts [ARGUMENT...]");
  if (!isInstalled()) {
    const onWait = (pid) => console.log(`Process ${pid} is installing the dependencies; waiting for it ...`);
    await withLock(join(root, ".gmailsync", "install.lock"), async () => isInstalled() || (await install()), {
      onWait,
    });
  }
  const env = { ...process.env, PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) };
  const child = spawn(typeScriptNode(), [script, ...args], { stdio: "inherit", env });
  const { code, signal } = await ended(child, (name) => {
    // Ctrl-C reaches the whole foreground group by itself, and a second SIGINT means "at once" to many programs.
    if (name !== "SIGINT" || !process.stdin.isTTY) child.kill(name);
  });
  process.exitCode = exitCode(code, signal);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
