/**
 * How long the engine waits for the plugin, from a clone and from the package, against the start of a bare node in the same
 * run. The engine starts the plugin up to six times per command. `node bench/handshake.ts [--json] [FOLDER...]`: folders of
 * other packages to compare with.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { installedPackage } from "../scripts/installed-package.ts";

const NAME = join("bin", "pulumi-resource-gmailsync");
const RUNS = 15;

async function handshake(launcher: string): Promise<number> {
  const started = performance.now();
  const child = spawn(launcher, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      client.handshake(new providerPb.ProviderHandshakeRequest(), (error) => (error ? reject(error) : resolve()));
    });
    const elapsed = performance.now() - started;
    client.close();
    return elapsed;
  } finally {
    child.kill();
  }
}

async function bareNode(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await new Promise((resolve) => child.on("close", resolve));
  return performance.now() - started;
}

const { values: options, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const { directory } = await installedPackage();
const folders: readonly (readonly [string, string])[] = [
  ["clone", join(import.meta.dirname, "..")],
  ["package", directory],
  ...positionals.map((folder) => [folder, folder] as const),
];
const subjects = new Map<string, () => Promise<number>>([
  ...folders.map(([name, folder]) => [name, () => handshake(join(folder, NAME))] as const),
  ["bare node", bareNode],
]);
const times = new Map([...subjects.keys()].map((name): [string, number[]] => [name, []]));
for (let run = 0; run < RUNS; run++) {
  for (const [name, measure] of subjects) times.get(name)?.push(await measure());
}

function summary(measured: readonly number[]) {
  const sorted = measured.toSorted((a, b) => a - b).map(Math.round);
  return { minimum: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, maximum: sorted.at(-1) ?? 0 };
}

const result = Object.fromEntries([...times].map(([name, measured]) => [name, summary(measured)]));
if (options.json) console.log(JSON.stringify(result));
else {
  const bare = result["bare node"]?.median ?? 0;
  for (const [name, { minimum, median, maximum }] of Object.entries(result))
    console.log(
      `${name.padEnd(12)} ${median} ms (${minimum} to ${maximum}), ${(median / bare).toFixed(1)} times a bare node`,
    );
}
