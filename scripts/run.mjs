// Runs a TypeScript file of this clone, installing what it needs first. Plain JavaScript without dependencies, because it
// runs before anything is installed, on the system's Node.js (20 or newer):
//
//     node scripts/run.mjs scripts/demo.ts --keep

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const stamp = join(modules, ".gmailsync-lock-hash");
const [file, ...args] = process.argv.slice(2);

if (!file) {
  console.error("usage: node scripts/run.mjs <file.ts> [arguments]");
  process.exit(2);
}

const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.log("Installing dependencies (npm install)…");
  // npm is told where it is by npm_execpath when it started us.
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  // Not `npm ci`: it insists on optional packages of other platforms, which not every registry mirror has.
  const install = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(npm[0], [...npm.slice(1), ...install], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) {
    console.error(
      "npm install failed; see above. Check that this machine reaches its npm registry (a proxy: `npm config set proxy`), then run the command again.",
    );
    rmSync(stamp, { force: true });
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

const own = join(modules, ".bin", "node");
const [major, minor] = process.versions.node.split(".").map(Number);
const node = existsSync(own) ? own : major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined;
if (!node) {
  console.error(
    `Node.js 22.18 or newer is needed, and the package's own one was not installed (found ${process.versions.node}). Install a newer Node.js, or run \`npm install\` with install scripts allowed for the package "node".`,
  );
  process.exit(1);
}

const child = spawn(node, [join(root, file), ...args], {
  stdio: "inherit",
  env: { ...process.env, PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("close", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
