export const SERVICES = ["dataverse", "entra", "google"] as const;
export const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"] as const;

/** Ways in which an answer does not come. */
export const BREAKS = [
  /** The connection is cut, and nothing was done. */
  "reset",
  /** No answer ever comes, and nothing was done. */
  "hang",
  /** The request is done, and the connection cut instead of an answer. */
  "lost-answer",
  /** The request is done, and no answer ever comes. */
  "no-answer",
  /** The request is done; half of its answer comes, less than `content-length` has promised. */
  "half-answer",
  /** The request is done; half of its answer comes, without the last chunk. */
  "half-chunks",
] as const;
export type Break = (typeof BREAKS)[number];

/** An answer of choice. Strings are sent as they are, as HTML unless `headers` say something else. */
export interface ChosenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The request is carried out all the same. Default false. */
  readonly done?: boolean;
}

export type Effect =
  | Break
  | ChosenAnswer
  /** The request comes so much later. */
  | { readonly delayMs: number }
  /** Reads of Dataverse see rows as they were at least so long ago, though none from before the fault. */
  | { readonly staleMs: number }
  /** The service's clock is ahead, or behind: `Date`, moments that Dataverse writes, and the end of tokens that are issued. */
  | { readonly skewMs: number }
  /** Something is done by the administrator just before, as on the command line: `take role "Basic User" from=…`. */
  | { readonly order: string };

type OneOrMore<T extends string> = T | readonly T[];

/** Which requests are disturbed, and how. Faults that a request meets work together, the first added comes first. */
export interface Fault {
  readonly service: (typeof SERVICES)[number];
  readonly method?: OneOrMore<(typeof METHODS)[number]>;
  /** Parts of path and query, decoded. */
  readonly path?: OneOrMore<string>;
  /** Ids in path, query or body, in any case of letters. */
  readonly row?: OneOrMore<string>;
  /** The first match that is disturbed, from 1. Default: `every`. */
  readonly nth?: number;
  /** From there on every so many. Default 1. */
  readonly every?: number;
  /** How many are disturbed. Default: 1, without end where there is `every`. */
  readonly times?: number;
  readonly effect: Effect;
}

export interface FaultHandle {
  /** Requests that met the description so far; those that an earlier fault has kept away are not seen. */
  readonly matched: number;
  /** How many of them were disturbed. */
  readonly disturbed: number;
  remove(): void;
}
