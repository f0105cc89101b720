import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const PING_TIMEOUT_MS = 2000;

/** How to reach a running sandbox; stands in `sandbox.json` of its directory, readable by its owner only. */
export interface SandboxInfo {
  readonly pid: number;
  readonly admin: { readonly url: string; readonly token: string };
  readonly environment: Readonly<Record<string, string>>;
}

/** The sandbox of this directory; undefined when none runs. What a dead one left behind is removed. */
export function readInfo(directory: string): SandboxInfo | undefined {
  const file = join(directory, "sandbox.json");
  let info: SandboxInfo;
  try {
    info = parseInfo(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
  if (isAlive(info.pid)) return info;
  rmSync(file, { force: true });
  return undefined;
}

/** As `readInfo`, and asks it too: after a restart of the machine or container its process number may be another's. */
export async function findRunning(directory: string): Promise<SandboxInfo | undefined> {
  const info = readInfo(directory);
  if (!info) return undefined;
  try {
    const response = await fetch(`${info.admin.url}/ping`, {
      method: "POST",
      headers: { authorization: `Bearer ${info.admin.token}` },
      signal: AbortSignal.timeout(PING_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? info : undefined;
  } catch (error) {
    // Busy is not dead.
    return error instanceof Error && error.name === "TimeoutError" ? info : undefined;
  }
}

function parseInfo(value: unknown): SandboxInfo {
  const { pid, admin, environment } = members(value);
  const { url, token } = members(admin);
  if (typeof pid !== "number" || typeof url !== "string" || typeof token !== "string")
    throw new Error("not a sandbox's");
  const strings = Object.entries(members(environment)).map(([name, text]): [string, string] => [name, String(text)]);
  return { pid, admin: { url, token }, environment: Object.fromEntries(strings) };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
