import { randomInt } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { apiError, bearer, hasScope, parsed, UNAUTHENTICATED } from "./google-api.ts";
import { jsonAnswer } from "./refusal.ts";
import type { GoogleProject, GoogleState } from "./state.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const POLLS = 1;

type Route = (match: readonly string[], body: unknown, state: GoogleState) => HttpAnswer;

/** Cloud Resource Manager v3 and Service Usage v1. Assumption: project-rights. */
const ROUTES: readonly [string, RegExp, Route][] = [
  ["GET", /^\/v3\/projects\/([^/]+)$/, ([id = ""], _, state) => withProject(state, id, shown)],
  ["GET", /^\/v3\/projects:search$/, (_, __, state) => jsonAnswer(200, { projects: state.projects.map(shown) })],
  ["POST", /^\/v3\/projects$/, (_, body, state) => create(body, state)],
  [
    "GET",
    /^\/v1\/projects\/([^/]+)\/services\/([^/:]+)$/,
    ([id = "", service = ""], _, state) => serviceOf(id, service, state),
  ],
  [
    "POST",
    /^\/v1\/projects\/([^/]+)\/services\/([^/:]+):enable$/,
    ([id = "", service = ""], _, state) => enable(id, [service], state),
  ],
  ["POST", /^\/v1\/projects\/([^/]+)\/services:batchEnable$/, ([id = ""], body, state) => batchEnable(id, body, state)],
  ["GET", /^\/v[13]\/(operations\/[^/]+)$/, ([name = ""], _, state) => poll(name, state)],
];

export function projects(request: HttpRequest, state: GoogleState): HttpAnswer {
  const caller = bearer(request, state);
  if (!caller) return UNAUTHENTICATED;
  if (!hasScope(caller, SCOPE)) return TOO_NARROW;
  const path = decodeURIComponent(request.url.pathname);
  for (const [method, pattern, route] of ROUTES) {
    const match = request.method === method ? pattern.exec(path) : null;
    if (match) return route(match.slice(1), parsed(request.body), state);
  }
  return apiError("NOT_FOUND", "Method not found.");
}

const TOO_NARROW = apiError(
  "PERMISSION_DENIED",
  "Request had insufficient authentication scopes.",
  "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
);

function withProject(state: GoogleState, id: string, show: (project: GoogleProject) => object): HttpAnswer {
  const project = state.projects.find(({ projectId, number }) => projectId === id || number === id);
  if (project) return jsonAnswer(200, show(project));
  return apiError("PERMISSION_DENIED", "The caller does not have permission");
}

function shown({ number, projectId, displayName, parent, state }: GoogleProject): object {
  return { name: `projects/${number}`, projectId, displayName, parent, state };
}

function create(body: unknown, state: GoogleState): HttpAnswer {
  const given = Object(body);
  const [projectId = "", displayName = "", parent = ""] = ["projectId", "displayName", "parent"].map((name) =>
    String(Reflect.get(given, name) ?? ""),
  );
  // Project.displayName: https://cloud.google.com/resource-manager/reference/rest/v3/projects
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId) || !/^[A-Za-z0-9 '"!-]{4,30}$/.test(displayName))
    return apiError("INVALID_ARGUMENT", "Request contains an invalid argument.");
  if (state.projects.some((project) => project.projectId === projectId))
    return apiError("ALREADY_EXISTS", "Requested entity already exists");
  const number = String(randomInt(100_000_000_000, 200_000_000_000));
  state.projects.push({
    projectId,
    number,
    displayName,
    parent,
    state: "ACTIVE",
    services: [],
  });
  return started(state);
}

function serviceOf(id: string, service: string, state: GoogleState): HttpAnswer {
  if (!isApi(service)) return noApi([service]);
  return withProject(state, id, ({ number, services }) => ({
    name: `projects/${number}/services/${service}`,
    state: services.includes(service) ? "ENABLED" : "DISABLED",
  }));
}

/** Assumption: known-apis. */
const APIS = [
  ...["admin", "calendar-json", "cloudidentity", "cloudresourcemanager", "drive", "gmail", "iam", "iamcredentials"],
  ...["logging", "monitoring", "people", "pubsub", "secretmanager", "serviceusage", "storage", "sts"],
];

function isApi(service: string): boolean {
  return APIS.some((name) => service === `${name}.googleapis.com`);
}

function noApi(services: readonly string[]): HttpAnswer {
  const message = `Not found or permission denied for service(s): ${services.join(", ")}.`;
  return apiError("PERMISSION_DENIED", message, "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED");
}

/** Of one there is `services.enable`: https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable */
function batchEnable(id: string, body: unknown, state: GoogleState): HttpAnswer {
  const serviceIds: unknown = Reflect.get(Object(body), "serviceIds");
  if (!Array.isArray(serviceIds) || serviceIds.length < 2 || serviceIds.length > 20)
    return apiError("INVALID_ARGUMENT", "Request contains an invalid argument.");
  return enable(id, serviceIds.map(String), state);
}

function enable(id: string, services: readonly string[], state: GoogleState): HttpAnswer {
  const project = state.projects.find(({ projectId }) => projectId === id);
  if (!project) return apiError("PERMISSION_DENIED", "The caller does not have permission");
  const unknown = services.filter((one) => !isApi(one));
  if (unknown.length > 0) return noApi(unknown);
  project.services = [...new Set([...project.services, ...services])];
  return started(state);
}

function started(state: GoogleState): HttpAnswer {
  const operation = { name: `operations/sandbox-${state.operations.length + 1}`, polls: 0 };
  state.operations.push(operation);
  return jsonAnswer(200, { name: operation.name });
}

function poll(name: string, state: GoogleState): HttpAnswer {
  const operation = state.operations.find((known) => known.name === name);
  if (!operation) return apiError("NOT_FOUND", "Operation not found");
  return jsonAnswer(200, { name, ...(operation.polls++ >= POLLS && { done: true, response: {} }) });
}
