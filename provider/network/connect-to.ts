import { Fault } from "../fault.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where connections really go, by `host:port` in lower case. */
export type ConnectTo = ReadonlyMap<string, Endpoint>;

/** Reads the map of the provider's configuration, or of `GMAILSYNC_CONNECT_TO`: `host:port=host:port,…`. */
export function parseConnectTo(
  configured: Readonly<Record<string, string>> | undefined,
  variable: string | undefined,
): ConnectTo {
  const [entries, source] = configured
    ? [Object.entries(configured), "network.connectTo"]
    : [
        (variable ?? "")
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(splitPair),
        "GMAILSYNC_CONNECT_TO",
      ];
  return new Map(
    entries.map(([from = "", to = ""]) => {
      const left = endpoint(from, source, `${from}=${to}`);
      return [keyOf(left.host, left.port), endpoint(to, source, `${from}=${to}`)];
    }),
  );
}

export function keyOf(host: string, port: number): string {
  return `${host.toLowerCase()}:${port}`;
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

function endpoint(text: string, source: string, entry: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port < 1 || port > 65535) {
    throw new Fault({
      kind: "invalid-input",
      what: `${source}: "${entry.slice(0, 120)}" is not of the form host:port=host:port`,
      hint: "For example imap.gmail.com:993=127.0.0.1:40993; several are separated by commas.",
    });
  }
  return { host, port };
}
