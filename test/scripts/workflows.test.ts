import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { TARGETS } from "../../scripts/build/archives.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const textOf = (name: string) => read(`.github/workflows/${name}.yml`);

test.for(["ci", "release"])("%s.yml takes actions by the hash of a version", (name) => {
  const uses = [...textOf(name).matchAll(/uses: ([^\s@]+)@(.*)/g)];
  expect(uses.length).toBeGreaterThan(3);
  for (const [, action, at] of uses) expect(`${action}@${at}`).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

describe("ci.yml", () => {
  const { jobs } = parse(textOf("ci"));

  test("runs the suite with the Pulumi of tools/pulumi first", () => {
    const [, pinned] = /pulumi\/pkg\/v3 v(\S+)/.exec(read("tools/pulumi/go.mod")) ?? [];
    expect(jobs.test.strategy.matrix.pulumi[0]).toBe(pinned);
    expect(textOf("ci")).toContain(`pulumi-version: ${pinned}`);
  });

  test("tries real mail servers as root in the Debian that has them, in which git comes before the checkout", () => {
    const { container, steps } = jobs.everything;
    expect(container).toBe("debian:12");
    expect(steps[0].run).toMatch(/apt-get install .*\bgit\b/);
    expect(JSON.stringify(steps)).not.toContain("sudo");
    expect(read("test/live/install.sh")).toContain("from Debian 12");
  });

  test("builds an archive of every platform once", () => {
    const runners: readonly { os: string; which: string }[] = jobs.archives.strategy.matrix.include;
    const [all = [], own = []] = ["--archives", "--archive"].map((kind) =>
      runners.filter(({ which }) => which === kind).map(({ os }) => os),
    );
    expect(all).toEqual(["ubuntu-latest"]);
    const elsewhere = TARGETS.filter(({ node }) => node === undefined).map(({ os, arch }) => `${os}-${arch}`);
    expect(own.map((os) => PLATFORMS[os]).toSorted()).toEqual(elsewhere.toSorted());
  });
});

describe("release.yml", () => {
  const { steps } = parse(textOf("release")).jobs.publish;

  /** What its commands ask for, in an outside world where all is there already or nothing is. */
  async function asked(there: boolean): Promise<readonly string[]> {
    const folder = temporaryDirectory();
    const answers = { gh: ["release view", "echo false"], npm: ["view", "echo 9.9.9"], git: ["ls-remote", "true"] };
    for (const [name, [question, answer]] of Object.entries(answers)) {
      const script = `case "$*" in "${question} "*) ${there ? answer : "exit 2"} ;; *) echo "${name} $*" >> calls ;; esac`;
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const env = { PATH: `${folder}:/usr/bin:/bin`, GITHUB_REF_NAME: "v9.9.9" };
    writeFileSync(join(folder, "calls"), "");
    for (const { run = "" } of steps)
      if (/\b(gh|npm|git) /.test(run))
        await promisify(execFile)("bash", ["-eo", "pipefail", "-c", run], { cwd: folder, env });
    return readFileSync(join(folder, "calls"), "utf8").split("\n").filter(Boolean);
  }

  test("publishes the release first, from which Pulumi fetches the plugin that packages need", async () => {
    expect((await asked(false)).map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "gh release",
      "npm publish",
      "git tag",
      "git push",
    ]);
  });

  test("passes over what is there already, so that it can be run again", async () => {
    expect(await asked(true)).toEqual([]);
    const pypi = steps.find(({ uses = "" }) => uses.startsWith("pypa/gh-action-pypi-publish@"));
    expect(pypi.with["skip-existing"]).toBe(true);
  });
});

test("the matrix of stacks has the setup, the settings and the secrets that its commands need", () => {
  const { jobs } = parse(read("examples/many-stacks/github-actions.yaml"));
  const { up: alone } = parse(read("examples/pipelines/github-actions/.github/workflows/main.yaml")).jobs;
  const { PULUMI_BACKEND_URL, PULUMI_STACK: _, ...settings } = alone.env;
  expect(jobs.up.env).toMatchObject({ ...settings, PULUMI_BACKEND_URL });
  expect(jobs.report.env).toEqual(settings);
  const setup = alone.steps.find(({ uses = "" }) => uses.endsWith("/setup"));
  for (const { steps } of [jobs.up, jobs.report]) expect(steps).toContainEqual(setup);
  const secrets = [...read("examples/many-stacks/mailboxes.yaml").matchAll(/env: (\w+)/g)].map(([, name = ""]) => name);
  expect(secrets.length).toBe(2);
  for (const name of secrets) expect(jobs.up.steps.at(-1).env[name]).toContain(`secrets.${name} `);
});

/** Of GitHub's runners (GitHub documentation, "GitHub-hosted runners reference"). */
const PLATFORMS: Readonly<Record<string, string>> = {
  "macos-15": "darwin-arm64",
  "macos-15-intel": "darwin-amd64",
  "windows-11-arm": "windows-arm64",
};
