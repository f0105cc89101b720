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

interface Job {
  readonly stage: string;
  readonly extends?: string;
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly variables?: Variables;
  readonly script: readonly string[];
  readonly after_script?: readonly string[];
}

interface Pipeline {
  readonly stages: readonly string[];
  readonly variables: Variables;
  readonly default: { readonly before_script: readonly string[] };
}

/** `CI_PIPELINE_SOURCE` */
const SOURCES: Readonly<Record<Occasion, string>> = {
  "pull request": "merge_request_event",
  main: "push",
  nightly: "schedule",
  rotation: "web",
};

const KEYWORDS = ["workflow", "stages", "variables", "default"];
const RULE = /^\$CI_PIPELINE_SOURCE ([=!]=) "(\w+)"$/;
const REFERENCE = /\$(\w+)/g;

/** Each job is a step, as its lines are one script, and what comes after it another one, whose failure fails nothing. */
export const gitLabSteps: StepsOf = (folder, occasion, variables) => {
  const text = textOf(folder, ".gitlab-ci.yml");
  const { stages, variables: shared, default: common }: Pipeline = parse(text);
  const jobs: Readonly<Record<string, Job>> = parse(text);
  const fill = (value: string, known: Variables) => value.replaceAll(REFERENCE, (all, name) => known[name] ?? all);

  function stepsOf(name: string): readonly Step[] {
    const { script, after_script: after, variables: own, rules = [] } = jobs[name] ?? { script: [] };
    const base = jobs[jobs[name]?.extends ?? ""]?.variables;
    const environment = {
      ...variables,
      ...allFilledIn({ ...shared, ...base, ...own }, (value) => fill(value, variables)),
    };
    const always = rules.some(({ when }) => when === "always");
    const first = { name, script: [...common.before_script, ...script].join("\n"), environment, always };
    const second = { name: `after ${name}`, script: `(${after?.join("\n")}) || true`, environment, always: true };
    return after ? [first, second] : [first];
  }

  return Object.keys(jobs)
    .filter((name) => !KEYWORDS.includes(name) && !name.startsWith(".") && runsAt(jobs[name], SOURCES[occasion]))
    .toSorted((one, other) => stages.indexOf(jobs[one]?.stage ?? "") - stages.indexOf(jobs[other]?.stage ?? ""))
    .flatMap(stepsOf);
};

function runsAt(job: Job | undefined, source: string): boolean {
  return (job?.rules ?? []).some((rule) => {
    const [, operator = "", value] = RULE.exec(rule.if) ?? [];
    refuseOther(operator, ["==", "!="]);
    return (operator === "==") === (value === source);
  });
}

/** The audiences of the tokens that every job asks for, by the variable that each comes in. */
export function gitLabAudiences(folder: string, variables: Variables): Variables {
  const { default: common }: { default: { id_tokens: Readonly<Record<string, { aud: string }>> } } = parse(
    textOf(folder, ".gitlab-ci.yml"),
  );
  const audiences = Object.entries(common.id_tokens).map(([name, { aud }]) => [name, aud]);
  return allFilledIn(Object.fromEntries(audiences), (aud) => filledIn(aud, REFERENCE, variables));
}
