import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../provider/network/deadline.ts";
import type { Reply } from "../network/tls.ts";
import { Environment, faultOf, idOf, readMailboxes, refusal, rowOf, SHORT_TRY_MS, TOKEN } from "./environment.ts";

const ID = idOf(1);
const GONE = refusal(404, "0x80040217", `mailbox With Id = ${ID} Does Not Exist`);
const CHANGED = refusal(
  412,
  "0x80060882",
  "The version of the existing record doesn't match the RowVersion property provided.",
);

/** Answers requests of the method with the replies, one after the other; the last one stays. Reads find every row. */
function script(method: string, ...replies: (Reply | "cut" | "silent")[]) {
  let next = 0;
  return (request: Parameters<typeof readMailboxes>[0]) => {
    if (request.method !== method) return readMailboxes(request);
    const reply = replies[Math.min(next++, replies.length - 1)];
    if (!reply) throw new Error("no reply left");
    return reply;
  };
}

describe("creating a row", () => {
  it("returns it", async () => {
    const created = rowOf("emailserverprofiles", { emailserverprofileid: ID, name: "Gmail" });
    await using environment = await Environment.start(() => ({ status: 201, body: created }));
    using deadline = Deadline.after(10_000);
    const columns = { emailserverprofileid: ID, name: "Gmail", oauthclientsecret: "sandbox-secret-client" };
    const row = await environment.dataverse.create("emailserverprofiles", columns, deadline);
    expect(row).toMatchObject({ name: "Gmail", etag: 'W/"100"', incomingusessl: true });
    const [request] = environment.server.requests;
    expect(request?.method).toBe("POST");
    expect(request?.headers["prefer"]).toContain("return=representation");
    expect(request?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(request?.body ?? "")).toEqual(columns);
  });

  it.each([
    ["a cut connection", "cut"],
    ["an outage", { status: 503, headers: { "retry-after": "0" } }],
  ] as const)("is repeated after %s, as the id in it lets no second one come to be", async (_, reply) => {
    const created = { status: 201, body: rowOf("emailserverprofiles") };
    await using environment = await Environment.start(script("POST", reply, created));
    using deadline = Deadline.after(10_000);
    await environment.dataverse.create("emailserverprofiles", { emailserverprofileid: ID }, deadline);
    expect(environment.server.requests).toHaveLength(2);
  });

  it("whose answer was lost may be the one that is there already", async () => {
    await using environment = await Environment.start(
      script("POST", "cut", refusal(412, "0x80040237", "Cannot insert duplicate key.")),
    );
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.create("emailserverprofiles", { name: "Gmail" }, deadline));
    expect(fault).toMatchObject({ kind: "already-exists", undone: false });
  });

  it("is repeated after throttling, which comes before any work", async () => {
    const created = { status: 201, body: rowOf("emailserverprofiles") };
    await using environment = await Environment.start(
      script("POST", refusal(429, "0x80072326", "Number of concurrent requests exceeded the limit of 52."), created),
    );
    using deadline = Deadline.after(10_000);
    await environment.dataverse.create("emailserverprofiles", { name: "Gmail" }, deadline);
    expect(environment.server.requests).toHaveLength(2);
  });

  it("tells a key that is taken", async () => {
    await using environment = await Environment.start(() => refusal(412, "0x80040237", "Cannot insert duplicate key."));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.create("emailserverprofiles", { name: "Gmail" }, deadline));
    expect(fault).toMatchObject({ kind: "already-exists", code: "0x80040237", status: 412, requestId: "req-1" });
  });
});

