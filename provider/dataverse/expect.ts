import { Fault, remoteText } from "../fault.ts";
import { type Json, jsonOf, VALUES_LIMIT } from "../json.ts";
import type { Answer } from "./answer.ts";
import { dataverseFault, notDataverse, requestIdOf } from "./errors.ts";

/** The JSON object of an answer that has to be a success. */
export function expectJson(what: string, answer: Answer): Json {
  if (answer.status < 200 || answer.status > 299) throw dataverseFault(what, answer);
  const json = jsonOf(answer.text);
  const size = answer.text.length > VALUES_LIMIT ? ` of at most ${VALUES_LIMIT} values` : "";
  if (!json) throw notAsExpected(what, answer, `JSON${size}`);
  return json;
}

export function notAsExpected(what: string, answer: Answer, expected: string): Fault {
  const page = notDataverse(what, answer);
  if (page) return page;
  return new Fault({
    kind: "unexpected",
    what: `${what}: the answer is not ${expected}`,
    status: answer.status,
    requestId: requestIdOf(answer),
    hint: "Check environmentUrl, and that no proxy answers in its place.",
  });
}

/** Most objects that are named of those that were asked for. */
const NAMED = 3;

/** Not as expected either: an answer about another object than the one that was asked for, of which nothing is believed. */
export function notTheOne(what: string, asked: readonly string[], answered: unknown): Fault {
  const more = asked.length > NAMED ? ` and ${asked.length - NAMED} more` : "";
  const wanted = `${asked.slice(0, NAMED).join(", ")}${more}`;
  return new Fault({
    kind: "unexpected",
    what: `${what}: the answer is not as expected: asked was for ${wanted}, and it holds ${remoteText(String(answered))}`,
    hint: "Check environmentUrl, and that no proxy answers in its place.",
  });
}
