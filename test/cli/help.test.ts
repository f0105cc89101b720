import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { COMMANDS } from "../../provider/cli/commands.ts";
import { gmailsync } from "../support/command.ts";

/** Options at the beginning of a line of help, as they are described there. */
const DESCRIBED = /^ {2}--([\w-]+)/gm;

describe.each(Object.entries(COMMANDS))("gmailsync %s --help", (name, command) => {
  test("has what it does, usage, examples and exit codes, and every option", async () => {
    const { OPTIONS } = await command.load();
    const { code, stdout, stderr } = await gmailsync([name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const sections = [
      `^gmailsync ${name}: \\S`,
      `\n\nUsage: gmailsync ${name}`,
      "\n\nExamples:\n  ",
      "\n\nExit codes: 0 ",
    ];
    expect(stdout).toMatch(new RegExp(`${sections.join("[^]*")}[^\n]*\\.\n$`));
    const options = Object.keys(OPTIONS).filter((option) => option !== "help");
    for (const option of options) expect(stdout).toMatch(new RegExp(`--${option}\\b`));
    for (const [, described] of stdout.matchAll(DESCRIBED)) expect(options).toContain(described);
  });

  test("shows examples that the command takes", async () => {
    const { OPTIONS } = await command.load();
    const { stdout } = await gmailsync([name, "--help"]);
    const examples = stdout
      .slice(stdout.indexOf("\nExamples:\n"))
      .match(new RegExp(`gmailsync ${name}\\b[^|>&\n]*`, "g"));
    expect(examples?.length).toBeGreaterThan(0);
    for (const [, option] of examples?.join("\n").matchAll(/ --([\w-]+)/g) ?? [])
      expect(OPTIONS).toHaveProperty([`${option}`]);
  });
});

test("gmailsync --help lists every command, and shows examples", async () => {
  const { code, stdout } = await gmailsync(["--help"]);
  expect(code).toBe(0);
  for (const [name, { summary }] of Object.entries(COMMANDS))
    expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  expect(stdout).toContain("\n\nExamples:\n  gmailsync ");
});

test("gmailsync --version is the version of the package", async () => {
  expect(await gmailsync(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});
