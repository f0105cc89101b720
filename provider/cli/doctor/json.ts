import { rowOf } from "../../codes/codes.ts";
import { nextOf } from "../../schema/step.ts";
import { stepJson } from "../steps/json.ts";
import { ageMs, type Report } from "./report.ts";

/** One object in a line, with the words that people see; a stored step has none. */
export function jsonOf(report: Report): string {
  return JSON.stringify(inJson(report));
}

export function inJson(report: Report): object {
  const { target, status, blockedBy, decisive, webUrl, testedOn, drift, steps } = report;
  const age = ageMs(report);
  return {
    address: target.address,
    kind: target.kind,
    status,
    code: decisive?.code,
    class: decisive && rowOf(decisive.code).class,
    hint: decisive && nextOf(decisive.step),
    blockedBy,
    client: target.client,
    webUrl,
    testedOn,
    testedSecondsAgo: age === undefined ? undefined : Math.floor(age / 1000),
    drift,
    steps: steps.map(stepJson),
  };
}
