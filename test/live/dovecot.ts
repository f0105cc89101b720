import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { KeyPair } from "./certificates.ts";
import type { SocketFiles } from "./postfix.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

export interface DovecotOptions {
  readonly folder: string;
  readonly ports: { readonly imaps: number; readonly pop3s: number };
  readonly certificate: KeyPair;
  readonly introspectionUrl: string;
  /** Where Postfix looks for Dovecot. */
  readonly sockets: SocketFiles;
  readonly domain: string;
}

/** What a mailbox may hold. Deliveries may go 10 % beyond it (`quota_grace`). */
const quotaBytes = 5_000_000;
const fillerBytes = 6_000_000;
const fillerMailbox = "Archive";
const commandLimit = 10_000;

/**
 * Dovecot 2.3 as Gmail's IMAP and POP3 server, as SASL server and mail store of Postfix. Every user of every name exists.
 * Without `auth_failure_delay = 0` and with the penalty of anvil each refused login would slow the next by up to 15 s.
 */
const configuration = (o: DovecotOptions) => `
base_dir = ${o.folder}/run/
state_dir = ${o.folder}/state/
log_path = ${o.folder}/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
auth_mechanisms = xoauth2 oauthbearer
auth_failure_delay = 0
auth_verbose = yes
disable_plaintext_auth = yes
ssl = required
ssl_cert = <${o.certificate.certificateFile}
ssl_key = <${o.certificate.keyFile}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = quota
# As many as Gmail allows for one account.
mail_max_userip_connections = 15

passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${o.folder}/oauth2.conf
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${o.folder}/mail/%Ln allow_all_users=yes
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:bytes=${quotaBytes}
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = 552 5.2.2 Mailbox is full
}
protocol imap {
  mail_plugins = quota imap_quota
}
protocol lmtp {
  postmaster_address = postmaster@${o.domain}
}

service imap-login {
  service_count = 0
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${o.ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  service_count = 0
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = ${o.ports.pop3s}
    ssl = yes
  }
}
service auth {
  unix_listener ${o.sockets.sasl} {
    mode = 0600
    user = postfix
  }
}
service lmtp {
  unix_listener ${o.sockets.lmtp} {
    mode = 0600
    user = postfix
  }
}
service quota-status {
  executable = quota-status -p postfix
  client_limit = 1
  unix_listener ${o.sockets.quota} {
    mode = 0600
    user = postfix
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;

/** A token counts when it is active, has Gmail's mail scope and belongs to the user who logs in. */
const tokenCheck = (introspectionUrl: string) => `
introspection_mode = post
introspection_url = ${introspectionUrl}/introspect
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = email
scope = https://mail.google.com/
openid_configuration_url = ${introspectionUrl}/.well-known/openid-configuration
timeout_msecs = 3000
`;

export interface Dovecot extends ServerProcess {
  /** Puts so much mail into the mailbox that no more fits; only the quota's own check is left out while that is done. */
  fill(address: string): Promise<void>;
  /** Destroys what `fill` has put there. */
  unfill(address: string): Promise<void>;
}

export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const { folder, ports } = options;
  const configurationFile = join(folder, "dovecot.conf");
  const mailFolder = join(folder, "mail");
  await mkdir(mailFolder, { recursive: true });
  // Sticky and open to all, as /tmp is: Dovecot makes a user's folder as that user.
  await chmod(mailFolder, 0o1777);
  await writeFile(configurationFile, configuration(options));
  await writeFile(join(folder, "oauth2.conf"), tokenCheck(options.introspectionUrl));
  const server = await startServer({
    program: "/usr/sbin/dovecot",
    args: ["-c", configurationFile, "-F"],
    ports: [ports.imaps, ports.pop3s],
    logFile: join(folder, "dovecot.log"),
  });
  const doveadm = (args: readonly string[], input = "") => run("doveadm", ["-c", configurationFile, ...args], input);
  return {
    ...server,
    async fill(address) {
      await doveadm(["mailbox", "create", "-u", address, fillerMailbox]);
      const message = `Subject: filler\r\n\r\n${`${"x".repeat(76)}\r\n`.repeat(fillerBytes / 78)}`;
      await doveadm(["-o", "mail_plugins=", "save", "-u", address, "-m", fillerMailbox], message);
    },
    unfill: (address) => doveadm(["mailbox", "delete", "-u", address, fillerMailbox]),
  };
}

async function run(program: string, args: readonly string[], input: string): Promise<void> {
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], timeout: commandLimit });
  // A program that ends early closes its input: its exit code tells more than EPIPE.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${output.slice(0, 512)}`);
}
