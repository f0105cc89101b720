/**
 * node scripts/tryout.ts yaml|nodejs|python|go: what a user does in an empty folder, with the sandbox: a project in that language,
 * up, the gate, destroy. Needs `pulumi` with the language's host on PATH, the plugin installed (`pulumi plugin install
 * resource gmailsync VERSION --file ARCHIVE`), and the package as `npm pack ./dist` leaves it in the clone.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import manifest from "../package.json" with { type: "json" };

const root = join(import.meta.dirname, "..");

/** On Windows npm is a script, which wants a shell. */
function npmInstall(cwd: string, ...options: readonly string[]): void {
  const archive = join(root, `${manifest.name}-${manifest.version}.tgz`);
  execFileSync("npm", ["install", ...options, `"${archive}"`], { cwd, stdio: "inherit", shell: true });
}

interface Project {
  /** The folder with the program, below the clone. */
  readonly program: string;
  /** Makes its packages available in the folder it was copied to. */
  prepare(folder: string): void;
}

const PROJECTS: Readonly<Record<string, Project>> = {
  yaml: { program: "examples/quickstart-yaml", prepare: () => {} },
  nodejs: { program: "examples/typescript", prepare: (folder) => npmInstall(folder) },
  python: {
    program: "test/tryout/python",
    prepare: (folder) => writeFileSync(join(folder, "requirements.txt"), `${join(root, "sdk", "python")}\n`),
  },
  go: {
    program: "test/tryout/go",
    prepare: (cwd) => {
      const sdk = `github.com/gmailsync/pulumi-gmailsync/sdk/go=${join(root, "sdk", "go")}`;
      execFileSync("go", ["mod", "edit", `-replace=${sdk}`], { cwd, stdio: "inherit" });
    },
  },
};

const [language = ""] = process.argv.slice(2);
const project = Object.entries(PROJECTS).find(([name]) => name === language)?.[1];
if (project === undefined) throw new Error(`Usage: node scripts/tryout.ts ${Object.keys(PROJECTS).join("|")}`);

const work = mkdtempSync(join(tmpdir(), "gmailsync-tryout-"));
const folder = join(work, "project");
const [state, tool] = [join(work, "state"), join(work, "tool")];
cpSync(join(root, project.program), folder, { recursive: true });
for (const made of [state, tool]) mkdirSync(made);
// The plugin is the one that is installed.
const file = join(folder, "Pulumi.yaml");
writeFileSync(file, readFileSync(file, "utf8").replace(/^plugins:\r?\n(?: .*\r?\n)+/m, ""));
project.prepare(folder);

writeFileSync(join(tool, "package.json"), "{}");
npmInstall(tool, "--omit=peer");
const gmailsync = join(tool, "node_modules", manifest.name, "bin", "gmailsync.cjs");
const at = ["--directory", join(work, "sandbox")];
const sandbox = spawn(process.execPath, [gmailsync, "sandbox", "start", ...at], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await once(sandbox.stdout, "data");
  const settings = execFileSync(process.execPath, [gmailsync, "sandbox", "env", "--json", ...at], { encoding: "utf8" });
  const env = {
    ...process.env,
    ...JSON.parse(settings),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: "tryout",
  };
  const pulumi = (...args: readonly string[]): void => {
    console.log(`$ pulumi ${args.join(" ")}`);
    execFileSync("pulumi", args, { cwd: folder, env, stdio: "inherit" });
  };
  pulumi("stack", "init", "dev");
  pulumi("config", "set", "--secret", "googleClientSecret", "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");
  pulumi("install");
  pulumi("up", "--yes", "--skip-preview");
  pulumi("preview", "--expect-no-changes");
  pulumi("destroy", "--yes", "--skip-preview");
} finally {
  sandbox.kill();
  await once(sandbox, "exit");
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
