import { roomText } from "../../fleet/rooms.ts";
import { mailboxes } from "../amount.ts";
import { causesOf, type Hit } from "../doctor/causes.ts";
import { counted, type Report, STATUSES } from "../doctor/report.ts";
import { shownAs } from "../doctor/target.ts";
import { literally, sentence } from "../page/markdown.ts";
import { agesOf, originOf, type Survey, titleOf } from "./survey.ts";

/**
 * Most characters: GitHub takes 65,536 in a comment, GitLab and Azure DevOps more (GitHub: "Create an issue comment"). Some room is left
 * for what people put around it.
 */
export const MARKDOWN_LIMIT = 60_000;

/** Most mailboxes that are named at a cause. */
const MOST_NAMED = 50;

/** For job summaries and comments (GitHub Flavored Markdown): what is wrong by cause, never longer than they may be. */
export function markdownOf(survey: Survey): string {
  const { reports, rooms } = survey;
  const causes = causesOf(reports).flatMap(({ status, code, words, hint, hit }) => [
    `### ${STATUSES[status].mark} ${literally(code)}, ${mailboxes(hit.length)}`,
    "",
    `${sentence(words)}.${hint ? ` ${sentence(hint)}` : ""}`,
    "",
    ...hit.slice(0, MOST_NAMED).map(hitOf),
    ...(hit.length > MOST_NAMED ? [`- and ${hit.length - MOST_NAMED} more`] : []),
    "",
  ]);
  const head = [`## ${literally(titleOf(survey))}`, "", `**${counted(reports)}**`, "", sentence(originOf(survey)), ""];
  const places =
    rooms.length > 0 ? ["### Places", "", ...rooms.map((room) => `- ${literally(roomText(room))}`), ""] : [];
  return bounded([...head, ...causes, ...places, ...driftOf(reports), ...agesIn(survey)], MARKDOWN_LIMIT);
}

function hitOf({ report, own }: Hit): string {
  return `- ${[literally(shownAs(report.target)), ...own.map(sentence)].join(" ")}`;
}

function driftOf(reports: readonly Report[]): string[] {
  const drifted = reports.filter(({ drift }) => drift.length > 0);
  if (drifted.length === 0) return [];
  const named = drifted
    .slice(0, MOST_NAMED)
    .map(({ target, drift }) => `- ${literally(shownAs(target))}: ${drift.map(literally).join(", ")}`);
  const left = drifted.length - named.length;
  return ["### Not as declared", "", ...named, ...(left > 0 ? [`- and ${left} more`] : []), ""];
}

function agesIn(survey: Survey): string[] {
  const rows = agesOf(survey).flatMap(({ words, count }) => (count > 0 ? [`| ${words} | ${count} |`] : []));
  return ["| last test | mailboxes |", "| --- | ---: |", ...rows];
}

/** Whole lines, as many as there is room for, and how many are left out. */
function bounded(all: readonly string[], limit: number): string {
  const whole = `${all.join("\n")}\n`;
  if (whole.length <= limit) return whole;
  const last = (left: number) => `\n… and ${left} more lines, which a page (\`--html\`) has.\n`;
  const room = limit - last(all.length).length;
  const shown: string[] = [];
  let length = 0;
  for (const line of all) {
    length += line.length + 1;
    if (length > room) break;
    shown.push(line);
  }
  return `${shown.join("\n")}\n${last(all.length - shown.length)}`;
}
