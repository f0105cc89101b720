/**
 * A lock between processes, as a file that its holder touches every few seconds. Plain JavaScript without dependencies,
 * because it also guards the installation of the dependencies; `lock.d.mts` holds the types.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 5_000;
/** A holder that was silent for so long is gone, whatever runs under its process id now. */
const STALE_AFTER_MS = 60_000;
const POLL_MS = 200;
const WAIT_MS = 40 * 60_000;

export async function withLock(file, work, { onWait, signal, waitMs = WAIT_MS } = {}) {
  const held = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await acquire(file, held, { onWait, signal, waitMs });
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (read(file)?.text === held) rmSync(file, { force: true });
  }
}

async function acquire(file, held, { onWait, signal, waitMs }) {
  mkdirSync(dirname(file), { recursive: true });
  const end = Date.now() + waitMs;
  for (let told = false; !create(file, held); ) {
    signal?.throwIfAborted();
    const holder = read(file);
    if (holder === undefined) continue;
    if (isStale(holder)) {
      takeAway(file, holder.text);
      continue;
    }
    const who = pidOf(holder.text);
    if (Date.now() >= end) {
      throw new Error(`Waited ${waitMs / 1000} s for process ${who}, which holds ${file}. End it, or delete the file.`);
    }
    if (!told) onWait?.(who);
    told = true;
    await sleep(POLL_MS, undefined, { signal }).catch(() => {}); // cancelled: said above, with the reason
  }
}

function create(file, text) {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function read(file) {
  try {
    return { text: readFileSync(file, "utf8"), silentMs: Date.now() - statSync(file).mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody deleted the file by hand. The work goes on; only its protection is lost.
  }
}

function isStale({ text, silentMs }) {
  if (silentMs > STALE_AFTER_MS) return true;
  const { pid, host } = parse(text);
  return Number.isInteger(pid) && host === hostname() && !isAlive(pid);
}

/** Several processes may find the same stale lock: each moves it aside, and one that caught a new lock puts it back. */
function takeAway(file, staleText) {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") === staleText) rmSync(aside);
    else renameSync(aside, file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function pidOf(text) {
  return parse(text).pid ?? "(unknown)";
}

/** A lock that is just being written is empty for a moment. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
