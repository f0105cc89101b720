import { Fault } from "../fault.ts";
import type { Json } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import type { Network } from "../network/network.ts";
import { learn } from "../redaction/secrets.ts";
import { isGuid } from "../schema/guid.ts";
import type { TokenSource } from "./entra.ts";
import { dataverseFault, hasNoVersions, isAbsence } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { expectJson, notAsExpected, notTheOne } from "./expect.ts";
import { type Alike, Observer } from "./observer.ts";
import { ANNOTATIONS, inFilter, LARGEST_PAGE_SIZE, PAGE_SIZE, type Query, queryPages, rowsIn } from "./query.ts";
import { carries, readRow, reduced } from "./row.ts";
import { RowReader } from "./row-reader.ts";
import { Seen } from "./seen.ts";
import { definitionOf, selectOf, type TableName, type Tables } from "./tables.ts";

const RETURN_ROW = { prefer: `return=representation,${ANNOTATIONS}` };

/** Longest time for signing in and asking who is there, all tries together: less than those have who wait, so that they hear why. */
const ENTERING_LIMIT_MS = 58_000;

/** Who asks, and where; ids in lower case. */
export interface Caller {
  readonly organizationId: string;
  readonly userId: string;
}

/** Dataverse's Web API (v9.2) for the tables of server-side synchronization. */
export class Dataverse {
  readonly #base: URL;
  readonly #exchange: Exchange;
  readonly #caller = new Kept<Caller>(ENTERING_LIMIT_MS);
  readonly #readers = new Map<TableName, RowReader>();
  readonly #seen = new Seen();
  readonly #observer: Observer;

  /** `requestsInFlight`: at most; `pagesFrom`: from how many rows on those that are alike are looked at together. */
  constructor(options: {
    environmentUrl: string;
    tokens: TokenSource;
    network: Network;
    requestsInFlight?: number | undefined;
    pagesFrom?: number | undefined;
  }) {
    this.#base = new URL("/api/data/v9.2/", options.environmentUrl);
    this.#exchange = new Exchange(options.network, options.tokens, options.requestsInFlight);
    const asking = {
      one: this.#retrieve.bind(this),
      pages: (table: TableName, filter: string, what: string, deadline: Deadline) =>
        this.#pages({ table, filter }, LARGEST_PAGE_SIZE, what, deadline),
    };
    this.#observer = new Observer(this.#seen, asking, options.pagesFrom);
  }

  /** Milliseconds since 1970 on the service's clock, as its last answer has it; without one on this machine's. */
  now(): number {
    return this.#exchange.now();
  }

  /**
   * The row, or undefined when the service says that there is none. Calls that come within a few milliseconds share a request. A row
   * that the shared answer does not show is asked for by its id: not shown, as with a role that reaches less far, is not gone.
   */
  async retrieve<T extends TableName>(table: T, id: string, deadline: Deadline): Promise<Tables[T] | undefined> {
    requireGuid(table, id);
    const what = `Reading ${nameOf(table, id)}`;
    const answer = await this.#retrieve(table, id, what, deadline);
    return answer && readRow(table, answer, what);
  }

  /**
   * The row as it was seen in the last half a minute, and never as it was before an own write: for reads, and for writes that hold only where
   * the row has not changed since (`etag`). Where many rows are looked at that are `alike`, all of them come by pages; one that no page
   * shows is asked for by its id.
   */
  async observe<T extends TableName>(
    table: T,
    id: string,
    deadline: Deadline,
    alike?: Alike,
  ): Promise<Tables[T] | undefined> {
    requireGuid(table, id);
    const what = `Reading ${nameOf(table, id)}`;
    const answer = await this.#observer.look(table, id, what, deadline, alike);
    return answer && readRow(table, answer, what);
  }

  /** Nothing that was seen is good any more, as after a while. */
  forget(): void {
    this.#observer.forget();
  }

  async #retrieve(table: TableName, id: string, what: string, deadline: Deadline): Promise<Json | undefined> {
    return (await this.#readerOf(table).read(id, what, deadline)) ?? (await this.#byId(table, id, what, deadline));
  }

