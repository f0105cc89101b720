import { describe, expect, it } from "vitest";
import { odataString } from "../../../provider/dataverse/dataverse.ts";
import { tables } from "../../../provider/dataverse/tables.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { ENVIRONMENT_URL, Environment, faultOf, idOf, readMailboxes, rowOf } from "./environment.ts";

describe("reading single rows", () => {
  it("makes one request of every hundred reads that come together", async () => {
    await using environment = await Environment.start((request) => readMailboxes(request));
    using deadline = Deadline.after(20_000);
    const reads = Array.from({ length: 500 }, (_, index) =>
      environment.dataverse.retrieve("mailboxes", idOf(index), deadline),
    );
    const rows = await Promise.all(reads);
    expect(rows.map((row) => row?.mailboxid)).toEqual(Array.from({ length: 500 }, (_, index) => idOf(index)));
    expect(environment.server.requests).toHaveLength(5);
  });

  it("goes on for the others when the one that came first gives up before the request is made", async () => {
    await using environment = await Environment.start((request) => readMailboxes(request));
    const stop = new AbortController();
    using first = Deadline.after(20_000, stop.signal);
    using second = Deadline.after(20_000);
    const { dataverse } = environment;
    const given = faultOf(dataverse.retrieve("mailboxes", idOf(1), first));
    const other = dataverse.retrieve("mailboxes", idOf(2), second);
    stop.abort();
    expect((await given).kind).toBe("cancelled");
    expect((await other)?.mailboxid).toBe(idOf(2));
    expect(environment.server.requests).toHaveLength(1);
  });

  it("asks for exactly the columns it reads, with the headers of the protocol", async () => {
    await using environment = await Environment.start((request) => readMailboxes(request));
    using deadline = Deadline.after(20_000);
    await environment.dataverse.retrieve("mailboxes", idOf(1), deadline);
    const [request] = environment.server.requests;
    expect(request?.url.pathname).toBe("/api/data/v9.2/mailboxes");
    expect(request?.url.searchParams.get("$select")).toMatch(/^mailboxid,.*,_regardingobjectid_value,/);
    expect(request?.url.searchParams.get("$select")).not.toContain("@");
    expect(request?.url.searchParams.get("$filter")).toBe(
      `Microsoft.Dynamics.CRM.In(PropertyName='mailboxid',PropertyValues=["${idOf(1)}"])`,
    );
    expect(request?.headers).toMatchObject({
      authorization: "Bearer sandbox-secret-token",
      accept: "application/json",
      "odata-version": "4.0",
      "odata-maxversion": "4.0",
      prefer: expect.stringContaining("lookuplogicalname"),
    });
  });

  it("tells rows that do not exist from those that do, whatever the case of the id", async () => {
    const exists = "ABCDEF00-0000-4000-8000-000000000001";
    const absent = { error: { code: "0x80040217", message: "mailbox Does Not Exist" } };
    await using environment = await Environment.start((request) =>
      request.url.pathname.endsWith(`mailboxes(${idOf(2)})`)
        ? { status: 404, body: JSON.stringify(absent) }
        : readMailboxes(request, (id) => id === exists.toLowerCase()),
    );
    using deadline = Deadline.after(20_000);
    const { dataverse } = environment;
    const [there, missing, twice] = await Promise.all([
      dataverse.retrieve("mailboxes", exists, deadline),
      dataverse.retrieve("mailboxes", idOf(2), deadline),
      dataverse.retrieve("mailboxes", exists.toLowerCase(), deadline),
    ]);
    expect(there?.mailboxid).toBe(exists.toLowerCase());
    expect(twice).toEqual(there);
    expect(missing).toBeUndefined();
    // One for all, and one by its id for what the first did not show.
    expect(environment.server.requests).toHaveLength(2);
  });

  it("gives the row's version and the table of its owner", async () => {
    const owner = { _regardingobjectid_value: idOf(9) };
    const annotation = { "_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "queue" };
    await using environment = await Environment.start(() => ({
      status: 200,
      body: { value: [rowOf("mailboxes", { ...owner, ...annotation })] },
    }));
    using deadline = Deadline.after(20_000);
    const row = await environment.dataverse.retrieve("mailboxes", idOf(1), deadline);
    expect(row).toMatchObject({ etag: 'W/"100"', ...owner, ...annotation });
  });

  it("fails only the read whose row has a column of the wrong kind", async () => {
    const bad = rowOf("mailboxes", { mailboxid: idOf(1), statecode: "Active" });
    const good = rowOf("mailboxes", { mailboxid: idOf(2) });
    await using environment = await Environment.start(() => ({ status: 200, body: { value: [bad, good] } }));
    using deadline = Deadline.after(20_000);
    const first = faultOf(environment.dataverse.retrieve("mailboxes", idOf(1), deadline));
    const second = environment.dataverse.retrieve("mailboxes", idOf(2), deadline);
    const fault = await first;
    expect(fault.kind).toBe("unexpected");
    expect(fault.message).toContain(`Reading mailbox ${idOf(1)}`);
    expect(fault.message).toContain("a string for statecode, which should be a whole number");
    expect((await second)?.mailboxid).toBe(idOf(2));
  });

  it("believes no row of another id than those that were asked for, in a list and alone", async () => {
    const stranger = rowOf("mailboxes", { mailboxid: idOf(9) });
    await using together = await Environment.start(() => ({ status: 200, body: { value: [stranger] } }));
    await using alone = await Environment.start(({ url }) => ({
      status: 200,
      body: url.searchParams.has("$filter") ? { value: [] } : stranger,
    }));
    using deadline = Deadline.after(20_000);
    for (const [{ dataverse, server }, requests] of [
      [together, 1],
      [alone, 2],
    ] as const) {
      const fault = await faultOf(dataverse.retrieve("mailboxes", idOf(1), deadline));
      expect(fault.kind).toBe("unexpected");
      expect(fault.message).toContain(`asked was for ${idOf(1)}, and it holds ${idOf(9)}.`);
      expect(server.requests).toHaveLength(requests);
    }
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
    "takes an error's code that is called %s for one that it does not know",
    async (code) => {
      await using environment = await Environment.start(() => ({
        status: 400,
        body: `{"error": {"code": "${code}", "message": "no"}}`,
      }));
      using deadline = Deadline.after(20_000);
      const fault = await faultOf(environment.dataverse.retrieve("mailboxes", idOf(1), deadline));
      expect(fault).toMatchObject({ kind: "invalid-input", code, hint: "Check the properties of the resource." });
    },
  );

  it("refuses an id that is none without asking", async () => {
    await using environment = await Environment.start(readMailboxes);
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.retrieve("mailboxes", "x' or 1 eq 1", deadline));
    expect(fault.kind).toBe("invalid-input");
    expect(environment.server.requests).toHaveLength(0);
  });

  it("ends one caller's wait with its own deadline, and still serves the other", async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using environment = await Environment.start(async (request) => {
      ask();
      await released;
      return readMailboxes(request);
    });
    const cancel = new AbortController();
    using first = Deadline.after(20_000, cancel.signal);
    using second = Deadline.after(20_000);
    const cancelled = faultOf(environment.dataverse.retrieve("mailboxes", idOf(1), first));
    const served = environment.dataverse.retrieve("mailboxes", idOf(2), second);
    await asked;
    cancel.abort();
    const fault = await cancelled;
    expect(fault.kind).toBe("cancelled");
    expect(fault.message).toContain(`Reading mailbox ${idOf(1)}`);
    release();
    expect((await served)?.mailboxid).toBe(idOf(2));
    expect(environment.server.requests).toHaveLength(1);
  });
});

