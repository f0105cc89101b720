import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { idToken } from "../../../sandbox/pipelines/id-token.ts";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import { azureDevOpsSteps } from "./azure-devops.ts";
import { gitHubSteps } from "./github.ts";
import { gitLabAudiences, gitLabSteps } from "./gitlab.ts";
import type { StepsOf, Variables } from "./step.ts";

/** Where a template was copied to. */
export interface Place {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly home: string;
  /** A server on loopback that takes comments. */
  readonly comments: { readonly url: string; readonly received: readonly string[] };
}

export interface System {
  /** Below `examples/pipelines`. */
  readonly folder: string;
  readonly kind: "github" | "azure-devops" | "gitlab";
  /** As its README has them set up at Entra. */
  readonly subjects: { readonly pullRequest: string; readonly deployment: string };
  readonly steps: StepsOf;
  /** What it gives bash. */
  readonly shell: readonly string[];
  /** What the template can refer to, and what every process of a job sees: what people set, and what checkout, setup and sign-in do. */
  play(place: Place, people: Variables): Promise<{ readonly variables: Variables; readonly machine: Variables }>;
  /** What people read at a pull request. */
  comment(place: Place): string | undefined;
  /** What people read at a run; not every system has a place for it. */
  summary?(place: Place): string | undefined;
}

export const SYSTEMS: readonly System[] = [
  {
    folder: "github-actions",
    kind: "github",
    subjects: {
      pullRequest: "repo:northwind/mail:pull_request",
      deployment: "repo:northwind/mail:environment:production",
    },
    steps: gitHubSteps,
    shell: ["--noprofile", "--norc", "-eo", "pipefail"],
    async play({ sandbox, home }, people) {
      const identity = await sandbox.environmentOf("github");
      const vars = Object.entries(people).map(([name, value]) => [`vars.${name}`, value]);
      return {
        variables: {
          ...Object.fromEntries(vars),
          "github.token": "github-token",
          "github.repository": "northwind/mail",
          "github.event.pull_request.number": "7",
        },
        machine: {
          GITHUB_ACTIONS: "true",
          GITHUB_STEP_SUMMARY: join(home, "summary.md"),
          ...picked(identity, /^(ACTIONS_ID_TOKEN_REQUEST_|GOOGLE_APPLICATION_CREDENTIALS$)/),
        },
      };
    },
    comment: ({ home }) => textIn(join(home, "comment.md")),
    summary: ({ home }) => textIn(join(home, "summary.md")),
  },
  {
    folder: "azure-devops",
    kind: "azure-devops",
    subjects: { pullRequest: "sc://northwind/mail/entra", deployment: "sc://northwind/mail/entra" },
    steps: azureDevOpsSteps,
    shell: ["--noprofile", "--norc"],
    async play({ sandbox, home, comments }, people) {
      const { SYSTEM_ACCESSTOKEN = "", ...identity } = await sandbox.environmentOf("azure-devops");
      const { AZURE_TENANT_ID: _, AZURE_CLIENT_ID: __, ...group } = people;
      return {
        variables: { ...group, ...picked(identity, /^AZURESUBSCRIPTION_/), "System.AccessToken": SYSTEM_ACCESSTOKEN },
        machine: {
          TF_BUILD: "True",
          ...picked(identity, /^SYSTEM_OIDCREQUESTURI$/),
          AGENT_TEMPDIRECTORY: home,
          SYSTEM_COLLECTIONURI: comments.url,
          SYSTEM_TEAMPROJECTID: "mail",
          BUILD_REPOSITORY_ID: "mail",
          SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
        },
      };
    },
    comment: ({ comments }) => comments.received.at(-1),
    summary: ({ folder }) => textIn(join(folder, "out", "report.md")),
  },
  {
    folder: "gitlab",
    kind: "gitlab",
    subjects: {
      pullRequest: "project_path:northwind/mail:ref_protected:false",
      deployment: "project_path:northwind/mail:ref_protected:true",
    },
    steps: gitLabSteps,
    shell: ["--noprofile", "--norc", "-eo", "pipefail"],
    async play({ sandbox, folder }, people) {
      const given = { ...people, CI_PROJECT_DIR: folder };
      const asked = Object.entries(gitLabAudiences(folder, given));
      const tokens = asked.map(async ([name, aud]) => [name, await idToken(sandbox.world.pipelines.gitlab, aud)]);
      return {
        variables: { ...given, ...Object.fromEntries(await Promise.all(tokens)) },
        machine: { GITLAB_CI: "true" },
      };
    },
    comment: ({ folder }) => textIn(join(folder, "out", "comment.md")),
  },
];

function picked(variables: Variables, names: RegExp): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.test(name)));
}

function textIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
