import type { Faults } from "./faults/faults.ts";
import type { HttpRequest, HttpService, Reply } from "./http.ts";

export interface RequestRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly service: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly body: string;
}

/** Records kept; the oldest go first. */
const RECORD_LIMIT = 20_000;
/** Characters of a body that are kept: room enough for every save of a row, and an end to what 20,000 of them take. */
const BODY_KEPT = 4096;
const SECRET_NAMES = "oauthclientsecret|oauthrefreshtoken|oauthaccesstoken|[a-z]*password";
const SECRET_MEMBERS = new RegExp(`("(?:${SECRET_NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, "g");
const SECRET_VALUE = /("value"\s*:\s*")(?:[^"\\]|\\.)*/g;
const SECRET_FIELDS =
  /((?:^|[&?])(?:client_secret|refresh_token|access_token|id_token|token|code|client_assertion|assertion|subject_token)=)[^&]*/g;
const SECRET_PROPERTY = new RegExp(`\\)/(?:${SECRET_NAMES})$`);

/** Everything that comes in by HTTPS: recorded, so that tests can tell what was asked and what was not, and disturbed at will. */
export class Traffic {
  readonly records: RequestRecord[] = [];
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  reset(): void {
    this.records.length = 0;
  }

  answer(name: string, service: HttpService, request: HttpRequest): Promise<Reply> {
    const { method } = request;
    const path = request.url.pathname + request.url.search.replace(SECRET_FIELDS, "$1***");
    this.records.push({ at: Date.now(), service: name, method, path, body: masked(request) });
    if (this.records.length > RECORD_LIMIT) this.records.shift();
    const asked = { service: name, method, path: readable(path), body: request.body, sent: () => textOf(request) };
    return this.#faults.meet(asked, async () => service(request));
  }
}

function textOf({ method, url, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url.href}`, ...lines, "", body].join("\n");
}

/** Masked before it is cut, so that no half of a secret is left; a single property's body names it in the path only. */
function masked({ url, body }: HttpRequest): string {
  const safe = body.replace(SECRET_MEMBERS, "$1***").replace(SECRET_FIELDS, "$1***");
  return (SECRET_PROPERTY.test(url.pathname) ? safe.replace(SECRET_VALUE, "$1***") : safe).slice(0, BODY_KEPT);
}

/** As a fault's `path` is written; a path that cannot be decoded stays as it came. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
