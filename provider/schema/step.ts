import { type Static, Type } from "typebox";
import { type Code, exitOf, type Facts, hintOf, isCode, rowOf } from "../codes/codes.ts";
import { STEPS, type StepId } from "../codes/steps.ts";
import { Fault, type Problem } from "../fault.ts";
import { mask, type SafeText } from "../redaction/secrets.ts";

/** A step as it is stored: the engine writes its whole state with every change, so words that are known are added when it is shown. */
export const StoredStep = Type.Object(
  {
    id: Type.String({ description: "Stable name of the step, for programs." }),
    status: Type.Enum(["ok", "failed", "unknown", "skipped"], {
      title: "StepStatus",
      description: "`ok` only when success was really seen.",
    }),
    code: Type.Optional(Type.String({ description: "Stable code of what was seen; `docs/codes.md` lists them." })),
    said: Type.Optional(Type.String({ description: "The other side's own words, where the step is not good." })),
  },
  {
    title: "Step",
    // Earlier versions stored more.
    additionalProperties: true,
    description: "One thing that was looked at, and what was seen.",
  },
);

export type StoredStep = Static<typeof StoredStep>;

/** One thing that was looked at, and what was seen. `unknown` is neither success nor failure and never passes for one. */
export interface Step extends Finding {
  readonly id: StepId;
  /** Which one, where there are several: a privilege, a host. */
  readonly of?: string | undefined;
}

/** What one look found. */
export interface Finding {
  readonly status: StoredStep["status"];
  readonly code?: Code;
  /** What was seen, with names; the code's words where it is left out. */
  readonly message?: string;
  /** The other side's own words. They are stored. */
  readonly said?: SafeText;
  /** Facts for the hint. */
  readonly facts?: Facts;
  /** What to do next, where it is known better than the code says. */
  readonly hint?: string | undefined;
  /** How long it took, in milliseconds, where it went over a network. */
  readonly ms?: number;
}

interface Details extends Omit<Finding, "status" | "code" | "said"> {
  readonly said?: string;
}

/** All is well; a code says something all the same. */
export function good(details: Omit<Finding, "status" | "said"> = {}): Finding {
  return { status: "ok", ...details };
}

/** What a code stands for, failed or unknown by its class. */
export function found(code: Code, { said, ...details }: Details = {}): Finding {
  return { status: exitOf(code), code, ...details, ...(said !== undefined && { said: mask(said) }) };
}

/** Not looked at, and why. */
export function skipped(code: Code, message?: string): Finding {
  return { status: "skipped", code, ...(message !== undefined && { message }) };
}

export function stored({ id, status, code, said }: Step): StoredStep {
  return { id, status, ...(code && { code }), ...(isBad({ status }) && said && { said }) };
}

/** Whether a step is not good: it has failed, or could not be told. */
export function isBad({ status }: Pick<Step, "status">): boolean {
  return status === "failed" || status === "unknown";
}

export function hasFailed(steps: readonly Step[]): boolean {
  return steps.some(({ status }) => status === "failed");
}

/** What a step is called for people. */
export function labelOf({ id, of }: Pick<Step, "id" | "of">): string {
  return of === undefined ? STEPS[id] : `${STEPS[id]} ${of}`;
}

/** Stored steps with their words again. Those of a step or code that this version does not know are left out. */
export function shown(steps: readonly StoredStep[], facts: Facts): Step[] {
  return steps.flatMap(({ id, status, code, said }) =>
    isStep(id) ? [{ id, status, facts, ...(isCode(code) && { code }), ...(said && { said: mask(said) }) }] : [],
  );
}

function isStep(id: string): id is StepId {
  return Object.hasOwn(STEPS, id);
}

/** The steps that stop a deployment, for people, what to do next only once. */
export function failures(steps: readonly Step[]): Problem[] {
  const failed = steps.filter((step) => step.status === "failed");
  const alerts = steps.find((step) => step.id === "alerts" && isBad(step));
  const hints = failed.map((step) => (alerts && step.code === "TEST_FAILED" ? nextOf(alerts) : nextOf(step)));
  // A test that failed leaves it to the alerts, which come last.
  return failed.map((step, at) => problemOf(step, hints.lastIndexOf(hints[at]) === at ? hints[at] : undefined));
}

/** What is the same at every object comes as an error, by which hosts know that it was told before. */
function problemOf(step: Step, hint: string | undefined): Problem {
  const { id, code } = step;
  if (!code || !rowOf(code).everywhere) return worded(step, hint);
  return new Fault({ kind: "failed-precondition", what: STEPS[id], reason: seen(step), code, hint });
}

/** A step in a sentence or two: what was seen, and what to do. */
export function sentence(step: Step): string {
  return worded(step, nextOf(step));
}

function worded(step: Step, hint: string | undefined): string {
  const text = seen(step) ?? STEPS[step.id];
  return [`${text.replace(/\.$/, "")}${step.code && step.status !== "ok" ? ` (${step.code})` : ""}.`, hint]
    .filter(Boolean)
    .join(" ");
}

/** What was seen, with the other side's words; undefined where there is nothing to say. */
export function seen({ code, message, said }: Finding): string | undefined {
  const words = message ?? (code && rowOf(code).words);
  return said ? [words, said].filter(Boolean).join(": ") : words;
}

/** What to do next; undefined where nothing is wrong. */
export function nextOf({ status, code, facts, hint }: Finding): string | undefined {
  return hint ?? (code && status !== "skipped" ? hintOf(code, facts) : undefined);
}
