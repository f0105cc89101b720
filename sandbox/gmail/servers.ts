import type { GoogleState } from "../google/state.ts";
import { imap } from "./imap.ts";
import { type Dialect, type Identity, serveLines } from "./line-server.ts";
import { pop3 } from "./pop3.ts";
import { smtp } from "./smtp.ts";

export interface GmailServers {
  /** `imap.gmail.com:993` → `127.0.0.1:PORT`, and so on. */
  readonly connectTo: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const SERVICES: readonly {
  host: string;
  port: number;
  implicitTls: boolean;
  dialect: (state: () => GoogleState) => Dialect;
}[] = [
  { host: "imap.gmail.com", port: 993, implicitTls: true, dialect: imap },
  { host: "pop.gmail.com", port: 995, implicitTls: true, dialect: pop3 },
  { host: "smtp.gmail.com", port: 465, implicitTls: true, dialect: smtp },
  { host: "smtp.gmail.com", port: 587, implicitTls: false, dialect: smtp },
];

/** Gmail's four mail services on free loopback ports. `state` is asked anew by every command: the world can be reset. */
export async function startGmail(options: {
  readonly state: () => GoogleState;
  readonly tls: (host: string) => Identity;
}): Promise<GmailServers> {
  const servers = await Promise.all(
    SERVICES.map(async ({ host, port, implicitTls, dialect }) => ({
      name: `${host}:${port}`,
      server: await serveLines({ dialect: () => dialect(options.state), identity: options.tls(host), implicitTls }),
    })),
  );
  return {
    connectTo: Object.fromEntries(servers.map(({ name, server }) => [name, `127.0.0.1:${server.port}`])),
    close: async () => {
      await Promise.all(servers.map(({ server }) => server.close()));
    },
  };
}
