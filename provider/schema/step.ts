import { type Static, Type } from "typebox";

/** One thing that was looked at, and what was seen. `unknown` is neither success nor failure and never passes for one. */
export const Step = Type.Object(
  {
    id: Type.String({ description: "Stable name of the step, for programs." }),
    label: Type.String({ description: "What was looked at." }),
    status: Type.Enum(["ok", "failed", "unknown", "skipped"], {
      description: "`ok` only when success was really seen.",
    }),
    code: Type.Optional(Type.String({ description: "Stable code of a failure, for programs." })),
    message: Type.Optional(Type.String({ description: "What was seen, with the other side's own words." })),
    hint: Type.Optional(Type.String({ description: "What to do next." })),
    ms: Type.Optional(
      Type.Integer({ description: "How long it took, in milliseconds, where it went over a network." }),
    ),
  },
  { title: "Step", additionalProperties: false, description: "One thing that was looked at, and what was seen." },
);

export type Step = Static<typeof Step>;

/** The steps that stop a deployment, as sentences for people. */
export function failures(steps: readonly Step[]): string[] {
  return steps.filter((step) => step.status === "failed").map(sentence);
}

/** A step in a sentence or two: what was seen, and what to do. */
export function sentence({ label, message = label, code, hint }: Step): string {
  return [`${message.replace(/\.$/, "")}${code ? ` (${code})` : ""}.`, hint].filter(Boolean).join(" ");
}
