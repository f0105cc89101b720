import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Finished, run } from "../../scripts/exec.ts";

const scripts = join(import.meta.dirname, "../../scripts");
// Nothing here is in a registry; a name that were asked for is a defect of the test.
const env = { ...process.env, npm_config_offline: "true" };
const INSTALLING = "Installing the dependencies (npm ci) ...";

let clone: string;

/** A clone whose one dependency lies in the clone itself, so that `npm ci` needs no network. */
const template = realpathSync(mkdtempSync(join(tmpdir(), "run-test-")));
beforeAll(async () => {
  clone = template;
  mkdirSync(join(clone, "scripts"));
  for (const file of ["run.mjs", "lock.mjs"]) copyFileSync(join(scripts, file), join(clone, "scripts", file));
  writeDependency("1.0.0");
  await dependOn("file:dependency");
  writeFileSync(
    join(clone, "scripts", "show.ts"),
    `import { version } from "dependency";
     const first: string = process.env["PATH"]?.split(":")[0] ?? "";
     console.log(JSON.stringify({ version, args: process.argv.slice(2), first }));
     process.exitCode = 5;`,
  );
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), "run-test-")));
  cpSync(template, clone, { recursive: true });
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(file: string, value: unknown): void {
  writeFileSync(join(clone, file), JSON.stringify(value));
}

function writeDependency(version: string): void {
  mkdirSync(join(clone, "dependency"), { recursive: true });
  write("dependency/package.json", { name: "dependency", version, type: "module", main: "index.js" });
  writeFileSync(join(clone, "dependency", "index.js"), `export const version = "${version}";`);
}

async function npm(...args: string[]): Promise<void> {
  const { code, stderr } = await run("npm", args, { cwd: clone, env });
  if (code !== 0) throw new Error(stderr);
}

/** Makes the clone depend on this, and writes package-lock.json anew. */
async function dependOn(dependency: string): Promise<void> {
  write("package.json", { name: "clone", version: "1.0.0", type: "module", dependencies: { dependency } });
  rmSync(join(clone, "package-lock.json"), { force: true });
  await npm("install", "--package-lock-only");
}

function start(...args: string[]): Promise<Finished> {
  return run(process.execPath, ["scripts/run.mjs", ...args], { cwd: clone, env });
}

describe("on a fresh clone", () => {
  it("installs, then runs the script with its arguments, the clone's tools first on PATH, and passes its exit code on", async () => {
    const { code, stdout, stderr } = await start("scripts/show.ts", "--keep", "a b");
    expect(stderr).toBe("");
    const [line, shown = ""] = stdout.trim().split("\n");
    expect(line).toBe(INSTALLING);
    const first = join(clone, "node_modules", ".bin");
    expect(JSON.parse(shown)).toEqual({ version: "1.0.0", args: ["--keep", "a b"], first });
    expect(code).toBe(5);
  });

  it("installs once when two are started at the same time", async () => {
    const both = await Promise.all([start("scripts/show.ts"), start("scripts/show.ts")]);
    expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(2).fill({ code: 5, stderr: "" }));
    expect(both.filter(({ stdout }) => stdout.includes(INSTALLING))).toHaveLength(1);
  });

  it("shows what npm said and what to do when the installation fails, and runs nothing", async () => {
    write("package.json", { name: "clone", version: "1.0.0", dependencies: { absent: "file:absent" } });
    const { code, stdout, stderr } = await start("scripts/show.ts");
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${INSTALLING}\n` });
    expect(stderr).toContain("Missing: absent@");
    expect(stderr).toContain("`npm ci` failed (exit code 1)");
    expect(stderr).not.toContain("    at ");
  });
});

describe("on an installed clone", () => {
  it("does not install again", async () => {
    await start("scripts/show.ts");
    const { code, stdout } = await start("scripts/show.ts");
    expect(code).toBe(5);
    expect(stdout).not.toContain(INSTALLING);
  });

  it("installs again when package-lock.json names another version", async () => {
    // The newer lock file is written first: once something is installed, npm would keep to what it finds there.
    const files = ["package.json", "package-lock.json"].map((file) => join(clone, file));
    writeDependency("2.0.0");
    await npm("pack", "./dependency");
    await dependOn("file:dependency-2.0.0.tgz");
    const newer = files.map((file) => readFileSync(file));
    writeDependency("1.0.0");
    await npm("pack", "./dependency");
    await dependOn("file:dependency-1.0.0.tgz");
    expect((await start("scripts/show.ts")).stdout).toContain(`"version":"1.0.0"`);
    files.forEach((file, index) => {
      writeFileSync(file, newer[index] ?? "");
    });
    const { stdout } = await start("scripts/show.ts");
    expect(stdout).toContain(INSTALLING);
    expect(stdout).toContain(`"version":"2.0.0"`);
  });

  it("installs again after an installation that was cut off", async () => {
    await start("scripts/show.ts");
    rmSync(join(clone, "node_modules", ".package-lock.json"));
    expect((await start("scripts/show.ts")).stdout).toContain(INSTALLING);
  });

  it("installs again when the record of the installation is half a file", async () => {
    await start("scripts/show.ts");
    const record = join(clone, "node_modules", ".package-lock.json");
    writeFileSync(record, readFileSync(record, "utf8").slice(0, 40));
    expect((await start("scripts/show.ts")).stdout).toContain(INSTALLING);
  });
});

it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "passes %s on to the script and waits for its end",
  async (signal) => {
    writeFileSync(
      join(clone, "scripts", "wait.ts"),
      `process.on("${signal}", () => setTimeout(() => process.exit(9), 200));
     setInterval(() => {}, 1000);
     console.log("ready");`,
    );
    const child = spawn(process.execPath, ["scripts/run.mjs", "scripts/wait.ts"], {
      cwd: clone,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    try {
      for await (const text of child.stdout.setEncoding("utf8")) {
        if (text.includes("ready")) child.kill(signal);
      }
      expect(await ended).toEqual([9, null]);
    } finally {
      child.kill("SIGKILL");
    }
  },
);

it("says how it is used when no script is named", async () => {
  const { code, stderr } = await start();
  expect({ code, stderr }).toEqual({ code: 1, stderr: "Usage: node scripts/run.mjs SCRIPT.ts [ARGUMENT...]\n" });
});
