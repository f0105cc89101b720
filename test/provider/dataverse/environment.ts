import { Dataverse } from "../../../provider/dataverse/dataverse.ts";
import type { TokenSource } from "../../../provider/dataverse/entra.ts";
import { tables } from "../../../provider/dataverse/tables.ts";
import { Fault } from "../../../provider/fault.ts";
import { Network } from "../../../provider/network/network.ts";
import { Authority, type Handler, HttpsServer, type Received, type Reply } from "../network/tls.ts";

export const ENVIRONMENT_URL = "https://contoso.crm.example";
export const TOKEN = "sandbox-secret-token";

interface Client {
  readonly tokens: TokenSource;
  /** How long one request may take, in milliseconds: short only where the server is silent, as busy machines are slow. */
  readonly tryMs: number;
  /** From how many rows on they are looked at together. */
  readonly pagesFrom: number | undefined;
}

const CLIENT: Client = { tokens: async () => TOKEN, tryMs: 20_000, pagesFrom: undefined };

/** How long a request may take that a silent server is asked. */
export const SHORT_TRY_MS = 300;

/** An HTTPS server in the place of a Dataverse environment, and a client that is led to it. */
export class Environment implements AsyncDisposable {
  readonly server: HttpsServer;
  readonly dataverse: Dataverse;
  readonly network: Network;
  readonly #authority: Authority;

  private constructor(authority: Authority, server: HttpsServer, { tokens, tryMs, pagesFrom }: Client) {
    this.#authority = authority;
    this.server = server;
    const host = new URL(ENVIRONMENT_URL).host;
    const connectTo = { [`${host}:443`]: `127.0.0.1:${server.port}` };
    this.network = new Network({ connectTo, caFile: authority.file }, {}, { tryMs, restMs: 60_000 });
    this.dataverse = new Dataverse({ environmentUrl: ENVIRONMENT_URL, tokens, network: this.network, pagesFrom });
  }

  static async start(handler: Handler, client: Partial<Client> = {}): Promise<Environment> {
    const authority = await Authority.make();
    const server = await HttpsServer.start(await authority.leaf([new URL(ENVIRONMENT_URL).hostname]), handler);
    return new Environment(authority, server, { ...CLIENT, ...client });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network.close();
    await this.server[Symbol.asyncDispose]();
    await this.#authority[Symbol.asyncDispose]();
  }
}

/** The id number `index` of the tests. */
export function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

const VALUES = {
  string: "text",
  "string?": null,
  "line?": null,
  annotation: null,
  integer: 0,
  "integer?": null,
  off: false,
  on: true,
  guid: idOf(1),
  lookup: null,
  "date?": "1900-01-01T00:00:00Z",
} as const;

/** A row as Dataverse answers it. */
export function rowOf(table: keyof typeof tables, changes: object = {}): object {
  const columns = Object.entries(tables[table].columns).filter(([, kind]) => kind !== "annotation");
  return {
    "@odata.etag": 'W/"100"',
    ...Object.fromEntries(columns.map(([name, kind]) => [name, VALUES[kind]])),
    ...changes,
  };
}

/** The mailboxes whose ids a batched read asks for, out of those that exist. */
export function readMailboxes({ url }: Received, exists: (id: string) => boolean = () => true): Reply {
  const asked = /PropertyValues=(\[[^\]]*\])/.exec(url.searchParams.get("$filter") ?? "")?.[1] ?? "[]";
  const ids: unknown = JSON.parse(asked);
  const value = Array.isArray(ids)
    ? ids.filter((id) => exists(String(id))).map((id) => rowOf("mailboxes", { mailboxid: id }))
    : [];
  return { status: 200, body: { value } };
}

export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "x-ms-service-request-id": "req-1", ...headers }, body: { error: { code, message } } };
}

export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    (value) => new Error(`expected a Fault, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw error;
}
