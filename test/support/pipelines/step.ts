import { readFileSync } from "node:fs";

export type Variables = Readonly<Record<string, string>>;

/** What a pipeline has bash do, and what it sets around it. */
export interface Step {
  readonly name: string;
  readonly script: string;
  readonly environment: Variables;
  /** Runs after a step that has failed, too. */
  readonly always: boolean;
}

/** When the templates run. */
export type Occasion = "pull request" | "main" | "nightly" | "rotation";

/** The steps of a template that was copied to a folder. `variables` are what people set in the system, and what it sets itself. */
export type StepsOf = (folder: string, occasion: Occasion, variables: Variables) => readonly Step[];

/** Puts values in the place of references to them. One that nothing sets is an error of the template. */
export function filledIn(text: string, reference: RegExp, values: Variables): string {
  return text.replaceAll(reference, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing sets ${name}`);
    return value;
  });
}

export function allFilledIn(texts: Variables | undefined, fill: (text: string) => string): Variables {
  return Object.fromEntries(Object.entries(texts ?? {}).map(([name, text]) => [name, fill(String(text))]));
}

/** What is no script is played, or has to become a step of the command line. */
export function refuseOther(what: string, played: readonly string[]): void {
  if (!played.includes(what)) throw new Error(`${what} is not among what the test plays: ${played.join(", ")}`);
}

export function textOf(...path: readonly string[]): string {
  return readFileSync(path.join("/"), "utf8");
}
