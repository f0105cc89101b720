import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type KeyPair, makeCertificates } from "./certificates.ts";
import { startDovecot } from "./dovecot.ts";
import { executable } from "./downloads.ts";
import { startIntrospectionServer, type TokenKind } from "./introspection.ts";
import { type Availability, startIn, type Undo } from "./laboratory.ts";
import { preparePostfix, socketFiles, startPostfix } from "./postfix.ts";
import { freePorts, type ServerProcess } from "./server-process.ts";

/** The only domain the laboratory takes mail for. Every address of it is a mailbox. */
export const labDomain = "northwind.example";

/** Dovecot 2.3 and Postfix behind Gmail's host names. */
export interface Lab {
  /** "host:port" of Gmail to "127.0.0.1:port": 993 and 995 and 465 with implicit TLS, 587 with STARTTLS. */
  readonly connectTo: Readonly<Record<string, string>>;
  /** PEM of the authority that the certificates for Gmail's names come from. */
  readonly ca: string;
  readonly caFile: string;
  /** A new access token; the kind is what the identity provider will say about it. */
  token(kind: TokenKind, address: string): string;
  setIdentityProvider(state: "up" | "down"): void;
  /** Over: the mailbox holds more than it may, in a folder "Archive" beside its inbox. */
  setQuota(address: string, state: "free" | "over"): Promise<void>;
  /** Restarts both servers, on the same ports, with a certificate for another name. Open connections end. */
  useWrongCertificate(on: boolean): Promise<void>;
  /** Ends every process and removes the folder with all mail. */
  close(): Promise<void>;
}

const requiredPrograms = [
  "/usr/sbin/dovecot",
  "/usr/lib/dovecot/imap",
  "/usr/lib/dovecot/pop3",
  "/usr/lib/dovecot/lmtp",
  "/usr/lib/dovecot/quota-status",
  "/usr/lib/postfix/sbin/master",
  "/usr/bin/openssl",
];

export function labAvailable(): Availability {
  if (process.platform !== "linux") return { available: false, reason: "needs Linux" };
  if (process.getuid?.() !== 0) return { available: false, reason: "needs root" };
  const missing = requiredPrograms.filter((program) => !executable(program));
  if (missing.length > 0) {
    return { available: false, reason: `missing ${missing.join(", ")}: run test/live/install.sh` };
  }
  const version = execFileSync("/usr/sbin/dovecot", ["--version"], { encoding: "utf8", timeout: 5_000 }).trim();
  if (version.startsWith("2.3.")) return { available: true };
  return { available: false, reason: `needs Dovecot 2.3, found ${version}` };
}

export async function startLab(): Promise<Lab> {
  const availability = labAvailable();
  if (!availability.available) throw new Error(`The live mail laboratory ${availability.reason}`);
  return startIn(assemble);
}

async function assemble(folder: string, undo: Undo): Promise<Omit<Lab, "close">> {
  const postfixFolder = join(folder, "postfix");
  const dovecotFolder = join(folder, "dovecot");
  await preparePostfix(postfixFolder);

  const certificates = await makeCertificates(folder);
  const identityProvider = await startIntrospectionServer();
  undo.push(() => identityProvider.close());

  const [imaps, pop3s, submissions, submission] = await freePorts(4);
  if (!imaps || !pop3s || !submissions || !submission) throw new Error("not enough free ports");

  const servers: ServerProcess[] = [];
  const stopServers = async () => {
    for (let server = servers.pop(); server; server = servers.pop()) await server.stop();
  };
  const startServers = async (certificate: KeyPair) => {
    const started = await startDovecot({
      folder: dovecotFolder,
      domain: labDomain,
      certificate,
      ports: { imaps, pop3s },
      introspectionUrl: identityProvider.url,
      sockets: socketFiles(postfixFolder),
    });
    servers.push(started);
    servers.push(
      await startPostfix({ folder: postfixFolder, domain: labDomain, certificate, ports: { submission, submissions } }),
    );
    return started;
  };
  undo.push(stopServers);
  let dovecot = await startServers(certificates.gmail);

  const full = new Set<string>();
  return {
    connectTo: {
      "imap.gmail.com:993": `127.0.0.1:${imaps}`,
      "pop.gmail.com:995": `127.0.0.1:${pop3s}`,
      "smtp.gmail.com:465": `127.0.0.1:${submissions}`,
      "smtp.gmail.com:587": `127.0.0.1:${submission}`,
    },
    ca: certificates.ca,
    caFile: certificates.caFile,
    token: identityProvider.token,
    setIdentityProvider: identityProvider.setState,
    async setQuota(address, state) {
      if (!/^[a-z0-9._-]+@northwind\.example$/.test(address))
        throw new Error(`${address} is no address of ${labDomain}`);
      if (full.has(address) === (state === "over")) return;
      if (state === "over") {
        await dovecot.fill(address);
        full.add(address);
      } else {
        await dovecot.unfill(address);
        full.delete(address);
      }
    },
    async useWrongCertificate(on) {
      await stopServers();
      dovecot = await startServers(on ? certificates.wrong : certificates.gmail);
    },
  };
}
