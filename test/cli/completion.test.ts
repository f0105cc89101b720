import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findOnPath } from "../../scripts/pulumi-executables.ts";
import { gmailsync } from "../support/command.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const isThere = (program: string) => findOnPath(program, process.env["PATH"] ?? "") !== undefined;

/** What is typed, with the tabulator key, and the words that the command is given then. */
const TYPED = [
  { keys: "gmailsync doct\t--fai\t", words: "doctor --failed" },
  { keys: "gmailsync check mailb\t --sar\t", words: "check mailboxes.yaml --sarif" },
  { keys: "gmailsync report mailb\t --html rep\t", words: "report mailboxes.yaml --html report.html" },
  { keys: "gmailsync sandbox --directory here add serv\t", words: "sandbox --directory here add service-account" },
  { keys: "gmailsync sandbox show mailb\t", words: "sandbox show mailboxes" },
  { keys: "gmailsync originals rec\t--y\t", words: "originals recover --yes" },
  { keys: "gmailsync --vers\t", words: "--version" },
  { keys: "gmailsync completion z\t", words: "completion zsh" },
];

describe.each([
  { shell: "bash", interactive: "bash --norc --noprofile -i" },
  { shell: "zsh", interactive: "zsh -f -i" },
])("the completion of $shell", ({ shell, interactive }) => {
  // `script` of util-linux gives it a terminal.
  test.skipIf(!isThere(shell) || process.platform !== "linux" || !isThere("script"))(
    "completes commands, what they take, options and files",
    async () => {
      const folder = temporaryDirectory();
      const { stdout: completion } = await gmailsync(["completion", shell]);
      writeFileSync(join(folder, "completion"), completion);
      for (const file of ["mailboxes.yaml", "report.html"]) writeFileSync(join(folder, file), "");
      const lines = ['gmailsync() { echo "given: $*;"; }', ". ./completion", ...TYPED.map(({ keys }) => keys), "exit"];
      const options = { cwd: folder, env: { ...process.env, TERM: "dumb", HISTFILE: "" } };
      const output = await new Promise<string>((resolve) => {
        const child = execFile("script", ["-qec", interactive, "/dev/null"], options, (_, stdout) => resolve(stdout));
        child.stdin?.end(`${lines.join("\n")}\n`);
      });
      const given = [...output.matchAll(/^given: (.*);\r?$/gm)].map(([, words]) => words?.trim());
      expect(given, output).toEqual(TYPED.map(({ words }) => words));
    },
  );
});

test("a shell that is not known is refused with those that are", async () => {
  const { code, stderr } = await gmailsync(["completion", "fish"]);
  expect(code).toBe(2);
  expect(stderr).toContain("it takes bash or zsh");
});
