import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Connections } from "../../sandbox/connections.ts";
import { serveHttp, serveHttps } from "../../sandbox/https-server.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { webApi } from "../support/web-api.ts";
import { RawClient } from "./gmail/fixture.ts";

const held: Socket[] = [];
afterEach(() => {
  for (const socket of held.splice(0)) socket.destroy();
});

/** A connection that stays open, and says no more than this. */
async function hold(port: number, says = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  held.push(socket);
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  if (says) socket.write(says);
  return socket;
}

function closed(socket: Socket): Promise<unknown> {
  return socket.destroyed ? Promise.resolve() : once(socket, "close");
}

describe("a thousand connections that are never more than open", () => {
  let sandbox: Sandbox;
  let ports: ReadonlyMap<string, number>;
  beforeAll(async () => {
    sandbox = await testSandbox();
    const pairs = sandbox.environment["GMAILSYNC_CONNECT_TO"]?.split(",") ?? [];
    ports = new Map([
      ...pairs.map((pair) => [pair.split("=")[0] ?? "", Number(pair.split(":").at(-1))] as const),
      ["admin", Number(new URL(sandbox.admin.url).port)],
    ]);
  });

  /** As a mail client begins: to the greeting. */
  async function greeted(service: string): Promise<RawClient> {
    const client = new RawClient(connect(ports.get(service) ?? 0, "127.0.0.1"));
    held.push(client.socket);
    const ca = readFileSync(sandbox.environment["GMAILSYNC_CA_FILE"] ?? "", "utf8");
    if (!service.endsWith(":587")) await client.startTls(service.split(":")[0] ?? "", ca);
    await client.until(/./);
    return client;
  }

  async function greeting(service: string): Promise<string> {
    using client = await greeted(service);
    return client.received;
  }

  const SERVICES: readonly [string, () => Promise<unknown>, unknown][] = [
    ["contoso.crm.dynamics.com:443", async () => (await (await webApi(sandbox))("GET", "WhoAmI")).status, 200],
    ["admin", () => administer(sandbox, "mailboxes", ""), undefined],
    ["imap.gmail.com:993", () => greeting("imap.gmail.com:993"), expect.stringMatching(/^\* OK/)],
    ["pop.gmail.com:995", () => greeting("pop.gmail.com:995"), expect.stringMatching(/^\+OK/)],
    ["smtp.gmail.com:465", () => greeting("smtp.gmail.com:465"), expect.stringMatching(/^220/)],
    ["smtp.gmail.com:587", () => greeting("smtp.gmail.com:587"), expect.stringMatching(/^220/)],
  ];

  async function holdThousand(service: string, says?: string): Promise<void> {
    const port = ports.get(service) ?? 0;
    for (let count = 0; count < 1000; count += 50)
      await Promise.all(Array.from({ length: 50 }, () => hold(port, says)));
  }

  test.each(SERVICES)("shut nobody out of %s", async (service, use, answer) => {
    await holdThousand(service);
    expect(await use()).toEqual(answer);
    // They were open all the while.
    expect(held.filter((socket) => !socket.destroyed).length).toBeGreaterThan(400);
  });

  test("shut nobody out where each has said the beginning of something", async () => {
    await holdThousand("contoso.crm.dynamics.com:443", "x");
    expect((await (await webApi(sandbox))("GET", "WhoAmI")).status).toBe(200);
  });

  test("do not end a connection that somebody works with", async () => {
    using client = await greeted("imap.gmail.com:993");
    await holdThousand("imap.gmail.com:993");
    expect(await client.ask("a CAPABILITY", /^a /)).toMatch(/^a OK/m);
  });
});

test("beyond the bound the connection makes room that has been silent for the longest", async () => {
  const server = createServer((socket) => socket.on("data", (data) => socket.write(data)));
  const connections = new Connections(server, 3);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = Number(Object(server.address()).port);
  const open = async () => {
    const client = new RawClient(await hold(port));
    await client.ask("hello", /hello/);
    return client;
  };
  const [first, second, third] = [await open(), await open(), await open()];
  const fourth = await open();
  await first.closed();
  await second.ask("again", /again/);
  const fifth = await open();
  await third.closed();
  for (const client of [second, fourth, fifth]) await client.ask("still", /still/);
  connections.end();
  await Promise.all([second, fourth, fifth].map((client) => client.closed()));
  server.close();
});

describe("an HTTP server", () => {
  const answer = async () => ({ status: 200 });
  const servers = [
    ["HTTP", (silenceMs?: number) => serveHttp(answer, silenceMs)],
    ["HTTPS", (silenceMs?: number) => serveHttps(new Map(), answer, silenceMs)],
  ] as const;

  test.each(servers)("closes on a client that is silent: %s", async (_, serve) => {
    const server = await serve(40);
    await closed(await hold(server.port));
    await server.close();
  });

  test.each(servers)("leaves nothing open when it is closed: %s", async (_, serve) => {
    const server = await serve(600_000);
    const silent = await hold(server.port);
    await server.close();
    await closed(silent);
  });
});
