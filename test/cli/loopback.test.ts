import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { listen } from "../../provider/cli/consent/loopback.ts";
import { atEnd } from "../support/sandbox.ts";

test("what anybody on this machine asks for ends nothing", async () => {
  const loopback = await listen(0);
  atEnd(() => loopback.close());
  void loopback.answer("state");
  const { port, host } = new URL(loopback.redirectUri);
  const status = (path: string, headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const asked = request({ port, path, headers }, (response) => resolve(response.resume().statusCode));
      asked.on("error", reject).end();
    });
  for (const path of ["//", "//[", "http://[", "/?state=other"]) {
    expect(await status(path, { host })).toBe(403);
    expect(await status(path, { host: "evil.example" })).toBe(403);
  }
});

test("ends once its answer has gone out, whatever else a browser has opened", async () => {
  const loopback = await listen(0);
  const { port, host } = new URL(loopback.redirectUri);
  const answer = loopback.answer("state");
  const opened = [connect(Number(port)), connect(Number(port))];
  for (const socket of opened) {
    atEnd(() => socket.destroy());
    socket.on("error", () => {});
  }
  // Which of them connects first is not known.
  await Promise.all(opened.map((socket) => once(socket, "connect")));
  opened[1]?.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n`);
  const page = fetch(`${loopback.redirectUri}/?state=state&code=1`).then((response) => response.text());
  (await answer).tell("Thank you", "x".repeat(1_000_000));
  const began = performance.now();
  await loopback.close();
  expect(performance.now() - began).toBeLessThan(3000);
  expect(await page).toContain("x".repeat(1_000_000));
});

test("waits for nobody who reads no answer", async () => {
  const loopback = await listen(0);
  const { port, host } = new URL(loopback.redirectUri);
  const answer = loopback.answer("state");
  const socket = connect(Number(port)).pause();
  atEnd(() => socket.destroy());
  socket.on("error", () => {});
  socket.write(`GET /?state=state&code=1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  (await answer).tell("Thank you", "x".repeat(20_000_000));
  const began = performance.now();
  await loopback.close();
  expect(performance.now() - began).toBeLessThan(3000);
});
