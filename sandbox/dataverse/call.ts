import type { HttpAnswer, HttpRequest } from "../http.ts";
import type { Change } from "./changes.ts";
import type { Place } from "./links.ts";
import type { Option, Options } from "./options.ts";
import type { Preferences } from "./preferences.ts";
import type { Row } from "./state.ts";

/** A request with everything that was read from it before anything is done. */
export interface Call extends Place {
  readonly request: HttpRequest;
  /** The application user who asks. */
  readonly user: Row;
  /** Address of the Web API in the version that was asked, without a slash at its end. */
  readonly base: string;
  readonly prefer: Preferences;
  readonly options: Options;
}

/** What is to be done, and how the world is answered once it is. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly answer: () => HttpAnswer;
}

export interface Operation {
  /** The query options that it takes. */
  readonly options: readonly Option[];
  /** Refuses what cannot be done by throwing a `ServiceError`. */
  readonly run: (call: Call) => Outcome;
}

export function found(answer: HttpAnswer): Outcome {
  return { changes: [], answer: () => answer };
}

/** Address of the metadata that describes an answer: `…/$metadata#mailboxes(name)`. */
export function contextOf({ base }: Call, what: string, select?: readonly string[]): string {
  return `${base}/$metadata#${what}${select ? `(${select.join(",")})` : ""}`;
}
