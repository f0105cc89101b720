import { AsyncLocalStorage } from "node:async_hooks";

/** On whose behalf something is done. */
export interface Attribution {
  /** Of the resource. */
  readonly urn: string;
  readonly why: "create" | "update" | "delete";
  /** Tells people at that resource. */
  readonly warn: (text: string) => void;
}

const current = new AsyncLocalStorage<Attribution>();

/** Does it on behalf of a resource, however deep the calls go. */
export function onBehalfOf<T>(attribution: Attribution, work: () => Promise<T>): Promise<T> {
  return current.run(attribution, work);
}

/** On whose behalf this runs; undefined where it is nobody's. */
export function attribution(): Attribution | undefined {
  return current.getStore();
}
