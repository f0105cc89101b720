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

/** An answer that breaks off in the middle of its body, or of its headers when it has none. */
export interface HalfAnswer {
  readonly half: HttpAnswer;
  /** How its length is told (RFC 9112 section 6): by chunks, or else by `content-length`. */
  readonly chunked?: boolean;
}

/** What comes over the network, if anything does: `hang` is no answer for ever, `reset` a connection that is cut. */
export type Reply = HttpAnswer | HalfAnswer | "reset" | "hang";

/** One service behind one host name. A thrown error becomes a 500 and is reported on stderr. */
export type HttpService = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;
