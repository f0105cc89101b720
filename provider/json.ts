import { decodeText } from "./decode-text.ts";
import { isTree, type Tree, type Value } from "./values.ts";

/** An object of a JSON answer, nothing known about its members. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Most values of one answer: five times what Dataverse's largest page has. Nested lists take twenty times the memory of their text. */
export const VALUES_LIMIT = 1_000_000;

/** The JSON object of an answer; undefined when it is something else, such as a proxy's page, or has more values than are taken. */
export function jsonOf(text: string, most = VALUES_LIMIT): Json | undefined {
  if (hasMoreValues(text, most)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const [QUOTE, ...BEGINNINGS] = [...'"[{,'].map((sign) => sign.charCodeAt(0));

/** Counts what begins a value in JSON, without making any of them. */
function hasMoreValues(text: string, most: number): boolean {
  if (text.length <= most) return false;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfText(text, at);
    else if (BEGINNINGS.includes(sign)) values++;
  }
  return values > most;
}

/** Where a text ends that begins there: at a quotation mark that no backslash escapes. */
function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === "\\") first--;
  return (at - first) % 2 === 1;
}

/**
 * The object in a JSON text as people and pipelines hand it on: with a byte order mark, in base64, as text inside of JSON, with line ends
 * inside of its strings.
 */
export function objectIn(text: string): Tree | undefined {
  return treeOf(text) ?? treeOf(decodeText(Buffer.from(text, "base64")) ?? "");
}

function treeOf(text: string): Tree | undefined {
  try {
    // A byte order mark counts as a blank, too. Between values a line end is as good as a blank; inside of them it is no JSON.
    const value: Value = JSON.parse(text.trim().replaceAll(/[\r\n]+/g, " "));
    if (typeof value === "string") return treeOf(value);
    return isTree(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A member of whatever this is; undefined where it has none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** A member that is text; empty where it is something else. */
export function textOf(value: unknown, name: string): string {
  const text = memberOf(value, name);
  return typeof text === "string" ? text : "";
}
