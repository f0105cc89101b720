import { onItsClock } from "../clock.ts";
import type { Privileges } from "./privileges.ts";

export type Cell = string | number | boolean | null;
/** By Web API names; lookups as `_name_value`; write-only columns stand here as they were written. */
export type Row = Record<string, Cell>;

export const APPROVAL_MODES = ["works", "silent", "denied", "silentWithoutPrivilege"] as const;

/** A security role, and who holds it. */
export interface Role {
  roleid: string;
  name: string;
  /** Depths by the names of the privileges. */
  privileges: Privileges;
  /** Ids of `systemusers`. */
  holders: string[];
}

export interface DataverseState {
  /** Rows by entity set. */
  rows: Record<string, Row[]>;
  /** The last row version given out. */
  version: number;
  roles: Role[];
  behaviour: {
    /** What happens to approvals: done, accepted without effect (seen with applications), refused, or without effect for want of the privilege. */
    approval: (typeof APPROVAL_MODES)[number];
    administrationMode: boolean;
    /** Requests in the window before the service throttles; null for no limit. The service's own is 6000. */
    requestLimit: number | null;
    /** Seconds of the service's window, where it is not 300. */
    requestWindowSeconds?: number;
    /** Seconds from the end of one round of fetching mail to the next; 0 for never. */
    pollIntervalSeconds: number;
  };
}

export function rowsOf(state: DataverseState, set: string): Row[] {
  state.rows[set] ??= [];
  return state.rows[set];
}

export function findRow(state: DataverseState, set: string, key: string, id: string): Row | undefined {
  return rowsOf(state, set).find((row) => String(row[key]).toLowerCase() === id.toLowerCase());
}

/** Every change of a row gives it a new version. */
export function touch(state: DataverseState, row: Row): void {
  state.version += 1;
  row["versionnumber"] = state.version;
  if ("modifiedon" in row) row["modifiedon"] = now();
}

/** The service's own format: UTC, whole seconds. */
export function now(aheadMs = 0): string {
  return new Date(onItsClock(Date.now() + aheadMs)).toISOString().replace(/\.\d+Z$/, "Z");
}

const HOUR_MS = 3600 * 1000;

/** When the access token of a sign-in ends, which Google gives for an hour. Assumption: token-expiry. */
export function tokenEnd(signedInAgoMs = 0): string {
  return now(HOUR_MS - signedInAgoMs);
}

/** How long ago those have signed in who had done so before the world began. */
export const PAST_SIGN_IN_MS = 24 * HOUR_MS;
