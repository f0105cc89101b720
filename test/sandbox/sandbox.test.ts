import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { administer, gmailProfile, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

const ANNA = "anna@northwind.example";

describe("the record of requests", () => {
  let sandbox: Sandbox;
  let send: Send;
  beforeAll(async () => {
    sandbox = await testSandbox();
    send = await webApi(sandbox);
  });

  test.each([
    ["in a body with spaces", "PATCH", "mailboxes(ID)", '{ "oauthrefreshtoken" : "hush-hush" }'],
    ["behind an escaped quote", "PATCH", "mailboxes(ID)", '{"oauthrefreshtoken":"a\\"hush-hush"}'],
    ["put as a single property", "PUT", "mailboxes(ID)/oauthrefreshtoken", '{"value":"hush-hush"}'],
  ])("holds no secret %s", async (_, method, path, body) => {
    const since = sandbox.requests.length;
    await send(method, path.replace("ID", String(mailboxRow(sandbox, ANNA)["mailboxid"])), body);
    expect(sandbox.requests.length).toBe(since + 1);
    expect(JSON.stringify(sandbox.requests)).not.toContain("hush-hush");
  });

  test("holds no more than the beginning of a long body", async () => {
    await send("POST", "emailserverprofiles", { name: "x".repeat(900_000) });
    expect(JSON.stringify(sandbox.requests).length).toBeLessThan(100_000);
  });
});

describe("the sandbox's HTTP", () => {
  let sandbox: Sandbox;
  let send: Send;
  beforeAll(async () => {
    sandbox = await testSandbox();
    send = await webApi(sandbox);
  });
  afterEach(() => vi.restoreAllMocks());

  test("answers 413 to a body of more than 1 MiB", async () => {
    expect((await send("POST", "emailserverprofiles", { name: "x".repeat(1024 * 1024) })).status).toBe(413);
  });

  test("is quiet about a client that goes away in the middle of its request", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const { port } = new URL(sandbox.admin.url);
    const socket = connect(Number(port), "127.0.0.1");
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    socket.write("POST /mailboxes HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 100\r\n\r\nshort", () =>
      socket.destroy(),
    );
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    await administer(sandbox, "mailboxes", "");
    expect(errors).not.toHaveBeenCalled();
  });

  test.each([
    ["a delay that is none", { delay: "soon" }],
    ["a status that is none", { status: "9" }],
    ["a number of times that is none", { times: "often" }],
  ])("refuses a fault with %s", async (_, values) => {
    await expect(administer(sandbox, "fault", "dataverse", values)).rejects.toThrow(/must be/);
  });

  test.each(["constructor", "toString", "__proto__"])("has no administrator's action %s", async (action) => {
    await expect(administer(sandbox, action, "")).rejects.toThrow(/no such action/);
  });

  test("refuses what is not JSON, in one sentence", async () => {
    const { admin } = sandbox;
    const headers = { authorization: `Bearer ${admin.token}` };
    for (const body of ["{", "[]", '{"values":null}', '{"values":{"a":1}}']) {
      const response = await fetch(`${admin.url}/set-mailbox`, { method: "POST", headers, body });
      expect(response.status).toBe(400);
    }
  });

  test("a sign-in shows in when the mailbox's token ends: an hour later", async () => {
    const ended = () => Date.parse(String(mailboxRow(sandbox, ANNA)["oauthtokenexpireson"]));
    const [before, began] = [ended(), Date.now()];
    await administer(sandbox, "set-mailbox", ANNA, { profile: String(gmailProfile(sandbox)["name"]) });
    await administer(sandbox, "sign-in", ANNA);
    expect(before).toBeLessThan(began);
    expect(ended()).toBeGreaterThan(began + 3_590_000);
    await administer(sandbox, "reset", "");
  });

  test("signs nobody in without a profile, or with a client that Google does not know", async () => {
    await expect(administer(sandbox, "sign-in", ANNA)).rejects.toThrow(/no email server profile/);
    const { admin: _, world } = sandbox;
    const [profile] = world.dataverse.rows["emailserverprofiles"] ?? [];
    if (profile) profile["oauthclientid"] = "nobody.apps.googleusercontent.com";
    await administer(sandbox, "set-mailbox", ANNA, { profile: String(profile?.["name"]) });
    await expect(administer(sandbox, "sign-in", ANNA)).rejects.toThrow(/invalid_client|deleted_client/);
    await administer(sandbox, "reset", "");
  });
});

describe("starting the sandbox", () => {
  test("replaces what a dead one left, also where its process number belongs to somebody else by now", async () => {
    const directory = temporaryDirectory();
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const left = { admin: { url: "http://127.0.0.1:1", token: "sandbox" } };
    for (const pid of [dead, process.pid]) {
      writeFileSync(join(directory, "sandbox.json"), JSON.stringify({ pid, ...left }), { mode: 0o600 });
      const sandbox = await startSandbox({ directory });
      expect(statSync(join(directory, "sandbox.json")).mode & 0o077).toBe(0);
      await sandbox.close();
    }
    expect(existsSync(join(directory, "sandbox.json"))).toBe(false);
  });

  test("writes a CA file that can be joined with another", async () => {
    const directory = temporaryDirectory();
    const sandbox = await startSandbox({ directory });
    expect(readFileSync(join(directory, "ca.pem"), "utf8")).toMatch(/-----END CERTIFICATE-----\n$/);
    await sandbox.close();
  });

  test("is refused where one runs", async () => {
    const directory = temporaryDirectory();
    const sandbox = await startSandbox({ directory });
    await expect(startSandbox({ directory })).rejects.toThrow(/is running/);
    await sandbox.close();
  });

  test.each(["null", "[]", "{}", '{"dataverse":{},"google":{},"entra":{}}'])(
    "is refused with the state file %s, which stays as it is",
    async (text) => {
      const directory = temporaryDirectory();
      const stateFile = join(directory, "world.json");
      writeFileSync(stateFile, text);
      await expect(startSandbox({ directory, stateFile })).rejects.toThrow(/state file/);
      expect(readFileSync(stateFile, "utf8")).toBe(text);
    },
  );

  test("keeps a state file to its owner, whoever made it", async () => {
    const directory = temporaryDirectory();
    const stateFile = join(directory, "world.json");
    await (await startSandbox({ directory, stateFile })).close();
    chmodSync(stateFile, 0o644);
    await (await startSandbox({ directory, stateFile })).close();
    expect(statSync(stateFile).mode & 0o077).toBe(0);
  });

  test("leaves nothing open behind it, a delayed answer neither", () => {
    const script = `
      const { startSandbox } = await import(${JSON.stringify(join(import.meta.dirname, "../../sandbox/sandbox.ts"))});
      const sandbox = await startSandbox({ directory: ${JSON.stringify(temporaryDirectory())} });
      sandbox.world.dataverse.rows.mailboxes[0].testemailconfigurationscheduled = true;
      await sandbox.close();`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 10_000 });
    expect(stderr.toString()).toBe("");
    expect(status).toBe(0);
  });
});
