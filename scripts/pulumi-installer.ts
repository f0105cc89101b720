import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { lastWords, run } from "./exec.ts";
import type { MakeOptions } from "./pulumi-executables.ts";

const HOST = "get.pulumi.com";
const PROBE_MS = 3_000;
const INSTALL_MS = 3 * 60_000;

/**
 * Runs the official installer, in a process of its own, because the Automation API's call can neither be cancelled nor
 * bounded. Asks the network first, so that a machine without a way out loses 3 seconds and not 3 minutes.
 */
export async function installOfficial(options: MakeOptions): Promise<string | undefined> {
  const { into, version, env, log, signal } = options;
  // Behind a proxy a direct connection proves nothing; the installer itself has to try.
  const proxied = ["HTTPS_PROXY", "https_proxy"].some((name) => env[name]);
  if (!proxied && !(await isReachable(HOST, 443, PROBE_MS))) {
    return `the official installer was not tried: no connection to ${HOST}:443 within ${PROBE_MS / 1000} s`;
  }
  log(`Installing Pulumi ${version} by the official installer into ${into} ...`);
  const script = join(import.meta.dirname, "install-official.ts");
  const { code, stderr } = await run(process.execPath, [script, into, version], {
    env: { ...env, NODE_USE_ENV_PROXY: "1" },
    signal,
    timeoutMs: INSTALL_MS,
  });
  signal?.throwIfAborted();
  return code === 0 ? undefined : `the official installer failed: ${lastWords(stderr)}`;
}

export async function isReachable(host: string, port: number, timeoutMs: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } catch {
    return false;
  } finally {
    // A connection that fails after the limit has nobody left to tell.
    socket.on("error", () => {});
    socket.destroy();
  }
}