describe("updating a row", () => {
  it("sends the version it is for and returns the new row", async () => {
    const fresh = rowOf("mailboxes", { mailboxid: ID, "@odata.etag": 'W/"101"' });
    await using environment = await Environment.start(() => ({ status: 200, body: fresh }));
    using deadline = Deadline.after(10_000);
    const { dataverse, server } = environment;
    const row = await dataverse.update("mailboxes", ID, { statecode: 0 }, { etag: 'W/"100"' }, deadline);
    expect(row.etag).toBe('W/"101"');
    await dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline);
    expect(server.requests.map(({ headers }) => headers["if-match"])).toEqual(['W/"100"', "*"]);
    expect(server.requests[0]?.url.pathname).toBe(`/api/data/v9.2/mailboxes(${ID})`);
  });

  it("is a conflict when somebody else was faster", async () => {
    await using environment = await Environment.start(script("PATCH", CHANGED));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(
      environment.dataverse.update("mailboxes", ID, { statecode: 0 }, { etag: 'W/"1"' }, deadline),
    );
    expect(fault).toMatchObject({ kind: "conflict", code: "0x80060882", status: 412 });
    expect(fault.message).toContain(`Updating mailbox ${ID}: the server said: The version`);
    expect(environment.server.requests).toHaveLength(1);
  });

  it("never creates a row that is gone", async () => {
    await using environment = await Environment.start(() => GONE);
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault).toMatchObject({ kind: "not-found", status: 404 });
    expect(environment.server.requests[0]?.headers["if-match"]).toBe("*");
  });

  it("is a success when its answer was lost and the row holds what was written", async () => {
    await using environment = await Environment.start((request) => {
      if (request.method === "GET") return readLinked();
      return environment.server.requests.length === 1 ? "cut" : CHANGED;
    });
    const readLinked = () => ({
      status: 200,
      body: {
        value: [rowOf("mailboxes", { mailboxid: ID, _emailserverprofile_value: idOf(7).toUpperCase(), statecode: 1 })],
      },
    });
    using deadline = Deadline.after(10_000);
    const columns = { statecode: 1, "emailserverprofile@odata.bind": `/emailserverprofiles(${idOf(7)})` };
    const row = await environment.dataverse.update("mailboxes", ID, columns, { etag: 'W/"1"' }, deadline);
    expect(row.statecode).toBe(1);
    expect(environment.server.requests.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "GET"]);
  });

  it.each([
    ["the row holds something else", { statecode: 1 }],
    ["nobody can know, for a secret", { oauthclientsecret: "sandbox-secret-client" }],
  ])("stays a conflict when its answer was lost and %s", async (_, columns) => {
    await using environment = await Environment.start(script("PATCH", "cut", CHANGED));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, columns, { etag: 'W/"1"' }, deadline));
    expect(fault.kind).toBe("conflict");
  });

  it("is repeated three times and no more", async () => {
    await using environment = await Environment.start(() => "cut");
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault.kind).toBe("unavailable");
    expect(fault.message).toContain(`Updating mailbox ${ID}: contoso.crm.example gave no answer`);
    expect(environment.server.requests).toHaveLength(4);
  });
});

describe("deleting a row", () => {
  it("tells a row that was deleted from one that was gone", async () => {
    await using environment = await Environment.start(script("DELETE", { status: 204 }, GONE));
    using deadline = Deadline.after(10_000);
    expect(await environment.dataverse.delete("mailboxes", ID, deadline)).toBe("deleted");
    expect(await environment.dataverse.delete("mailboxes", ID, deadline)).toBe("gone");
  });

  it("does not believe a 404 that is not the service's", async () => {
    await using environment = await Environment.start(() => ({ status: 404, body: "<html>no such site</html>" }));
    using deadline = Deadline.after(10_000);
    expect((await faultOf(environment.dataverse.delete("mailboxes", ID, deadline))).status).toBe(404);
  });
});

describe("a page of HTML", () => {
  it.each([
    [200, "unexpected"],
    [403, "unexpected"],
    [404, "unexpected"],
    [502, "unavailable"],
  ])("with %i is called that, and neither absence nor a missing right", async (status, kind) => {
    const page = "<!DOCTYPE html><html><head><title>Web Filter: blocked</title></head></html>";
    await using environment = await Environment.start(() => ({ status, body: page }));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault).toMatchObject({ kind, status, undone: false });
    expect(fault.message).toContain('a page of HTML came back, titled "Web Filter: blocked"');
    expect(fault.message).toContain("proxy");
    expect(fault.message).not.toMatch(/request id|may not see|security role/);
  });
});

describe("a token that is refused in the middle", () => {
  it("is followed by a new one, and the request by another one", async () => {
    const refused: (string | undefined)[] = [];
    const tokens = async (_: Deadline, before?: string) => `token-${refused.push(before)}`;
    await using environment = await Environment.start(
      script("PATCH", { status: 401 }, { status: 200, body: rowOf("mailboxes") }),
      { tokens },
    );
    using deadline = Deadline.after(10_000);
    await environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline);
    expect(refused).toEqual([undefined, "token-1"]);
    expect(environment.server.requests.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  it("and refused again is an error", async () => {
    await using environment = await Environment.start(() => ({ status: 401 }));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault.kind).toBe("unauthenticated");
    expect(environment.server.requests).toHaveLength(2);
  });
});

describe("updating a row of a table that keeps no versions", () => {
  it("is done whatever its version", async () => {
    await using environment = await Environment.start(({ headers }) =>
      headers["if-match"] === "*"
        ? { status: 200, body: rowOf("emailserverprofiles", { emailserverprofileid: ID }) }
        : refusal(412, "0x8006088d", "Optimistic concurrency isn't enabled for entity type emailserverprofile."),
    );
    using deadline = Deadline.after(10_000);
    const changes = { name: "Gmail" };
    await environment.dataverse.update("emailserverprofiles", ID, changes, { etag: 'W/"100"' }, deadline);
    expect(environment.server.requests.map(({ headers }) => headers["if-match"])).toEqual(['W/"100"', "*"]);
  });
});

describe("a request that hangs", () => {
  it.each(["PATCH", "POST", "DELETE"] as const)("is asked again: %s", async (method) => {
    const done = method === "DELETE" ? { status: 204 } : { status: 200, body: rowOf("mailboxes") };
    // The second one has to be answered in it.
    await using environment = await Environment.start(script(method, "silent", done), { tryMs: 1500 });
    using deadline = Deadline.after(10_000);
    const { dataverse, server } = environment;
    if (method === "PATCH") await dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline);
    else if (method === "POST") await dataverse.create("mailboxes", { mailboxid: ID }, deadline);
    else await dataverse.delete("mailboxes", ID, deadline);
    expect(server.requests.map((request) => request.method)).toEqual([method, method]);
  });

  it("until the time is over tells why, and not only that it is", async () => {
    await using environment = await Environment.start(() => "silent", { tryMs: SHORT_TRY_MS });
    using deadline = Deadline.after(800);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault).toMatchObject({ kind: "deadline-exceeded", undone: false });
    expect(fault.message).toMatch(/took longer than 800 ms: contoso\.crm\.example gave no answer/);
  });
});

