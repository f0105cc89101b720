/**
 * `npm run sdk [-- --check]`: writes `sdk/python` and `sdk/go` from `schema/gmailsync.json`, and `sdk/examples.json` from the examples of
 * the definitions, by Pulumi's own generators in tools/pulumi, and then the pages that show these. Needs Go. With `--check`
 * nothing is written, and a file that is stale, missing or no longer generated is an error.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { EXAMPLES_FILE, originals, programText, type Translated } from "./examples.ts";
import { lastWords, run } from "./exec.ts";
import { SDK_SOURCE_FILE, sdkSources } from "./sdk-source.ts";

const root = join(import.meta.dirname, "..");
const schema = join(root, "schema", "gmailsync.json");
/** Folders that are generated as a whole; the Go module's `go.mod` beside them is written by hand. */
const GENERATED = ["python", "go/gmailsync"];
const EXAMPLES = basename(EXAMPLES_FILE);

const fresh = mkdtempSync(join(tmpdir(), "gmailsync-sdk-"));
try {
  await goRun("./gen-sdk", schema, fresh);
  writeFileSync(join(fresh, EXAMPLES), await examples());
  cpSync(join(root, "LICENSE"), join(fresh, "python", "LICENSE"));
  // Where its own pyproject.toml looks for it.
  cpSync(join(fresh, "python", "pulumi_gmailsync", "README.md"), join(fresh, "python", "README.md"));
  if (process.argv.includes("--check")) {
    const stale = [
      ...GENERATED.flatMap((folder) => differences(folder)),
      ...(contents(join(root, EXAMPLES_FILE)) === contents(join(fresh, EXAMPLES)) ? [] : [EXAMPLES]),
    ];
    for (const file of stale) console.error(`sdk/${file} is stale: run \`npm run sdk\` and commit the result.`);
    if (stale.length > 0) process.exitCode = 1;
  } else {
    for (const folder of GENERATED) {
      rmSync(join(root, "sdk", folder), { recursive: true, force: true });
      cpSync(join(fresh, folder), join(root, "sdk", folder), { recursive: true });
    }
    cpSync(join(fresh, EXAMPLES), join(root, EXAMPLES_FILE));
    writeFileSync(join(root, SDK_SOURCE_FILE), sdkSources(root));
    const pages = await run(process.execPath, [join(root, "scripts", "generate", "generate.ts")], { cwd: root });
    if (pages.code !== 0) throw new Error(`the pages could not be made: ${lastWords(pages.stderr)}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/** What a program of tools/pulumi prints. */
async function goRun(program: string, ...args: readonly string[]): Promise<string> {
  const flags = ["run", "-mod=readonly", "-tags=osusergo,grpcnotrace"];
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const { code, stdout, stderr } = await run("go", [...flags, program, ...args], {
    cwd: join(root, "tools", "pulumi"),
    env,
  });
  if (code !== 0) throw new Error(`go run ${program} in tools/pulumi failed: ${lastWords(stderr)}`);
  return stdout;
}

async function examples(): Promise<string> {
  const inYaml = await originals();
  const programs = join(fresh, "programs.json");
  writeFileSync(programs, JSON.stringify(inYaml.map(({ yaml }) => programText(yaml))));
  const made: readonly Required<Omit<Translated, "yaml">>[] = JSON.parse(
    await goRun("./gen-examples", schemaOfPackage(), programs),
  );
  const translated = inYaml.flatMap(({ yaml, calls }, index): readonly Translated[] => {
    const languages = made[index];
    if (!languages) throw new Error(`nothing was made of ${yaml}`);
    const { ts, python, go } = languages;
    return [{ yaml, ts, python, ...(calls === "nothing" && { go }) }];
  });
  return `${JSON.stringify(translated, null, 2)}\n`;
}

/** Programs in TypeScript take the classes of the npm package. */
function schemaOfPackage(): string {
  const spec = JSON.parse(readFileSync(schema, "utf8"));
  spec.language.nodejs.packageName = manifest.name;
  const file = join(fresh, "schema.json");
  writeFileSync(file, JSON.stringify(spec));
  return file;
}

/** Files that are there on one side only, or that differ. */
function differences(folder: string): string[] {
  const [ours, theirs] = [join(root, "sdk", folder), join(fresh, folder)];
  const names = new Set([...filesBelow(ours), ...filesBelow(theirs)]);
  return [...names].filter((name) => contents(join(ours, name)) !== contents(join(theirs, name)));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function contents(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
