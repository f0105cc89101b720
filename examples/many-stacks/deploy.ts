/** Every stack of this folder side by side: `node deploy.ts up`, `preview` or `destroy`. Ends with 1 where one has failed. */
import { readdirSync } from "node:fs";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";

/** Requests to Dataverse that may be on their way at the same time, of all stacks together: it refuses from 52 on for each user. */
const REQUESTS = 48;

const COMMANDS: Readonly<Record<string, (stack: Stack) => Promise<unknown>>> = {
  up: (stack) => stack.up({ continueOnError: true }),
  preview: (stack) => stack.preview({ expectNoChanges: true }),
  destroy: (stack) => stack.destroy(),
};

const workDir = import.meta.dirname;
const [name = "up"] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command) throw new Error(`${name} is none of ${Object.keys(COMMANDS).join(", ")}`);

// A stack for each file of settings, Pulumi.north.yaml and so on.
const stacks = readdirSync(workDir).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
const envVars = {
  PULUMI_PARALLEL: "64",
  GMAILSYNC_MAX_CONCURRENT_REQUESTS: String(Math.max(1, Math.floor(REQUESTS / stacks.length))),
};
const ended = await Promise.allSettled(
  stacks.map(async (stackName) =>
    command(await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars })),
  ),
);
for (const [index, end] of ended.entries()) {
  const failed = end.status === "rejected";
  console.log(`${stacks[index]}: ${failed ? `${name} has failed\n${end.reason}` : `${name} is done`}`);
  if (failed) process.exitCode = 1;
}
