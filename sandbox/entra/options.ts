import type { FetchOf } from "../issuer-keys.ts";
import type { EntraState } from "./state.ts";

export interface EntraOptions {
  readonly state: () => EntraState;
  readonly environmentUrl: string;
  /** How far the world's clock is ahead, in milliseconds: secrets and certificates end by it. */
  readonly aheadMs: () => number;
  /** Asks issuers of tokens for their metadata. */
  readonly fetch: FetchOf;
}
