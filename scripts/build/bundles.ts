import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** Taken from the program's project: two SDKs in one process know nothing of each other's resources. */
const OF_THE_PROJECT = ["@pulumi/pulumi", "pulumi-gmailsync/dynamic/host"];

interface Bundle {
  readonly entry: string;
  readonly external: string[];
  readonly minify: boolean;
}

/** What the launchers in `bin` start. */
const PROCESSES: readonly Bundle[] = [
  { entry: "provider/plugin/main", external: [], minify: true },
  { entry: "provider/cli/main", external: [], minify: true },
];

/** Processes of their own are small, as they start often; what programs load keeps its names. */
const BUNDLES: readonly Bundle[] = [
  ...PROCESSES,
  { entry: "provider/dynamic/operations", external: OF_THE_PROJECT, minify: true },
  { entry: "provider/dynamic/index", external: OF_THE_PROJECT, minify: false },
  { entry: "provider/sdk/index", external: OF_THE_PROJECT, minify: false },
];

/** Makes a folder with the launchers and what they start, and nothing else; returns where the launchers are. */
export async function writeProcesses(root: string, folder: string): Promise<string> {
  await writeBundles(root, folder, PROCESSES);
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type": "commonjs"}\n');
  // Where the launchers keep compiled code, which is the folder's then.
  mkdirSync(join(folder, ".gmailsync"), { recursive: true });
  return join(folder, "bin");
}

/**
 * Writes each entry as one CommonJS file: for `import` and `require` alike, and what a single executable is made of. What the
 * sources load on first use is not run before that. Returns the files that went in.
 */
export async function writeBundles(root: string, dist: string, bundles = BUNDLES): Promise<ReadonlySet<string>> {
  const results = await Promise.all(
    bundles.map(({ entry, ...options }) =>
      build({
        ...options,
        absWorkingDir: root,
        entryPoints: { [entry]: `${entry}.ts` },
        outdir: dist,
        write: false,
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node22.18",
        metafile: true,
        logLevel: "warning",
      }),
    ),
  );
  // Such as `import.meta`, which is empty in this format. The bundler is silent about what others wrote.
  if (results.some(({ warnings }) => warnings.length > 0))
    throw new Error("The bundles are not as they should be: see above.");
  for (const { path, text } of results.flatMap(({ outputFiles }) => outputFiles)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ascii(text));
  }
  const inputs = results.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap((file) => Object.entries(file.inputs)),
  );
  const files = new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file));
  refuseCopies(files);
  return files;
}

/** A file of google-auth-library and one of gaxios: each client of Google's may bring versions of its own. */
const ONCE = ["googleauth.js", "gaxios.js"];

/** Throws where one of these files is there more than once: of several versions, or as CommonJS and ESM. */
export function refuseCopies(files: ReadonlySet<string>): void {
  for (const name of ONCE) {
    const copies = [...files].filter((file) => file.endsWith(`/${name}`));
    if (copies.length > 1) throw new Error(`The bundles hold one library more than once: ${copies.join(", ")}`);
  }
}

/** The bundler leaves templates and regular expressions as they are, and for one such character all of the file takes twice the memory. */
function ascii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
