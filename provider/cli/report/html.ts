import { STEPS } from "../../codes/steps.ts";
import { type Room, roomText } from "../../fleet/rooms.ts";
import { USER_CAP } from "../../google/consent-screen.ts";
import { nextOf, type Step, seen } from "../../schema/step.ts";
import { mailboxes } from "../amount.ts";
import { type Cause, causesOf, type Hit } from "../doctor/causes.ts";
import { tested } from "../doctor/detail.ts";
import { isTrouble, type Report, STATUSES, type Status } from "../doctor/report.ts";
import { shownAs } from "../doctor/target.ts";
import { documentOf } from "../page/document.ts";
import { type Content, html, link, type Markup, prose } from "../page/markup.ts";
import { FILTER } from "./filter.ts";
import { agesOf, originOf, type Survey, titleOf } from "./survey.ts";

/** Most mailboxes that stand open at a cause; more are folded away. */
const MOST_OPEN = 10;

/** A page for people: one file, which asks nobody. */
export function htmlOf(survey: Survey): Generator<string> {
  return documentOf({
    title: titleOf(survey),
    lead: html`<p class="quiet">${originOf(survey)}</p>`,
    main: mainOf(survey),
    script: FILTER,
  });
}

function* mainOf(survey: Survey): Generator<Content> {
  const { reports, rooms } = survey;
  const causes = causesOf(reports);
  yield countsOf(reports);
  if (causes.length > 0) yield html`<section><h2>What is in the way</h2>${causes.map(causeOf)}</section>`;
  if (rooms.length > 0) yield placesOf(rooms);
  yield driftOf(reports);
  yield agesTable(survey);
  yield* listOf(reports);
}

function markOf(status: Status | "skipped"): Markup {
  const { mark, words } = status === "skipped" ? { mark: "–", words: "skipped" } : STATUSES[status];
  return html`<span class="mark" role="img" aria-label="${words}">${mark}</span>`;
}

function countsOf(reports: readonly Report[]): Markup {
  const counts = Object.entries(STATUSES).map(([status, { words, mark }]) => {
    const count = reports.filter((report) => report.status === status).length;
    return (
      count > 0 &&
      html`<li data-status="${status}"><strong>${count}</strong> <span class="mark" aria-hidden="true">${mark}</span>${words}</li>\n`
    );
  });
  return html`<ul class="counts">
<li><strong>${reports.length}</strong> ${reports.length === 1 ? "mailbox" : "mailboxes"}</li>
${counts}</ul>`;
}

function causeOf({ status, code, words, hint, hit }: Cause): Markup {
  const list = html`<ul>${hit.map(hitOf)}</ul>`;
  return html`<div class="cause" data-status="${status}">
<h3>${markOf(status)} ${code}, ${mailboxes(hit.length)}</h3>
<p>${prose(words)}.</p>
${hint && html`<p>${prose(hint)}</p>`}
${hit.length > MOST_OPEN ? html`<details><summary>${mailboxes(hit.length)}</summary>${list}</details>` : list}
</div>
`;
}

function hitOf({ report, own }: Hit): Markup {
  return html`<li>${shownAs(report.target)}${own.map((words) => [" ", shown(words, report)])}</li>`;
}

/** The address of a mailbox's page says nothing to people. */
function shown(words: string, { webUrl }: Report): Content {
  return words === webUrl ? link(words, "its page") : prose(words);
}

function placesOf(rooms: readonly Room[]): Markup {
  const rows = rooms.map(
    (room) => html`<tr><th scope="row">${room.project}</th>
<td><meter min="0" max="${USER_CAP}" high="90" value="${Math.min(room.taken, USER_CAP)}" aria-label="places taken in ${room.project}"></meter></td>
<td>${roomText(room).replace(`${room.project}: `, "")}</td></tr>
`,
  );
  return html`<section><h2>Places in Google's projects</h2>
<p class="quiet">Google lets ${USER_CAP} users into an app that it has not verified.</p>
<div class="table" role="region" tabindex="0" aria-label="Places in Google's projects"><table>
<thead><tr><th scope="col">Project</th><th scope="col">Used</th><th scope="col">Places</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function driftOf(reports: readonly Report[]): Content {
  const drifted = reports.filter(({ drift }) => drift.length > 0);
  if (drifted.length === 0) return undefined;
  const items = drifted.map(
    ({ target, drift }) =>
      html`<li>${shownAs(target)}: ${drift.map((name, index) => [index > 0 && ", ", html`<code>${name}</code>`])}</li>`,
  );
  return html`<section><h2>Not as declared</h2>
<p>${prose("`pulumi preview --diff` shows the values, and `pulumi up` sets them right.")}</p><ul>${items}</ul></section>`;
}

function agesTable(survey: Survey): Markup {
  const rows = agesOf(survey).map(
    ({ words, count }) =>
      count > 0 &&
      html`<tr><th scope="row">${words}</th><td class="number">${count}</td></tr>
`,
  );
  return html`<section><h2>Age of the last test</h2>
<table><thead><tr><th scope="col">Tested</th><th scope="col" class="number">Mailboxes</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

const ORDER: readonly Status[] = ["failed", "unknown", "waiting", "ok", "notActivated"];

function* listOf(reports: readonly Report[]): Generator<Content> {
  const sorted = reports.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const statuses = ORDER.filter((status) => reports.some((report) => report.status === status));
  const clients = [...new Set(reports.flatMap(({ target }) => target.client ?? []))];
  yield html`<section><h2>Mailboxes</h2>
<div class="tools">
<label>Search<input type="search" id="search" placeholder="address, code, words"></label>
<label>Status<select id="status"><option value="">all</option>${statuses.map((status) => option(status, STATUSES[status].words))}</select></label>
${clients.length > 1 && html`<label>Client<select id="client"><option value="">all</option>${clients.map((client) => option(client))}</select></label>`}
</div>
<p id="found" class="quiet" role="status">${mailboxes(reports.length)}</p>
<div id="mailboxes">
`;
  for (const report of sorted) yield mailboxOf(report);
  yield html`</div></section>`;
}

function option(value: string, words = value): Markup {
  return html`<option value="${value}">${words}</option>`;
}

function mailboxOf(report: Report): Markup {
  const { target, status, decisive, steps, webUrl, drift } = report;
  const told = decisive ? decisive.code : status === "notActivated" ? STATUSES[status].words : tested(report);
  return html`<details class="mailbox" data-status="${status}" data-client="${target.client}">
<summary>${markOf(status)}<span class="address">${shownAs(target)}</span><span class="quiet">${told}</span></summary>
<div>${isTrouble(report) && decisive && tested(report) && html`<p class="quiet">${tested(report)}</p>`}
<ul class="steps">${steps.map(stepOf)}</ul>
${drift.length > 0 && html`<p>Not as declared: ${drift.join(", ")}</p>`}
${webUrl && html`<p>${link(webUrl, "Its page in Dynamics")}</p>`}</div>
</details>
`;
}

function stepOf(step: Step): Markup {
  const words = [seen(step), step.code && step.status !== "skipped" && `(${step.code})`].filter(Boolean).join(" ");
  const next = nextOf(step);
  return html`<li data-status="${step.status}">${markOf(step.status)} ${STEPS[step.id]}${words && [": ", prose(words)]}${next && html`<br><span class="quiet">${prose(next)}</span>`}</li>`;
}
