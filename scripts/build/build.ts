/**
 * `npm run build`: the package as it is published, in `dist`: entries of one file each, their types, the launchers.
 * `npm pack ./dist` makes the archive. With `--archives` also the plugin as one executable, in `archives`, for the platforms that
 * this machine can build for; with `--archive` for its own only.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isHere, TARGETS, targetsHere, writeArchives } from "./archives.ts";
import { writeBundles } from "./bundles.ts";
import { writeDeclarations } from "./declarations.ts";
import { thirdPartyNotices } from "./notices.ts";

const root = join(import.meta.dirname, "..", "..");
const dist = join(root, "dist");
const COPIED = [
  "bin",
  "schema/gmailsync.json",
  "schema/mailboxes.schema.json",
  "schema/world.schema.json",
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "LICENSE",
];

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const inputs = await writeBundles(root, dist);
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(root, inputs));
writeDeclarations(root, dist);
const isShipped = (file: string) => !file.endsWith(".d.cts");
for (const name of COPIED) cpSync(join(root, name), join(dist, name), { recursive: true, filter: isShipped });
writeFileSync(join(dist, "package.json"), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
const ARCHIVES = { "--archives": targetsHere, "--archive": () => TARGETS.filter(isHere) };
const targets = Object.entries(ARCHIVES).find(([option]) => process.argv.includes(option))?.[1]() ?? [];
if (targets.length > 0) {
  for (const archive of await writeArchives({ root, dist, into: join(root, "archives") }, targets))
    console.log(`wrote ${archive}`);
}

/** Without what only this repository needs, and with compiled entries. */
function publishedManifest(): object {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { scripts: _, devDependencies: __, optionalDependencies: ___, allowScripts: ____, ...published } = manifest;
  const { exports: entries, ...rest } = published;
  const files = Object.entries<string>(entries);
  const typed = files.flatMap(([name, file]) => {
    if (!file.endsWith(".ts")) return [];
    return [{ name, types: file.replace(/ts$/, "d.ts"), default: file.replace(/ts$/, "js") }];
  });
  return {
    ...rest,
    type: "commonjs",
    engines: { node: ">=22.18" },
    // On Windows npm makes launchers of its own for these, which need no shell.
    bin: Object.fromEntries(Object.entries<string>(rest.bin).map(([name, file]) => [name, `${file}.cjs`])),
    exports: { ...entries, ...Object.fromEntries(typed.map(({ name, ...entry }) => [name, entry])) },
    // For compilers that do not read `exports`, as older templates of Pulumi set them up.
    main: typed.find(({ name }) => name === ".")?.default,
    typesVersions: { "*": Object.fromEntries(typed.map(({ name, types }) => [name.replace("./", ""), [types]])) },
  };
}
