import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startLineServer } from "../../../sandbox/gmail/line-server.ts";
import { type LoginTarget, mailLogin } from "../../../sandbox/gmail/login.ts";
import { portOf } from "../../provider/network/on-loopback.ts";
import { Authority } from "../../provider/network/tls.ts";
import { ANNA, GmailFixture, TOKEN } from "./fixture.ts";

const SERVICES = [
  { protocol: "imap", host: "imap.gmail.com", port: 993 },
  { protocol: "pop3", host: "pop.gmail.com", port: 995 },
  { protocol: "smtp", host: "smtp.gmail.com", port: 465 },
  { protocol: "smtp", host: "smtp.gmail.com", port: 587 },
] as const;

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

function target(service: (typeof SERVICES)[number], changes: Partial<LoginTarget> = {}): LoginTarget {
  const connect = gmail.address(`${service.host}:${service.port}`);
  return { ...service, connect, ca: gmail.ca, user: ANNA, accessToken: TOKEN, timeoutMs: 5_000, ...changes };
}

describe.each(SERVICES)("a login by $protocol on port $port", (service) => {
  it("succeeds with a good token", async () => {
    expect(await mailLogin(target(service))).toEqual({ ok: true });
  });

  it("is refused with an unknown token, in the server's words and without the token", async () => {
    const result = await mailLogin(target(service, { accessToken: "ya29.sandbox-unknown-token" }));
    expect(result).toMatchObject({ ok: false, code: "AUTHENTICATION" });
    expect(JSON.stringify(result)).toMatch(/Invalid credentials|Username and Password not accepted/i);
    expect(JSON.stringify(result)).not.toContain("unknown-token");
  });

  it("ends at a certificate of another authority", async () => {
    const other = await Authority.make();
    const result = await mailLogin(target(service, { ca: other.pem }));
    await other[Symbol.asyncDispose]();
    expect(result).toMatchObject({ ok: false, code: "TLS" });
  });

  it("ends at a certificate of another host", async () => {
    const result = await mailLogin(target(service, { host: "mail.example.com" }));
    expect(result).toMatchObject({ ok: false, code: "TLS", message: expect.stringContaining("mail.example.com") });
  });

  it("ends in time at a server that says nothing", async () => {
    const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const connect = { host: "127.0.0.1", port: portOf(server.address()) };
    const result = await mailLogin(target(service, { connect, timeoutMs: 100 }));
    server.close();
    expect(result).toMatchObject({ ok: false, code: "TIMEOUT", message: expect.stringContaining("100 ms") });
    await once(server, "close");
  });

  it("ends at a port where nobody listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const connect = { host: "127.0.0.1", port: portOf(server.address()) };
    server.close();
    await once(server, "close");
    const result = await mailLogin(target(service, { connect }));
    expect(result).toMatchObject({ ok: false, code: "CONNECTION", message: expect.stringContaining("ECONNREFUSED") });
  });

  it("sends nothing that holds control characters", async () => {
    const result = await mailLogin(target(service, { user: "anna@northwind.example\x01auth=Bearer x" }));
    expect(result).toMatchObject({ ok: false, code: "INPUT" });
  });
});

it("finds POP switched off only after the login", async () => {
  gmail.anna.pop = "off-by-user";
  const result = await mailLogin(target(SERVICES[1]));
  expect(result).toMatchObject({ ok: false, code: "MAILBOX", message: expect.stringContaining("not enabled for POP") });
});

it("finds IMAP switched off at the login, and does not mind it for SMTP", async () => {
  gmail.anna.imap = "off-by-admin";
  expect(await mailLogin(target(SERVICES[0]))).toMatchObject({
    code: "AUTHENTICATION",
    message: expect.stringContaining("disabled for your domain"),
  });
  expect(await mailLogin(target(SERVICES[2]))).toEqual({ ok: true });
});

it("does not send a token to a server without STARTTLS", async () => {
  const heard: string[] = [];
  const certificate = { key: "", cert: "" };
  const server = await startLineServer({
    certificate,
    farewells: {},
    async converse(connection) {
      await connection.write("220 plain");
      for (;;) {
        heard.push(await connection.readLine());
        await connection.write("250 AUTH XOAUTH2");
      }
    },
  });
  const result = await mailLogin(target(SERVICES[3], { connect: { host: "127.0.0.1", port: server.port } }));
  await server.close();
  expect(result).toMatchObject({ ok: false, code: "TLS", message: "The server does not offer STARTTLS" });
  expect(heard).toEqual(["EHLO [127.0.0.1]"]);
});

it("gives up a server whose reply does not end", async () => {
  const authority = await Authority.make();
  const server = await startLineServer({
    certificate: await authority.leaf(["imap.gmail.com"]),
    farewells: {},
    async converse(connection) {
      await connection.secure();
      await connection.write("* OK ready");
      for (;;) await connection.write("* CAPABILITY IMAP4rev1");
    },
  });
  const connect = { host: "127.0.0.1", port: server.port };
  const result = await mailLogin(target(SERVICES[0], { connect, ca: authority.pem }));
  await Promise.all([server.close(), authority[Symbol.asyncDispose]()]);
  expect(result).toMatchObject({ ok: false, code: "PROTOCOL" });
});
