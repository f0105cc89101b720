import type { Fault } from "./traffic.ts";

/** Values of an order by name, all of them texts, as a command line gives them. */
export type Parameters = Readonly<Record<string, string>>;

/** What the order names is not there. */
export class Unknown extends Error {}
/** The order is none. */
export class Malformed extends Error {}

/** `{"name": "…", "values": {"column": "text"}}`, both optional. */
export function parseOrder(body: string): { name: string; values: Parameters } {
  const { name = "", values = {} } = members(parseJson(body || "{}"), "the body");
  if (typeof name !== "string") throw new Malformed("name must be a string");
  const texts = Object.entries(members(values, "values")).map(([key, value]): [string, string] => {
    if (typeof value !== "string") throw new Malformed(`values.${key} must be a string`);
    return [key, value];
  });
  return { name, values: Object.fromEntries(texts) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed("the body is not JSON");
  }
}

function members(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Malformed(`${what} must be a JSON object`);
}

export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new Unknown(`${name} must be one of ${allowed.join(", ")}`);
  return found;
}

export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Unknown(`${name} must be a whole number from ${least} to ${most}`);
}

export function refuseOthers(others: Parameters, known: readonly string[]): void {
  const [other] = Object.keys(others);
  if (other) throw new Unknown(`there is no ${other} to set; known are ${known.join(", ")}`);
}

/** `status=429 retry-after=2 times=3 method=GET path=mailboxes`, or `effect=reset|hang|lost-answer`, or `delay=500`. */
export function faultOf(service: string, values: Parameters): Fault {
  const { status, effect, delay, times = "1", method, path, "retry-after": retryAfter, ...others } = values;
  refuseOthers(others, ["status", "retry-after", "effect", "delay", "times", "method", "path"]);
  const common = {
    service: oneOf("service", service, ["dataverse", "entra", "google"]),
    times: wholeNumber("times", times, 1, 1_000_000),
    ...(method && { method }),
    ...(path && { path }),
  };
  if (effect) return { ...common, effect: oneOf("effect", effect, ["reset", "hang", "lost-answer"] as const) };
  if (delay) return { ...common, effect: { delayMs: wholeNumber("delay", delay, 0, 600_000) } };
  const code = wholeNumber("status", status ?? "503", 200, 599);
  const body = {
    error: { code: code === 429 ? "0x80072322" : "", message: `The sandbox answers ${code} as it was told to.` },
  };
  return {
    ...common,
    effect: { status: code, headers: retryAfter ? { "retry-after": retryAfter } : {}, body },
  };
}
