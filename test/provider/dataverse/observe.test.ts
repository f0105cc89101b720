import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../provider/network/deadline.ts";
import type { Received, Reply } from "../network/tls.ts";
import { Environment, faultOf, idOf, rowOf } from "./environment.ts";

const PROFILE = idOf(900);
const WIDER = "emailaddress ne null";
const ALIKE = { column: "_emailserverprofile_value", values: [PROFILE], wider: WIDER };

/** An environment of mailboxes; the name of each is the number of the change that it had last. */
class World {
  changes = 0;
  readonly names = new Map<string, number>();
  readonly moved = new Set<string>();
  /** The change by a write, by its body; also of one that is refused with an answer that says otherwise. */
  readonly carriedOut = new Map<string, number>();

  change(id: string): number {
    this.names.set(id, ++this.changes);
    return this.changes;
  }

  answer({ method, url, body }: Received): Reply {
    const row = (id: string) =>
      rowOf("mailboxes", {
        mailboxid: id,
        name: String(this.names.get(id)),
        _emailserverprofile_value: this.moved.has(id) ? null : PROFILE,
      });
    const [, id] = /\(([^()]+)\)$/.exec(url.pathname) ?? [];
    if (method === "DELETE" && id !== undefined) {
      this.names.delete(id);
      return { status: 204 };
    }
    if (id !== undefined && !this.names.has(id))
      return { status: 404, body: { error: { code: "0x80040217", message: "Does Not Exist" } } };
    if (method === "PATCH" && id !== undefined) {
      this.carriedOut.set(body, this.change(id));
      if (body.includes("refused")) return { status: 400, body: { error: { code: "", message: "" } } };
    }
    if (id !== undefined) return { status: 200, body: row(id) };
    const filter = url.searchParams.get("$filter") ?? "";
    const shown = [...this.names.keys()].filter((one) =>
      filter.includes("PropertyValues") ? filter.includes(one) : filter === WIDER || !this.moved.has(one),
    );
    return { status: 200, body: { value: shown.map(row) } };
  }
}

const pagesAsked = ({ server }: Environment) =>
  server.requests.filter(({ url }) => url.searchParams.get("$filter")?.startsWith("_emailserverprofile_value eq"));

describe("observing rows that are alike", () => {
  it("asks for few by their ids, and for many by one page", async () => {
    const world = new World();
    for (let index = 0; index < 500; index++) world.change(idOf(index));
    await using environment = await Environment.start((request) => world.answer(request));
    using deadline = Deadline.after(60_000);
    const observe = (index: number) => environment.dataverse.observe("mailboxes", idOf(index), deadline, ALIKE);
    for (let index = 0; index < 19; index++) expect((await observe(index))?.mailboxid).toBe(idOf(index));
    expect(pagesAsked(environment)).toHaveLength(0);
    const before = environment.server.requests.length;
    const rows = await Promise.all(Array.from({ length: 481 }, (_, index) => observe(19 + index)));
    expect(rows.every(Boolean)).toBe(true);
    expect(pagesAsked(environment)).toHaveLength(1);
    expect(environment.server.requests).toHaveLength(before + 1);
  });

  it("asks for what no page shows by its id, and believes that it is gone when the service says so", async () => {
    const world = new World();
    for (const index of [1, 2]) world.change(idOf(index));
    world.moved.add(idOf(2));
    await using environment = await Environment.start((request) => world.answer(request), { pagesFrom: 1 });
    using deadline = Deadline.after(60_000);
    const observe = (index: number) => environment.dataverse.observe("mailboxes", idOf(index), deadline, ALIKE);
    expect(await observe(1)).toMatchObject({ _emailserverprofile_value: PROFILE });
    expect(await observe(2)).toMatchObject({ mailboxid: idOf(2), _emailserverprofile_value: null });
    expect(await observe(3)).toBeUndefined();
    expect(environment.server.requests.at(-1)?.url.pathname).toMatch(new RegExp(`mailboxes\\(${idOf(3)}\\)$`));
  });

  it("asks for nothing that a list or a page has shown a moment ago, whatever they looked for", async () => {
    const world = new World();
    for (const index of [1, 2]) world.change(idOf(index));
    await using environment = await Environment.start((request) => world.answer(request));
    using deadline = Deadline.after(60_000);
    const { dataverse, server } = environment;
    for await (const page of dataverse.pages("mailboxes", WIDER, deadline)) expect(page).toHaveLength(2);
    const before = server.requests.length;
    for (const index of [1, 2])
      expect(await dataverse.observe("mailboxes", idOf(index), deadline, ALIKE)).toMatchObject({
        mailboxid: idOf(index),
      });
    expect(server.requests).toHaveLength(before);
  });

  it("keeps no more of what it has seen than of 20,000 mailboxes, the youngest", async () => {
    const rows = Array.from({ length: 200 }, (_, index) =>
      rowOf("mailboxes", { mailboxid: idOf(index), name: "x".repeat(60_000) }),
    );
    await using environment = await Environment.start(({ url }) => ({
      status: 200,
      body: { value: url.searchParams.has("$filter") ? rows.slice(0, 1) : rows },
    }));
    using deadline = Deadline.after(60_000);
    const { dataverse, server } = environment;
    for await (const page of dataverse.pages("mailboxes", "", deadline)) expect(page).toHaveLength(200);
    expect(await dataverse.observe("mailboxes", idOf(199), deadline)).toBeDefined();
    expect(server.requests).toHaveLength(1);
    expect(await dataverse.observe("mailboxes", idOf(0), deadline)).toBeDefined();
    expect(server.requests).toHaveLength(2);
  });

  it("asks for many that have none of the ids by one page of all there are", async () => {
    const world = new World();
    for (let index = 0; index < 200; index++) {
      world.change(idOf(index));
      world.moved.add(idOf(index));
    }
    await using environment = await Environment.start((request) => world.answer(request));
    using deadline = Deadline.after(60_000);
    const observe = (index: number) => environment.dataverse.observe("mailboxes", idOf(index), deadline, ALIKE);
    for (let index = 0; index < 19; index++) expect((await observe(index))?.mailboxid).toBe(idOf(index));
    const before = environment.server.requests.length;
    for (let index = 19; index < 200; index++) expect((await observe(index))?.mailboxid).toBe(idOf(index));
    expect(environment.server.requests).toHaveLength(before + 2);
  });

  it("goes on by ids where pages are refused, and does not ask for them again", async () => {
    const world = new World();
    for (const index of [1, 2]) world.change(idOf(index));
    const refused: Reply = { status: 400, body: { error: { code: "0x80060888", message: "too complex" } } };
    await using environment = await Environment.start(
      (request) =>
        request.url.searchParams.get("$filter")?.startsWith("_emailserverprofile") ? refused : world.answer(request),
      { pagesFrom: 1 },
    );
    using deadline = Deadline.after(60_000);
    for (const index of [1, 2])
      expect(await environment.dataverse.observe("mailboxes", idOf(index), deadline, ALIKE)).toMatchObject({
        mailboxid: idOf(index),
      });
    expect(pagesAsked(environment)).toHaveLength(1);
  });

  it("tells why a row cannot be read, as reading it by its id does", async () => {
    const refused: Reply = { status: 403, body: { error: { code: "0x80040220", message: "prvReadMailbox" } } };
    await using environment = await Environment.start(() => refused, { pagesFrom: 1 });
    using deadline = Deadline.after(60_000);
    const fault = await faultOf(environment.dataverse.observe("mailboxes", idOf(1), deadline, ALIKE));
    expect(fault).toMatchObject({ kind: "permission-denied" });
  });
});

