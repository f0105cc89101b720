/**
 * `npm run sdk [-- --check]`: writes `sdk/python` and `sdk/go` from `schema/gmailsync.json`, by Pulumi's own generators in
 * tools/pulumi/gen-sdk. Needs Go. With `--check` nothing is written, and a file that is stale, missing or no longer generated
 * is an error.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastWords, run } from "./exec.ts";
import { SDK_SOURCE_FILE, sdkSources } from "./sdk-source.ts";

const root = join(import.meta.dirname, "..");
const schema = join(root, "schema", "gmailsync.json");
/** Folders that are generated as a whole; the Go module's `go.mod` beside them is written by hand. */
const GENERATED = ["python", "go/gmailsync"];

const fresh = mkdtempSync(join(tmpdir(), "gmailsync-sdk-"));
try {
  const args = ["run", "-mod=readonly", "-tags=osusergo,grpcnotrace", "./gen-sdk", schema, fresh];
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const { code, stderr } = await run("go", args, { cwd: join(root, "tools", "pulumi"), env });
  if (code !== 0) throw new Error(`go run ./gen-sdk in tools/pulumi failed: ${lastWords(stderr)}`);
  cpSync(join(root, "LICENSE"), join(fresh, "python", "LICENSE"));
  // Where its own pyproject.toml looks for it.
  cpSync(join(fresh, "python", "pulumi_gmailsync", "README.md"), join(fresh, "python", "README.md"));
  if (process.argv.includes("--check")) {
    const stale = GENERATED.flatMap((folder) => differences(folder));
    for (const file of stale) console.error(`sdk/${file} is stale: run \`npm run sdk\` and commit the result.`);
    if (stale.length > 0) process.exitCode = 1;
  } else {
    for (const folder of GENERATED) {
      rmSync(join(root, "sdk", folder), { recursive: true, force: true });
      cpSync(join(fresh, folder), join(root, "sdk", folder), { recursive: true });
    }
    writeFileSync(join(root, SDK_SOURCE_FILE), sdkSources(root));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
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
