/**
 * `npm run build`: the package as it is published, in `dist`: compiled, with the same paths as here, so that nothing has to
 * know where it runs. `npm pack ./dist` makes the archive.
 */
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-p", join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});
for (const file of declarations(dist)) {
  // The compiler rewrites the endings of relative imports in code, and leaves them in declarations.
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1"));
}
for (const name of ["bin", "schema", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"])
  cpSync(join(root, name), join(dist, name), { recursive: true });
writeFileSync(join(dist, "package.json"), `${JSON.stringify(publishedManifest(), null, 2)}\n`);

function declarations(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
}

/** Without what only this repository needs, and with compiled entries. */
function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { scripts: _, devDependencies: __, allowScripts: ___, exports: entries, ...rest } = manifest;
  const compiled = Object.entries<string>(entries).map(([name, file]) => [
    name,
    file.endsWith(".ts") ? { types: file.replace(/\.ts$/, ".d.ts"), default: file.replace(/\.ts$/, ".js") } : file,
  ]);
  return { ...rest, engines: { node: ">=22.18" }, exports: Object.fromEntries(compiled) };
}
