import { createHash, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Administered, adminService } from "./admin.ts";
import { serveHttp } from "./https-server.ts";
import { type Environment, findRunning, infoFileOf, infoText, readOwn, type SandboxInfo } from "./info.ts";
import { createWhole, writeWhole } from "./write-whole.ts";

/** Together longer than a sandbox takes to go. */
const ATTEMPTS = 100;
const PAUSE_MS = 50;

/** A folder that one sandbox has, for as long as its `sandbox.json` stands there and its administration endpoint answers. */
export interface Claim {
  readonly admin: SandboxInfo["admin"];
  /** From now on others find the sandbox, and administer it. */
  open(administered: Administered, environment: Environment): void;
  release(): Promise<void>;
}

/** Takes the folder; an error where another sandbox has it. Of several at the same moment one gets it. */
export async function claimFolder(directory: string): Promise<Claim> {
  const token = randomBytes(16).toString("hex");
  let ready: Administered | undefined;
  // Before the file: who finds that asks whether somebody is there.
  const server = await serveHttp(adminService(token, () => ready));
  const admin = { url: `http://127.0.0.1:${server.port}`, token };
  const file = infoFileOf(directory);
  let text = infoText({ pid: process.pid, admin, environment: undefined });
  try {
    await take(directory, text);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    admin,
    open: (administered, environment) => {
      ready = administered;
      text = infoText({ pid: process.pid, admin, environment });
      writeWhole(file, text);
    },
    release: async () => {
      takeAway(file, text);
      await server.close();
    },
  };
}

async function take(directory: string, text: string): Promise<void> {
  const file = infoFileOf(directory);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (createWhole(file, text)) return;
    const found = readOwn(directory);
    const running = await findRunning(directory, found);
    if (running) throw taken(directory, running.pid);
    if (found !== undefined) takeAway(file, found);
    await sleep(PAUSE_MS);
  }
  throw new Error(`${file} was left behind by a sandbox that has ended, and cannot be taken away; delete it`);
}

function taken(directory: string, pid: number): Error {
  return new Error(
    `a sandbox is running in ${directory} already (process ${pid}); \`gmailsync sandbox stop --directory ${directory}\` ends it`,
  );
}

/**
 * Removes the file if it holds this text, and nothing that somebody has put there meanwhile: only who has made the mark that is
 * called after the text removes a file with it.
 */
function takeAway(file: string, text: string): void {
  const mark = `${file}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}.old`;
  try {
    linkSync(file, mark);
  } catch (error) {
    // Gone, or somebody else is about it.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EEXIST")) return;
    throw error;
  }
  try {
    if (readFileSync(mark, "utf8") === text) rmSync(file, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}
