import { EXCHANGE_AUDIENCE } from "../entra/state.ts";
import { guidOf } from "../ids.ts";

export const PIPELINE_KINDS = ["github", "azure-devops", "gitlab", "aks"] as const;
export type PipelineKind = (typeof PIPELINE_KINDS)[number];

/** A job, or a workload of Kubernetes, and what its platform says of it in tokens. */
export interface Pipeline {
  issuer: string;
  subject: string;
  /** `aud` where the job asks for none, or cannot. */
  audience: string;
  /** Seconds a token is good for. */
  lifetimeSeconds: number;
  /**
   * Whether the job gets tokens at all: `permissions: id-token: write` in GitHub, an explicit reference to the service connection in the
   * stage in Azure DevOps.
   */
  granted: boolean;
  /** Claims beside the registered ones. */
  claims: Record<string, string>;
}

export type Pipelines = Record<PipelineKind, Pipeline>;

const ORGANIZATION = guidOf("azure devops organization northwind");
const AZURE_DEVOPS_PROJECT = guidOf("azure devops project mail");
/** Of Azure DevOps; the only one there is. */
export const SERVICE_CONNECTION = guidOf("azure devops service connection entra");

/** A pipeline of each platform as it comes: the forms are the platforms' own. */
export const DEFAULT_PIPELINES: Pipelines = {
  github: {
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:northwind/mail:ref:refs/heads/main",
    audience: "https://github.com/northwind",
    lifetimeSeconds: 300,
    granted: true,
    claims: {
      repository: "northwind/mail",
      repository_id: "740000001",
      repository_owner: "northwind",
      repository_owner_id: "65000001",
      repository_visibility: "private",
      ref: "refs/heads/main",
      ref_type: "branch",
      event_name: "push",
      workflow: "up",
      job_workflow_ref: "northwind/mail/.github/workflows/up.yaml@refs/heads/main",
      runner_environment: "github-hosted",
    },
  },
  "azure-devops": {
    issuer: `https://vstoken.dev.azure.com/${ORGANIZATION}`,
    subject: "sc://northwind/mail/entra",
    audience: EXCHANGE_AUDIENCE,
    lifetimeSeconds: 600,
    granted: true,
    claims: { org_id: ORGANIZATION, prj_id: AZURE_DEVOPS_PROJECT, def_id: "1", rpo_ref: "refs/heads/main" },
  },
  gitlab: {
    issuer: "https://gitlab.com",
    subject: "project_path:northwind/mail:ref_type:branch:ref:main",
    audience: "https://gitlab.com",
    lifetimeSeconds: 3600,
    granted: true,
    claims: {
      namespace_id: "72",
      namespace_path: "northwind",
      project_id: "20",
      project_path: "northwind/mail",
      ref: "main",
      ref_type: "branch",
      ref_path: "refs/heads/main",
      ref_protected: "true",
      pipeline_source: "push",
      runner_environment: "gitlab-hosted",
    },
  },
  aks: {
    issuer: `https://eastus.oic.prod-aks.azure.com/${guidOf("aks tenant")}/${guidOf("aks cluster")}/`,
    subject: "system:serviceaccount:mail:gmailsync",
    audience: EXCHANGE_AUDIENCE,
    lifetimeSeconds: 3600,
    granted: true,
    claims: {},
  },
};

/** Where the platforms are, and their issuers. Another issuer is one that nobody reaches. */
export const PIPELINE_HOSTS = [
  "token.actions.githubusercontent.com",
  "pipelines.actions.githubusercontent.com",
  "vstoken.dev.azure.com",
  "dev.azure.com",
  "gitlab.com",
  "eastus.oic.prod-aks.azure.com",
] as const;

/** `ACTIONS_ID_TOKEN_REQUEST_URL`, which has a query already. */
export const GITHUB_REQUEST_URL = `https://pipelines.actions.githubusercontent.com/northwind/_apis/distributedtask/hubs/Actions/plans/${guidOf("github plan")}/jobs/${guidOf("github job")}/idtoken?api-version=2.0`;

/** `SYSTEM_OIDCREQUESTURI` */
export const AZURE_DEVOPS_REQUEST_URL = `https://dev.azure.com/northwind/${AZURE_DEVOPS_PROJECT}/_apis/distributedtask/hubs/build/plans/${guidOf("azure devops plan")}/jobs/${guidOf("azure devops job")}/oidctoken`;
