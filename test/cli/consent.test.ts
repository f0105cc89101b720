import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { COMMAND, gmailsync } from "../support/command.ts";
import { atEnd, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";
const BERT = "bert@northwind.example";

describe("gmailsync consent", () => {
  let sandbox: Sandbox;
  let network: Network;
  let file: string;

  beforeAll(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    atEnd(() => network.close());
  });
  beforeEach(() => {
    sandbox.reset();
    file = join(temporaryDirectory(), "anna.token");
  });

  interface Asking {
    readonly child: ChildProcess;
    /** Google's page. */
    readonly url: string;
    readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  }

  /** Runs the command until it says which page to open; the client lists the place to come back to. */
  async function ask(): Promise<Asking> {
    const env = { ...process.env, ...sandbox.environment, GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET };
    const child = execFile(COMMAND, ["consent", ANNA, "--client-id", SEED_CLIENT_ID, "--file", file], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: string) => {
        output += text;
      });
    const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
      child.once("close", (code) => resolve({ code, output }));
    });
    await expect.poll(() => output, { timeout: 15_000 }).toMatch(/https:\S+\n/);
    const url = /https:\S+/.exec(output)?.[0] ?? "";
    sandbox.world.google.clients[0]?.redirectUris.push(new URL(url).searchParams.get("redirect_uri") ?? "");
    return { child, url, ended };
  }

  /** What a user does on Google's pages; where the browser is sent to. */
  async function answer(url: string, account: string, button: string): Promise<string> {
    const body = new URLSearchParams({ continue: url, account, answer: button }).toString();
    const page = "https://accounts.google.com/signin/oauth/consent";
    const request = { effect: "signs-in", method: "POST", url: page, body } as const;
    const { status, headers } = await network.request(request, Deadline.after(10_000));
    expect(status).toBe(302);
    return headers["location"] ?? "";
  }

  test("keeps the token of the account that was asked, for its owner alone, and shows it nowhere", async () => {
    writeFileSync(file, "old", { mode: 0o644 });
    const { url, ended } = await ask();
    const { searchParams } = new URL(url);
    expect(searchParams.get("login_hint")).toBe(ANNA);
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    const page = await (await fetch(await answer(url, ANNA, "Continue"))).text();
    const { code, output } = await ended;
    expect([code, output]).toEqual([0, expect.stringContaining(`The refresh token of ${ANNA} is in ${file}.`)]);
    expect(page).toContain(`The consent of ${ANNA} has arrived.`);
    const token = readFileSync(file, "utf8").trimEnd();
    const grant = sandbox.world.google.grants.find(({ refreshToken }) => refreshToken === token);
    expect(grant).toMatchObject({ address: ANNA, clientId: SEED_CLIENT_ID });
    expect(grant?.scope).toContain("https://mail.google.com/");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(output + page).not.toContain(token);
  });

  test("refuses another account's consent and keeps nothing of it", async () => {
    const { url, ended } = await ask();
    const page = await (await fetch(await answer(url, BERT, "Continue"))).text();
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output).toContain(`${BERT} has consented, and ${ANNA} was asked: nothing was kept`);
    expect(page).toContain("That did not work");
    expect(existsSync(file)).toBe(false);
  });

  test("says that the user has refused", async () => {
    const { url, ended } = await ask();
    await fetch(await answer(url, ANNA, "Cancel"));
    expect(await ended).toEqual({
      code: 1,
      output: expect.stringContaining(`${ANNA} has not consented: the server said: access_denied`),
    });
  });

  test("turns away who does not know what was asked, or comes by another name, and goes on waiting", async () => {
    const { url, ended } = await ask();
    const back = await answer(url, ANNA, "Continue");
    const forged = new URL(back);
    forged.searchParams.set("state", "guessed");
    expect((await fetch(forged)).status).toBe(403);
    expect((await fetch(forged.origin)).status).toBe(403);
    const otherName = await new Promise((resolve, reject) => {
      get(back, { headers: { host: "evil.example" } }, (response) => resolve(response.resume().statusCode)).on(
        "error",
        reject,
      );
    });
    expect(otherName).toBe(403);
    expect((await fetch(back)).status).toBe(200);
    expect((await ended).code).toBe(0);
  });

  test("has a code that nobody else can redeem", async () => {
    const { child, url, ended } = await ask();
    const code = new URL(await answer(url, ANNA, "Continue")).searchParams.get("code") ?? "";
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      client_id: SEED_CLIENT_ID,
      client_secret: SEED_CLIENT_SECRET,
      redirect_uri: new URL(url).searchParams.get("redirect_uri") ?? "",
    }).toString();
    const token = "https://oauth2.googleapis.com/token";
    const request = { effect: "signs-in", method: "POST", url: token, body } as const;
    const stolen = await network.request(request, Deadline.after(10_000));
    expect([stolen.status, stolen.text]).toEqual([400, expect.stringContaining("Invalid code verifier.")]);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 1 });
  });

  test.each([
    [
      "a folder that is not there",
      (folder: string) => ["--file", join(folder, "missing", "x")],
      "missing/x cannot be written",
    ],
    [
      "a link in its place",
      (folder: string) => ["--file", join(folder, "link")],
      "link cannot be written: it is a link. Name a file in a folder",
    ],
    ["no pulumi", () => ["--config", "annaToken"], "`pulumi` cannot be started"],
  ])("asks nobody for a token that cannot be kept: %s", async (_, place, told) => {
    const folder = temporaryDirectory();
    symlinkSync(file, join(folder, "link"));
    symlinkSync(process.execPath, join(folder, "node"));
    const environment = {
      ...sandbox.environment,
      GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET,
      PATH: `${folder}:/usr/bin:/bin`,
    };
    const args = ["consent", ANNA, "--client-id", SEED_CLIENT_ID, "--timeout", "0.05", ...place(folder)];
    const { code, stdout, stderr } = await gmailsync(args, environment);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(told)]);
    expect(readdirSync(folder).sort()).toEqual(["link", "node"]);
  });

  test("asks nobody where Pulumi could not encrypt: a configuration without a secret shows no missing passphrase", async () => {
    const folder = temporaryDirectory();
    // As the CLI does, of a stack that has just been made.
    const script = `case "$*" in "config --show-secrets"*) echo '{"mail:region": {"value": "x", "secret": false}}' ;;
"stack export --show-secrets --file /dev/null --stack dev"*) echo "passphrase must be set" >&2; exit 1 ;; *) exit 2 ;; esac`;
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const environment = {
      ...sandbox.environment,
      GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET,
      PATH: `${folder}:${process.env["PATH"]}`,
    };
    const args = [
      "consent",
      ANNA,
      "--client-id",
      SEED_CLIENT_ID,
      "--timeout",
      "0.05",
      "--config",
      "a",
      "--stack",
      "dev",
    ];
    const { code, stdout, stderr } = await gmailsync(args, environment);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("passphrase must be set")]);
  });

  test.each([
    ["no client", [ANNA, "--file", "a"], "--client-id is needed"],
    ["no place for the token", [ANNA, "--client-id", "1-a"], "either --config or --file is needed"],
    ["two places", [ANNA, "--client-id", "1-a", "--file", "a", "--config", "b"], "either --config or --file is needed"],
    ["no address", ["anna", "--client-id", "1-a", "--file", "a"], "one mail address is needed"],
    ["no secret", [ANNA, "--client-id", "1-a", "--file", "a"], "GOOGLE_CLIENT_SECRET is needed"],
  ])("refuses %s", async (_, args, told) => {
    const { code, stderr } = await gmailsync(["consent", ...args], { GOOGLE_CLIENT_SECRET: "" });
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  });
});
