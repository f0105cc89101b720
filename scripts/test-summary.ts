/** What of Vitest's JSON report counts for the summary. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * `N passed, N failed`, and `, N skipped` when there are any. A file that failed without a failed test (it did not load,
 * or a hook failed) counts as one failed test; so does a run that failed for another reason, such as no test at all.
 */
export function testSummary(json: string | undefined, exitCode: number): string {
  const report = json === undefined ? undefined : parseReport(json);
  if (report === undefined) return "0 passed, 1 failed";
  const failures = report.testResults.map(({ status, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === "failed").length;
    return status === "failed" ? Math.max(failed, 1) : failed;
  });
  const failed = failures.reduce((sum, count) => sum + count, 0);
  const skipped = report.numPendingTests + report.numTodoTests;
  const counted = exitCode === 0 ? failed : Math.max(failed, 1);
  return `${report.numPassedTests} passed, ${counted} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function parseReport(json: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is Report {
  return (
    isObject(value) &&
    ["numPassedTests", "numPendingTests", "numTodoTests"].every((name) => typeof value[name] === "number") &&
    Array.isArray(value["testResults"]) &&
    value["testResults"].every(
      (file: unknown) =>
        isObject(file) &&
        typeof file["status"] === "string" &&
        Array.isArray(file["assertionResults"]) &&
        file["assertionResults"].every((test: unknown) => isObject(test) && typeof test["status"] === "string"),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
