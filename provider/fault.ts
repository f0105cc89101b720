import type { FaultKind } from "./codes/kinds.ts";
import { mask, type SafeText } from "./redaction/secrets.ts";

export interface FaultDetails {
  readonly kind: FaultKind;
  /** What failed and on which object, as a sentence without the final full stop. */
  readonly what: string;
  /** What it failed of, where that is the same at every object. */
  readonly reason?: string | undefined;
  /** What the other side said, in its own words. Cleaned and cut here. */
  readonly said?: string | undefined;
  /** What to do next: a full sentence, with the page to open where there is one. */
  readonly hint?: string | undefined;
  /** The other side's own code, for example `0x80040217` or `invalid_client`. */
  readonly code?: string | undefined;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The service's request id, which its support asks for. */
  readonly requestId?: string | undefined;
  /** Surely nothing was done, as the service itself said no, or was never asked. Without it a write may have been carried out. */
  readonly undone?: boolean;
  readonly cause?: unknown;
}

/**
 * The one error that users see. Its message says what failed and on which object, what the other side said, and what
 * to do next; `kind` and `code` are for programs. What a server has said is cleaned here; hosts mask all of it once more on the way out.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly kind: FaultKind;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly hint: string | undefined;
  readonly undone: boolean;
  /** What failed and on which object. */
  readonly what: string;
  /** All that is the same at every object which the cause hits, for comparing; undefined where the error says no more than what failed. */
  readonly grounds: string | undefined;
  readonly #details: FaultDetails;
  /** The message without the hint, for those who know better what to do, without the full stop. */
  readonly account: string;

  constructor(given: FaultDetails) {
    const said = given.said ? remoteText(given.said) : undefined;
    const details = { ...given, said, code: named(given.code), requestId: named(given.requestId) };
    const account = accountOf(details);
    super(
      `${account}.${details.hint ? ` ${details.hint}` : ""}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    const { kind, what, reason, code, status, hint } = details;
    this.#details = details;
    this.what = what;
    this.grounds = reason || said || code ? JSON.stringify([kind, reason, said, code, status, hint]) : undefined;
    this.account = account;
    this.kind = details.kind;
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.hint = details.hint;
    this.undone = details.undone ?? false;
  }

  /** The same, with more to say about what to do. */
  and(hint: string): Fault {
    return new Fault({ ...this.#details, hint: [this.hint, hint].filter(Boolean).join(" ") });
  }

  /** The same, of what surely did nothing. */
  ofNothingDone(): Fault {
    return this.undone ? this : new Fault({ ...this.#details, undone: true });
  }
}

/** What people are told: in words, or as the error that it comes from, by which hosts know that one cause was told before. */
export type Problem = string | Fault;

export function wordsOf(problem: Problem): string {
  return typeof problem === "string" ? problem : problem.message;
}

/** Codes and ids are a server's words, too. */
function named(name: string | undefined): SafeText | undefined {
  return name === undefined ? undefined : cleaned(name, NAME_LIMIT);
}

function accountOf({ what, reason, said, code, status, requestId }: FaultDetails): string {
  const facts = [code, status === undefined ? undefined : `HTTP ${status}`, requestId && `request ${requestId}`]
    .filter(Boolean)
    .join(", ");
  const answer = said ? `: the server said: ${said}` : "";
  return `${what}${reason ? `: ${reason}` : ""}${answer}${facts ? ` (${facts})` : ""}`;
}

/** Longest piece of remote text that is ever shown, in characters. */
const REMOTE_TEXT_LIMIT = 512;
/** Longest that is looked at: what is cut off must not hide a secret from being found. */
const LOOKED_AT = 60 * 1024;
/** What the longest piece of a secret takes that cannot be known any more once it is cut in two, with escapes inside of escapes. */
const EDGE = 1024;

/** Makes text of a server fit to print: without known secrets, control characters become spaces, at most 512 characters remain, in this order. */
export function remoteText(text: string): SafeText {
  return cleaned(text, REMOTE_TEXT_LIMIT);
}

/** The beginning of a server's text, as far as it is looked at, without known secrets. */
export function beginningOf(text: string): SafeText {
  const clean = mask(text.slice(0, LOOKED_AT));
  return text.length <= LOOKED_AT ? clean : mask(clean.slice(0, -EDGE));
}

function cleaned(text: string, limit: number): SafeText {
  const clean = onOneLine(beginningOf(text));
  return mask(clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`);
}

/** The text without what drives a terminal, and without what nobody sees. Colours, too: they are for us to give. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}

/** The name of an object as a server has it, in quotation marks. */
export function quoted(name: string | null | undefined): string {
  return `"${remoteText(name ?? "")}"`;
}

/** Longest code or id of a server, in characters. */
const NAME_LIMIT = 80;

/** The fault behind anything thrown, as libraries wrap what they meet on the way out. */
export function faultIn(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  return error instanceof Error && error.cause !== undefined ? faultIn(error.cause) : undefined;
}

/** What JSON.parse quotes of a text that may be secret. */
const QUOTED = /,? (?:\.\.\.)?".{0,100}"(?:\.\.\.)? is not valid JSON/s;

/** The message of anything thrown, for the rare place that meets other errors than faults. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(QUOTED, ": it is not valid JSON") : String(error);
}