it("asks again after two writes at the same time, of which nobody knows whose answer is the later one", async () => {
  const world = new World();
  world.change(idOf(1));
  const second = Promise.withResolvers<void>();
  await using environment = await Environment.start(
    async (request) => {
      const reply = world.answer(request);
      if (request.body.includes("first")) await second.promise;
      return reply;
    },
    { pagesFrom: 1 },
  );
  using deadline = Deadline.after(60_000);
  const { dataverse } = environment;
  const write = (name: string) => dataverse.update("mailboxes", idOf(1), { name }, {}, deadline);
  const first = write("first");
  while (world.changes < 2) await sleep(1);
  await write("second");
  second.resolve();
  await first;
  expect(await dataverse.observe("mailboxes", idOf(1), deadline, ALIKE)).toMatchObject({ name: "3" });
});

const rows = fc.integer({ min: 0, max: 1 });
const pause = fc.integer({ min: 0, max: 6 });
const acts = fc.record({
  kind: fc.constantFrom("write", "write", "refused", "observe", "observe", "observe", "delete", "by others"),
  row: rows,
  /** Milliseconds after the one before: 0 is at the same time. */
  after: pause,
});

it("never shows a row as it was before the last own write, however late answers come", async () => {
  const world = new World();
  let delays: readonly number[] = [];
  let asked = 0;
  const late = () => sleep(delays[asked++ % delays.length] ?? 0);
  await using environment = await Environment.start(
    async (request) => {
      await late();
      const reply = world.answer(request);
      await late();
      return reply;
    },
    { pagesFrom: 1 },
  );
  const { dataverse } = environment;
  using deadline = Deadline.after(120_000);
  const histories = fc.record({
    acts: fc.array(acts, { minLength: 2, maxLength: 14 }),
    delays: fc.array(pause, { minLength: 1, maxLength: 9 }),
  });
  const history = fc.asyncProperty(histories, async (given) => {
    dataverse.forget();
    ({ delays } = given);
    for (const row of [0, 1]) world.change(idOf(row));
    /** By row the last change of an own write that has ended. */
    const written = [0, 0];
    const work: Promise<void>[] = [];
    for (const [nth, { kind, row, after }] of given.acts.entries()) {
      await sleep(after);
      const id = idOf(row);
      const least = written[row] ?? 0;
      const ended = (change: number) => (written[row] = Math.max(written[row] ?? 0, change));
      const act = {
        "by others": async () => void world.change(id),
        async write() {
          const fresh = await dataverse.update("mailboxes", id, { name: "" }, {}, deadline).catch(() => undefined);
          if (fresh) ended(Number(fresh.name));
        },
        async refused() {
          const columns = { name: `refused ${nth}` };
          await faultOf(dataverse.update("mailboxes", id, columns, {}, deadline));
          ended(world.carriedOut.get(JSON.stringify(columns)) ?? 0);
        },
        async delete() {
          const last = world.names.get(id) ?? 0;
          await dataverse.delete("mailboxes", id, deadline);
          ended(last + 1);
        },
        async observe() {
          const seen = await dataverse.observe("mailboxes", id, deadline, ALIKE);
          if (seen) expect(Number(seen.name)).toBeGreaterThanOrEqual(least);
        },
      };
      work.push(act[kind]());
    }
    await Promise.all(work);
  });
  await fc.assert(history, { numRuns: 150, seed: 21, endOnFailure: true });
  expect(pagesAsked(environment).length).toBeGreaterThan(20);
}, 60_000);
