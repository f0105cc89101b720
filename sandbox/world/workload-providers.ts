import { EXCHANGE_AUDIENCE } from "../entra/state.ts";
import type { WorkloadProvider } from "../google/state.ts";
import type { PipelineKind, Pipelines } from "../pipelines/kinds.ts";

type Trusted = Pick<WorkloadProvider, "allowedAudiences" | "attributeMapping" | "attributeCondition">;

/** As the platforms' own guides set them up. */
const PROVIDERS: Readonly<Partial<Record<PipelineKind, Trusted>>> = {
  github: {
    allowedAudiences: [],
    attributeMapping: {
      "google.subject": "assertion.sub",
      "attribute.repository": "assertion.repository",
      "attribute.repository_owner": "assertion.repository_owner",
    },
    attributeCondition: "assertion.repository_owner == 'northwind'",
  },
  "azure-devops": {
    allowedAudiences: [EXCHANGE_AUDIENCE],
    attributeMapping: { "google.subject": "assertion.sub" },
    attributeCondition: "assertion.sub.startsWith('sc://northwind/')",
  },
  gitlab: {
    allowedAudiences: [],
    attributeMapping: { "google.subject": "assertion.sub", "attribute.project_path": "assertion.project_path" },
    attributeCondition: "assertion.namespace_path == 'northwind'",
  },
};

/** A pool that takes the tokens of the world's pipelines. */
export function providersOf(pipelines: Pipelines, projectNumber: string): WorkloadProvider[] {
  return Object.entries(PROVIDERS).map(([id, trusted]) => ({
    audience: `${poolOf(projectNumber)}/providers/${id}`,
    issuer: Object.entries(pipelines).find(([kind]) => kind === id)?.[1].issuer ?? "",
    ...trusted,
  }));
}

/** Everybody who comes by the pool. */
export function membersOf(projectNumber: string): string {
  return `principalSet:${poolOf(projectNumber)}/*`;
}

function poolOf(projectNumber: string): string {
  return `//iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/pipelines`;
}
