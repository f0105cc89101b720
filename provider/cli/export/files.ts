import { existsSync } from "node:fs";
import { Fault } from "../../fault.ts";
import { lockFileOf } from "../../fleet/read-fleet.ts";
import { fleetText, lockOf } from "./fleet.ts";
import type { Found } from "./found.ts";
import { importsOfFleet, importsOfProgram, importText } from "./import-file.ts";
import type { Options } from "./options.ts";
import { programText } from "./program.ts";

/** A file that is written, with its text. */
export interface Written {
  readonly file: string;
  readonly text: string;
}

/** Code first, then what belongs to it. */
export function filesOf(found: Found, options: Options): readonly Written[] {
  const { format, output, importFile, projects } = options;
  const imports = format === "fleet" ? importsOfFleet(found, options) : importsOfProgram(found);
  const code =
    format === "fleet"
      ? [
          { file: output, text: fleetText(found, projects) },
          { file: lockFileOf(output), text: lockOf(found, projects) },
        ]
      : [{ file: output, text: programText(found) }];
  return imports.length === 0 ? code : [...code, { file: importFile, text: importText(imports) }];
}

/** What people have is not overwritten unless they say so. */
export function refuseExisting(files: readonly Written[], { output, force }: Options): void {
  const there = output === "-" || force ? [] : files.filter(({ file }) => existsSync(file));
  if (there.length === 0) return;
  throw new Fault({
    kind: "already-exists",
    what: `${there.map(({ file }) => file).join(" and ")} ${there.length > 1 ? "are" : "is"} there already`,
    hint: "Name another file by --output, or overwrite by --force.",
  });
}
