import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOnPath } from "../../scripts/pulumi-executables.ts";
import { ROOT } from "./package.ts";
import { temporaryDirectory } from "./sandbox.ts";

const run = promisify(execFile);
const PROGRAMS = join(ROOT, "test", "languages");
/** What takes long to make, and lasts. */
const KEPT = join(ROOT, ".gmailsync", "languages");

export interface Language {
  readonly name: string;
  /** What has to be on PATH. */
  readonly needs: string;
  /** The program with the SDK of the working copy, as a command that takes `up`, `preview` or `destroy`. */
  build(): Promise<readonly string[]>;
}

export const LANGUAGES: readonly Language[] = [
  { name: "Python", needs: "python3", build: python },
  { name: "Go", needs: "go", build: go },
];

export function isThere({ needs }: Language): boolean {
  return findOnPath(needs, process.env["PATH"] ?? "") !== undefined;
}

/** As a project installs it: a wheel, in an environment of its own. */
async function python(): Promise<readonly string[]> {
  const [environment, source, wheels] = [join(KEPT, "python"), temporaryDirectory(), temporaryDirectory()];
  const interpreter = join(environment, "bin", "python");
  if (!existsSync(interpreter)) await run("python3", ["-m", "venv", environment]);
  cpSync(join(ROOT, "sdk", "python"), source, { recursive: true });
  const pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
  await run(interpreter, [...pip, "wheel", "--no-deps", "--wheel-dir", wheels, source]);
  const [wheel = ""] = readdirSync(wheels).map((name) => join(wheels, name));
  await run(interpreter, [...pip, "install", wheel]);
  await run(interpreter, [...pip, "install", "--no-deps", "--force-reinstall", wheel]);
  return [interpreter, join(PROGRAMS, "python", "program.py")];
}

async function go(): Promise<readonly string[]> {
  mkdirSync(KEPT, { recursive: true });
  const program = join(KEPT, "go-program");
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  await run("go", ["build", "-mod=readonly", "-o", program, "."], { cwd: join(PROGRAMS, "go"), env });
  return [program];
}
