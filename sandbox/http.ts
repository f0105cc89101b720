/** What a service of the sandbox gets and gives: plain data, so that services are functions of a request and the world. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, with the real host name, for example `https://contoso.crm.dynamics.com/api/data/v9.2/mailboxes`. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Strings are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** One service behind one host name. A thrown error becomes a 500 and is reported on stderr. */
export type HttpService = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;
