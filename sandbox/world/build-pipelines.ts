import { DEFAULT_PIPELINES, type Pipeline, type PipelineKind, type Pipelines } from "../pipelines/kinds.ts";
import type { WorldDefinition } from "./definition.ts";

/** A pipeline of each platform, as it comes but for what is given. */
export function buildPipelines({ pipelines = {} }: WorldDefinition): Pipelines {
  const pipeline = (kind: PipelineKind): Pipeline => {
    const { claims, ...given } = pipelines[kind] ?? {};
    const usual = DEFAULT_PIPELINES[kind];
    return { ...usual, ...given, claims: { ...usual.claims, ...claims } };
  };
  return {
    github: pipeline("github"),
    "azure-devops": pipeline("azure-devops"),
    gitlab: pipeline("gitlab"),
    aks: pipeline("aks"),
  };
}
