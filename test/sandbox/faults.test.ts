import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { connect } from "node:tls";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { Fault, HttpEffect } from "../../sandbox/faults/fault.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { administer, atEnd, changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

const ANNA = "anna@northwind.example";
const BERT = "bert@northwind.example";

let sandbox: Sandbox;
let send: Send;
beforeAll(async () => {
  sandbox = await testSandbox();
});
beforeEach(async () => {
  sandbox.reset();
  send = await webApi(sandbox);
});

const idOf = (address: string) => String(mailboxRow(sandbox, address)["mailboxid"]);
const nameOf = (address: string) => mailboxRow(sandbox, address)["name"];
const rename = (name: string, address = ANNA) => send("PATCH", `mailboxes(${idOf(address)})`, { name });

/** What an administrator's action gives back. */
async function administered(action: string, name = "", values: Record<string, string> = {}): Promise<unknown> {
  const { url, token } = sandbox.admin;
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/${action}`, { method: "POST", headers, body: JSON.stringify({ name, values }) });
  return Reflect.get(Object(await response.json()), "result");
}

/** All that comes back to a GET, whole or not. */
async function bytesOf(path: string): Promise<string> {
  const host = new URL(sandbox.environment["GMAILSYNC_ENVIRONMENT_URL"] ?? "").hostname;
  const to = new RegExp(`${host}:443=127\\.0\\.0\\.1:(\\d+)`).exec(sandbox.environment["GMAILSYNC_CONNECT_TO"] ?? "");
  const ca = readFileSync(sandbox.environment["GMAILSYNC_CA_FILE"] ?? "");
  const socket = connect({ host: "127.0.0.1", port: Number(to?.[1]), servername: host, ca });
  const token = sandbox.world.entra.tokens.at(-1)?.token;
  socket.write(`GET /api/data/v9.2/${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  let text = "";
  for await (const part of socket) text += part;
  return text;
}

/** Statuses of requests that follow each other. */
async function statuses(count: number, ask: () => Promise<{ status: number }> = () => send("GET", "WhoAmI")) {
  const seen = [];
  for (let asked = 0; asked < count; asked++) seen.push((await ask()).status);
  return seen;
}

describe("a fault meets", () => {
  const effect: HttpEffect = { status: 503 };
  test.each<[string, Pick<Fault, "nth" | "every" | "times">, number[]]>([
    ["the next request, and no more", {}, [503, 200, 200, 200, 200, 200]],
    ["so many", { times: 2 }, [503, 503, 200, 200, 200, 200]],
    ["the third alone", { nth: 3 }, [200, 200, 503, 200, 200, 200]],
    ["the second and two more", { nth: 2, times: 3 }, [200, 503, 503, 503, 200, 200]],
    ["every second", { every: 2 }, [200, 503, 200, 503, 200, 503]],
    ["every second from the first, twice", { nth: 1, every: 2, times: 2 }, [503, 200, 503, 200, 200, 200]],
  ])("%s", async (_, which, expected) => {
    const fault = sandbox.addFault({ service: "dataverse", effect, ...which });
    expect(await statuses(6)).toEqual(expected);
    expect(fault).toMatchObject({ matched: 6, disturbed: expected.filter((status) => status === 503).length });
  });

  test("methods, paths and rows that it names, in path or body, and nothing else", async () => {
    const [anna, bert] = [idOf(ANNA), idOf(BERT)];
    const fault = sandbox.addFault({
      service: "dataverse",
      method: ["PATCH", "GET"],
      path: ["mailboxes(", "organizations("],
      row: [bert.toUpperCase()],
      every: 1,
      effect,
    });
    const of = async (asked: ReturnType<Send>) => (await asked).status;
    expect(await of(send("GET", `mailboxes(${anna})`))).toBe(200);
    expect(await of(send("GET", `mailboxes(${bert})`))).toBe(503);
    expect(await of(send("GET", `mailboxes?$filter=mailboxid eq ${bert}`))).toBe(200);
    expect(await of(send("PATCH", `mailboxes(${anna})`, { name: bert }))).toBe(503);
    expect(await of(send("DELETE", `mailboxes(${bert})`))).not.toBe(503);
    expect(fault.matched).toBe(2);
  });

  test("nothing any more once it was removed, by its handle or by its number", async () => {
    const fault = sandbox.addFault({ service: "dataverse", every: 1, effect });
    expect(await statuses(1)).toEqual([503]);
    fault.remove();
    await administer(sandbox, "fault", "dataverse", { every: "1" });
    expect(await statuses(1)).toEqual([503]);
    await administer(sandbox, "delete-fault", "2");
    expect(await statuses(1)).toEqual([200]);
    await expect(administer(sandbox, "delete-fault", "2")).rejects.toThrow(/no fault 2/);
  });
});

describe("an answer", () => {
  test("is of choice: a firewall's page, an empty one, the work done or not", async () => {
    const html = { status: 403, headers: { server: "proxy" }, body: "<h1>Blocked</h1>" };
    sandbox.addFault({ service: "dataverse", effect: html });
    expect(await rename("Refused")).toMatchObject({
      status: 403,
      text: "<h1>Blocked</h1>",
      headers: { server: "proxy", "content-type": expect.stringContaining("text/html") },
    });
    sandbox.addFault({ service: "dataverse", effect: { status: 502, body: "", done: true } });
    expect(nameOf(ANNA)).not.toBe("Refused");
    expect(await rename("Done")).toMatchObject({ status: 502, text: "" });
    expect(nameOf(ANNA)).toBe("Done");
  });

  test.each<[HttpEffect, boolean]>([
    ["reset", false],
    ["lost-answer", true],
    ["hang", false],
    ["no-answer", true],
    ["half-answer", true],
    ["half-chunks", true],
  ])("%s does not come whole; the work is done: %s", async (effect, done) => {
    const fault = sandbox.addFault({ service: "dataverse", method: "PATCH", effect });
    const asked = send("PATCH", `mailboxes(${idOf(ANNA)})`, { name: "New" }, { prefer: "return=representation" });
    const ended = asked.then(
      () => "answered",
      () => "failed",
    );
    await vi.waitFor(() => expect(fault.disturbed).toBe(1));
    if (effect === "hang" || effect === "no-answer") {
      await send("GET", "WhoAmI");
      expect(await Promise.race([ended, "waits"])).toBe("waits");
    } else expect(await ended).toBe("failed");
    expect(nameOf(ANNA) === "New").toBe(done);
  });

  test.each<[HttpEffect, RegExp]>([
    ["half-answer", /^HTTP\/1\.1 200 OK\r\n.*content-length: (?<length>\d+)\r\n.*?\r\n\r\n(?<body>\{.+)$/is],
    [
      "half-chunks",
      /^HTTP\/1\.1 200 OK\r\n.*transfer-encoding: chunked\r\n(?:.*?\r\n)?\r\n[\da-f]+\r\n(?<body>\{.+)$/is,
    ],
  ])("%s ends in the middle of its body", async (effect, form) => {
    const whole = (await send("GET", `mailboxes(${idOf(ANNA)})?$select=name`)).text;
    sandbox.addFault({ service: "dataverse", effect });
    const { length, body = "" } = form.exec(await bytesOf(`mailboxes(${idOf(ANNA)})?$select=name`))?.groups ?? {};
    const came = body.trimEnd();
    expect(whole.startsWith(came)).toBe(true);
    expect(came.length).toBeGreaterThan(0);
    expect(came.length).toBeLessThan(whole.length);
    if (effect === "half-answer") expect(Number(length)).toBe(whole.length);
  });

  test("that has no body is cut in its headers", async () => {
    sandbox.addFault({ service: "dataverse", effect: "half-answer" });
    sandbox.addFault({ service: "dataverse", effect: { status: 204 } });
    expect(await bytesOf("WhoAmI")).toBe("HTTP/1.1 204 ");
  });

  test("comes late, and faults work together, the first one outside", async () => {
    const slow = sandbox.addFault({ service: "dataverse", method: "PATCH", effect: { delayMs: 300 } });
    const lost = sandbox.addFault({ service: "dataverse", method: "PATCH", effect: "lost-answer" });
    const late = expect(rename("Late")).rejects.toThrow();
    await vi.waitFor(() => expect(slow.disturbed).toBe(1));
    expect((await send("GET", "WhoAmI")).status).toBe(200);
    expect([nameOf(ANNA) === "Late", lost.matched]).toEqual([false, 0]);
    await late;
    expect([nameOf(ANNA) === "Late", lost.matched]).toEqual([true, 1]);
  });

  test("is there before its answer, which comes late", async () => {
    sandbox.addFault({ service: "dataverse", method: "PATCH", effect: { lateMs: 300 } });
    let answered = false;
    const late = rename("Late").then(({ status }) => {
      answered = true;
      return status;
    });
    await vi.waitFor(() => expect(nameOf(ANNA)).toBe("Late"));
    expect(answered).toBe(false);
    expect(await late).toBe(204);
  });
});

describe("a read that is stale", () => {
  const read = async () => (await send("GET", `mailboxes(${idOf(ANNA)})?$select=name`)).json["name"];
  const list = async () => (await send("GET", `emailserverprofiles?$select=name`)).text.includes("Fresh");

  test("shows rows as they were, to reads alone, until they are old enough", async () => {
    const before = nameOf(ANNA);
    const fault = sandbox.addFault({ service: "dataverse", every: 1, effect: { staleMs: 150 } });
    expect((await rename("After")).status).toBe(204);
    const made = await send("POST", "emailserverprofiles", { name: "Fresh", servertype: 0 });
    expect(made.status).toBe(204);
    expect([await read(), await list()]).toEqual([before, false]);
    expect(nameOf(ANNA)).toBe("After");
    await vi.waitFor(async () => expect([await read(), await list()]).toEqual(["After", true]), { interval: 20 });
    expect(fault.matched).toBe(fault.disturbed);
  });

  test("counts the age of a write from when it was done, and lets a deleted row go, too", async () => {
    sandbox.addFault({ service: "dataverse", every: 1, effect: { staleMs: 50 } });
    await send("POST", "emailserverprofiles", { name: "Fresh", servertype: 0 });
    await setTimeout(60);
    expect(await list()).toBe(true);
    const row = rowWhere(sandbox, "emailserverprofiles", "name", "Fresh");
    await send("DELETE", `emailserverprofiles(${row["emailserverprofileid"]})`);
    await setTimeout(60);
    expect(await list()).toBe(false);
  });

  test("still shows a row that was deleted, and what somebody else has changed meanwhile", async () => {
    await send("POST", "emailserverprofiles", { name: "Fresh", servertype: 0 });
    const row = rowWhere(sandbox, "emailserverprofiles", "name", "Fresh");
    const before = nameOf(ANNA);
    sandbox.addFault({ service: "dataverse", every: 1, effect: { staleMs: 60_000 } });
    expect((await send("DELETE", `emailserverprofiles(${row["emailserverprofileid"]})`)).status).toBe(204);
    changeRow(sandbox, mailboxRow(sandbox, ANNA), { name: "Changed" });
    expect([await read(), await list()]).toEqual([before, true]);
  });

  test("keeps the limit of requests and the rights of now", async () => {
    sandbox.addFault({ service: "dataverse", every: 1, effect: { staleMs: 60_000 } });
    await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "2" });
    expect(await statuses(3)).toEqual([200, 200, 429]);
    await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "null" });
    await administer(sandbox, "take-role", "System Administrator", { from: APPLICATION_ID });
    expect((await send("GET", "mailboxes")).status).toBe(403);
  });
});

