import { printParts } from "./output.ts";
import type { Parts } from "./parts.ts";
import { writeMasked } from "./write-masked.ts";

const STANDARD_OUTPUT = "-";

/** A form that is asked for, and where it goes. */
export interface AskedFor<Form extends string> {
  readonly form: Form;
  /** A file; `-` is standard output. */
  readonly file: string;
}

/** The forms that options of their names ask for. Throws a TypeError where two would meet on standard output. */
export function formsIn<Form extends string>(
  names: readonly Form[],
  options: Readonly<Partial<Record<Form, string | undefined>>>,
): readonly AskedFor<Form>[] {
  const forms = names.flatMap((form) => {
    const file = options[form];
    return file === undefined ? [] : [{ form, file }];
  });
  const [, second] = forms.filter(isPrinted);
  if (second) throw new TypeError(`only one form goes to standard output; name a file for --${second.form}`);
  return forms;
}

/** Writes all of them; whether one has gone to standard output, which is its own then. */
export function writeForms<Form extends string>(
  forms: readonly AskedFor<Form>[],
  partsOf: (form: Form) => Parts,
): boolean {
  for (const { form, file } of forms) {
    if (file === STANDARD_OUTPUT) printParts(partsOf(form));
    else writeMasked(file, partsOf(form));
  }
  return forms.some(isPrinted);
}

function isPrinted({ file }: AskedFor<string>): boolean {
  return file === STANDARD_OUTPUT;
}
