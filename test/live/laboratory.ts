import { chmod, mkdtemp, rm } from "node:fs/promises";

export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** What has been started: the last is ended first. */
export type Undo = (() => Promise<void>)[];

const startAttempts = 3;

/**
 * Starts servers in a folder of their own; `close` ends them and removes the folder. Ports are chosen before the servers take them,
 * so a lost race is tried again.
 */
export async function startIn<T>(
  assemble: (folder: string, undo: Undo) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(assemble);
    } catch (error) {
      if (attempt === startAttempts || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function startOnce<T>(
  assemble: (folder: string, undo: Undo) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  // Short, whatever TMPDIR says: the path of a Unix socket has at most 107 octets.
  const folder = await mkdtemp("/tmp/gmailsync-live-");
  // The servers' own users pass through, but cannot list.
  await chmod(folder, 0o711);
  const undo: Undo = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return { ...(await assemble(folder, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}
