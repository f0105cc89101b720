import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { TARGETS } from "../../scripts/build/archives.ts";
import { ROOT } from "../support/package.ts";

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

/** Of GitHub's runners (GitHub documentation, "GitHub-hosted runners reference"). */
const PLATFORMS: Readonly<Record<string, string>> = {
  "macos-15": "darwin-arm64",
  "macos-15-intel": "darwin-amd64",
  "windows-11-arm": "windows-arm64",
};
