import { USER_CAP } from "../../google/consent-screen.ts";
import { inJson } from "../doctor/json.ts";
import { STATUSES } from "../doctor/report.ts";
import { objectParts, type Parts } from "../parts.ts";
import { agesOf, type Survey } from "./survey.ts";

/** One object for programs; its mailboxes are as `gmailsync doctor --json` has them. */
export function surveyInJson(survey: Survey): Parts {
  const { environmentUrl, at, from, reports, rooms } = survey;
  const counts = Object.keys(STATUSES).map((status) => [status, reports.filter((one) => one.status === status).length]);
  const head = {
    environmentUrl,
    at,
    from,
    counts: { all: reports.length, ...Object.fromEntries(counts) },
    places: rooms.map(({ project, taken, others, left }) => ({ project, taken, of: USER_CAP, others, left })),
    testAges: Object.fromEntries(agesOf(survey).map(({ words, count }) => [words, count])),
  };
  return objectParts(head, "mailboxes", reports, inJson);
}
