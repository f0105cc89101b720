import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { HttpEffect } from "../../sandbox/faults/fault.ts";
import { BIN } from "../support/package.ts";
import { gmailProfile, mailboxRow, temporaryDirectory, testSandbox, writes } from "../support/sandbox.ts";

const LAUNCHER = join(BIN, "pulumi-resource-gmailsync");
const TYPE = "gmailsync:index:Mailbox";
/** A proxy that refuses. */
const NOBODY = "http://127.0.0.1:1";
/** What the product allows itself at most, and what a busy machine adds. */
const ENDED = { timeout: 20_000, interval: 50 };

/** Where an engine would be listening. */
async function engine(): Promise<{ readonly address: string; readonly close: () => void }> {
  const server = new grpc.Server();
  server.addService(engineGrpc.EngineService, { log: (_: unknown, callback: (error: null) => void) => callback(null) });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  onTestFinished(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

/** A plugin whose parent is a shell, which can be killed without it. */
async function plugin(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const shell: ChildProcess = spawn("sh", ["-c", `"$0" "$@" & echo "pid $!"; wait`, LAUNCHER, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  shell.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
  await vi.waitUntil(() => /^pid \d+$/m.test(said) && /^\d+$/m.test(said), ENDED);
  const pid = Number(/^pid (\d+)$/m.exec(said)?.[1]);
  const port = /^(\d+)$/m.exec(said)?.[1];
  const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const runs = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  onTestFinished(() => {
    client.close();
    shell.kill("SIGKILL");
    if (runs()) process.kill(pid, "SIGKILL");
  });
  return { client, shell, pid, runs };
}

/** An engine or monitor that is about to end: it takes calls and answers none. */
async function listener(): Promise<{ readonly address: string; readonly reached: Promise<unknown> }> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(Reflect.get(Object(server.address()), "port")));
  });
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${port}`, reached: new Promise((resolve) => server.once("connection", resolve)) };
}

function fleetBehind(monitor: string): providerPb.ConstructRequest {
  return new providerPb.ConstructRequest()
    .setType("gmailsync:index:Fleet")
    .setName("fleet")
    .setProject("a")
    .setStack("b")
    .setMonitorendpoint(monitor)
    .setInputs(struct({ file: "mailboxes.yaml" }));
}

const struct = (value: Parameters<typeof structPb.Struct.fromJavaScript>[0]) => structPb.Struct.fromJavaScript(value);

/** A configured plugin, with its engine, and anna's mailbox, whose write it has sent. */
async function writing(effect: HttpEffect) {
  const sandbox = await testSandbox();
  const { address } = await engine();
  const started = await plugin([address], { ...sandbox.environment, PULUMI_HOME: temporaryDirectory() });
  const { client } = started;
  const profileId = String(gmailProfile(sandbox)["emailserverprofileid"]);
  await new Promise<void>((resolve, reject) =>
    client.configure(new providerPb.ConfigureRequest().setArgs(struct({})), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  /** The id, or undefined where no answer comes. */
  const create = (person: string) => {
    const inputs = { emailAddress: `${person}@northwind.example`, profileId, enabled: false };
    const request = new providerPb.CreateRequest().setType(TYPE).setUrn(`urn:pulumi:a::b::${TYPE}::${person}`);
    return new Promise<string | undefined>((resolve) =>
      client.create(request.setProperties(struct(inputs)), (error, response) =>
        resolve(error ? undefined : response.getId()),
      ),
    );
  };
  const write = sandbox.addFault({ service: "dataverse", method: "PATCH", path: "mailboxes", effect });
  const answer = create("anna");
  await vi.waitUntil(() => write.disturbed === 1, ENDED);
  return { ...started, sandbox, profileId, create, answer };
}

describe.concurrent("a plugin ends when its engine is gone", () => {
  test("because its parent was killed: it begins no write, and what is on its way arrives", async () => {
    const { sandbox, shell, runs, profileId, create } = await writing({ delayMs: 3000 });
    const anna = mailboxRow(sandbox, "anna@northwind.example");
    // Bert's write would come after the engine's end.
    const look = sandbox.addFault({ service: "dataverse", method: "GET", path: "mailboxes", effect: { lateMs: 2000 } });
    void create("bert");
    await vi.waitUntil(() => look.disturbed === 1, ENDED);
    shell.kill("SIGKILL");
    await vi.waitUntil(() => !runs(), ENDED);
    expect(writes(sandbox)).toEqual([expect.stringContaining(String(anna["mailboxid"]))]);
    expect(anna["_emailserverprofile_value"]).toBe(profileId);
  });

  test("because nobody answers at its address, though its parent lives", async () => {
    const { address, close } = await engine();
    const { runs } = await plugin([address]);
    // Connected by then.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    close();
    await vi.waitUntil(() => !runs(), ENDED);
  });

  test("and goes on while the engine only does something else, or a debugger has attached another one", async () => {
    const { address } = await engine();
    const idle = await plugin([address]);
    const attached = await plugin(["127.0.0.1:1"]);
    await new Promise<void>((resolve, reject) =>
      attached.client.attach(new pluginPb.PluginAttach().setAddress(address), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    const byHand = await plugin([]);
    attached.shell.kill("SIGKILL");
    byHand.shell.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    expect([idle.runs(), attached.runs(), byHand.runs()]).toEqual([true, true, true]);
  });
});

test("a signal waits for the answers that the engine waits for, and begins nothing new", async () => {
  const { sandbox, pid, runs, answer } = await writing({ delayMs: 1500 });
  process.kill(pid, "SIGTERM");
  expect(await answer).toBe(mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]);
  await vi.waitUntil(() => !runs(), ENDED);
});

test("a signal waits for nobody's answers once the engine is gone", async () => {
  const { sandbox, pid, shell, runs, answer } = await writing("hang");
  process.kill(pid, "SIGTERM");
  shell.kill("SIGKILL");
  await vi.waitUntil(() => !runs(), { ...ENDED, timeout: 15_000 });
  expect(await answer).toBeUndefined();
  expect(writes(sandbox)).toHaveLength(1);
});

test("a signal does not wait for a component whose engine has closed its connection: that one kills five seconds later", async () => {
  const { environment } = await testSandbox();
  const { address } = await engine();
  const { client, pid, runs } = await plugin([address], environment);
  const monitor = await listener();
  const call = client.construct(fleetBehind(monitor.address), () => {});
  await monitor.reached;
  call.cancel();
  process.kill(pid, "SIGINT");
  await vi.waitUntil(() => !runs(), { ...ENDED, timeout: 5000 });
});

test("engine and monitor are reached past the proxy of the environment", async () => {
  const [watched, logged, monitor] = await Promise.all([listener(), listener(), listener()]);
  const proxies = { grpc_proxy: NOBODY, https_proxy: NOBODY, no_grpc_proxy: "", no_proxy: "" };
  const { client } = await plugin([watched.address], { ...(await testSandbox()).environment, ...proxies });
  await watched.reached;
  client.construct(fleetBehind(monitor.address), () => {});
  await monitor.reached;
  client.attach(new pluginPb.PluginAttach().setAddress(logged.address), () =>
    client.configure(new providerPb.ConfigureRequest().setArgs(struct({})), () => {}),
  );
  await logged.reached;
});
