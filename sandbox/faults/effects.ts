import { setTimeout as sleep } from "node:timers/promises";
import { onItsClock, withSkew } from "../clock.ts";
import type { MailAnswer } from "../gmail/conversation.ts";
import type { HttpAnswer } from "../http.ts";
import { type AnyEffect, type Break, HALF_CHUNKS, type HttpEffect, type MailEffect } from "./fault.ts";
import type { PastRows } from "./past-rows.ts";

/** What comes of a request: the answer, half of it, or nothing. */
export type Outcome<A> = A | { readonly half: A; readonly chunked?: boolean } | "reset" | "hang";

/**
 * What is done with a request; `next` has it carried out, or disturbed by the faults that come after. `sent` tells what the client has sent.
 */
export type Meet<A> = (next: () => Promise<Outcome<A>>, sent: () => string) => Promise<Outcome<A>>;

export interface Tools {
  /** Reads an order, and gives what carries it out. */
  readonly order: (line: string) => () => unknown;
  /** What keeps rows from now on. */
  readonly past: (ageMs: number) => PastRows;
}

export function httpMeeting(effect: HttpEffect, tools: Tools): Meet<HttpAnswer> {
  if (effect === HALF_CHUNKS) return (next) => next().then((outcome) => half(outcome, true));
  if (typeof effect === "string" || isForAny(effect)) return anyMeeting(effect, tools);
  if ("staleMs" in effect) {
    const past = tools.past(effect.staleMs);
    return (next) => past.show(next);
  }
  if ("skewMs" in effect) return (next) => withSkew(effect.skewMs, () => next().then(dated));
  const { done = false, ...answer } = effect;
  return async (next, sent) => {
    if (done) await next();
    return { ...answer, ...repeating(answer, sent) };
  };
}

/** Stands for what the client has sent, in answers of choice. */
const SENT = "{sent}";

/** Where an answer of choice repeats what was sent: in headers it cannot hold line ends. */
function repeating({ headers = {}, body }: HttpAnswer, sent: () => string): Pick<HttpAnswer, "headers" | "body"> {
  const inHeaders = Object.entries(headers).map(([name, value]) => [
    name,
    value.includes(SENT) ? value.replaceAll(SENT, () => sent().replaceAll(/[^\x20-\x7e]/g, " ")) : value,
  ]);
  return { headers: Object.fromEntries(inHeaders), ...(body !== undefined && { body: filled(body, sent) }) };
}

function filled(value: unknown, sent: () => string): unknown {
  if (typeof value === "string") return value.replaceAll(SENT, sent);
  if (Array.isArray(value)) return value.map((one) => filled(one, sent));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, sent)]));
}

export function mailMeeting(effect: MailEffect, tools: Tools): Meet<MailAnswer> {
  if (typeof effect === "string" || !("reply" in effect)) return anyMeeting(effect, tools);
  const { reply, close: final = false, done = false } = effect;
  return async (next, sent) => {
    const answer = { lines: reply.replaceAll(SENT, sent).split(/\r?\n/), final };
    const own = done ? await next() : answer;
    return isWhole(own) ? { ...own, ...answer } : answer;
  };
}

function isForAny(effect: Exclude<HttpEffect, string>): effect is Exclude<AnyEffect, string> {
  return "delayMs" in effect || "lateMs" in effect || "order" in effect;
}

function anyMeeting<A extends object>(effect: AnyEffect, tools: Tools): Meet<A> {
  if (typeof effect === "string") return broken<A>()[effect];
  if ("delayMs" in effect) return (next) => sleep(effect.delayMs, undefined, { ref: false }).then(next);
  if ("lateMs" in effect) return (next) => next().then((outcome) => sleep(effect.lateMs, outcome, { ref: false }));
  const perform = tools.order(effect.order);
  return async (next) => {
    await perform();
    return next();
  };
}

function broken<A extends object>(): Readonly<Record<Break, Meet<A>>> {
  return {
    reset: async () => "reset",
    hang: async () => "hang",
    "lost-answer": (next) => next().then(() => "reset"),
    "no-answer": (next) => next().then(() => "hang"),
    "half-answer": (next) => next().then((outcome) => half(outcome, false)),
  };
}

function isWhole<A extends object>(outcome: Outcome<A>): outcome is A {
  return typeof outcome === "object" && !("half" in outcome);
}

function half<A extends object>(outcome: Outcome<A>, chunked: boolean): Outcome<A> {
  return isWhole(outcome) ? { half: outcome, chunked } : outcome;
}

/** With the date that the service takes it for. */
function dated(outcome: Outcome<HttpAnswer>): Outcome<HttpAnswer> {
  if (typeof outcome === "string") return outcome;
  if ("half" in outcome) return { ...outcome, half: { ...outcome.half, headers: withDate(outcome.half.headers) } };
  return { ...outcome, headers: withDate(outcome.headers) };
}

function withDate(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...headers, date: new Date(onItsClock(Date.now())).toUTCString() };
}
