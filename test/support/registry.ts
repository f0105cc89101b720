import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./package.ts";

const run = promisify(execFile);
const KEPT = join(ROOT, ".gmailsync", "tools");

/** The folder with a program that npm's registry has as a package, such as `node@22`. Installed once, below `.gmailsync`. */
export async function fromRegistry(name: string): Promise<string> {
  const [folder, fresh] = [join(KEPT, name), join(KEPT, `${name}.${process.pid}`)];
  if (!existsSync(folder)) {
    mkdirSync(fresh, { recursive: true });
    // Some are put in place by their install scripts, which the settings of this clone forbid.
    const manifest = { private: true, allowScripts: { [name.replace(/@.*/, "")]: true } };
    writeFileSync(join(fresh, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", "--ignore-scripts=false", "--no-audit", "--no-fund", name], { cwd: fresh });
    renameSync(fresh, folder);
  }
  return join(folder, "node_modules", ".bin");
}
