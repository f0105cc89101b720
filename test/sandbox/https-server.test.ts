import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

const HOST = "contoso.crm.dynamics.com";
let sandbox: Sandbox;
let send: Send;
let port: number;

beforeAll(async () => {
  sandbox = await testSandbox();
  send = await webApi(sandbox);
  port = Number(
    new RegExp(`${HOST}:443=127\\.0\\.0\\.1:(\\d+)`).exec(sandbox.environment["GMAILSYNC_CONNECT_TO"] ?? "")?.[1],
  );
});

const report = vi.spyOn(console, "error");
afterEach(() => expect(report).not.toHaveBeenCalled());

/** Sends bytes as no client would, and gives the status back. */
async function status(lines: string): Promise<string | undefined> {
  const ca = readFileSync(sandbox.environment["GMAILSYNC_CA_FILE"] ?? "");
  const socket = connect({ host: "127.0.0.1", port, servername: HOST, ca });
  socket.end(`${lines}\r\nConnection: close\r\n\r\n`);
  let text = "";
  for await (const part of socket) text += part;
  return /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
}

describe("a request that is none, or one to somewhere else, is told so:", () => {
  test.each([
    ["a path of two slashes", "GET // HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "401"],
    [
      "a path that looks like a host",
      "GET //evil.example/api/data/v9.2/WhoAmI HTTP/1.1\r\nHost: contoso.crm.dynamics.com",
      "401",
    ],
    ["a path of dots", "GET /../../etc/passwd HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "401"],
    ["a path whose percent signs are wrong", "GET /%E0%A4%A HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "401"],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "400"],
    ["a target without slash", "GET api HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "400"],
    ["an open bracket for a host", "GET / HTTP/1.1\r\nHost: [::", "400"],
    ["a space in the host", "GET / HTTP/1.1\r\nHost: a b", "400"],
    ["no host", "GET / HTTP/1.1\r\nHost:", "400"],
    ["a path in the host", "GET / HTTP/1.1\r\nHost: contoso.crm.dynamics.com/api", "400"],
    ["a user in the host", "GET / HTTP/1.1\r\nHost: user@contoso.crm.dynamics.com", "400"],
    ["a port beyond all ports", "GET / HTTP/1.1\r\nHost: contoso.crm.dynamics.com:99999", "400"],
    ["another host", "GET / HTTP/1.1\r\nHost: evil.example", "421"],
    ["another host in the target", "GET https://evil.example/ HTTP/1.1\r\nHost: contoso.crm.dynamics.com", "421"],
    ["the host with a port", "GET / HTTP/1.1\r\nHost: contoso.crm.dynamics.com:443", "401"],
  ])("%s", async (_, lines, expected) => {
    expect(await status(lines)).toBe(expected);
  });
});

describe("a body is told what is wrong with it, however it is made:", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  test.each([
    ["a list of lists, 20,000 deep", () => `{"name":${nested(20_000)}}`, 400],
    ["the same in an unknown column", () => `{"colour":${nested(20_000)}}`, 400],
    ["the same as a link", () => `{"emailserverprofile@odata.bind":${nested(20_000)}}`, 400],
    ["objects in objects", () => `{"name":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`, 400],
    [
      "a member for every letter of a book",
      () => JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`c${n}`, n]))),
      400,
    ],
    ["more than a megabyte", () => `{"name":"${"x".repeat(1024 * 1024)}"}`, 413],
    ["half a character", () => '{"name":"\\ud800","servertype":0}', 204],
  ])("%s", async (_, body, expected) => {
    expect((await send("POST", "emailserverprofiles", body())).status).toBe(expected);
  });
});

describe("an address", () => {
  const ids = (count: number) => Array.from({ length: count }, () => '"11111111-2222-4333-8444-555555555555"').join();
  const filter = (count: number) =>
    `mailboxes?$filter=Microsoft.Dynamics.CRM.In(PropertyName='mailboxid',PropertyValues=[${ids(count)}])`;

  test("may have 32,768 characters, and no more", async () => {
    expect((await send("GET", filter(700))).status).toBe(200);
    expect((await send("GET", filter(900))).status).toBe(414);
  });
});
