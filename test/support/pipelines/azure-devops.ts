import { parse } from "yaml";
import {
  allFilledIn,
  filledIn,
  type Occasion,
  refuseOther,
  type Step,
  type StepsOf,
  textOf,
  type Variables,
} from "./step.ts";

interface Task {
  readonly template?: string;
  readonly checkout?: string;
  readonly task?: string;
  readonly bash?: string;
  readonly displayName?: string;
  readonly condition?: string;
  readonly inputs?: Variables;
  readonly env?: Variables;
}

interface Job {
  readonly steps?: readonly Task[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Task[] } } };
}

interface Pipeline {
  readonly variables: readonly { readonly name?: string; readonly value?: string }[];
  readonly jobs: readonly Job[];
}

const FILES: Readonly<Record<Occasion, string>> = {
  "pull request": "pull-request.yaml",
  main: "main.yaml",
  nightly: "nightly.yaml",
  rotation: "rotation.yaml",
};

const PLAYED = ["NodeTool@0", "PublishTestResults@2", "PublishPipelineArtifact@1"];
const MACRO = /\$\(([\w.]+)\)/g;
const AFTER_FAILURE = ["not(canceled())"];

/** `variables` are those of the group, of the agent, and `System.AccessToken`. What `AzureCLI@2` sets only its own script sees. */
export const azureDevOpsSteps: StepsOf = (folder, occasion, variables) => {
  const pipeline: Pipeline = parse(textOf(folder, "pipelines", FILES[occasion]));
  const fill = (text: string) => filledIn(text, MACRO, variables);
  const declared = pipeline.variables.flatMap(({ name, value }) => (name ? [[name, fill(value ?? "")]] : []));
  const { "System.AccessToken": _, ...rest } = variables;
  const inTask = Object.entries(rest).filter(([name]) => name.startsWith("AZURESUBSCRIPTION_"));
  const around = Object.entries(rest).filter(([name]) => !name.startsWith("AZURESUBSCRIPTION_"));
  const shared = Object.fromEntries([...around, ...declared]);

  function stepsOf(task: Task): readonly Step[] {
    if (task.template) {
      const { steps }: { steps: readonly Task[] } = parse(textOf(folder, "pipelines", task.template));
      return steps.flatMap(stepsOf);
    }
    if (task.condition !== undefined) refuseOther(task.condition, AFTER_FAILURE);
    const signsIn = task.task === "AzureCLI@2";
    const script = signsIn ? task.inputs?.["inlineScript"] : task.bash;
    if (script === undefined) {
      if (task.checkout === undefined) refuseOther(task.task ?? JSON.stringify(task), PLAYED);
      return [];
    }
    const environment = {
      ...shared,
      ...(signsIn && Object.fromEntries(inTask)),
      ...allFilledIn(task.env, fill),
    };
    return [{ name: task.displayName ?? script, script, environment, always: task.condition !== undefined }];
  }
  return pipeline.jobs.flatMap(({ steps, strategy }) => steps ?? strategy?.runOnce.deploy.steps ?? []).flatMap(stepsOf);
};
