import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import type { TokenSource } from "./entra.ts";
import { dataverseFault } from "./errors.ts";
import { RowReader } from "./row-reader.ts";
import { parseRow, type Row, selectOf, type TableName } from "./tables.ts";
import { Turnstile } from "./turnstile.ts";

export interface DataverseOptions {
  /** `https://host`, without a trailing slash. */
  readonly environmentUrl: string;
  readonly tokens: TokenSource;
  readonly network: Network;
}

/** Content of a write: columns by name, lookups as `<navigation>@odata.bind`. */
export type Columns = Readonly<Record<string, string | number | boolean | null>>;

interface Call {
  readonly what: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Columns;
}

/** Most requests at the same time; the service refuses from 52 on. */
const CONCURRENCY = 20;
/** Most rows that one list reads. */
const LIST_LIMIT = 20_000;
const PAGE_SIZE = 500;
const ANNOTATIONS = 'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"';
/** Attempts after a transport failure or a 5xx; throttling is retried as long as the deadline allows. */
const ATTEMPTS = 4;

/**
 * The Dataverse Web API, as far as mail needs it. Waits when the service throttles, repeats what may be repeated, and
 * says what it could not do. Knows nothing of Pulumi.
 */
export class Dataverse {
  readonly #base: string;
  readonly #tokens: TokenSource;
  readonly #network: Network;
  readonly #turnstile = new Turnstile(CONCURRENCY);
  readonly #reader = new RowReader((table, filter, deadline) => this.list(table, filter, {}, deadline));

  constructor({ environmentUrl, tokens, network }: DataverseOptions) {
    this.#base = `${environmentUrl}/api/data/v9.2/`;
    this.#tokens = tokens;
    this.#network = network;
  }

  /** One row by its id; undefined when it does not exist. Reads asked for at the same time share requests. */
  retrieve<T extends TableName>(table: T, id: string, deadline: Deadline): Promise<Row<T> | undefined> {
    return this.#reader.read(table, id, deadline);
  }

  /** All rows for which the OData filter holds; an empty filter means all. At most 20,000. */
  async list<T extends TableName>(
    table: T,
    filter: string,
    options: { readonly orderBy?: string; readonly top?: number },
    deadline: Deadline,
  ): Promise<Row<T>[]> {
    const query = new URLSearchParams({ $select: selectOf(table) });
    if (filter) query.set("$filter", filter);
    if (options.orderBy) query.set("$orderby", options.orderBy);
    if (options.top) query.set("$top", String(options.top));
    // With a page size the service ignores $top.
    const page = { Prefer: options.top ? ANNOTATIONS : `${ANNOTATIONS},odata.maxpagesize=${PAGE_SIZE}` };
    const rows: Row<T>[] = [];
    let url: string | undefined = `${this.#base}${table}?${query.toString().replaceAll("+", "%20")}`;
    while (url) {
      const response = await this.#call({ what: `Reading ${table}`, method: "GET", url, headers: page }, deadline);
      const { value, next } = parsePage(response.text, table);
      rows.push(...value.map((row) => parseRow(table, withEtag(row))));
      if (rows.length > LIST_LIMIT) {
        throw new Fault({ kind: "unexpected", what: `Reading ${table} gave more than ${LIST_LIMIT} rows` });
      }
      url = next && this.#sameOrigin(next, table);
    }
    return rows;
  }

