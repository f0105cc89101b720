import { escaped } from "./escaped.ts";
import type { Parts } from "./parts.ts";

/** One thing that was looked at, as CI services show it. */
export interface TestCase {
  readonly name: string;
  /** What it is shown under. */
  readonly classname: string;
  /** Why it has not passed. */
  readonly result?: Result | undefined;
}

export interface Result {
  readonly element: "failure" | "error" | "skipped";
  readonly message: string;
  readonly type: string;
  /** What to do; `skipped` has a message only. */
  readonly text: string;
}

/** A test suite as CI services read it. */
export function junit(name: string, cases: readonly TestCase[]): Parts {
  const count = (element: Result["element"]) => cases.filter(({ result }) => result?.element === element).length;
  const suite = tag("testsuite", {
    name,
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<${suite}>`, ...cases.map(caseOf), "</testsuite>"];
  return lines.map((line) => `${line}\n`);
}

function caseOf({ name, classname, result }: TestCase): string {
  const opened = tag("testcase", { name, classname });
  if (!result) return `  <${opened}/>`;
  const { element, message, type, text } = result;
  const inner =
    element === "skipped"
      ? `<${tag(element, { message })}/>`
      : `<${tag(element, { message, type })}>${escaped(text)}</${element}>`;
  return `  <${opened}>${inner}</testcase>`;
}

function tag(name: string, attributes: Readonly<Record<string, string | number>>): string {
  return [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`)].join(" ");
}