describe("a write that was never sent", () => {
  const update = ({ dataverse }: Environment, deadline: Deadline) =>
    faultOf(dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));

  it("as no token came in time, did nothing", async () => {
    await using environment = await Environment.start(() => "silent", {
      tokens: (deadline) => deadline.race(new Promise<never>(() => {}), "Waiting for a token"),
    });
    using deadline = Deadline.after(50);
    expect(await update(environment, deadline)).toMatchObject({ kind: "deadline-exceeded", undone: true });
    expect(environment.server.requests).toEqual([]);
  });

  it("as its run was cancelled while Dataverse had asked for a pause, did nothing", async () => {
    await using environment = await Environment.start(() =>
      refusal(429, "0x80072322", "Number of requests exceeded the limit of 6000.", { "retry-after": "30" }),
    );
    const stop = new AbortController();
    using deadline = Deadline.after(60_000, stop.signal);
    const updating = update(environment, deadline);
    await expect.poll(() => environment.server.requests.length).toBe(1);
    stop.abort();
    expect(await updating).toMatchObject({ kind: "cancelled", undone: true });
  });

  it("is told from one whose answer is no HTTP, and that is not tried again", async () => {
    await using environment = await Environment.start(() => ({ raw: "no HTTP\r\n\r\n" }));
    using deadline = Deadline.after(10_000);
    expect(await update(environment, deadline)).toMatchObject({ kind: "unavailable", undone: false });
    expect(environment.server.requests).toHaveLength(1);
  });

  it("is told from one that is out when the run is cancelled", async () => {
    await using environment = await Environment.start(() => "silent");
    const stop = new AbortController();
    using deadline = Deadline.after(60_000, stop.signal);
    const updating = update(environment, deadline);
    await expect.poll(() => environment.server.requests.length).toBe(1);
    stop.abort();
    expect(await updating).toMatchObject({ kind: "cancelled", undone: false });
  });
});

describe("errors", () => {
  it.each([
    [
      403,
      "0x80040220",
      "Principal user (Id=1, type=8), is missing prvWriteMailbox privilege (Id=2) on OTC=9606 for entity 'mailbox'.",
      "permission-denied",
      "prvWriteMailbox",
    ],
    [403, "0x80072560", "The user is not a member of the organization.", "permission-denied", "application user"],
    [401, "", "", "unauthenticated", "application user"],
    [403, "", "", "permission-denied", "application user"],
    [
      400,
      "0x8005e248",
      "Test email configuration scheduled is in progress. Please save after completion of test.",
      "failed-precondition",
      "wait for its end",
    ],
    [
      400,
      "0x8005E257",
      "Test and enable is not allowed if the organization is in administration mode.",
      "failed-precondition",
      "administration mode",
    ],
    [400, "0x8005e201", "You cannot set SSL as false for Microsoft Dynamics 365 Online.", "invalid-input", "SSL"],
    [400, "0x12345678", "Something new.", "invalid-input", ""],
  ])("%i %s become a Fault with a hint", async (status, code, message, kind, hint) => {
    await using environment = await Environment.start(() => refusal(status, code, message));
    using deadline = Deadline.after(10_000);
    const fault = await faultOf(environment.dataverse.update("mailboxes", ID, { statecode: 0 }, {}, deadline));
    expect(fault).toMatchObject({ kind, status, requestId: "req-1" });
    expect(fault.code).toBe(code || undefined);
    expect(fault.message).toContain(message);
    expect(fault.hint).toContain(hint);
  });

  it("hold no secret, even when the server repeats what it was sent", async () => {
    const secret = "sandbox-secret-client-0815";
    await using environment = await Environment.start(({ body, headers }) =>
      refusal(400, "0x80048d19", `Error identified in Payload: ${body} ${headers["authorization"]}`),
    );
    using deadline = Deadline.after(10_000);
    const columns = { name: "Gmail", oauthclientsecret: secret };
    const { dataverse } = environment;
    const faults = [
      await faultOf(dataverse.create("emailserverprofiles", columns, deadline)),
      await faultOf(dataverse.update("emailserverprofiles", ID, columns, {}, deadline)),
    ];
    for (const fault of faults) {
      expect(fault.message).toContain("Error identified in Payload");
      const all = inspect(fault, { depth: 10, showHidden: true });
      expect(all).not.toContain(secret);
      expect(all).not.toContain(TOKEN);
    }
  });
});
