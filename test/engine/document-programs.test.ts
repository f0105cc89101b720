import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { documentsOf, PAGES } from "../../scripts/documents/all.ts";
import type { Block } from "../../scripts/documents/markdown.ts";
import { wordOf } from "../../scripts/documents/proofs.ts";
import { type YamlKind, yamlKindOf } from "../../scripts/documents/yaml-kinds.ts";
import { readmeProgram, translatedExamples } from "../../scripts/examples.ts";
import { run } from "../../scripts/exec.ts";
import { gmailsync } from "../support/command.ts";
import {
  asExamplesHaveIt,
  programToPreview,
  wholeFleet,
  writeBlocks,
  writeFleet,
} from "../support/document-programs.ts";
import { isThere, runPython, vetGo } from "../support/languages.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, programFolder, ROOT } from "../support/package.ts";
import { temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";
import { TestStack } from "../support/stack.ts";

interface Place {
  readonly where: string;
  readonly block: Block;
}

const places: readonly Place[] = documentsOf(ROOT, PAGES).flatMap(({ file, blocks }) =>
  blocks.map((block) => ({ where: `${file}:${block.line}`, block })),
);

/** Blocks of a language; those that are files of a page's commands are read by these. */
const inLanguage = (language: string) =>
  places.filter(({ block }) => block.language === language && wordOf(block, "file") === undefined);

/** With that of README.md, which the page of the Pulumi Registry has in every language. */
const programsIn = (language: "ts" | "python" | "go") => [
  ...inLanguage(language).map(({ block }) => block.text),
  translatedExamples().get(readmeProgram(readFileSync(join(ROOT, "README.md"), "utf8")))?.[language] ?? "",
];

const ofKind = (...kinds: readonly YamlKind[]) =>
  inLanguage("yaml").filter(({ block }) => kinds.some((kind) => kind === yamlKindOf(block.text)));

describe("a program of a document, in Pulumi YAML", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await testSandbox();
    asExamplesHaveIt(sandbox);
    const environment = pipelineCredentials(sandbox, "ci@northwind.iam.gserviceaccount.com");
    stack = new TestStack(sandbox, { environment });
    await stack.init("{}");
    writeFleet(stack.directory);
  });

  // Those of the reference are made from the definitions; each takes a second, so that they are for `npm run test:all`.
  const tried = ofKind("program", "project").filter(({ where }) => LONG || where.startsWith("docs/how-to/"));
  test.for(tried)("$where can be previewed", async ({ block }) => {
    writeFileSync(join(stack.directory, "Pulumi.yaml"), programToPreview(block.text));
    const { code, output } = await stack.preview();
    expect(code, output).toBe(0);
  });
});

describe("a file of a document", () => {
  test.for(ofKind("fleet"))("$where is a mailboxes.yaml that nothing is wrong with", async ({ block }) => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "mailboxes.yaml"), wholeFleet(block.text));
    for (const command of ["lock", "check"]) {
      const { code, stdout, stderr } = await gmailsync([command, "mailboxes.yaml"], {}, folder);
      expect(code, `${stdout}${stderr}`).toBe(0);
    }
  });

  test.for(ofKind("world"))("$where is a world that the sandbox begins with", async ({ block }) => {
    const worldFile = join(temporaryDirectory(), "world.yaml");
    writeFileSync(worldFile, block.text);
    const sandbox = await testSandbox({ worldFile });
    expect(sandbox.world.dataverse.rows["mailboxes"]?.length).toBeGreaterThan(0);
  });
});

const STRICT = "--noEmit --strict --module nodenext --target es2024 --skipLibCheck --types node --ignoreConfig".split(
  " ",
);

test("the programs of documents in TypeScript are compiled with the package", { timeout: 300_000 }, async () => {
  await installedPackage();
  const folder = programFolder();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const names = writeBlocks(folder, programsIn("ts"), "ts");
  const { code, stdout } = await run(join(ROOT, "node_modules", ".bin", "tsc"), [...STRICT, ...names], { cwd: folder });
  expect(code, stdout).toBe(0);
});

/** SDKs take minutes to be installed the first time: with `npm run test:all`. */
describe.runIf(LONG)("the programs of documents in other languages", { timeout: 900_000 }, () => {
  test("run in Python, with mocks for an engine", async ({ skip }) => {
    if (!isThere({ needs: "python3" })) skip("python3 is not on PATH");
    const folder = temporaryDirectory();
    const names = writeBlocks(folder, programsIn("python"), "py");
    const { code, stdout, stderr } = await runPython(names.map((name) => join(folder, name)));
    expect(code, `${stdout}${stderr}`).toBe(0);
  });

  test("are compiled and vetted in Go", async ({ skip }) => {
    if (!isThere({ needs: "go" })) skip("go is not on PATH");
    const { code, stdout, stderr } = await vetGo(programsIn("go"));
    expect(code, `${stdout}${stderr}`).toBe(0);
  });
});
