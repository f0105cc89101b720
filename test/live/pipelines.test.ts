import { cpSync, globSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lastWords, run } from "../../scripts/exec.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

type Command = readonly [program: string, ...args: string[]];

interface Linter {
  readonly name: string;
  /** The commands that make it in a folder; the first one that fails tells what is missing. */
  make(folder: string): readonly Command[];
  /** Its program in that folder. */
  readonly program: string;
  /** The files of `examples/pipelines`, of `many-stacks` and of this `repository`, with what is said to it of them. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

const SOURCE = join(ROOT, "tools", "pipelines");
/** Modules and packages are fetched once. */
const MAKE_MS = 300_000;

/** Programs of others that it would call where there are. */
const ALONE = ["-no-color", "-shellcheck=", "-pyflakes="];
const schema = (name: string, ...more: readonly string[]) => ["--builtin-schema", `vendor.${name}`, ...more];

const LINTERS: readonly Linter[] = [
  {
    name: "actionlint",
    make: (folder) => [
      ["go", "build", "-mod=readonly", "-o", join(folder, "actionlint"), "github.com/rhysd/actionlint/cmd/actionlint"],
    ],
    program: "actionlint",
    files: {
      // `queue` is newer than its last release.
      "github-actions/.github/workflows/*.yaml": [
        ...ALONE,
        ...["-ignore", '^unexpected key "queue" for "concurrency" section'],
      ],
      "many-stacks/.github/workflows/*.yaml": ALONE,
      "repository/.github/workflows/*.yml": ALONE,
    },
  },
  {
    name: "check-jsonschema, by the schemas that come with it",
    make: (folder) => [
      ["python3", "-m", "venv", folder],
      [join(folder, "bin", "pip"), "install", "--quiet", "--requirement", "requirements.txt"],
    ],
    program: "bin/check-jsonschema",
    files: {
      "github-actions/.github/workflows/*.yaml": schema("github-workflows"),
      "many-stacks/.github/workflows/*.yaml": schema("github-workflows"),
      "repository/.github/workflows/*.yml": schema("github-workflows"),
      "github-actions/.github/actions/*/action.yaml": schema("github-actions"),
      "gitlab/.gitlab-ci.yml": schema("gitlab-ci", "--data-transform", "gitlab-ci"),
      // One of its regular expressions is none in Unicode mode.
      "azure-devops/pipelines/*.yaml": schema("azure-pipelines", "--regex-variant", "nonunicode"),
    },
  },
];

async function made({ make }: Linter): Promise<{ readonly folder: string; readonly missing?: string }> {
  const folder = temporaryDirectory();
  const options = { cwd: SOURCE, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" }, timeoutMs: MAKE_MS };
  for (const [program, ...args] of make(folder)) {
    const { code, stderr } = await run(program, args, options);
    if (code !== 0) return { folder, missing: lastWords(stderr) };
  }
  return { folder };
}

const linters = await Promise.all(LINTERS.map(async (linter) => ({ ...linter, ...(await made(linter)) })));

/** Each as a repository has it: actionlint looks for local actions and workflows at its root. */
function copies(): string {
  const folder = temporaryDirectory();
  cpSync(join(ROOT, "examples", "pipelines"), folder, { recursive: true });
  cpSync(join(ROOT, ".github"), join(folder, "repository", ".github"), { recursive: true });
  // As its README says: beside the actions of the template.
  const stacks = join(folder, "many-stacks", ".github");
  cpSync(join(folder, "github-actions", ".github", "actions"), join(stacks, "actions"), { recursive: true });
  cpSync(join(ROOT, "examples", "many-stacks", "github-actions.yaml"), join(stacks, "workflows", "main.yaml"));
  for (const repository of ["github-actions", "many-stacks", "repository"]) mkdirSync(join(folder, repository, ".git"));
  return folder;
}

// Where one cannot be had that is a failure only in CI.
describe.each(linters)("$name", { timeout: 60_000 }, ({ name, files, folder, missing, program }) => {
  if (missing !== undefined) console.warn(`Skipped: ${name}. ${missing}`);
  test.runIf(process.env["CI"])("is there", () => expect(missing).toBeUndefined());

  test.skipIf(missing !== undefined).each(Object.entries(files))("finds nothing wrong in %s", async (pattern, args) => {
    const cwd = copies();
    const found = globSync(pattern, { cwd });
    expect(found.length).toBeGreaterThan(0);
    const { code, stdout, stderr } = await run(join(folder, program), [...args, ...found], { cwd });
    expect(code, stdout + stderr).toBe(0);
  });
});