describe("a clock that is wrong", () => {
  const HOUR_MS = 3_600_000;
  const minutesAhead = (moment: unknown) => Math.round((Date.parse(String(moment)) - Date.now()) / 60_000);

  test("shows in Date and in what Dataverse writes", async () => {
    sandbox.addFault({ service: "dataverse", effect: { skewMs: 2 * HOUR_MS } });
    const answer = await rename("Later");
    expect(answer.status).toBe(204);
    expect(minutesAhead(answer.headers["date"])).toBe(120);
    expect(minutesAhead(mailboxRow(sandbox, ANNA)["modifiedon"])).toBe(120);
    expect(minutesAhead((await send("GET", "WhoAmI")).headers["date"])).toBeCloseTo(0);
  });

  test("of Entra gives tokens that are dead on arrival, and leaves those alone that are there", async () => {
    sandbox.addFault({ service: "entra", effect: { skewMs: -2 * HOUR_MS } });
    const late = await webApi(sandbox);
    expect(await statuses(1, () => late("GET", "WhoAmI"))).toEqual([401]);
    sandbox.addFault({ service: "entra", effect: { skewMs: 2 * HOUR_MS } });
    await webApi(sandbox);
    expect(await statuses(1)).toEqual([200]);
  });

  test("of Google gives tokens that end too early", async () => {
    const network = new Network({}, { ...sandbox.environment });
    atEnd(() => network.close());
    const refreshToken = sandbox.world.google.grants.find(({ address }) => address === ANNA)?.refreshToken ?? "";
    const form = { client_id: SEED_CLIENT_ID, client_secret: SEED_CLIENT_SECRET, refresh_token: refreshToken };
    const body = new URLSearchParams({ ...form, grant_type: "refresh_token" }).toString();
    sandbox.addFault({ service: "google", effect: { skewMs: -2 * HOUR_MS } });
    const url = "https://oauth2.googleapis.com/token";
    const answer = await network.request({ effect: "signs-in", method: "POST", url, body }, Deadline.after(5000));
    expect(answer.status).toBe(200);
    expect(minutesAhead(answer.headers["date"])).toBe(-120);
    expect(minutesAhead(new Date(sandbox.world.google.tokens.at(-1)?.expiresAt ?? 0))).toBe(-60);
  });
});

