/**
 * How long the engine waits for the plugin, against the start of a bare node in the same run. The engine starts the
 * plugin up to six times per command. `node bench/handshake.ts [--json]`
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";

const LAUNCHER = join(import.meta.dirname, "..", "bin", "pulumi-resource-gmailsync");
const RUNS = 15;

async function handshake(): Promise<number> {
  const started = performance.now();
  const child = spawn(LAUNCHER, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
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

const plugin: number[] = [];
const bare: number[] = [];
for (let run = 0; run < RUNS; run++) {
  plugin.push(await handshake());
  bare.push(await bareNode());
}

function summary(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round);
  return { minimum: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, maximum: sorted.at(-1) ?? 0 };
}

const result = {
  plugin: summary(plugin),
  bareNode: summary(bare),
  ratio: summary(plugin).median / summary(bare).median,
};
if (process.argv.includes("--json")) console.log(JSON.stringify(result));
else {
  const line = ({ minimum, median, maximum }: ReturnType<typeof summary>) => `${median} ms (${minimum} to ${maximum})`;
  console.log(`plugin until handshake  ${line(result.plugin)}`);
  console.log(`bare node               ${line(result.bareNode)}`);
  console.log(`ratio of the medians    ${result.ratio.toFixed(1)}`);
}
