import type { Faults } from "../faults/faults.ts";
import { type Parameters, refuseOthers, Unknown, wholeNumber } from "../order.ts";
import type { Variables } from "../pipelines/environments.ts";
import type { RequestRecord } from "../traffic.ts";
import type { World } from "../world.ts";

/** What an order works on. */
export interface Context {
  readonly world: () => World;
  readonly records: () => readonly RequestRecord[];
  readonly faults: Pick<Faults, "add" | "list" | "remove">;
  /** What a machine has by which somebody signs in, by its kind. */
  readonly environmentOf: (kind: string) => Promise<Variables>;
  readonly reset: () => void;
  readonly stop: () => void;
}

/** Something that an administrator does, by command line and by `POST /<action>`. */
export interface Order extends Description {
  /** `<address> name=TEXT [account=true|false]` */
  readonly usage: string;
  perform(context: Context, target: string, values: Parameters): unknown;
}

/** How a value is written on the command line, and read. */
export interface Form<T> {
  readonly form: string;
  read(name: string, text: string): T;
}

type Forms = Readonly<Record<string, Form<unknown>>>;
type Read<F extends Forms> = { readonly [K in keyof F]: F[K] extends Form<infer T> ? T : never };

interface Description {
  /** Default: the name, with hyphens for blanks. */
  readonly action?: string;
  /** What it is done to: `<address>`. */
  readonly target?: string;
  readonly summary: string;
  /** What follows `gmailsync sandbox <name>`. */
  readonly examples: readonly string[];
  /** The command line prints what comes back: ids and secrets that were made. */
  readonly prints?: boolean;
}

interface Definition<N extends Forms, M extends Forms> extends Description {
  /** Values that must be given. */
  readonly needs?: N;
  /** Values that may be given. */
  readonly may?: M;
  /** Without any value nothing would change. */
  readonly changes?: boolean;
  run(context: Context, target: string, values: Read<N> & Partial<Read<M>>): unknown;
}

export function order<N extends Forms = Record<never, never>, M extends Forms = Record<never, never>>(
  definition: Definition<N, M>,
): Order {
  const { target, needs, may, changes = false, run } = definition;
  const required = Object.entries(needs ?? {});
  const forms: Forms = { ...needs, ...may };
  const values = Object.entries(forms).map(([name, { form }]) =>
    needs && name in needs ? `${name}=${form}` : `[${name}=${form}]`,
  );
  return {
    ...definition,
    usage: [target, ...values].filter(Boolean).join(" "),
    perform(context, given, texts) {
      requireTarget(target, given);
      refuseOthers(Object.fromEntries(Object.entries(texts).filter(([name]) => !Object.hasOwn(forms, name))), [
        ...Object.keys(forms),
      ]);
      for (const [name, { form }] of required)
        if (texts[name] === undefined) throw new Unknown(`${name}=${form} is missing`);
      if (changes && Object.keys(texts).length === 0)
        throw new Unknown(`nothing to change is given; known are ${Object.keys(forms).join(", ")}`);
      const read = Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name, forms[name]?.read(name, text)]),
      );
      if (!isComplete(required, read)) throw new Error("a value that is needed was not read");
      return run(context, given, read);
    },
  };

  function isComplete(
    names: readonly [string, unknown][],
    read: Readonly<Record<string, unknown>>,
  ): read is Read<N> & Partial<Read<M>> {
    return names.every(([name]) => read[name] !== undefined);
  }
}

/** An order whose values it reads itself, at least one: columns of a row, say. `form` is how they are written. */
export function freeOrder(
  definition: Description & {
    readonly form: string;
    run(context: Context, target: string, values: Parameters): unknown;
  },
): Order {
  const { target, form, run } = definition;
  return {
    ...definition,
    usage: [target, form].filter(Boolean).join(" "),
    perform(context, given, texts) {
      requireTarget(target, given);
      if (Object.keys(texts).length === 0) throw new Unknown(`nothing to change is given: ${form}`);
      return run(context, given, texts);
    },
  };
}

function requireTarget(target: string | undefined, given: string): void {
  if (target !== undefined && given === "") throw new Unknown(`${target} is missing`);
  if (target === undefined && given !== "") throw new Unknown(`"${given}" is not expected`);
}

export const text: Form<string> = {
  form: "TEXT",
  read(name, given) {
    if (given.trim() === "") throw new Unknown(`${name} must not be empty`);
    return given;
  },
};

export const address: Form<string> = {
  form: "ADDRESS",
  read(name, given) {
    if (!/^[^\s@,]+@[A-Za-z0-9.-]+$/.test(given)) throw new Unknown(`${name} must be an email address`);
    return given.toLowerCase();
  },
};

/** Separated by commas; empty for none. */
export const list: Form<string[]> = {
  form: "A,B",
  read: (_, given) => given.split(",").filter(Boolean),
};

export const flag: Form<boolean> = {
  form: "true|false",
  read(name, given) {
    if (given !== "true" && given !== "false") throw new Unknown(`${name} must be true or false`);
    return given === "true";
  },
};

export function choice<T extends string>(choices: readonly T[]): Form<T> {
  return {
    form: choices.join("|"),
    read(name, given) {
      const found = choices.find((candidate) => candidate === given);
      if (found === undefined) throw new Unknown(`${name} must be one of ${choices.join(", ")}`);
      return found;
    },
  };
}

export function number(least: number, most: number, form = "NUMBER"): Form<number> {
  return { form, read: (name, given) => wholeNumber(name, given, least, most) };
}

/** The one thing of that name. */
export function found<T>(things: readonly T[], what: string, name: string, has: (thing: T) => boolean): T {
  const thing = things.find(has);
  if (thing === undefined) throw new Unknown(`no ${what} ${name}`);
  return thing;
}

/** Refuses a second one of a name. */
export function requireNew<T>(things: readonly T[], what: string, name: string, has: (thing: T) => boolean): void {
  if (things.some(has)) throw new Unknown(`there is a ${what} ${name} already`);
}
