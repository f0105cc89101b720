import { Environment } from "@marcbachmann/cel-js";

/** What a token says, and what is made of it. */
export interface Subject {
  readonly assertion: Readonly<Record<string, unknown>>;
  readonly attribute: Readonly<Record<string, string>>;
}

/** The Common Expression Language as workload identity pools have it: https://cloud.google.com/iam/docs/workload-identity-federation#mapping */
const LANGUAGE = new Environment()
  .registerVariable("assertion", "map")
  .registerVariable("attribute", "map")
  .registerFunction("string.extract(string): string", extract);

/** The value of an expression, or what is wrong with it: a claim that is not there, say. */
export function evaluated(expression: string, { assertion, attribute }: Subject): unknown {
  try {
    const value: unknown = LANGUAGE.evaluate(expression, { assertion, attribute });
    return value;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whether an expression can be read at all. */
export function isExpression(expression: string): boolean {
  try {
    LANGUAGE.parse(expression);
    return true;
  } catch {
    return false;
  }
}

/** What stands in a text where the template has its braces; empty where it does not fit: https://cloud.google.com/iam/docs/conditions-attribute-reference#extract */
function extract(text: string, template: string): string {
  const [before = "", after = ""] = template.split(/\{[^}]*\}/);
  const start = text.indexOf(before);
  if (start === -1) return "";
  const rest = text.slice(start + before.length);
  if (after === "") return rest;
  const end = rest.indexOf(after);
  return end === -1 ? "" : rest.slice(0, end);
}
