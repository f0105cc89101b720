import { TABLES } from "../codes/codes.ts";
import { isWarning } from "../fleet/problem.ts";
import type { PlacedProblem } from "../fleet/read-fleet.ts";

/** Problems as SARIF 2.1.0 (OASIS), which code-scanning services show in pull requests. */
export function sarif(
  files: readonly { readonly file: string; readonly problems: readonly PlacedProblem[] }[],
): string {
  const rules = Object.entries(TABLES.fleet).map(([id, { words, hint }]) => ({
    id,
    shortDescription: { text: words },
    help: { text: hint },
  }));
  const results = files.flatMap(({ file, problems }) =>
    problems.map(({ code, message, place }) => ({
      ruleId: code,
      ruleIndex: rules.findIndex(({ id }) => id === code),
      level: isWarning(code) ? "warning" : "error",
      message: { text: message },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(file.replaceAll("\\", "/")) },
            region: {
              startLine: place.line,
              startColumn: place.column,
              endLine: place.endLine,
              endColumn: place.endColumn,
            },
          },
        },
      ],
    })),
  );
  return JSON.stringify({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "gmailsync check", rules } },
        // Columns are counted as JavaScript counts a string.
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  });
}
