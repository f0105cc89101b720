import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ANNA, GmailFixture, TOKEN } from "../sandbox/gmail/fixture.ts";
import { loggedIn, send } from "../sandbox/gmail/mail.ts";

/** Of `install.sh`, which also brings XOAUTH2 for mbsync. */
const PROGRAMS = ["curl", "mbsync", "msmtp", "mutt", "openssl", "python3", "script"];
const installed = PROGRAMS.every((program) => existsSync(`/usr/bin/${program}`));
const PATIENCE_MS = 20_000;
const MESSAGE = `From: ${ANNA}\r\nTo: ${ANNA}\r\nSubject: Hello\r\n\r\n.dot\r\nbody\r\n`;

/** Mail clients as people have them, unmodified. Where they are not installed that is a failure only in CI. */
describe.skipIf(!installed && !process.env["CI"])("the sandbox's Gmail lets", { timeout: 60_000 }, () => {
  let gmail: GmailFixture;
  let home: string;

  beforeAll(async () => {
    gmail = await GmailFixture.start();
  });
  beforeEach(async () => {
    gmail.reset();
    home = await mkdtemp(join(tmpdir(), "gmailsync-clients-"));
    await writeFile(file("ca.pem"), gmail.ca);
    await writeFile(file("token"), TOKEN);
    return () => rm(home, { recursive: true, force: true });
  });
  afterAll(() => gmail[Symbol.asyncDispose]());

  const file = (name: string) => join(home, name);
  const portOf = (service: string) => gmail.address(service).port;

  /** Ends well, or the test fails with what the program has said. */
  function run(program: string, args: readonly string[], input?: string): Promise<string> {
    const env = { PATH: "/usr/bin:/bin", HOME: home, TERM: "xterm", LANG: "C.UTF-8" };
    return new Promise((resolve, reject) => {
      const child = execFile(
        `/usr/bin/${program}`,
        args,
        { cwd: home, env, timeout: PATIENCE_MS },
        (error, stdout, stderr) =>
          error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
      );
      if (input !== undefined) child.stdin?.end(input);
    });
  }

  /** Has a command answered by IMAP, with the inbox open. */
  async function inInbox(command: string): Promise<string> {
    using client = await loggedIn(gmail, "imap.gmail.com:993");
    await client.ask("o SELECT INBOX", /^o OK/);
    return await client.ask(`a ${command}`, /^a /);
  }

  test("curl send, list, search, read, flag and append by IMAP, and read and delete by POP3", async () => {
    const where = Object.entries(gmail.servers.connectTo).flatMap(([from, to]) => ["--connect-to", `${from}:${to}`]);
    const login = ["--cacert", "ca.pem", "--user", `${ANNA}:`, "--oauth2-bearer", TOKEN];
    const curl = (...args: readonly string[]) => run("curl", ["--silent", "--show-error", ...where, ...login, ...args]);
    await writeFile(file("mail"), MESSAGE);
    const envelope = ["--mail-from", ANNA, "--mail-rcpt", ANNA, "--upload-file", "mail"];
    await curl("smtps://smtp.gmail.com:465", ...envelope);
    await curl("--ssl-reqd", "smtp://smtp.gmail.com:587", ...envelope);
    const inbox = "imaps://imap.gmail.com/INBOX";
    expect(await curl("imaps://imap.gmail.com/")).toContain('"[Gmail]/Sent Mail"');
    expect(await curl(`${inbox}?HEADER%20Subject%20hello`)).toBe("* SEARCH 1 2\r\n");
    expect(await curl(`${inbox};UID=2`)).toBe(MESSAGE);
    expect(await curl(`${inbox};UID=2;SECTION=HEADER.FIELDS%20(Subject)`)).toBe("Subject: Hello\r\n\r\n");
    expect(await curl(inbox, "--request", "STORE 1 +FLAGS (\\Flagged)")).toContain("\\Flagged");
    await curl(inbox, "--upload-file", "mail");
    expect(await curl("pop3s://pop.gmail.com/")).toMatch(/^1 \d+\r\n2 \d+\r\n3 \d+\r\n$/);
    expect(await curl("pop3s://pop.gmail.com/1")).toBe(MESSAGE);
    await curl("pop3s://pop.gmail.com/1", "--request", "DELE", "--head");
    expect(await inInbox("UID SEARCH ALL")).toContain("* SEARCH 2 3\r\n");
  });

  test("Python's smtplib, imaplib and poplib send, read and delete", async () => {
    const services = Object.entries(gmail.servers.connectTo).map((pair) => pair.join("="));
    const script = join(import.meta.dirname, "mail-clients.py");
    const seen: unknown = JSON.parse(await run("python3", [script, TOKEN, "ca.pem", ...services]));
    const message = MESSAGE.replace("Hello", "by Python");
    expect(seen).toMatchObject({
      message,
      imap: { folders: 9, count: "2", found: "1 2", message, appended: "OK", copied: "OK", expunged: "1", left: "1" },
      pop3: { count: 1, octets: message.length, message, ids: 1, header: "" },
    });
    expect(await inInbox("SEARCH ALL")).toContain("* SEARCH\r\n");
  });

  test("mbsync keep a copy, and bring flags, removals and new messages back", async () => {
    for (const subject of ["one", "two"]) await send(gmail, MESSAGE.replace("Hello", subject));
    const tls = "-CAfile ca.pem -servername imap.gmail.com -verify_hostname imap.gmail.com -verify_return_error";
    await writeFile(
      file("mbsyncrc"),
      `IMAPAccount gmail
User ${ANNA}
PassCmd "cat ${file("token")}"
AuthMechs XOAUTH2
SSLType None
Tunnel "openssl s_client -quiet ${tls} -connect 127.0.0.1:${portOf("imap.gmail.com:993")}"

IMAPStore remote
Account gmail

MaildirStore local
Path ${home}/
Inbox ${home}/INBOX
SubFolders Verbatim

Channel gmail
Far :remote:
Near :local:
Patterns INBOX "[Gmail]/Sent Mail" "[Gmail]/Drafts"
Create Near
Expunge Both
`,
    );
    const sync = () => run("mbsync", ["--config", "mbsyncrc", "gmail"]);
    const mails = async (folder: string) =>
      (await readdir(file(folder), { recursive: true })).filter((it) => /U=/.test(it));
    await sync();
    const [first = "", second = ""] = (await mails("INBOX")).sort();
    // It writes a line of its own into the header.
    expect(await readFile(join(file("INBOX"), first), "utf8")).toMatch(/^From: .*\nSubject: one\n.*\n\.dot\nbody\n$/s);
    expect(await mails("[Gmail]/Sent Mail")).toHaveLength(2);

    const named = (mail: string, flags: string) =>
      join(file("INBOX"), "cur", `${mail.replace(/^.*\/|:2.*/g, "")}:2,${flags}`);
    await rename(join(file("INBOX"), first), named(first, "FS"));
    await rename(join(file("INBOX"), second), named(second, "T"));
    await writeFile(join(file("[Gmail]/Drafts"), "new", "1.draft"), "Subject: draft\n\nx\n");
    await sync();
    expect(await inInbox("UID FETCH 1:* FLAGS")).toMatch(
      /^\* 1 FETCH \(UID 1 FLAGS \((?=.*\\Flagged)(?=.*\\Seen).*\)\)\r\na OK/,
    );
    expect(await inInbox("STATUS [Gmail]/Drafts (MESSAGES)")).toContain("(MESSAGES 1)");
  });

  test("mutt send, show and flag", async () => {
    const imap = `imaps://127.0.0.1:${portOf("imap.gmail.com:993")}`;
    await writeFile(
      file("muttrc"),
      `set ssl_ca_certificates_file="ca.pem" certificate_file="ca.pem" ssl_verify_host=no
set from="${ANNA}" record="" imap_user="${ANNA}" folder="${imap}/" spoolfile="${imap}/INBOX"
set imap_authenticators="oauthbearer" imap_oauth_refresh_command="cat ${file("token")}"
set smtp_url="smtps://${ANNA}@127.0.0.1:${portOf("smtp.gmail.com:465")}/"
set smtp_authenticators="oauthbearer" smtp_oauth_refresh_command="cat ${file("token")}"
set wait_key=no quit=yes
`,
    );
    await run("mutt", ["-n", "-F", "muttrc", "-s", "by mutt", ANNA], "written in mutt\n");
    const keys = "<limit>~s mutt<enter><pipe-message>cat > shown<enter><flag-message><sync-mailbox><exit>";
    // It wants a terminal.
    await run("script", ["--quiet", "--return", "--command", `mutt -n -F muttrc -e 'push "${keys}"'`, "/dev/null"]);
    expect(await readFile(file("shown"), "utf8")).toContain("written in mutt");
    expect(await inInbox("SEARCH FLAGGED SUBJECT mutt")).toContain("* SEARCH 1\r\n");
  });

  test.each([
    ["starttls and XOAUTH2", "smtp.gmail.com:587", "on", "xoauth2"],
    ["TLS from the start and OAUTHBEARER", "smtp.gmail.com:465", "off", "oauthbearer"],
  ])("msmtp send with %s", async (_, service, startTls, mechanism) => {
    const options = [
      ...["--host=127.0.0.1", `--port=${portOf(service)}`, `--tls-starttls=${startTls}`, `--auth=${mechanism}`],
      ...["--tls=on", "--tls-trust-file=ca.pem", "--tls-host-override=smtp.gmail.com"],
      ...[`--user=${ANNA}`, `--passwordeval=cat ${file("token")}`, `--from=${ANNA}`],
    ];
    await run("msmtp", [...options, ANNA], MESSAGE.replaceAll("\r\n", "\n"));
    expect(await inInbox("SEARCH SUBJECT Hello")).toContain("* SEARCH 1\r\n");
  });
});
