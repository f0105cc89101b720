import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../../../scripts/exec.ts";
import { refuseCrash } from "../crash.ts";
import { temporaryDirectory } from "../sandbox.ts";
import type { Step, Variables } from "./step.ts";

export interface PipelineResult {
  /** The step that has failed first. */
  readonly failed?: string;
  /** Of all steps. */
  readonly output: string;
}

/** `##vso[task.setvariable variable=NAME]value`, which Azure DevOps takes from the output of a step for those after it. */
const SET_VARIABLE = /^##vso\[task\.setvariable variable=(\w+)\](.*)$/gm;

/** Of these a step has to say that it needs Node.js, or it has none. */
const NODE = ["node", "npm", "npx"];
const NAMES_NODE = new RegExp(`\\b(${NODE.join("|")})\\b`);

/**
 * Runs steps one after the other, as the machine of a pipeline does: each is a file that bash is given, and after a failure only those run
 * that are for it. `machine` is all of the environment that is there before.
 */
export async function runPipeline(
  steps: readonly Step[],
  {
    folder,
    shell,
    machine,
  }: { readonly folder: string; readonly shell: readonly string[]; readonly machine: Variables },
): Promise<PipelineResult> {
  const directory = temporaryDirectory();
  const withoutNode = temporaryDirectory();
  for (const name of NODE)
    writeFileSync(join(withoutNode, name), "#!/bin/sh\necho 'no Node.js here' >&2\nexit 127\n", { mode: 0o755 });
  const set: Record<string, string> = {};
  let failed: string | undefined;
  let output = "";
  for (const [index, { name, script, environment, always }] of steps.entries()) {
    if (failed !== undefined && !always) continue;
    const file = join(directory, `${index}.sh`);
    writeFileSync(file, script);
    const path = NAMES_NODE.test(script) ? [] : [withoutNode];
    const PATH = [...path, machine["PATH"]].join(delimiter);
    const env = { ...machine, ...set, ...environment, PATH };
    const { code, stdout, stderr } = await run("bash", [...shell, file], { cwd: folder, env, timeoutMs: 120_000 });
    for (const [, variable = "", value = ""] of stdout.matchAll(SET_VARIABLE)) set[variable] = value;
    output += `--- ${name}\n${stdout}${stderr}--- ended with ${code}\n`;
    if (code !== 0) failed ??= name;
  }
  refuseCrash("a pipeline", output);
  return { output, ...(failed !== undefined && { failed }) };
}
