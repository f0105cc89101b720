import { Type } from "typebox";
import { Fault, onOneLine } from "../../fault.ts";
import { GoogleApi } from "../../google/google-api.ts";
import { isEnabled, SERVICES } from "../../google/services.ts";
import { textOf } from "../../json.ts";
import { isUnanswered } from "../../network/transport-fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import { type Listed, listing } from "../../resource/listing.ts";
import { type Handler, type Outcome, resource } from "../../resource/resource.ts";
import { removeLeft } from "../email-server-profile/left.ts";
import { googleProject as definition, type GoogleProjectInputs, type GoogleProjectOutputs } from "./definition.ts";

type Inputs = GoogleProjectInputs;
type Outputs = GoogleProjectOutputs;

const PROJECTS = "https://cloudresourcemanager.googleapis.com/v3";

/** What mail needs, where the program does not say. */
const NEEDED = ["gmail.googleapis.com"] as const;

interface Project {
  readonly projectId: string;
  readonly number: string;
  readonly active: boolean;
}

/** Pages of projects that are read, each of up to 500. */
const MOST_PAGES = 20;

/** The projects that the credentials show (Cloud Resource Manager: `projects.search`). */
export const projectListing = listing(Type.Object({}, { additionalProperties: false }), async (_, context) => {
  const api = apiOf(context);
  const projects: Listed[] = [];
  let page = "";
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const query = new URLSearchParams({ query: "state:ACTIVE", pageSize: "500", ...(page && { pageToken: page }) });
    const answer = await api.call("Listing Google Cloud projects", "GET", `${PROJECTS}/projects:search?${query}`);
    const found: unknown = answer["projects"] ?? [];
    if (!Array.isArray(found)) break;
    for (const one of found) {
      projects.push({ id: textOf(one, "projectId"), name: maskData(onOneLine(textOf(one, "displayName"))) });
    }
    page = textOf(answer, "nextPageToken");
    if (page === "") break;
  }
  return projects.filter(({ id }) => id !== "");
});

const handler: Handler<Inputs, Outputs> = {
  derive: () => ({ services: [...NEEDED] }),

  async preview({ projectId }, context, stored) {
    if (!projectId) return {};
    const api = apiOf(context);
    const project = stored ? await present(stored.id, stored.outputs, api) : await find(projectId, api);
    if (project) {
      context.roster.declareProject(projectId, project.number);
      for (const problem of problemsOf(projectId, project)) context.log("warning", problem);
      return { projectNumber: project.number };
    }
    context.log("info", `The project ${projectId} does not exist for these credentials, and will be created.`);
    return {};
  },

  async create(inputs, context) {
    const api = apiOf(context);
    const there = await find(inputs.projectId, api);
    const project = there ?? (await create(inputs, api));
    return settle(inputs, project, there === undefined, api, context);
  },

  async read(id, stored, context) {
    const api = apiOf(context);
    const project = stored ? await seen(id, stored.outputs, api) : await find(id, api);
    if (!project) return undefined;
    if ("hidden" in project) {
      const { projectNumber = "", created = false } = stored?.outputs ?? {};
      return {
        id,
        inputs: { ...stored?.inputs },
        outputs: { projectNumber, created },
        problems: [project.hidden.message],
      };
    }
    const { projectId, number } = project;
    context.roster.declareProject(projectId, number);
    const wanted = stored?.inputs.services ?? NEEDED;
    const problems = problemsOf(projectId, project);
    // What cannot be seen is no drift.
    const enabled =
      problems.length > 0 ? wanted : await enabledOf(projectId, wanted, api).catch(keep(problems, wanted, isNoAnswer));
    return {
      id: projectId,
      inputs: { ...stored?.inputs, projectId, services: [...enabled] },
      outputs: { projectNumber: number, created: stored?.outputs.created ?? false },
      problems,
    };
  },

  async update(id, inputs, stored, context) {
    const api = apiOf(context);
    const project = await present(id, stored.outputs, api);
    return settle(inputs, project, stored.outputs.created ?? false, api, context);
  },

  /** Everything in a project goes with it, others' work too: it stays. */
  async delete(id, _, context) {
    context.log("info", `The Google project ${id} stays as it is, with its APIs.`);
    await removeLeft(context);
  },
};

function apiOf({ network, ambientTokens, deadline }: Context): GoogleApi {
  return new GoogleApi(network, ambientTokens, deadline);
}

/** One that the state knows: what these credentials may not see any more is not gone. */
async function seen(
  projectId: string,
  { projectNumber }: Partial<Outputs>,
  api: GoogleApi,
): Promise<Project | { readonly hidden: Fault } | undefined> {
  try {
    return await look(projectId, api);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.kind === "not-found") return undefined;
    // Google has not said whether it is there.
    if (error.kind === "failed-precondition") return { hidden: error };
    if (error.kind !== "permission-denied") throw error;
    return { hidden: hidden(`${projectId}${projectNumber ? ` (${projectNumber})` : ""}`, error) };
  }
}

