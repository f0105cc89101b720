import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KeyPair } from "./certificates.ts";
import { downloads } from "./downloads.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const run = promisify(execFile);

export const greenMailPorts = ["imap", "imaps", "pop3", "pop3s", "smtp", "smtps"] as const;
export type GreenMailPort = (typeof greenMailPorts)[number];

export interface GreenMailOptions {
  readonly folder: string;
  port(name: GreenMailPort): number;
  readonly certificate: KeyPair;
  /** The one token that each address logs in with. */
  readonly tokens: Readonly<Record<string, string>>;
}

const keystorePassword = "laboratory";

/** GreenMail 2.1, in memory. It has XOAUTH2 with the user's password for a token, says no without a challenge, and knows no STARTTLS. */
export async function startGreenMail(options: GreenMailOptions): Promise<ServerProcess> {
  const { folder, certificate, port, tokens } = options;
  const keystore = join(folder, "keystore.p12");
  await mkdir(folder, { recursive: true });
  await run("openssl", [
    ...["pkcs12", "-export", "-in", certificate.certificateFile, "-inkey", certificate.keyFile],
    ...["-out", keystore, "-passout", `pass:${keystorePassword}`],
  ]);
  const users = Object.entries(tokens).map(([address, token]) => {
    const [name, domain] = address.split("@");
    return `${name}:${token}@${domain}`;
  });
  const settings = {
    "tls.keystore.file": keystore,
    "tls.keystore.password": keystorePassword,
    users: users.join(","),
    "users.login": "email",
    ...Object.fromEntries(
      greenMailPorts.flatMap((name) => [
        [`${name}.hostname`, "127.0.0.1"],
        [`${name}.port`, String(port(name))],
      ]),
    ),
  };
  return startServer({
    program: "/usr/bin/java",
    // It lives for seconds: compiling well costs more than it brings.
    args: ["-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"].concat(
      Object.entries(settings).map(([name, value]) => `-Dgreenmail.${name}=${value}`),
      ["-jar", downloads.greenMail],
    ),
    ports: greenMailPorts.map(port),
    logFile: join(folder, "greenmail.log"),
  });
}
