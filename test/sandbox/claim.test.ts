import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { COMMAND, type Ended, gmailsync } from "../support/command.ts";
import { atEnd, temporaryDirectory } from "../support/sandbox.ts";

/** What a sandbox writes, with a port where somebody answers whatever is asked. */
const SETTINGS = {
  GMAILSYNC_CONNECT_TO: "a:1=127.0.0.1:1",
  GMAILSYNC_CA_FILE: "/ca.pem",
  GMAILSYNC_ENVIRONMENT_URL: "https://contoso.crm.dynamics.com",
  AZURE_TENANT_ID: "tenant",
  AZURE_CLIENT_ID: "client",
  AZURE_CLIENT_SECRET: "secret",
};
let url: string;
beforeAll(async () => {
  const yes = createServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => yes.listen(0, "127.0.0.1", resolve));
  atEnd(() => yes.close());
  url = `http://127.0.0.1:${Object(yes.address()).port}`;
});

let directory: string;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory, "sandbox.json");
});

function record(changes: object = {}, mode = 0o600): void {
  const info = { pid: process.pid, admin: { url, token: "token" }, environment: SETTINGS, ...changes };
  writeFileSync(file, JSON.stringify(info), { mode });
}

/** What users type, in a folder of its own. */
function evaluate(): Promise<Ended & { readonly made: readonly string[] }> {
  const cwd = temporaryDirectory();
  const script =
    'set -e; settings=$(gmailsync sandbox env --directory "$1"); eval "$settings"; echo "$AZURE_CLIENT_SECRET"';
  const env = { ...process.env, PATH: `${dirname(COMMAND)}:${process.env["PATH"]}` };
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", script, "sh", directory], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, stdout, stderr, made: readdirSync(cwd) }),
    );
  });
}

describe("a record that is not of a sandbox of this user", () => {
  const strange = (environment: object) => () => record({ environment });

  test.each<[string, () => void, string]>([
    [
      "has a name that is a command",
      strange({ ...SETTINGS, "X=1; touch PWNED; Y": "" }),
      "holds something else than a sandbox",
    ],
    [
      "has such a name in the place of another",
      strange({ ...SETTINGS, AZURE_CLIENT_ID: undefined, "$(touch PWNED)": "" }),
      "holds something else than a sandbox",
    ],
    ["has a name that a shell looks at", strange({ ...SETTINGS, PATH: "." }), "holds something else than a sandbox"],
    ["lacks a setting", strange({}), "holds something else than a sandbox"],
    [
      "names another machine",
      () => record({ admin: { url: "http://sandbox.example:80", token: "token" } }),
      "holds something else than a sandbox",
    ],
    ["is no JSON", () => writeFileSync(file, "{", { mode: 0o600 }), "holds something else than a sandbox"],
    ["may be read by others", () => record({}, 0o644), "may be read or written by other users"],
    [
      "is a link",
      () => {
        record();
        renameSync(file, join(directory, "elsewhere"));
        symlinkSync("elsewhere", file);
      },
      "is a link",
    ],
    [
      "is a process that is not the sandbox",
      () => record({ pid: 1, admin: { url: "http://127.0.0.1:1", token: "token" } }),
      "no sandbox runs in",
    ],
  ])("runs nothing, and is told in words, where it %s", async (_, write, words) => {
    write();
    const { code, stdout, stderr, made } = await evaluate();
    expect({ code, stdout, made }).toEqual({ code: 1, stdout: "", made: [] });
    expect(stderr).toMatch(/^gmailsync sandbox: .*\n$/);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("PWNED");
  });

  test.skipIf(process.getuid?.() !== 0)("is told where it belongs to another user, and no sandbox starts", async () => {
    record();
    chownSync(file, 65_534, 65_534);
    expect((await evaluate()).stderr).toContain("belongs to another user");
    await expect(startSandbox({ directory })).rejects.toThrow("belongs to another user");
  });

  test("is left alone by a start", async () => {
    record({ environment: { X: "1" } });
    const text = readFileSync(file, "utf8");
    await expect(startSandbox({ directory })).rejects.toThrow("delete it, or name another --directory");
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(directory)).toEqual(["sandbox.json"]);
  });
});

