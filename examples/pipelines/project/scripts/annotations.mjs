/** What `gmailsync check --sarif` has found, on standard input, as the pipeline that runs this shows it beside the lines. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Percent-encodes these characters of a text. */
const encoded = (text, characters) =>
  String(text).replace(/./gs, (one) =>
    characters.includes(one) ? `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}` : one,
  );

const GITHUB = (text) => encoded(text, "%\r\n:,");
const AZURE = (text) => encoded(text, "\r\n;]");

/** By the variable that each system sets in its jobs. */
const WAYS = {
  GITHUB_ACTIONS: (found) =>
    found.map(
      ({ level, file, line, column, rule, text }) =>
        `::${level} file=${GITHUB(file)},line=${line},col=${column},title=${GITHUB(rule)}::${encoded(text, "%\r\n")}`,
    ),
  TF_BUILD: (found) =>
    found.map(
      ({ level, file, line, column, rule, text }) =>
        `##vso[task.logissue type=${level};sourcepath=${AZURE(file)};linenumber=${line};columnnumber=${column};code=${AZURE(rule)}]${encoded(text, "\r\n")}`,
    ),
  GITLAB_CI: (found) => [
    JSON.stringify(
      found.map(({ level, file, line, rule, text }) => ({
        description: text,
        check_name: rule,
        fingerprint: createHash("sha256").update([rule, file, text].join("\n")).digest("hex"),
        severity: level === "error" ? "critical" : "minor",
        location: { path: file, lines: { begin: line } },
      })),
    ),
  ],
};

const { runs } = JSON.parse(readFileSync(0, "utf8"));
const found = runs
  .flatMap(({ results }) => results)
  .map(({ ruleId, level, message, locations: [{ physicalLocation: at }] }) => ({
    rule: ruleId,
    level,
    text: message.text,
    file: decodeURI(at.artifactLocation.uri),
    line: at.region.startLine,
    column: at.region.startColumn,
  }));
const [way] = Object.keys(WAYS).filter((variable) => process.env[variable]);
if (!way) throw new Error(`none of ${Object.keys(WAYS).join(", ")} is set`);
for (const line of WAYS[way](found)) console.log(line);
