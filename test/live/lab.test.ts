import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, readdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeLive } from "./describe-live.ts";
import { type Dialogue, openDialogue } from "./dialogue.ts";
import { labDomain, startLab } from "./lab.ts";
import { ask, login } from "./login.ts";

const alice = `alice@${labDomain}`;

describeLive("live mail laboratory", (lab) => {
  async function loggedIn(endpoint: string, user = alice): Promise<Dialogue> {
    const { dialogue, verdict } = await login(lab(), endpoint, "XOAUTH2", user, lab().token("good", user));
    onTestFinished(() => dialogue.close());
    expect(verdict).toMatch(/^(a OK|\+OK|235) /);
    return dialogue;
  }

  /** Sends a message; the first refusal, or the answer to its data. */
  async function submit(to: string, messageId: string): Promise<string> {
    const smtp = await loggedIn("smtp.gmail.com:465");
    await ask(smtp, `MAIL FROM:<${alice}>`);
    const recipient = await ask(smtp, `RCPT TO:<${to}>`);
    if (!recipient.startsWith("250 ")) return recipient;
    await ask(smtp, "DATA");
    return ask(smtp, `From: <${alice}>\r\nTo: <${to}>\r\nMessage-ID: ${messageId}\r\n\r\nHello.\r\n.`);
  }

  it("counts a mailbox by POP3's STAT", async () => {
    expect(await ask(await loggedIn("pop.gmail.com:995", `new@${labDomain}`), "STAT")).toBe("+OK 0 0");
  });

  it("takes no mail without a login, and no login without TLS", async () => {
    const smtp = await openDialogue(lab(), "smtp.gmail.com:587");
    onTestFinished(() => smtp.close());
    await smtp.readLine();
    const offer = await ask(smtp, "EHLO client.northwind.example");
    expect(offer).toContain("250-STARTTLS");
    expect(offer).not.toContain("AUTH");
    expect(await ask(smtp, "AUTH XOAUTH2")).toBe("530 5.7.0 Must issue a STARTTLS command first");
    await ask(smtp, "STARTTLS");
    await smtp.secure();
    expect(await ask(smtp, "EHLO client.northwind.example")).toContain("250-AUTH XOAUTH2 OAUTHBEARER");
    await ask(smtp, `MAIL FROM:<${alice}>`);
    expect(await ask(smtp, `RCPT TO:<${alice}>`)).toMatch(/^554 5\.7\.1 .*Access denied$/);
  });

  it("takes mail for no other domain", async () => {
    expect(await submit("bob@elsewhere.example", "<never@northwind.example>")).toBe(
      "554 5.7.1 <bob@elsewhere.example>: Relay access denied",
    );
  });

  it("delivers a message to oneself, finds it by its id and removes it", async () => {
    const messageId = `<${randomUUID()}@${labDomain}>`;
    expect(await submit(alice, messageId)).toMatch(/^250 2\.0\.0 Ok: queued as /);
    const imap = await loggedIn("imap.gmail.com:993");
    await ask(imap, "b SELECT INBOX");
    const search = async () => {
      await ask(imap, "c NOOP");
      return /^\* SEARCH ?(.*)$/m.exec(await ask(imap, `d SEARCH HEADER Message-ID ${messageId}`))?.[1];
    };
    await expect.poll(search, { timeout: 10_000 }).toMatch(/^\d+$/);
    await ask(imap, `e STORE ${await search()} +FLAGS.SILENT (\\Deleted)`);
    expect(await ask(imap, "f EXPUNGE")).toMatch(/^f OK /m);
    expect(await search()).toBe("");
  });

  it("refuses what a mailbox over quota cannot hold, but lets its user log in", async () => {
    const dora = `dora@${labDomain}`;
    await lab().setQuota(dora, "over");
    expect(await submit(dora, "<over@northwind.example>")).toBe(
      `552 5.2.2 <${dora}>: Recipient address rejected: Mailbox is full`,
    );
    const imap = await loggedIn("imap.gmail.com:993", dora);
    expect(await ask(imap, "b APPEND INBOX {5}")).toMatch(
      /^b NO \[OVERQUOTA\] Quota exceeded \(mailbox for user is full\)/,
    );
    await lab().setQuota(dora, "free");
    expect(await submit(dora, "<free@northwind.example>")).toMatch(/^250 2\.0\.0 Ok: queued as /);
  });

  it("runs beside another laboratory and leaves no process and no file behind", async () => {
    const before = new Set(await descendants(process.pid));
    const other = await startLab();
    const started = (await descendants(process.pid)).filter((id) => !before.has(id));
    const names = await Promise.all(started.map((id) => readFile(`/proc/${id}/comm`, "utf8").catch(() => "")));
    await other.close();
    expect(names).toEqual(expect.arrayContaining(["dovecot\n", "master\n"]));
    const parents = await Promise.all(started.map(parentOf));
    expect(parents.filter((parent) => parent !== undefined)).toEqual([]);
    await expect(access(dirname(other.caFile))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("leaves no process behind when its owner is killed", async () => {
    const script = `const { startLab } = await import(${JSON.stringify(new URL("lab.ts", import.meta.url).href)});
      process.stdout.write((await startLab()).caFile); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void owner.kill("SIGKILL"));
    const [caFile] = await once(owner.stdout, "data", { signal: AbortSignal.timeout(20_000) });
    onTestFinished(() => rm(dirname(String(caFile)), { recursive: true, force: true }));
    const started = await descendants(owner.pid ?? 0);
    expect(started.length).toBeGreaterThan(5);
    owner.kill("SIGKILL");
    const living = async () => (await Promise.all(started.map(parentOf))).filter((parent) => parent !== undefined);
    await expect.poll(living, { timeout: 5_000 }).toEqual([]);
  });
});

/** The parent of a living process; undefined once it has ended, also while it is still a zombie. */
async function parentOf(id: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => undefined);
  const [state, parent] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return parent === undefined || state === "Z" ? undefined : Number(parent);
}

async function descendants(root: number): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(ids.map(async (id) => [id, await parentOf(id)] as const)));
  const below = (id: number | undefined): boolean =>
    id !== undefined && (parents.get(id) === root || below(parents.get(id)));
  return ids.filter(below);
}
