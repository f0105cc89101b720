import { join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { downloads, executable, readable } from "./downloads.ts";
import { eximPorts, startExim } from "./exim.ts";
import { greenMailPorts, startGreenMail } from "./greenmail.ts";
import { startIntrospectionServer, type TokenKind } from "./introspection.ts";
import { type Availability, startIn, type Undo } from "./laboratory.ts";
import { freePorts } from "./server-process.ts";

const domain = "northwind.example";

/** Servers of other makers, for our own checks: GreenMail, and Exim, which delivers to it. */
export interface OtherServers {
  /** "host:port" of Gmail to where one of the servers has it. */
  connectTo(served: Readonly<Partial<Record<string, ServedPort>>>): Record<string, string>;
  readonly caFile: string;
  /** The one user that GreenMail has. */
  readonly address: string;
  /** GreenMail takes one good token, so there is one. */
  token(kind: TokenKind): string;
  /** Exim asks it. */
  setIdentityProvider(state: "up" | "down"): void;
  close(): Promise<void>;
}

const servedPorts = [
  ...greenMailPorts.map((name) => `greenmail ${name}` as const),
  ...eximPorts.map((name) => `exim ${name}` as const),
] as const;
export type ServedPort = (typeof servedPorts)[number];

export function otherServersAvailable(): Availability {
  if (process.platform !== "linux") return { available: false, reason: "needs Linux" };
  if (process.getuid?.() !== 0) return { available: false, reason: "needs root" };
  const missing = ["/usr/bin/java", "/usr/bin/openssl", "/usr/bin/setpriv", downloads.exim]
    .filter((program) => !executable(program))
    .concat([downloads.greenMail].filter((file) => !readable(file)));
  if (missing.length === 0) return { available: true };
  return { available: false, reason: `missing ${missing.join(", ")}: run test/live/install.sh` };
}

export function startOtherServers(): Promise<OtherServers> {
  return startIn(assemble);
}

async function assemble(folder: string, undo: Undo): Promise<Omit<OtherServers, "close">> {
  const { gmail: certificate, caFile } = await makeCertificates(folder);
  const identityProvider = await startIntrospectionServer();
  undo.push(() => identityProvider.close());

  const address = `anna@${domain}`;
  const good = identityProvider.token("good", address);
  const free = await freePorts(servedPorts.length);
  const port = (name: ServedPort) => free[servedPorts.indexOf(name)] ?? 0;

  const greenMail = await startGreenMail({
    folder: join(folder, "greenmail"),
    certificate,
    tokens: { [address]: good },
    port: (name) => port(`greenmail ${name}`),
  });
  undo.push(() => greenMail.stop());
  const exim = await startExim({
    folder: join(folder, "exim"),
    certificate,
    introspectionUrl: identityProvider.url,
    domain,
    deliverTo: port("greenmail smtp"),
    port: (name) => port(`exim ${name}`),
  });
  undo.push(() => exim.stop());

  return {
    connectTo: (served) =>
      Object.fromEntries(
        Object.entries(served).flatMap(([gmail, name]) => (name ? [[gmail, `127.0.0.1:${port(name)}`]] : [])),
      ),
    caFile,
    address,
    token: (kind) => (kind === "good" ? good : identityProvider.token(kind, address)),
    setIdentityProvider: identityProvider.setState,
  };
}
