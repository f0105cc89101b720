/**
 * Runs a TypeScript program with the Automation API in this process, where the language host for Node.js is missing:
 * `node run-program.ts FOLDER COMMAND`, with the project's own SDK and the settings from its `Pulumi.yaml`. Prints one JSON
 * object.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProjectSettings, Stack, UpOptions } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";

const [folder = "", command = "", ...config] = process.argv.slice(2);
const automation: typeof import("@pulumi/pulumi/automation/index.js") = createRequire(join(folder, "program.js"))(
  "@pulumi/pulumi/automation/index.js",
);
const project: ProjectSettings & { options?: { refresh?: string } } = parse(
  readFileSync(join(folder, "Pulumi.yaml"), "utf8"),
);
const entry = pathToFileURL(join(folder, project.main ?? "index.ts")).href;
process.chdir(folder);
// What the CLI itself reads from the file when it runs a project.
const refresh = project.options?.refresh === "always";

const stack = await automation.LocalWorkspace.createOrSelectStack(
  { stackName: "test", projectName: project.name, program: async () => ({ ...(await import(entry)) }) },
  { workDir: folder, projectSettings: { ...project, runtime: "nodejs" } },
);
for (const pair of config) {
  const [key = "", value = ""] = pair.split("=");
  await stack.setConfig(key, { value, secret: true });
}

async function up(options: UpOptions): Promise<object> {
  const { stdout, outputs, summary } = await stack.up({ refresh, ...options });
  return {
    stdout,
    outputs: Object.fromEntries(Object.entries(outputs).map(([k, v]) => [k, v.value])),
    result: summary.result,
  };
}

/** `up-all` goes on where something fails; `import-file` is `pulumi import`, and `import` takes a state over. */
export type Command = "up" | "up-all" | "preview" | "gate" | "destroy" | "export" | "import" | "import-file";

const COMMANDS: Readonly<Record<Command, (stack: Stack) => Promise<object>>> = {
  up: () => up({}),
  "up-all": () => up({ continueOnError: true }),
  preview: async () => {
    const { stdout, changeSummary } = await stack.preview({
      refresh,
      diff: true,
    });
    return { stdout, changes: changeSummary };
  },
  gate: async () => ({ stdout: (await stack.preview({ refresh, expectNoChanges: true })).stdout }),
  destroy: async () => ({ stdout: (await stack.destroy({ refresh })).stdout }),
  // `stack.exportStack()` would show the secrets.
  export: async () => {
    const args = ["stack", "export", "--stack", "test"];
    return JSON.parse(execFileSync("pulumi", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }));
  },
  // In a project without a program: the host of its language may not be installed, and the state knows of none.
  "import-file": async () => {
    const beside = join(folder, "import");
    mkdirSync(beside);
    writeFileSync(join(beside, "Pulumi.yaml"), stringify({ ...project, runtime: "yaml", main: undefined }));
    const place = ["--stack", "test", "--config-file", join(folder, "Pulumi.test.yaml")];
    const args = ["import", "--file", join(folder, "import.json"), "--protect=false", "--generate-code=false", "--yes"];
    return { stdout: execFileSync("pulumi", [...args, ...place], { encoding: "utf8", cwd: beside }) };
  },
  import: async () => {
    await stack.importStack(JSON.parse(readFileSync("state.json", "utf8")));
    return {};
  },
};

try {
  const run = Object.entries(COMMANDS).find(([name]) => name === command)?.[1];
  if (!run) throw new Error(`no command ${command}`);
  console.log(JSON.stringify({ ok: true, ...(await run(stack)) }));
} catch (error) {
  console.log(JSON.stringify({ ok: false, stdout: error instanceof Error ? error.message : String(error) }));
}
