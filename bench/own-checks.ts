/**
 * What the mailbox's own login costs: one check against a bare scripted IMAP and SMTP login with the same steps, and 200
 * mailboxes against 20 when Gmail takes its time. Both against the sandbox, in a process of its own.
 * `node bench/own-checks.ts [--json]`
 */
import { createConnection, type Socket } from "node:net";
import { connect } from "node:tls";
import { MailboxTokens } from "../provider/google/mailbox-token.ts";
import { checkMail } from "../provider/mail/check.ts";
import { initialResponse } from "../provider/mail/sasl.ts";
import { Deadline } from "../provider/network/deadline.ts";
import type { Network } from "../provider/network/network.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { type BenchSandbox, benchSandbox, median, timed } from "./sandbox.ts";

const IMAP = { host: "imap.gmail.com", port: 993 };
const SMTP = { host: "smtp.gmail.com", port: 587 };
const SERVERS = { imap: IMAP, smtp: SMTP };
const ROUNDS = 40;
const WARM_UP = 5;
/** About what a login at Gmail takes. */
const LOGIN_MS = 500;
const FLEETS = [20, 200] as const;

interface Running extends BenchSandbox {
  readonly tokens: MailboxTokens;
}

async function sandbox(mailDelayMs: number): Promise<Running> {
  const running = await benchSandbox("--users", "200", "--mail-delay", String(mailDelayMs));
  return { ...running, tokens: new MailboxTokens(running.network) };
}

function token(user: string, { tokens }: Running): Promise<string> {
  const refreshToken = `1//sandbox-refresh-token-of-${user}`;
  const credential = { refreshToken, clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
  return tokens.get(`${user}@northwind.example`, credential, Deadline.after(60_000));
}

async function check(user: string, running: Running): Promise<void> {
  const accessToken = await token(user, running);
  const deadline = Deadline.after(60_000);
  const address = `${user}@northwind.example`;
  const checks = await checkMail({ address, accessToken, servers: SERVERS, network: running.network, deadline });
  deadline[Symbol.dispose]();
  const problem = checks.find((one) => one.problem)?.problem;
  if (problem) throw new Error(problem.said);
}

/** The same steps by hand: what there is to pay without any library. */
async function bare(user: string, running: Running): Promise<void> {
  const address = `${user}@northwind.example`;
  const initial = initialResponse("XOAUTH2", address, await token(user, running));
  await Promise.all([bareImap(initial, running.network), bareSmtp(initial, running.network)]);
}

async function bareImap(initial: string, network: Network): Promise<void> {
  const socket = connect({
    ...network.resolve(IMAP.host, IMAP.port),
    servername: IMAP.host,
    ...network.tls(),
  });
  const talk = new Talk(socket);
  await talk.until(/^\* OK/m);
  await talk.say("1 CAPABILITY", /^1 OK/m);
  await talk.say(`2 AUTHENTICATE XOAUTH2 ${initial}`, /^2 OK/m);
  await talk.say("3 EXAMINE INBOX", /^3 OK/m);
  await talk.say("4 LOGOUT", /^4 OK/m);
  socket.destroy();
}

async function bareSmtp(initial: string, network: Network): Promise<void> {
  const plain = createConnection(network.resolve(SMTP.host, SMTP.port));
  const before = new Talk(plain);
  await before.until(/^220 /m);
  await before.say("EHLO bench", /^250 /m);
  await before.say("STARTTLS", /^220 /m);
  plain.removeAllListeners("data");
  const socket = connect({ socket: plain, servername: SMTP.host, ...network.tls() });
  const talk = new Talk(socket);
  await talk.say("EHLO bench", /^250 /m);
  await talk.say(`AUTH XOAUTH2 ${initial}`, /^235 /m);
  await talk.say("QUIT", /^221 /m);
  socket.destroy();
}

class Talk {
  readonly #socket: Socket;
  #text = "";
  #heard = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
      this.#heard();
    });
  }

  async say(line: string, expected: RegExp): Promise<void> {
    this.#text = "";
    this.#socket.write(`${line}\r\n`);
    await this.until(expected);
  }

  until(expected: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = () => {
        if (expected.test(this.#text)) resolve();
      };
      this.#heard();
    });
  }
}

async function single(): Promise<{ ownMs: number; bareMs: number; ratio: number }> {
  await using running = await sandbox(0);
  const [own, scripted]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const times = [await timed(() => check("anna", running)), await timed(() => bare("anna", running))];
    if (round < WARM_UP) continue;
    own.push(times[0] ?? 0);
    scripted.push(times[1] ?? 0);
  }
  return { ownMs: median(own), bareMs: median(scripted), ratio: median(own) / median(scripted) };
}

async function fleets(): Promise<readonly { mailboxes: number; ms: number; rssMiB: number }[]> {
  await using running = await sandbox(LOGIN_MS);
  const users = Array.from({ length: Math.max(...FLEETS) }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
  await check("anna", running);
  const results = [];
  for (const mailboxes of FLEETS) {
    const ms = await timed(() => Promise.all(users.slice(0, mailboxes).map((user) => check(user, running))));
    results.push({ mailboxes, ms, rssMiB: process.memoryUsage().rss / 1024 / 1024 });
  }
  return results;
}

const one = await single();
const many = await fleets();
const fleetRatio = (many[1]?.ms ?? 0) / (many[0]?.ms ?? 1);
if (process.argv.includes("--json")) console.log(JSON.stringify({ one, many, fleetRatio }));
else {
  console.log(`own check                 ${one.ownMs.toFixed(1)} ms, median of ${ROUNDS}`);
  console.log(`bare scripted logins      ${one.bareMs.toFixed(1)} ms`);
  console.log(`ratio of the medians      ${one.ratio.toFixed(2)}`);
  for (const { mailboxes, ms, rssMiB } of many) {
    const what = `${mailboxes} mailboxes at once`.padEnd(25);
    console.log(
      `${what} ${ms.toFixed(0)} ms, a login takes ${LOGIN_MS} ms at the server; ${rssMiB.toFixed(0)} MiB resident`,
    );
  }
  console.log(`ratio                     ${fleetRatio.toFixed(2)}`);
}
