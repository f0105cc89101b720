export interface LockOptions {
  /** Called once when another process holds the lock. */
  readonly onWait?: (holder: number | string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for the other process. Default 40 minutes, longer than what is done under any lock here. */
  readonly waitMs?: number;
}

/**
 * Does `work` while no other process that names the same file does. Created with its folder; removed afterwards. A lock
 * of a process that died is taken over: at once on the same host, after 60 s of silence otherwise.
 */
export function withLock<T>(file: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