/** The same for those who cannot go on without it. */
async function present(projectId: string, outputs: Partial<Outputs>, api: GoogleApi): Promise<Project> {
  const project = await seen(projectId, outputs, api);
  if (!project) throw new Fault({ kind: "not-found", what: `The Google project ${projectId} does not exist any more` });
  if ("hidden" in project) throw project.hidden;
  return project;
}

function hidden(project: string, cause: Fault): Fault {
  return new Fault({
    kind: "permission-denied",
    what: `The Google project ${project} is not shown to these credentials: it was deleted, or their role on it was taken away. ${cause.account}`,
    hint: "Give them the role roles/browser on it. Where it was deleted, declare another projectId: Google gives no id out twice.",
    cause,
  });
}

/** Google says PERMISSION_DENIED for what does not exist, too; only creating it tells which. */
async function find(projectId: string, api: GoogleApi): Promise<Project | undefined> {
  try {
    return await look(projectId, api);
  } catch (error) {
    if (error instanceof Fault && (error.kind === "not-found" || error.kind === "permission-denied")) return undefined;
    throw error;
  }
}

/** By its id or its number, as Google takes either, also as `projects/…`. */
async function look(id: string, api: GoogleApi): Promise<Project> {
  const asked = id.replace(/^projects\//, "");
  const what = `Reading the Google project ${id}`;
  const project = await api.call(what, "GET", `${PROJECTS}/projects/${encodeURIComponent(asked)}`);
  const projectId = textOf(project, "projectId");
  const number = textOf(project, "name").replace("projects/", "");
  if (projectId === "" || (projectId !== asked && number !== asked))
    throw new Fault({ kind: "unexpected", what, reason: "the answer is about no such project" });
  return { projectId, number, active: textOf(project, "state") === "ACTIVE" };
}

async function create({ projectId, displayName = projectId, parent }: Inputs, api: GoogleApi): Promise<Project> {
  const what = `Creating the Google project ${projectId}`;
  try {
    const body = { projectId, displayName, ...(parent && { parent }) };
    await api.finish(what, PROJECTS, await api.call(what, "POST", `${PROJECTS}/projects`, body));
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "already-exists") throw error;
    throw new Fault({
      kind: "permission-denied",
      what: `The Google project ${projectId} exists, and these credentials may not see it`,
      hint: "Give them the role roles/browser on it, or choose another id: ids are unique in the whole world.",
    });
  }
  const project = await find(projectId, api);
  if (project) return project;
  throw new Fault({ kind: "unexpected", what: `The Google project ${projectId} was created and cannot be read` });
}

async function settle(
  inputs: Inputs,
  project: Project,
  created: boolean,
  api: GoogleApi,
  context: Context,
): Promise<Outcome<Outputs>> {
  const { projectId, services = NEEDED } = inputs;
  context.roster.declareProject(projectId, project.number);
  const problems = problemsOf(projectId, project);
  if (problems.length === 0) await enable(projectId, services, api, context).catch(keep(problems, undefined));
  return { id: projectId, outputs: { projectNumber: project.number, created }, problems };
}

/** The project is there, whatever becomes of its APIs: what Google refuses is told, is for the next `up`, and stops no other resource. */
function keep<T>(problems: string[], otherwise: T, passes = (_: Fault) => false): (error: unknown) => T {
  return (error) => {
    if (!(error instanceof Fault) || passes(error)) throw error;
    problems.push(error.message);
    return otherwise;
  };
}

/** It passes by itself. */
function isNoAnswer(fault: Fault): boolean {
  return fault.kind === "cancelled" || isUnanswered(fault);
}

async function enable(projectId: string, services: readonly string[], api: GoogleApi, context: Context): Promise<void> {
  const enabled = await enabledOf(projectId, services, api);
  const serviceIds = services.filter((service) => !enabled.includes(service));
  const [first, ...others] = serviceIds;
  if (first === undefined) return;
  const what = `Enabling ${serviceIds.join(", ")} in the Google project ${projectId}`;
  context.progress(what);
  const all = `${SERVICES}/projects/${projectId}/services`;
  // A batch is of two or more (Service Usage API, `services.batchEnable`).
  const started =
    others.length > 0
      ? api.call(what, "POST", `${all}:batchEnable`, { serviceIds })
      : api.call(what, "POST", `${all}/${first}:enable`, {});
  await api.finish(what, SERVICES, await started);
}

async function enabledOf(projectId: string, services: readonly string[], api: GoogleApi): Promise<string[]> {
  const states = await Promise.all(services.map((service) => isEnabled(projectId, service, api)));
  return services.filter((_, index) => states[index]);
}

function problemsOf(projectId: string, { active }: Project): string[] {
  return active
    ? []
    : [
        `The Google project ${projectId} is marked for deletion. It can be restored for 30 days: https://console.cloud.google.com/cloud-resource-manager?pendingDeletion=true`,
      ];
}

export const googleProject = resource(definition, handler);
