import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

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
    info = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  if (isAlive(info.pid)) return info;
  rmSync(file, { force: true });
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