describe("an order in the middle", () => {
  test("is carried out just before the request that it is for", async () => {
    const order = `take role "System Administrator" from=${APPLICATION_ID}`;
    sandbox.addFault({ service: "dataverse", method: "PATCH", nth: 2, effect: { order } });
    expect(await statuses(3, () => rename("New"))).toEqual([204, 403, 403]);
  });

  test("that cannot be carried out by then is told, and fails the request", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    sandbox.addFault({ service: "dataverse", effect: { order: "delete profile Nobody" } });
    expect(await statuses(2)).toEqual([500, 200]);
    expect(String(told.mock.calls)).toContain("Nobody");
    told.mockRestore();
  });
});

describe("by hand", () => {
  test("a fault is listed with what it met", async () => {
    const fault = await administered("fault", "dataverse", { method: "GET", nth: "2", status: "418", body: "tea" });
    expect(fault).toEqual({ fault: 1 });
    expect(await statuses(2)).toEqual([200, 418]);
    expect(await administered("faults")).toEqual([
      expect.objectContaining({ number: 1, service: "dataverse", method: ["GET"], nth: 2, matched: 2, disturbed: 1 }),
    ]);
  });

  test("headers and an empty body are of choice", async () => {
    const headers = "x-one: 1; Location: https://elsewhere.example/?a=b";
    await administer(sandbox, "fault", "dataverse", { status: "302", headers, body: "" });
    expect(await send("GET", "WhoAmI")).toMatchObject({
      status: 302,
      text: "",
      headers: { "x-one": "1", location: "https://elsewhere.example/?a=b" },
    });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["exchange", { status: "500" }, /service must be one of dataverse, entra, google/],
    ["dataverse", { method: "GTE" }, /method must be one of GET, HEAD, POST/],
    ["dataverse", { nth: "0" }, /nth must be a whole number from 1/],
    ["dataverse", { effect: "explode" }, /effect must be one of reset, hang, lost-answer, no-answer, half-answer/],
    [
      "dataverse",
      { effect: "reset", status: "503" },
      /effect and status do not go together; give one of effect, delay/,
    ],
    ["dataverse", { delay: "5", stale: "5" }, /delay and stale do not go together/],
    ["dataverse", { delay: "5", body: "x" }, /delay and body do not go together/],
    ["dataverse", { headers: "no header" }, /headers must be NAME:VALUE/],
    ["dataverse", { headers: "x: a\r\ny: b" }, /headers must be NAME:VALUE/],
    ["dataverse", { skew: "soon" }, /skew must be a whole number/],
    ["google", { stale: "1000" }, /only reads of dataverse can be stale/],
    ["dataverse", { stale: "1000", method: "PATCH" }, /only reads of dataverse can be stale/],
    ["dataverse", { order: "take rule X" }, /there is no order \\"take rule\\"; there are add user/],
    ["dataverse", { order: "set mailbox anna name" }, /not of the form key=value/],
    ["dataverse", { colour: "red" }, /there is no colour to set; known are method, path, row, command/],
    ["dataverse", {}, /nothing to change is given; known are method, path/],
  ])("%s %o is refused, and disturbs nothing", async (service, values, message) => {
    await expect(administer(sandbox, "fault", service, values)).rejects.toThrow(message);
    expect(await statuses(1)).toEqual([200]);
  });

  test("reset ends them all", async () => {
    await administer(sandbox, "fault", "dataverse", { every: "1" });
    await administer(sandbox, "reset", "");
    expect(await administered("faults")).toEqual([]);
    send = await webApi(sandbox);
    expect(await statuses(1)).toEqual([200]);
  });
});
