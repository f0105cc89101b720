/** Something that the sandbox does and no document says. All texts are Markdown. */
export interface Assumption {
  /** Of small letters, digits and hyphens; stays the same when words change. */
  readonly id: string;
  /** What the sandbox does. */
  readonly what: string;
  /** What the documents leave open. */
  readonly why: string;
  /** The page that comes closest to saying it, where there is one. */
  readonly page?: string;
  /** What would be different for a user, were it otherwise. */
  readonly matters: string;
  /** A step or request that shows it on a real tenant. */
  readonly see: string;
}

/** The assumptions about one service. */
export interface AssumedService {
  readonly service: string;
  readonly assumptions: readonly Assumption[];
}
