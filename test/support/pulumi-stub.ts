import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { temporaryDirectory } from "./sandbox.ts";

/** A `pulumi` for commands that only ask it: exports the state that it is given, and keeps what is imported. */
export class PulumiStub {
  readonly #folder = temporaryDirectory();
  /** Has it first on PATH. */
  readonly environment: NodeJS.ProcessEnv;

  constructor(state: object) {
    const bin = join(this.#folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(this.#folder, "state.json"), JSON.stringify(state));
    const script = `case "$2" in export) cat "${this.#folder}/state.json";; import) cat >"${this.#folder}/imported.json";; esac`;
    writeFileSync(join(bin, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    this.environment = { PATH: [bin, process.env["PATH"]].join(delimiter) };
  }

  /** What was imported last. */
  get imported(): unknown {
    const file = join(this.#folder, "imported.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }
}
