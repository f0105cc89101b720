import { setTimeout as sleep } from "node:timers/promises";
import { onItsClock, withSkew } from "../clock.ts";
import type { HalfAnswer, Reply } from "../http.ts";
import type { Break, Effect } from "./fault.ts";
import type { PastRows } from "./past-rows.ts";

/** What is done with a request; `next` has it carried out, or disturbed by the faults that come after. */
export type Meet = (next: () => Promise<Reply>) => Promise<Reply>;

export interface Tools {
  /** Reads an order, and gives what carries it out. */
  readonly order: (line: string) => () => unknown;
  /** What keeps rows from now on. */
  readonly past: (ageMs: number) => PastRows;
}

const BROKEN: Readonly<Record<Break, Meet>> = {
  reset: async () => "reset",
  hang: async () => "hang",
  "lost-answer": (next) => next().then(() => "reset"),
  "no-answer": (next) => next().then(() => "hang"),
  "half-answer": (next) => next().then((reply) => half(reply, "content-length")),
  "half-chunks": (next) => next().then((reply) => half(reply, "chunked")),
};

export function meetingOf(effect: Effect, tools: Tools): Meet {
  if (typeof effect === "string") return BROKEN[effect];
  if ("delayMs" in effect) return (next) => sleep(effect.delayMs, undefined, { ref: false }).then(next);
  if ("staleMs" in effect) {
    const past = tools.past(effect.staleMs);
    return (next) => past.show(next);
  }
  if ("skewMs" in effect) return (next) => withSkew(effect.skewMs, () => next().then(dated));
  if ("order" in effect) {
    const perform = tools.order(effect.order);
    return async (next) => {
      perform();
      return next();
    };
  }
  const { done = false, ...answer } = effect;
  return async (next) => {
    if (done) await next();
    return answer;
  };
}

function half(reply: Reply, framing: HalfAnswer["framing"]): Reply {
  return typeof reply === "string" || "half" in reply ? reply : { half: reply, framing };
}

/** With the date that the service takes it for. */
function dated(reply: Reply): Reply {
  if (typeof reply === "string") return reply;
  if ("half" in reply) return { ...reply, half: { ...reply.half, headers: withDate(reply.half.headers) } };
  return { ...reply, headers: withDate(reply.headers) };
}

function withDate(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...headers, date: new Date(onItsClock(Date.now())).toUTCString() };
}
