import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KeyPair } from "./certificates.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const run = promisify(execFile);

/** Sockets of Dovecot inside Postfix's queue folder. */
export interface SocketFiles {
  readonly sasl: string;
  readonly lmtp: string;
  readonly quota: string;
}

export interface PostfixOptions {
  readonly folder: string;
  readonly ports: { readonly submission: number; readonly submissions: number };
  readonly certificate: KeyPair;
  readonly domain: string;
}

export const socketFiles = (folder: string): SocketFiles => ({
  sasl: join(folder, "queue/private/sasl"),
  lmtp: join(folder, "queue/private/lmtp-dovecot"),
  quota: join(folder, "queue/private/quota"),
});

/**
 * Postfix as Gmail's submission server: mail of the test domain goes to Dovecot, nothing goes anywhere else, not even for
 * an authenticated user. A mailbox over quota is refused while the client is still there, so that it can see the reason.
 */
const mainCf = (o: PostfixOptions) => `
compatibility_level = 3.6
queue_directory = ${o.folder}/queue
data_directory = ${o.folder}/data
meta_directory = ${o.folder}
maillog_file = ${o.folder}/postfix.log
maillog_file_prefixes = ${o.folder}
myhostname = mail.${o.domain}
mydomain = ${o.domain}
myorigin = ${o.domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
disable_dns_lookups = yes
smtpd_peername_lookup = no
notify_classes =
fast_flush_domains =

virtual_mailbox_domains = ${o.domain}
virtual_mailbox_maps =
virtual_transport = lmtp:unix:private/lmtp-dovecot
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
relay_domains =
relayhost =
local_transport = error:5.1.2 mail stays in the laboratory
relay_transport = error:5.1.2 mail stays in the laboratory
default_transport = error:5.1.2 mail stays in the laboratory

smtpd_tls_cert_file = ${o.certificate.certificateFile}
smtpd_tls_key_file = ${o.certificate.keyFile}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/sasl
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service unix:private/quota
`;

const masterCf = (o: PostfixOptions) => `
127.0.0.1:${o.ports.submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
127.0.0.1:${o.ports.submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup   unix       n - n - 0 cleanup
qmgr      unix       n - n 300 1 qmgr
tlsmgr    unix       - - n 1000? 1 tlsmgr
rewrite   unix       - - n - - trivial-rewrite
bounce    unix       - - n - 0 bounce
defer     unix       - - n - 0 bounce
trace     unix       - - n - 0 bounce
proxymap  unix       - - n - - proxymap
error     unix       - - n - - error
retry     unix       - - n - - error
lmtp      unix       - - n - - lmtp
anvil     unix       - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
`;

/** Postfix refuses to run when these have another owner. */
const ownedFolders: readonly { readonly name: string; readonly owner: string; readonly mode: number }[] = [
  { name: "queue", owner: "root:root", mode: 0o755 },
  { name: "queue/pid", owner: "root:root", mode: 0o755 },
  ...["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"].map(
    (name) => ({ name: `queue/${name}`, owner: "postfix:root", mode: 0o700 }),
  ),
  { name: "queue/maildrop", owner: "postfix:postdrop", mode: 0o730 },
  { name: "queue/public", owner: "postfix:postdrop", mode: 0o710 },
  { name: "data", owner: "postfix:root", mode: 0o700 },
];

/** Makes the folders: before Dovecot, which puts its sockets there. */
export async function preparePostfix(folder: string): Promise<void> {
  for (const { name, owner, mode } of ownedFolders) {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    await run("chown", [owner, path]);
    await chmod(path, mode);
  }
}

export async function startPostfix(options: PostfixOptions): Promise<ServerProcess> {
  const { folder, ports } = options;
  await writeFile(join(folder, "main.cf"), mainCf(options));
  await writeFile(join(folder, "master.cf"), masterCf(options));
  return startServer({
    program: "/usr/lib/postfix/sbin/master",
    // -d: stay in this process group and leave the standard streams alone.
    args: ["-c", folder, "-d"],
    ports: [ports.submission, ports.submissions],
    logFile: join(folder, "postfix.log"),
  });
}
