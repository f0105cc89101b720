import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";

const PING_TIMEOUT_MS = 2000;
const OTHERS = 0o077;

/** The settings that point the provider to a sandbox. They end in a shell, so a name that is none of these is never passed on. */
const SETTINGS = [
  "GMAILSYNC_CONNECT_TO",
  "GMAILSYNC_CA_FILE",
  "GMAILSYNC_ENVIRONMENT_URL",
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_SECRET",
] as const;

export type Environment = Readonly<Record<(typeof SETTINGS)[number], string>>;

/** How to reach a running sandbox; stands in `sandbox.json` of its directory, readable by its owner only. */
export interface SandboxInfo {
  readonly pid: number;
  readonly admin: { readonly url: string; readonly token: string };
  /** Undefined while the sandbox starts. */
  readonly environment: Environment | undefined;
}

export function infoFileOf(directory: string): string {
  return join(directory, "sandbox.json");
}

export function infoText(info: SandboxInfo): string {
  return `${JSON.stringify(info, null, 2)}\n`;
}

/** The sandbox of this directory; undefined when none runs. */
export function readInfo(directory: string): SandboxInfo | undefined {
  const text = readOwn(directory);
  return text === undefined ? undefined : aliveIn(directory, text);
}

/** The record of this directory; undefined where there is none, an error where it is not the user's own. */
export function readOwn(directory: string): string | undefined {
  const file = infoFileOf(directory);
  let handle: number | undefined;
  try {
    // Neither through a link, nor waiting for a pipe.
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stranger = strangerIn(fstatSync(handle));
    if (stranger) throw notTaken(file, stranger);
    return readFileSync(handle, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw notTaken(file, "is a link");
    throw code === "EACCES" ? notTaken(file, "may not be read by this user") : error;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Why a file cannot be of a sandbox of this user. Windows knows neither owner nor mode. */
function strangerIn(file: Stats): string | undefined {
  if (!file.isFile()) return "is no regular file";
  if (process.getuid === undefined) return undefined;
  if (file.uid !== process.getuid()) return "belongs to another user";
  return (file.mode & OTHERS) === 0 ? undefined : "may be read or written by other users";
}

function notTaken(file: string, reason: string): Error {
  return new Error(
    `${file} ${reason}, so no sandbox of this user has written it; delete it, or name another --directory`,
  );
}

function aliveIn(directory: string, text: string): SandboxInfo | undefined {
  const info = parseInfo(text);
  if (!info) throw notTaken(infoFileOf(directory), "holds something else than a sandbox of this version writes");
  return isAlive(info.pid) ? info : undefined;
}

/**
 * As `readInfo`, and asks it too: after a restart of the machine or container its process number may be another's. `text` where it was
 * read before.
 */
export async function findRunning(directory: string, text = readOwn(directory)): Promise<SandboxInfo | undefined> {
  const info = text === undefined ? undefined : aliveIn(directory, text);
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

function parseInfo(text: string): SandboxInfo | undefined {
  const { pid, admin, environment } = members(jsonOf(text));
  const { url, token } = members(admin);
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  if (typeof url !== "string" || !/^http:\/\/127\.0\.0\.1:\d+$/.test(url) || typeof token !== "string")
    return undefined;
  if (environment === undefined) return { pid, admin: { url, token }, environment };
  return isEnvironment(environment) ? { pid, admin: { url, token }, environment } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All the settings, and nothing beside them. */
function isEnvironment(value: unknown): value is Environment {
  const given = members(value);
  return (
    Object.keys(given).length === SETTINGS.length && SETTINGS.every((setting) => typeof given[setting] === "string")
  );
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