describe("listing rows", () => {
  it("follows the pages", async () => {
    await using environment = await Environment.start(({ url }) => {
      const page = Number(url.searchParams.get("$skiptoken") ?? 0);
      const next = `${ENVIRONMENT_URL}/api/data/v9.2/mailboxes?$skiptoken=${page + 1}`;
      const value = [rowOf("mailboxes", { mailboxid: idOf(page) })];
      return { status: 200, body: { value, ...(page < 2 && { "@odata.nextLink": next }) } };
    });
    using deadline = Deadline.after(20_000);
    const filter = `emailaddress eq ${odataString("o'neil+a@contoso.example")}`;
    const rows = await environment.dataverse.list("mailboxes", filter, {}, deadline);
    expect(rows.map(({ mailboxid }) => mailboxid)).toEqual([idOf(0), idOf(1), idOf(2)]);
    const [first, second] = environment.server.requests;
    expect(first?.url.searchParams.get("$filter")).toBe("emailaddress eq 'o''neil+a@contoso.example'");
    expect(first?.headers["prefer"]).toContain("odata.maxpagesize=");
    expect(second?.headers["prefer"]).toBe(first?.headers["prefer"]);
  });

  it("asks for the first few in an order, without a page size that would undo it", async () => {
    await using environment = await Environment.start(() => ({ status: 200, body: { value: [] } }));
    using deadline = Deadline.after(20_000);
    const options = { orderBy: "createdon desc", top: 10 };
    expect(await environment.dataverse.list("tracelogs", "", options, deadline)).toEqual([]);
    const [request] = environment.server.requests;
    expect(request?.url.searchParams.get("$orderby")).toBe("createdon desc");
    expect(request?.url.searchParams.get("$top")).toBe("10");
    expect(request?.url.searchParams.has("$filter")).toBe(false);
    expect(request?.headers["prefer"]).not.toContain("maxpagesize");
  });

  it("does not take the token to another host", async () => {
    await using environment = await Environment.start(() => ({
      status: 200,
      body: { value: [], "@odata.nextLink": "https://elsewhere.example/api/data/v9.2/mailboxes" },
    }));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.kind).toBe("unexpected");
    expect(environment.server.requests).toHaveLength(1);
  });

  const pageOf = (page: number, value: readonly object[]) => ({
    status: 200,
    body: { value, "@odata.nextLink": `${ENVIRONMENT_URL}/api/data/v9.2/mailboxes?page=${page}` },
  });

  it("has an end when the pages have none", async () => {
    let page = 0;
    await using environment = await Environment.start(() => pageOf(++page, []));
    using deadline = Deadline.after(20_000);
    expect((await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline))).kind).toBe("failed-precondition");
    expect(environment.server.requests).toHaveLength(100);
  });

  it("has an end when the pages lead round", async () => {
    await using environment = await Environment.start(({ url }) => pageOf(url.searchParams.has("$select") ? 1 : 2, []));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.message).toContain("leads on to a page that was read already");
    expect(environment.server.requests).toHaveLength(3);
  });

  it("has an end when the rows have more text than is taken", async () => {
    let page = 0;
    const text = "x".repeat(70_000);
    const rows = Array.from({ length: 40 }, () => rowOf("mailboxes", { name: text }));
    await using environment = await Environment.start(() => pageOf(++page, rows));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.message).toContain("more text in them than is taken");
    expect(environment.server.requests).toHaveLength(4);
  });

  it("asks for a page when the one before is done with", async () => {
    let page = 0;
    await using environment = await Environment.start(() => pageOf(++page, [rowOf("mailboxes")]));
    using deadline = Deadline.after(20_000);
    let read = 0;
    for await (const rows of environment.dataverse.pages("mailboxes", "", deadline)) {
      expect(rows).toHaveLength(1);
      expect(environment.server.requests).toHaveLength(++read);
      if (read === 3) break;
    }
    expect(environment.server.requests).toHaveLength(3);
  });

  it("keeps of a row what it reads, and of a text its beginning", async () => {
    const row = rowOf("tracelogs", { errordetails: "é".repeat(70_000), body: [[[[]]]], unknown: "x" });
    await using environment = await Environment.start(() => ({ status: 200, body: { value: [row] } }));
    using deadline = Deadline.after(20_000);
    const [kept] = await environment.dataverse.list("tracelogs", "", {}, deadline);
    expect(Object.keys(kept ?? {}).toSorted()).toEqual(["etag", ...Object.keys(tables.tracelogs.columns)].toSorted());
    expect(kept?.errordetails).toBe("é".repeat(65_536));
  });

  it("does not take a list for a column", async () => {
    const row = rowOf("mailboxes", { name: [[[[]]]] });
    await using environment = await Environment.start(() => ({ status: 200, body: { value: [row] } }));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.message).toContain("answered with a list for name, which should be text or null");
  });

  it.each([
    ["of lists", `[${"[],".repeat(1_000_000)}1]`],
    ["of members", JSON.stringify(Object.fromEntries(Array.from({ length: 1_000_001 }, (_, index) => [index, 0])))],
  ])("does not make more values %s of an answer than are taken", async (_, unknown) => {
    const body = `{"value":[],"unknown":${unknown}}`;
    await using environment = await Environment.start(() => ({ status: 200, body }));
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.message).toContain("the answer is not JSON of at most 1000000 values");
    expect(environment.server.requests).toHaveLength(1);
  });

  it("takes as much as Dataverse's largest page has, whatever its texts hold", async () => {
    const text = '[{,"\\'.repeat(40);
    const rows = Array.from({ length: 5000 }, () => rowOf("mailboxes", { name: text, unknown: text.repeat(10) }));
    const reply = { status: 200, body: { value: rows } };
    await using environment = await Environment.start(() => reply);
    using deadline = Deadline.after(20_000);
    for await (const page of environment.dataverse.pages("mailboxes", "", deadline)) {
      expect(page).toHaveLength(5000);
      expect(page[0]?.name).toBe(text);
    }
  });

  it.each([
    ["a page of a proxy", { status: 200, body: "<html>sign in</html>" }],
    ["a redirect", { status: 302, headers: { location: "https://login.example" }, body: "" }],
    ["something else", { status: 200, body: { rows: [] } }],
  ])("does not take %s for an answer", async (_, reply) => {
    await using environment = await Environment.start(() => reply);
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(environment.dataverse.list("mailboxes", "", {}, deadline));
    expect(fault.kind).toBe("unexpected");
    expect(fault.message).toContain("environmentUrl");
  });
});
