import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KeyPair } from "./certificates.ts";
import { downloads } from "./downloads.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const run = promisify(execFile);

/** Whom Debian's Exim was built for: it does not start where there is no such user. */
const account = "Debian-exim";

/** What Exim does on each of its ports. All but `submissions` begin in the clear. */
export const eximPorts = [
  "submission",
  "submissions",
  "blocking",
  "rejectingHelo",
  "greylisting",
  "stripped",
  "slow",
] as const;
export type EximPort = (typeof eximPorts)[number];

export interface EximOptions {
  readonly folder: string;
  port(name: EximPort): number;
  readonly certificate: KeyPair;
  readonly introspectionUrl: string;
  readonly domain: string;
  /** Port on loopback of the server that takes the mail of the domain. */
  readonly deliverTo: number;
}

const at = (port: number) => `condition = \${if eq{$received_port}{${port}}}`;

/** What the client has sent: Exim's `$auth1` is the whole of it, as there is no NUL in it. */
const sent = (pattern: string) => `\${sg{$auth1}{\\N${pattern}\\N}{\\$1}}`;

/**
 * RFC 7662 by hand: a token counts when it is active, has Gmail's mail scope and belongs to the user who logs in. What is neither
 * yes nor no is a failure that passes, and is told (Exim's specification, chapter 34).
 */
const tokenCheck = ({ introspectionUrl }: EximOptions) => {
  const { host } = new URL(introspectionUrl);
  const [user, body] = [sent("^user=([^\\x01]+).*$"), `token=${sent("^.*Bearer ([^\\x01]+).*$")}`];
  const head = `POST /introspect HTTP/1.0\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nContent-Length: \${strlen:${body}}`;
  const answer = `\${readsocket{inet:${host}}{${head}\\r\\n\\r\\n${body}}{5s}}`;
  const owner = '\\N(?s) 200 (?:.*"active":true.*mail\\.google\\.com/.*"email":"([^"]+)")?\\N';
  return `server_set_id = ${user}
  server_condition = \${if match{${answer}}{${owner}}{\${if eqi{$1}{${user}}}}{the identity provider is down}}`;
};

/** Exim 4.96 as a submission server that checks tokens by itself, with what blocks and delays mail elsewhere on ports of their own. */
const configuration = (o: EximOptions) => `
exim_user = ${account}
exim_group = ${account}
exim_path = ${downloads.exim}
keep_environment =
spool_directory = ${o.folder}/spool
log_file_path = ${o.folder}/%slog
pid_file_path = ${o.folder}/pid
primary_hostname = mail.${o.domain}
host_lookup =
rfc1413_query_timeout = 0s
disable_ipv6
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${eximPorts.map(o.port).join(" : ")}
tls_on_connect_ports = ${o.port("submissions")}
tls_advertise_hosts = \${if eq{$received_port}{${o.port("stripped")}}{}{*}}
tls_certificate = ${join(o.folder, "certificate")}
tls_privatekey = ${join(o.folder, "key")}
acl_smtp_connect = connect
acl_smtp_helo = helo
acl_smtp_rcpt = rcpt
deliver_drop_privilege

begin acl
connect:
  deny ${at(o.port("blocking"))}
    message = Your host is blacklisted
  accept ${at(o.port("slow"))}
    delay = 2s
  accept
helo:
  deny ${at(o.port("rejectingHelo"))}
    message = HELO rejected
  accept
rcpt:
  deny !authenticated = *
  defer ${at(o.port("greylisting"))}
    message = Greylisted, please come back later
  accept domains = ${o.domain}
  deny message = relay not permitted

begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = onward

begin transports
onward:
  driver = smtp
  port = ${o.deliverTo}
  hosts_avoid_tls = *

begin authenticators
xoauth2:
  driver = plaintext
  public_name = XOAUTH2
  server_advertise_condition = \${if def:tls_in_cipher}
  server_prompts = :
  ${tokenCheck(o)}
`;

export async function startExim(options: EximOptions): Promise<ServerProcess> {
  const { folder, certificate, port } = options;
  const file = (name: string) => join(folder, name);
  await mkdir(folder, { recursive: true });
  await copyFile(certificate.certificateFile, file("certificate"));
  await copyFile(certificate.keyFile, file("key"));
  await writeFile(file("exim.conf"), configuration(options));
  await run("chown", ["-R", `${account}:${account}`, folder]);
  await chmod(folder, 0o700);
  return startServer({
    program: "/usr/bin/setpriv",
    args: [`--reuid=${account}`, `--regid=${account}`, "--clear-groups", downloads.exim]
      // -bdf: a daemon in the foreground; what it has taken is delivered at once.
      .concat(["-C", file("exim.conf"), "-bdf", "-odi"]),
    ports: eximPorts.map(port),
    logFile: file("exim.log"),
  });
}
