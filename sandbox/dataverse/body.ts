import type { HttpRequest } from "../http.ts";
import { payloadError, ServiceError, shorten } from "./service-error.ts";

export type Payload = Readonly<Record<string, unknown>>;

/** The JSON object of a request. Assumption: content-type. */
export function parseBody({ headers, body }: HttpRequest, set: string): Payload {
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new ServiceError(415, "0x80060888", `The content type '${shorten(type)}' is not application/json.`);
  }
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw payloadError(set, "The request body is not a JSON object.");
  }
  const twice = duplicateMember(body);
  if (twice !== undefined) {
    const inner = `Multiple properties with the name '${shorten(twice)}' were detected in a resource or a complex value.`;
    throw payloadError(set, inner);
  }
  return { ...value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member that the outermost object of a JSON text has twice: `JSON.parse` keeps the last in silence. */
function duplicateMember(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let last = "";
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === ":" && depth === 1) {
      const name = String(JSON.parse(last));
      if (seen.has(name)) return name;
      seen.add(name);
    }
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    last = token;
  }
  return undefined;
}
