import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/sandbox.ts";

const COMMAND = join(import.meta.dirname, "..", "..", "bin", "gmailsync");

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function gmailsync(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(COMMAND, args, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, stdout, stderr }),
    );
  });
}

describe("gmailsync sandbox", () => {
  const directory = temporaryDirectory();
  const at = ["--directory", directory];
  let running: ChildProcess;

  beforeAll(async () => {
    running = spawn(COMMAND, ["sandbox", "start", "--users", "2", ...at], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => running.stdout?.once("data", () => resolve()));
  });
  afterAll(() => {
    running.kill("SIGKILL");
  });

  test("shows the world, and changes it as an administrator would", async () => {
    const shown = await gmailsync("sandbox", "show", "mailboxes", ...at);
    expect(shown.stdout).toMatch(/^anna@northwind\.example +Anna Berg/m);
    expect(shown.stdout).toContain("user0002@northwind.example");
    expect(
      (await gmailsync("sandbox", "set", "mailbox", "anna@northwind.example", "incomingemaildeliverymethod=2", ...at))
        .code,
    ).toBe(0);
    const [anna] = JSON.parse((await gmailsync("sandbox", "show", "--json", ...at)).stdout);
    expect(anna).toMatchObject({
      emailaddress: "anna@northwind.example",
      incomingemaildeliverymethod: 2,
      oauthrefreshtoken: null,
    });
    expect((await gmailsync("sandbox", "reset", ...at)).code).toBe(0);
    const [fresh] = JSON.parse((await gmailsync("sandbox", "show", "--json", ...at)).stdout);
    expect(fresh.incomingemaildeliverymethod).toBe(0);
  });

  test("prints settings that a shell takes, and keeps the file with the token to its owner", async () => {
    const { stdout } = await gmailsync("sandbox", "env", ...at);
    expect(stdout).toMatch(/^export GMAILSYNC_CONNECT_TO='imap\.gmail\.com:993=127\.0\.0\.1:\d+,/m);
    expect(statSync(join(directory, "sandbox.json")).mode & 0o077).toBe(0);
  });

  test.each<[string, string[], number, string]>([
    ["an unknown sub-command", ["dance"], 2, 'no sub-command "dance"'],
    ["a sub-command that only JavaScript knows", ["constructor"], 2, 'no sub-command "constructor"'],
    ["a table that only JavaScript knows", ["show", "constructor"], 2, "no constructor to show"],
    ["an unknown option", ["show", "--loud"], 2, "--loud"],
    ["a pair that is none", ["set", "mailbox", "anna@northwind.example", "approved"], 2, "key=value"],
    ["a mailbox that is not there", ["sign-in", "nobody@northwind.example"], 1, "no account nobody@northwind.example"],
    [
      "a rule of the service",
      ["set", "mailbox", "anna@northwind.example", "processanddeleteemails=true"],
      1,
      "0x8005e233",
    ],
    ["a second sandbox in the same folder", ["start"], 1, "is running in"],
  ])("refuses %s, says why and what to do", async (_, args, code, text) => {
    const result = await gmailsync("sandbox", ...args, ...at);
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.code).toBe(code);
  });

  test("has help with examples on every level", async () => {
    expect((await gmailsync("--help")).stdout).toContain("sandbox");
    const help = await gmailsync("sandbox", "--help");
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("Examples:");
    expect((await gmailsync("fly")).code).toBe(2);
    for (const name of "start env show set sign-in sign-out revoke delete fault reset stop".split(" ")) {
      const { code, stdout } = await gmailsync("sandbox", name, "--help");
      expect(stdout).toMatch(
        new RegExp(`^Usage: gmailsync sandbox ${name}.*\n\nExamples:\n.*gmailsync sandbox ${name}`, "ms"),
      );
      expect(code).toBe(0);
    }
  });

  test("says what to do about a sandbox that is recorded and does not answer", async () => {
    const gone = temporaryDirectory();
    const info = { pid: process.pid, admin: { url: "http://127.0.0.1:1", token: "sandbox" }, environment: {} };
    writeFileSync(join(gone, "sandbox.json"), JSON.stringify(info));
    const { code, stderr } = await gmailsync("sandbox", "show", "--directory", gone);
    expect(stderr).toContain("does not answer; start it with `gmailsync sandbox start`");
    expect(code).toBe(1);
  });

  test("stops when it is told to, and says so to whoever asks afterwards", async () => {
    const ended = new Promise<number | null>((resolve) => running.on("close", resolve));
    expect((await gmailsync("sandbox", "stop", ...at)).code).toBe(0);
    expect(await ended).toBe(0);
    expect(existsSync(join(directory, "sandbox.json"))).toBe(false);
    const after = await gmailsync("sandbox", "show", ...at);
    expect(after.code).toBe(1);
    expect(after.stderr).toContain("gmailsync sandbox start");
  });
});
