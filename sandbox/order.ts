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
