import { nextOf, seen } from "../../schema/step.ts";
import { isTrouble, type Report, STATUSES } from "./report.ts";

/** What a test case of a mailbox holds; one that is ok holds nothing. */
const ELEMENTS = {
  ok: undefined,
  waiting: "skipped",
  failed: "failure",
  unknown: "error",
  notActivated: "skipped",
} as const;

/** A test suite as CI services read it: a test case for each mailbox. */
export function junitOf(reports: readonly Report[]): string {
  const count = (element: string) => reports.filter(({ status }) => ELEMENTS[status] === element).length;
  const suite = tag("testsuite", {
    name: "gmailsync doctor",
    tests: reports.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<${suite}>`, ...reports.map(caseOf), "</testsuite>"];
  return `${lines.join("\n")}\n`;
}

function caseOf(report: Report): string {
  const { target, status, decisive } = report;
  const opened = tag("testcase", { name: target.address, classname: target.client ?? "mailboxes" });
  const element = ELEMENTS[status];
  if (!element) return `  <${opened}/>`;
  const code = decisive?.code;
  const message = [code, decisive ? seen(decisive.step) : STATUSES[status].words].filter(Boolean).join(": ");
  // `skipped` has a message only.
  const inner = isTrouble(report)
    ? `<${tag(element, { message, type: code ?? status })}>${escaped((decisive && nextOf(decisive.step)) ?? "")}</${element}>`
    : `<${tag(element, { message })}/>`;
  return `  <${opened}>${inner}</testcase>`;
}

function tag(name: string, attributes: Readonly<Record<string, string | number>>): string {
  return [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`)].join(" ");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text of an element or attribute (XML 1.0, 2.2 and 2.4): what no document may hold is left out. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
