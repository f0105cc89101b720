import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { Fault } from "../fault.ts";
import type { Json } from "../json.ts";
import { EXPORT_LIMIT, stateIn } from "./stack-export.ts";

/** Longest that a command of Pulumi may take, in milliseconds. */
const PULUMI_MS = 600_000;

export const WRITTEN = "The state is written.";
export const UNWRITTEN = "Nothing was written; --yes does it.";

/** The state of a stack, undefined for the selected one, as `pulumi stack export` writes it. */
export async function exportState(stack: string | undefined): Promise<Json> {
  const state = stateIn(await pulumi(["stack", "export", ...stackFlag(stack)]));
  if (state) return state;
  throw refused("`pulumi stack export` wrote no state", "Run it in the project's folder, with the stack selected.");
}

/** Pulumi drops every operation that is pending when it imports. */
export async function importState(stack: string | undefined, state: Json): Promise<void> {
  await pulumi(["stack", "import", ...stackFlag(stack)], JSON.stringify(state));
}

/** An error where Pulumi cannot encrypt for a stack: without its passphrase, or with a wrong one, which shows by a secret that is there. */
export async function trySecrets(stack: string | undefined): Promise<void> {
  const config = await pulumi(["config", "--show-secrets", "--open=false", "--json", ...stackFlag(stack)]);
  // Without a secret the configuration needs no passphrase to be read; the state needs one, whatever it holds.
  if (!/"secret": ?true/.test(config))
    await pulumi(["stack", "export", "--show-secrets", "--file", devNull, ...stackFlag(stack)]);
}

/** Sets a secret of a stack's configuration; it goes by standard input, which no list of processes shows. */
export async function setSecret(stack: string | undefined, name: string, secret: string): Promise<void> {
  await pulumi(["config", "set", "--secret", name, ...stackFlag(stack)], secret);
}

function stackFlag(stack: string | undefined): string[] {
  return stack === undefined ? [] : ["--stack", stack];
}

/** Runs the CLI on PATH; what it says on failure is handed on. */
function pulumi(args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const words = [...args, "--non-interactive", "--color=never"];
    const child = execFile(
      "pulumi",
      words,
      { maxBuffer: EXPORT_LIMIT, timeout: PULUMI_MS },
      (error, output, errors) => {
        const said = errors || error?.message;
        if (!error) resolve(output);
        else if (child.pid === undefined) reject(refused("`pulumi` cannot be started", "Put the Pulumi CLI on PATH."));
        else reject(new Fault({ kind: "failed-precondition", what: `pulumi ${args.join(" ")} failed`, said }));
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

export function refused(what: string, hint: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint });
}
