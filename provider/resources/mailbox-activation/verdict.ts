import type { Code } from "../../codes/codes.ts";
import type { Step } from "../../schema/step.ts";

/** What a mailbox is: `waiting` is a known exception, neither success nor failure. */
export const STATUSES = ["success", "waiting", "failure", "notTested"] as const;

export interface Verdict {
  readonly status: (typeof STATUSES)[number];
  /** What keeps it from success; empty where nothing does. */
  readonly blockedBy: readonly Code[];
}

/** Success only when every direction that is wanted was seen to be good; waiting when all that is in its way is tolerated. */
export function verdictOf(steps: readonly Step[], tolerate: readonly Code[] = []): Verdict {
  const wanted = steps.filter(({ id, status }) => (id === "incoming" || id === "outgoing") && status !== "skipped");
  const failed = steps.filter(({ status }) => status === "failed");
  if (failed.length === 0 && wanted.length > 0 && wanted.every(({ status }) => status === "ok"))
    return { status: "success", blockedBy: [] };
  const bad = failed.length > 0 ? failed : steps.filter(({ status }) => status === "unknown");
  const blockedBy = causesOf(bad);
  const tolerated = (code: Code) =>
    tolerate.includes(code) || (tolerate.includes("TEST_FAILED") && bad.some((step) => step.code === "TEST_FAILED"));
  if (blockedBy.length > 0 && blockedBy.every(tolerated)) return { status: "waiting", blockedBy };
  return { status: failed.length > 0 ? "failure" : "notTested", blockedBy };
}

/** Codes, each once. A test that has failed says no more than the alert that tells why, where that one is understood. */
function causesOf(bad: readonly Step[]): readonly Code[] {
  const why = bad.find(({ id, code }) => id === "alerts" && code !== "ALERTS" && code !== "NO_ALERT")?.code;
  const others = bad.filter(({ id }) => id !== "alerts");
  const codes = others.flatMap(({ code }) => (code === "TEST_FAILED" ? [why ?? code] : code ? [code] : []));
  return [...new Set(codes)];
}