  async #byId(table: TableName, id: string, what: string, deadline: Deadline): Promise<Json | undefined> {
    const url = this.#url(`${table}(${id})?$select=${selectOf(table)}`);
    const headers = { prefer: ANNOTATIONS };
    const moment = this.#seen.moment();
    const answer = await this.#exchange.send({ what, method: "GET", url, headers }, deadline);
    if (isAbsence(answer)) return undefined;
    const row = ofId(table, id, expectJson(what, answer), what);
    this.#seen.keep(table, id, row, moment);
    return row;
  }

  /**
   * The id of the organization behind the URL, in lower case, asked for once. Needs no privilege, but an application user that is enabled
   * (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/whoami).
   */
  async organizationId(deadline: Deadline): Promise<string> {
    const { organizationId } = await this.whoAmI(deadline);
    return organizationId;
  }

  /** The same, with the id of the application user. */
  async whoAmI(deadline: Deadline): Promise<Caller> {
    const what = `Entering ${this.#base.origin}`;
    return this.#caller.get("", what, deadline, async (limit) => {
      const answer = await this.#exchange.send({ what, method: "GET", url: this.#url("WhoAmI") }, limit);
      const { OrganizationId: organization, UserId: user } = expectJson(what, answer);
      const ids = [organization, user].flatMap((id) =>
        typeof id === "string" && isGuid(id) ? [id.toLowerCase()] : [],
      );
      const [organizationId, userId] = ids;
      if (!organizationId || !userId) throw notAsExpected(what, answer, "what WhoAmI answers");
      return { value: { organizationId, userId }, until: Number.POSITIVE_INFINITY };
    });
  }

  /** Gets a token, and asks for nothing with it. */
  async signIn(deadline: Deadline): Promise<void> {
    await this.#exchange.signIn(deadline);
  }

  /** What the Web API answers to a question that is none about rows; `path` is relative to it. */
  async ask(
    what: string,
    path: string,
    deadline: Deadline,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Json> {
    const call = { what, method: "GET", url: this.#url(path), headers } as const;
    return expectJson(what, await this.#exchange.send(call, deadline));
  }

  /** All rows that the filter matches (OData `$filter`; empty = all). More than 20,000 are an error. */
  async list<T extends TableName>(
    table: T,
    filter: string,
    options: { orderBy?: string; top?: number },
    deadline: Deadline,
  ): Promise<Tables[T][]> {
    const what = `Listing ${table}`;
    const answers = await rowsIn(this.#pages({ table, filter, ...options }, PAGE_SIZE, what, deadline), what);
    return answers.map((answer) => readRow(table, answer, what));
  }

  /** The same by pages as large as they can be, for those who may stop before the end; without a limit to their number of rows. */
  async *pages<T extends TableName>(table: T, filter: string, deadline: Deadline): AsyncGenerator<Tables[T][]> {
    const what = `Listing ${table}`;
    for await (const page of this.#pages({ table, filter }, LARGEST_PAGE_SIZE, what, deadline))
      yield page.map((answer) => readRow(table, answer, what));
  }

  /** What is found speaks for its rows for a while, whoever asks for one next. */
  async *#pages(query: Query, size: number, what: string, deadline: Deadline): AsyncGenerator<Json[]> {
    const { table } = query;
    let moment = this.#seen.moment();
    for await (const page of queryPages(this.#exchange, this.#base, query, size, what, deadline)) {
      for (const answer of page) this.#seen.keep(table, String(answer[definitionOf(table).key]), answer, moment);
      yield page;
      moment = this.#seen.moment();
    }
  }

  /** Creates a row and returns it. Never repeated once the service may have carried it out: give the row an id and look. */
  async create<T extends TableName>(table: T, columns: Json, deadline: Deadline): Promise<Tables[T]> {
    const what = `Creating ${withArticle(definitionOf(table).label)}`;
    const url = this.#url(`${table}?$select=${selectOf(table)}`);
    learn(secretsIn(columns));
    const body = JSON.stringify(columns);
    const call = { what, method: "POST", url, headers: RETURN_ROW, body } as const;
    const row = await this.#write(table, String(columns[definitionOf(table).key] ?? ""), async () =>
      expectJson(what, await this.#exchange.send(call, deadline)),
    );
    return readRow(table, row, what);
  }

  /**
   * Writes the columns and returns the row as it then is. With an etag only if nobody has changed the row since
   * (otherwise a Fault of the kind "conflict"); without one whatever its version, and so of a table for which the service keeps none.
   * Never creates a row. Assumption: profile-versions.
   */
  async update<T extends TableName>(
    table: T,
    id: string,
    columns: Json,
    { etag = "*" }: { etag?: string },
    deadline: Deadline,
  ): Promise<Tables[T]> {
    requireGuid(table, id);
    const what = `Updating ${nameOf(table, id)}`;
    const url = this.#url(`${table}(${id})?$select=${selectOf(table)}`);
    learn(secretsIn(columns));
    const body = JSON.stringify(columns);
    const send = (version: string) => {
      const headers = { ...RETURN_ROW, "if-match": version };
      return this.#exchange.send({ what, method: "PATCH", url, headers, body }, deadline);
    };
    const row = await this.#write(table, id, async () => {
      const first = await send(etag);
      const answer = hasNoVersions(first) ? await send("*") : first;
      if (answer.status === 412 && answer.afterLostAnswer) {
        // Our own first attempt may have moved the version. It has if the row holds everything that it wrote.
        const there = await this.#retrieve(table, id, what, deadline);
        if (there && carries(table, readRow(table, there, what), columns)) return there;
      }
      return ofId(table, id, expectJson(what, answer), what);
    });
    return readRow(table, row, what);
  }

  /** Whatever becomes of it, nothing that was seen before speaks for the row afterwards. */
  async #write(table: TableName, id: string, send: () => Promise<Json>): Promise<Json> {
    const end = this.#seen.write(table, id);
    let row: Json | undefined;
    try {
      row = await send();
      return row;
    } finally {
      end(row && reduced(table, row));
    }
  }

  /** Destroys the row. One that does not exist is no error. */
  async delete(table: TableName, id: string, deadline: Deadline): Promise<"deleted" | "gone"> {
    requireGuid(table, id);
    const what = `Deleting ${nameOf(table, id)}`;
    const url = this.#url(`${table}(${id})`);
    try {
      const answer = await this.#exchange.send({ what, method: "DELETE", url }, deadline);
      if (answer.status === 204) return "deleted";
      if (isAbsence(answer)) return "gone";
      throw dataverseFault(what, answer);
    } finally {
      // Others have pointed to it.
      this.#seen.forget();
    }
  }

  #readerOf(table: TableName): RowReader {
    const known = this.#readers.get(table);
    if (known) return known;
    const { key, label } = definitionOf(table);
    const reader = new RowReader(async (ids, deadline) => {
      const [only = "", ...others] = ids;
      const what = others.length === 0 ? `Reading ${nameOf(table, only)}` : `Reading ${ids.length} rows (${label})`;
      const query = { table, filter: inFilter(key, ids) };
      const answers = await rowsIn(this.#pages(query, PAGE_SIZE, what, deadline), what);
      const rows = new Map(answers.map((answer) => [String(answer[key]).toLowerCase(), answer]));
      const stranger = [...rows.keys()].find((id) => !ids.includes(id));
      if (stranger !== undefined) throw notTheOne(what, ids, stranger);
      return rows;
    });
    this.#readers.set(table, reader);
    return reader;
  }

  #url(path: string): string {
    return new URL(path, this.#base).href;
  }
}

/** A string literal of OData: in quotes, quotes inside it doubled (OData 4.01, URL Conventions, §5.1.1.14.1). */
export function odataString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The answer, if it is about the row that was asked for. */
function ofId(table: TableName, id: string, answer: Json, what: string): Json {
  const answered = answer[definitionOf(table).key];
  if (String(answered).toLowerCase() === id.toLowerCase()) return answer;
  throw notTheOne(what, [id], answered);
}

/** One bad id in a shared read would fail the reads of all others. */
function requireGuid(table: TableName, id: string): void {
  if (isGuid(id)) return;
  throw new Fault({
    kind: "invalid-input",
    what: `"${id.slice(0, 80)}" cannot be the id of ${withArticle(definitionOf(table).label)}`,
    hint: "Ids are GUIDs such as 6f1d2c3b-0000-4000-8000-000000000000.",
  });
}

function nameOf(table: TableName, id: string): string {
  return `${definitionOf(table).label} ${id}`;
}

function withArticle(label: string): string {
  return `${/^[aeio]/.test(label) ? "an" : "a"} ${label}`;
}

/** Columns of the tables above that can be written and are never given back. */
const SECRET_COLUMN = /^(oauthclientsecret|oauthaccesstoken|oauthrefreshtoken|(incoming|outgoing)?password)$/;

function secretsIn(columns: Json): string[] {
  return Object.entries(columns).flatMap(([name, value]) =>
    SECRET_COLUMN.test(name) && typeof value === "string" ? [value] : [],
  );
}
