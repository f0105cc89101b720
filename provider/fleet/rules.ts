import { capacityOf, ProjectUsers, USER_CAP } from "../google/consent-screen.ts";
import { authorizedDomainProblem } from "../google/console.ts";
import type { FleetSpec } from "../resources/fleet/spec.ts";
import { screenOf } from "../resources/google-oauth-client/consent-screen.ts";
import { type Assignment, assigned, filled } from "./assignment.ts";
import type { Lock } from "./lock.ts";
import type { Problem } from "./problem.ts";

/** What the schema cannot say. Nothing here goes over a network. */
export function brokenRules(spec: FleetSpec, lock: Lock): readonly Problem[] {
  const assignment = assigned(spec, lock);
  return [
    ...clientProblems(spec),
    ...mailboxProblems(spec),
    ...consentProblems(spec, assignment),
    ...unassigned(spec, lock, assignment),
  ];
}

function clientProblems({ clients, environmentUrl }: FleetSpec): Problem[] {
  const names = new Map<string, string>();
  return Object.entries(clients).flatMap(([name, client]): Problem[] => {
    const path = ["clients", name];
    const { clientId, clientSecret, credentialsJson, authorizedDomain } = client;
    const other = clientId === undefined ? undefined : names.get(clientId);
    if (clientId !== undefined) names.set(clientId, name);
    const wrongDomain =
      authorizedDomain && URL.canParse(environmentUrl ?? "") && environmentUrl
        ? authorizedDomainProblem(authorizedDomain, environmentUrl)
        : undefined;
    return [
      ...(other === undefined
        ? []
        : [problem("client/duplicate", [...path, "clientId"], `is that of the client ${other}, too`)]),
      ...(credentialsJson || (clientId && clientSecret)
        ? []
        : [
            problem(
              "client/incomplete",
              path,
              `has no ${clientId ? "clientSecret" : "clientId"}: \`gmailsync guide\` shows how to get one`,
              true,
            ),
          ]),
      ...(wrongDomain ? [problem("environment/mismatch", [...path, "authorizedDomain"], wrongDomain)] : []),
    ];
  });
}

function mailboxProblems({ clients, mailboxes }: FleetSpec): Problem[] {
  const first = new Map<string, number>();
  return mailboxes.flatMap(({ address, client }, index): Problem[] => {
    const before = first.get(address.toLowerCase());
    if (before === undefined) first.set(address.toLowerCase(), index);
    const names = Object.keys(clients);
    return [
      ...(before === undefined
        ? []
        : [
            problem(
              "mailbox/duplicate",
              ["mailboxes", index, "address"],
              `${address} stands at mailboxes[${before}] already`,
            ),
          ]),
      ...(client === undefined || Object.hasOwn(clients, client)
        ? []
        : [
            problem(
              "mailbox/unknown-client",
              ["mailboxes", index, "client"],
              `there is no client ${client}; known are ${names.slice(0, 20).join(", ")}`,
            ),
          ]),
    ];
  });
}

function consentProblems({ clients, mailboxes }: FleetSpec, assignment: Assignment): Problem[] {
  const screens = new Map(Object.entries(clients).map(([name, client]) => [name, screenOf(client)]));
  const users = new ProjectUsers();
  return mailboxes.flatMap(({ address }, index): Problem[] => {
    const screen = screens.get(assignment.clients.get(address.toLowerCase()) ?? "");
    const refusal = screen && users.join(screen, address);
    if (!refusal) return [];
    return [problem(`consent/${refusal.kind}`, ["mailboxes", index, "address"], `${address} ${refusal.problem}`)];
  });
}

/** One problem for all of them: what to do is the same. */
function unassigned(spec: FleetSpec, lock: Lock, { open }: Assignment): Problem[] {
  if (open.length === 0) return [];
  const { left } = filled(spec, lock);
  const index = spec.mailboxes.findIndex(({ address }) => address.toLowerCase() === (left[0] ?? open[0]));
  const path = ["mailboxes", index, "address"];
  const message =
    left.length === 0
      ? `${count(open.length)} no client yet. Run \`gmailsync lock\` and commit the lock file`
      : missingProjects(spec, left);
  return [problem("mailbox/unassigned", path, message)];
}

/** How many more projects a fleet needs for the mailboxes that are left. */
export function missingProjects({ clients }: FleetSpec, left: readonly string[]): string {
  const projects = new Set(Object.values(clients).map(({ projectId }) => projectId));
  const bounded = Object.values(clients).some((client) => Number.isFinite(capacityOf(screenOf(client))));
  const [first] = left;
  const rest = left.length > 1 ? ` and ${left.length - 1} more` : "";
  if (!bounded) return `no client's app lets ${first}${rest} in`;
  const needed = Math.ceil(left.length / USER_CAP);
  return `${count(left.length)} no room: the ${projects.size} projects of the fleet are full, and ${needed} more ${needed === 1 ? "is" : "are"} missing (${first}${rest}). Add clients of other projects; \`gmailsync guide\` shows how to make them`;
}

function count(mailboxes: number): string {
  return mailboxes === 1 ? "one mailbox has" : `${mailboxes} mailboxes have`;
}

function problem(code: Problem["code"], path: Problem["path"], message: string, atKey = false): Problem {
  return { code, path, message, atKey };
}
