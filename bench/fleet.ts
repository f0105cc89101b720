/**
 * What a Fleet costs: `up` and a preview without changes of 500 mailboxes in a Fleet, against the same resources written one
 * by one in Pulumi YAML; and the bytes that a resource takes in the state, as a plugin's and as a dynamic one. Against the sandbox,
 * with the real CLI. `node bench/fleet.ts [--mailboxes 500] [--rounds 1] [--json]`
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { installedPackage } from "../scripts/installed-package.ts";
import { benchSandbox, median, timed } from "./sandbox.ts";
import { addressesOf, benchStack, cliEnvironment, SHAPES, type Shape, stateOf } from "./stacks.ts";

const { values: options } = parseArgs({
  options: {
    mailboxes: { type: "string", default: "500" },
    rounds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const ROOT = join(import.meta.dirname, "..");
const MAILBOXES = Number(options.mailboxes);
const sandbox = await benchSandbox("--users", String(MAILBOXES), "--test-delay", "20");

interface Figures {
  readonly upMs: number;
  readonly previewMs: number;
  readonly bytesPerResource: number;
}

async function measure(variant: Shape): Promise<Figures> {
  const stack = await benchStack(variant, MAILBOXES, sandbox);
  const upMs = await timed(() => stack.pulumi("up", "--yes", "--skip-preview"));
  const previewMs = await timed(() => stack.pulumi("preview", "--expect-no-changes"));
  const { bytes, resources } = stack.state();
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  stack.remove();
  return { upMs, previewMs, bytesPerResource: bytes / resources };
}

/** The same small program with the plugin and with dynamic resources. */
async function stateBytes(from: "pulumi-gmailsync" | "pulumi-gmailsync/dynamic"): Promise<number> {
  await installedPackage();
  const folder = mkdtempSync(join(ROOT, ".gmailsync", "package", "bench-"));
  const env = await cliEnvironment(folder, sandbox);
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: bench\nruntime: nodejs\nmain: index.mjs\nplugins: {providers: [{name: gmailsync, path: ${join(ROOT, "bin")}}]}\n`,
  );
  writeFileSync(
    join(folder, "index.mjs"),
    `import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, Mailbox } from "${from}";
const oauthClientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const { profileId } = new EmailServerProfile("gmail", { name: "Gmail", oauthClientId: "${SEED_CLIENT_ID}", oauthClientSecret });
for (const emailAddress of ${JSON.stringify(addressesOf(20))}) new Mailbox(emailAddress, { emailAddress, profileId });
`,
  );
  const driver = join(ROOT, "test", "support", "run-program.ts");
  const run = (...args: string[]) => {
    const line =
      execFileSync(process.execPath, [driver, folder, ...args], { env })
        .toString()
        .trim()
        .split("\n")
        .at(-1) ?? "";
    if (!JSON.parse(line).ok) throw new Error(JSON.parse(line).stdout);
  };
  run("up", `googleClientSecret=${SEED_CLIENT_SECRET}`);
  const { bytes, resources } = stateOf(folder, "bench", "test");
  run("destroy");
  rmSync(folder, { recursive: true, force: true });
  return bytes / resources;
}

const figures: Record<Shape, Figures[]> = { fleet: [], single: [] };
for (let round = 0; round < Number(options.rounds); round++) {
  for (const variant of SHAPES) {
    sandbox.command("reset");
    figures[variant].push(await measure(variant));
  }
}
sandbox.command("reset");
const plugin = await stateBytes("pulumi-gmailsync");
sandbox.command("reset");
const dynamic = await stateBytes("pulumi-gmailsync/dynamic");
await sandbox.stop();

const middle = (variant: Shape, name: keyof Figures) => median(figures[variant].map((one) => one[name]));
const ratio = (name: keyof Figures) => middle("fleet", name) / middle("single", name);
const result = {
  mailboxes: MAILBOXES,
  up: { fleetMs: middle("fleet", "upMs"), singleMs: middle("single", "upMs"), ratio: ratio("upMs") },
  preview: {
    fleetMs: middle("fleet", "previewMs"),
    singleMs: middle("single", "previewMs"),
    ratio: ratio("previewMs"),
  },
  bytesPerResource: {
    fleet: middle("fleet", "bytesPerResource"),
    single: middle("single", "bytesPerResource"),
    plugin,
    dynamic,
  },
};
if (options.json) console.log(JSON.stringify(result));
else {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  for (const name of ["up", "preview"] as const) {
    const { fleetMs, singleMs, ratio } = result[name];
    console.log(
      `${name.padEnd(8)} ${MAILBOXES} mailboxes: Fleet ${seconds(fleetMs)}, one by one ${seconds(singleMs)}, ratio ${ratio.toFixed(2)}`,
    );
  }
  const { fleet, single } = result.bytesPerResource;
  console.log(`state    bytes per resource: Fleet ${fleet.toFixed(0)}, one by one ${single.toFixed(0)}`);
  console.log(
    `         without activations, in TypeScript: plugin ${plugin.toFixed(0)}, dynamic ${dynamic.toFixed(0)}`,
  );
}
