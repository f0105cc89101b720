import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Finished, run as finish } from "../../scripts/exec.ts";
import { withLock } from "../../scripts/lock.mjs";
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

export function isThere({ needs }: Pick<Language, "needs">): boolean {
  return findOnPath(needs, process.env["PATH"] ?? "") !== undefined;
}

async function python(): Promise<readonly string[]> {
  return [await pythonWithSdk(), join(PROGRAMS, "python", "program.py")];
}

/** An interpreter with the SDK as a project installs it: a wheel, in an environment of its own, which one process makes at a time. */
export function pythonWithSdk(): Promise<string> {
  mkdirSync(KEPT, { recursive: true });
  return withLock(join(KEPT, "python.lock"), makePython);
}

async function makePython(): Promise<string> {
  const [environment, source, wheels] = [join(KEPT, "python"), temporaryDirectory(), temporaryDirectory()];
  const interpreter = join(environment, "bin", "python");
  if (!existsSync(interpreter)) await run("python3", ["-m", "venv", environment]);
  cpSync(join(ROOT, "sdk", "python"), source, { recursive: true });
  const pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
  await run(interpreter, [...pip, "wheel", "--no-deps", "--wheel-dir", wheels, source]);
  const [wheel = ""] = readdirSync(wheels).map((name) => join(wheels, name));
  await run(interpreter, [...pip, "install", wheel]);
  await run(interpreter, [...pip, "install", "--no-deps", "--force-reinstall", wheel]);
  return interpreter;
}

const GO_ENVIRONMENT = { CGO_ENABLED: "0", GOWORK: "off" };

async function go(): Promise<readonly string[]> {
  mkdirSync(KEPT, { recursive: true });
  const program = join(KEPT, "go-program");
  const env = { ...process.env, ...GO_ENVIRONMENT };
  await run("go", ["build", "-mod=readonly", "-o", program, "."], { cwd: join(PROGRAMS, "go"), env });
  return [program];
}

/** Runs programs without an engine, with mocks of Pulumi's SDK in its place. */
export async function runPython(files: readonly string[]): Promise<Finished> {
  return finish(await pythonWithSdk(), [join(PROGRAMS, "python", "mocked.py"), ...files]);
}

/** Compiles programs with the SDK of the working copy, each a package of its own, and looks for what `go vet` knows. */
export async function vetGo(programs: readonly string[]): Promise<Finished> {
  const folder = temporaryDirectory();
  const manifest = readFileSync(join(PROGRAMS, "go", "go.mod"), "utf8");
  writeFileSync(join(folder, "go.mod"), manifest.replaceAll("=> ../../../", `=> ${ROOT}/`));
  cpSync(join(PROGRAMS, "go", "go.sum"), join(folder, "go.sum"));
  for (const [index, text] of programs.entries()) {
    mkdirSync(join(folder, `block${index + 1}`));
    writeFileSync(join(folder, `block${index + 1}`, "main.go"), `${text}\n`);
  }
  return finish("go", ["vet", "-mod=readonly", "./..."], { cwd: folder, env: { ...process.env, ...GO_ENVIRONMENT } });
}