test("values are text to a shell, whatever stands in them", async () => {
  const value = "'; touch PWNED; $(touch PWNED) `touch PWNED`\n'\\''\"";
  record({ environment: { ...SETTINGS, AZURE_CLIENT_SECRET: value } });
  expect(await evaluate()).toMatchObject({ code: 0, stdout: `${value}\n`, made: [] });
});

describe("a link in the place of a file", () => {
  let victim: string;
  beforeEach(() => {
    victim = join(temporaryDirectory(), "victim");
    writeFileSync(victim, "mine\n");
  });

  test.each(["ca.pem", "sandbox.json", "world.json"])(
    "%s is refused by a start, and not written through",
    async (name) => {
      symlinkSync(victim, join(directory, name));
      const options = { directory, stateFile: join(directory, "world.json") };
      await expect(startSandbox(options)).rejects.toThrow(`${join(directory, name)} is a link`);
      expect(readFileSync(victim, "utf8")).toBe("mine\n");
      expect(readdirSync(directory).filter((left) => left !== "ca.pem")).toEqual(name === "ca.pem" ? [] : [name]);
    },
  );

  test("of a saved world is refused, and not written through", async () => {
    const sandbox = await startSandbox({ directory });
    const saved = join(directory, "saved.json");
    symlinkSync(victim, saved);
    const { code, stderr } = await gmailsync(["sandbox", "save", saved, "--directory", directory]);
    expect([code, stderr]).toEqual([1, `gmailsync sandbox: ${saved} is a link; take it away, or name another\n`]);
    expect(readFileSync(victim, "utf8")).toBe("mine\n");
    await sandbox.close();
  });

  test("that is put there while the sandbox runs is not written through when it stops", async () => {
    const stateFile = join(directory, "world.json");
    const sandbox = await startSandbox({ directory, stateFile });
    symlinkSync(victim, stateFile);
    await expect(sandbox.close()).rejects.toThrow("is a link");
    expect(readFileSync(victim, "utf8")).toBe("mine\n");
    expect(lstatSync(stateFile).isSymbolicLink()).toBe(true);
    expect(existsSync(file)).toBe(false);
  });
});

describe("starts in one folder", () => {
  interface Start {
    readonly child: ChildProcess;
    /** What it has said when it ran or ended, whichever was first. */
    readonly said: Promise<string>;
    readonly ended: Promise<number | null>;
  }

  function start(): Start {
    const child = spawn(COMMAND, ["sandbox", "start", "--directory", directory], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const said = new Promise<string>((resolve) => {
      const heard = (part: Buffer) => {
        text += part;
        if (text.includes("The sandbox runs")) resolve(text);
      };
      child.stdout.on("data", heard);
      child.stderr.on("data", heard);
      child.once("close", () => resolve(text));
    });
    atEnd(() => child.kill("SIGKILL"));
    return { child, said, ended };
  }

  test("exclude each other, also where one that was killed has left its record", { timeout: 60_000 }, async () => {
    const killed = start();
    await killed.said;
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(existsSync(file)).toBe(true);

    const starts = Array.from({ length: 10 }, start);
    const said = await Promise.all(starts.map((one) => one.said));
    const running = starts.filter((_, index) => said[index]?.includes("The sandbox runs"));
    expect(running).toHaveLength(1);
    const [winner] = running;
    const words = `gmailsync sandbox: a sandbox is running in ${directory} already (process ${winner?.child.pid}); \`gmailsync sandbox stop --directory ${directory}\` ends it\n`;
    expect(said.filter((text) => !text.includes("The sandbox runs"))).toEqual(Array(9).fill(words));
    const losers = starts.filter((one) => one !== winner);
    expect(await Promise.all(losers.map((one) => one.ended))).toEqual(Array(9).fill(1));

    expect((await gmailsync(["sandbox", "stop", "--directory", directory])).code).toBe(0);
    expect(await winner?.ended).toBe(0);
    expect(readdirSync(directory)).toEqual(["ca.pem"]);
  });
});