  /** Creates a row and returns it. Is not repeated when its answer is lost: give the row a key and look. */
  async create<T extends TableName>(table: T, columns: Columns, deadline: Deadline): Promise<Row<T>> {
    const response = await this.#call(
      {
        what: `Creating a row in ${table}`,
        method: "POST",
        url: `${this.#base}${table}?$select=${selectOf(table)}`,
        headers: { Prefer: `${ANNOTATIONS},return=representation` },
        body: columns,
      },
      deadline,
    );
    return parseRow(table, withEtag(parseJson(response.text, table)));
  }

  /**
   * Changes the given columns of an existing row and returns the row. With an `etag` only if nobody changed it since:
   * else a fault of kind `conflict`.
   */
  async update<T extends TableName>(
    table: T,
    id: string,
    columns: Columns,
    { etag = "*" }: { readonly etag?: string },
    deadline: Deadline,
  ): Promise<Row<T>> {
    const response = await this.#call(
      {
        what: `Changing ${singular(table)} ${id}`,
        method: "PATCH",
        url: `${this.#base}${table}(${id})?$select=${selectOf(table)}`,
        // Without If-Match a PATCH would create a missing row.
        headers: { "If-Match": etag, Prefer: `${ANNOTATIONS},return=representation` },
        body: columns,
      },
      deadline,
    );
    return parseRow(table, withEtag(parseJson(response.text, table)));
  }

  /** Deletes a row. One that is gone already is no error. */
  async delete(table: TableName, id: string, deadline: Deadline): Promise<"deleted" | "gone"> {
    try {
      await this.#call(
        { what: `Deleting ${singular(table)} ${id}`, method: "DELETE", url: `${this.#base}${table}(${id})` },
        deadline,
      );
      return "deleted";
    } catch (error) {
      if (error instanceof Fault && error.kind === "not-found") return "gone";
      throw error;
    }
  }

  async #call(call: Call, deadline: Deadline): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#once(call, deadline);
      if (!(outcome instanceof Fault) && outcome.status < 300) return outcome;
      const fault = outcome instanceof Fault ? outcome : dataverseFault(call.what, outcome);
      const wait = outcome instanceof Fault ? undefined : retryAfter(outcome);
      const throttled = fault.kind === "throttled";
      const repeatable = throttled || (call.method !== "POST" && fault.kind === "unavailable" && attempt < ATTEMPTS);
      if (!repeatable || deadline.signal.aborted) throw fault;
      const pause = wait ?? Math.min(8000, 250 * 2 ** attempt) * (0.75 + Math.random() / 2);
      if (pause >= deadline.remaining) throw tooLong(fault, pause);
      await deadline.sleep(pause);
    }
  }

  async #once({ what, method, url, headers, body }: Call, deadline: Deadline): Promise<HttpResponse | Fault> {
    const token = await this.#tokens(deadline);
    try {
      return await this.#turnstile.pass(deadline, () =>
        this.#network.request(
          {
            method,
            url,
            headers: {
              authorization: `Bearer ${token}`,
              accept: "application/json",
              "odata-maxversion": "4.0",
              "odata-version": "4.0",
              "if-none-match": "null",
              ...(body && { "content-type": "application/json" }),
              ...headers,
            },
            ...(body && { body: JSON.stringify(body) }),
          },
          deadline,
        ),
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.kind === "unavailable")
        return new Fault({
          kind: "unavailable",
          what: `${what} failed: ${error.message.replace(/\.$/, "")}`,
          cause: error,
        });
      throw error;
    }
  }

  /** The service's own link is followed, but never to another host: the token goes with the request. */
  #sameOrigin(next: string, table: TableName): string {
    if (new URL(next).origin === new URL(this.#base).origin) return next;
    throw new Fault({ kind: "unexpected", what: `Reading ${table}: the next page is said to be on another host` });
  }
}

/** A string literal of OData: single quotes are doubled. */
export function odataString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function singular(table: TableName): string {
  return {
    emailserverprofiles: "email server profile",
    mailboxes: "mailbox",
    organizations: "organization",
    tracelogs: "alert",
  }[table];
}

/** Milliseconds the service asks to wait (RFC 9110 §10.2.3: seconds or a date). */
function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function tooLong(fault: Fault, pause: number): Fault {
  return new Fault({
    kind: fault.kind,
    what: `${fault.message.replace(/\.$/, "")}; the service asks to wait ${Math.ceil(pause / 1000)} s, which is longer than this operation may take`,
    cause: fault,
  });
}

function parsePage(text: string, table: TableName): { value: readonly unknown[]; next: string | undefined } {
  const body = parseJson(text, table);
  const value: unknown = Reflect.get(body, "value");
  const next: unknown = Reflect.get(body, "@odata.nextLink");
  if (!Array.isArray(value))
    throw new Fault({ kind: "unexpected", what: `Reading ${table}: the answer holds no rows` });
  return { value, next: typeof next === "string" ? next : undefined };
}

function parseJson(text: string, table: TableName): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch {
    // Told below, together with JSON that is no object.
  }
  throw new Fault({
    kind: "unexpected",
    what: `The answer about ${table} is not JSON`,
    hint: "Check environmentUrl: something else than Dataverse answered.",
  });
}

function withEtag(row: unknown): unknown {
  return typeof row === "object" && row !== null ? { ...row, etag: Reflect.get(row, "@odata.etag") } : row;
}
