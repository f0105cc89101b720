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

interface Action {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Variables;
  readonly run?: string;
  readonly env?: Variables;
}

interface Workflow {
  readonly env?: Variables;
  readonly jobs: Readonly<Record<string, { readonly env?: Variables; readonly steps: readonly Action[] }>>;
}

const FILES: Readonly<Record<Occasion, string>> = {
  "pull request": "pull-request.yaml",
  main: "main.yaml",
  nightly: "nightly.yaml",
  rotation: "rotation.yaml",
};

/** Checkout, setup and sign-in, whose environment is set instead; and what takes files, which are looked at where they lie. */
const PLAYED = [
  ...["actions/checkout", "actions/setup-node", "pulumi/actions", "google-github-actions/auth"],
  "actions/upload-artifact",
];
const PINNED = /^([\w-]+\/[\w/-]+)@[0-9a-f]{40}$/;
const LOCAL = /^\.\//;
const EXPRESSION = /\$\{\{ ([^}]*) \}\}/g;
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
const AFTER_FAILURE = ["${{ !cancelled() }}"];

/** `variables` are named as expressions name them: `vars.AZURE_TENANT_ID`. */
export const gitHubSteps: StepsOf = (folder, occasion, variables) => {
  const { jobs }: Workflow = parse(textOf(folder, ".github/workflows", FILES[occasion]));
  return Object.values(jobs).flatMap(({ env, steps }) =>
    steps.flatMap((action) => stepsOf(folder, action, env ?? {}, variables)),
  );
};

function stepsOf(folder: string, action: Action, around: Variables, values: Variables): readonly Step[] {
  const fill = (text: string) => filledIn(text, EXPRESSION, values);
  const { uses, run } = action;
  if (uses !== undefined && LOCAL.test(uses)) {
    const { runs }: { runs: { steps: readonly Action[] } } = parse(textOf(folder, uses, "action.yaml"));
    const inputs = Object.entries(allFilledIn(action.with, fill)).map(([name, value]) => [`inputs.${name}`, value]);
    return runs.steps.flatMap((inner) => stepsOf(folder, inner, around, { ...values, ...Object.fromEntries(inputs) }));
  }
  if (uses !== undefined) {
    const pinned = PINNED.exec(uses);
    if (!pinned) throw new Error(`${uses} is not pinned by a commit`);
    refuseOther(pinned[1] ?? uses, PLAYED);
    allFilledIn(action.with, fill);
    return [];
  }
  if (action.if !== undefined) refuseOther(action.if, AFTER_FAILURE);
  const environment = allFilledIn({ ...around, ...action.env }, fill);
  const script = fill(run ?? "");
  return [{ name: action.name ?? script, script, environment, always: action.if !== undefined }];
}
