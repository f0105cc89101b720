import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkMail } from "../../provider/mail/check.ts";
import type { MailProtocol } from "../../provider/mail/protocol.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { mask } from "../../provider/redaction/secrets.ts";
import { createAuthority } from "../../sandbox/authority.ts";
import { portOf } from "../provider/network/on-loopback.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

// Mail servers that repeat the login, in whatever it is written in, wherever they can.

const HOST = "mail.echo.example";
/** As short and as long as Google's tokens are, and beyond. */
const LENGTHS = [26, 130, 225, 1024, 3000];

const hex = (text: string) => Buffer.from(text).toString("hex");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const lines = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, "gs")) ?? [];

/** How the login, which is base64, is written. */
const SPELLINGS: Readonly<Record<string, (login: string) => string>> = {
  "as it is": (login) => login,
  "its first half": (login) => login.slice(0, login.length / 2),
  "its last two thirds and one": (login) => login.slice(login.length / 3 - 1),
  decoded: (login) => Buffer.from(login, "base64").toString().replaceAll("\x01", " "),
  "in hexadecimal": (login) => hex(Buffer.from(login, "base64").toString()).toUpperCase(),
  "in quoted-printable": (login) => hex(login).toUpperCase().replaceAll(/../g, "=$&"),
  "in base64 once more": base64,
  "far behind": (login) => `${"x".repeat(495)} ${login}`,
};

/** Pieces of 24 characters that are shown. */
function piecesIn(shown: string, written: string): readonly string[] {
  const text = shown.replaceAll("=", "").toLowerCase();
  const pieces = Array.from({ length: Math.max(0, written.length - 23) }, (_, at) => written.slice(at, at + 24));
  return pieces.filter((piece) => text.includes(piece.toLowerCase()));
}

const challenge = (text: string) => base64(JSON.stringify({ status: text, schemes: text, scope: text }));

/** Where it stands in the answer; `>` before what follows only when the client has answered. */
const PLACES: Readonly<Record<MailProtocol, readonly ((text: string) => readonly string[])[]>> = {
  imap: [
    (text) => [`TAG NO ${text}`],
    (text) => [`TAG BAD [${text.slice(0, 60)}] ${text}`],
    (text) => [`* NO [ALERT] ${text}`, `TAG NO ${text}`],
    (text) => [`+ ${challenge(text)}`, `>TAG NO ${text}`],
  ],
  pop3: [
    (text) => [`-ERR ${text}`],
    (text) => [`-ERR [SYS/PERM] ${text}`],
    (text) => [`+ ${challenge(text)}`, `>-ERR ${text}`],
    (text) => [text],
  ],
  smtp: [
    (text) => [`535 5.7.8 ${text}`],
    (text) => [...lines(text, 20).map((line) => `535-5.7.8 ${line}`), "535 5.7.8 end"],
    (text) => [...lines(text, 60).map((line) => `550-5.7.1 ${line}`), "550 5.7.1 end"],
    (text) => [`334 ${challenge(text)}`, `>535 ${text}`],
  ],
};

const GREETINGS = {
  imap: "* OK ready",
  pop3: "+OK ready",
  smtp: "220 ready",
};
/** What comes before the login. */
const BEFORE: Readonly<Record<MailProtocol, readonly (readonly [RegExp, string])[]>> = {
  imap: [[/^\S+ CAPABILITY/, "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\nTAG OK"]],
  pop3: [
    [/^CAPA/, "+OK\r\nSASL XOAUTH2\r\n."],
    [/^AUTH/, "+ "],
  ],
  smtp: [
    [/^EHLO/, "250-x\r\n250 AUTH XOAUTH2"],
    [/^AUTH XOAUTH2$/, "334 "],
  ],
};

describe.each<MailProtocol>(["imap", "pop3", "smtp"])("a server of %s that repeats the login", (protocol) => {
  let server: Server;
  let network: Network;
  let answer: (login: string) => readonly string[];

  beforeAll(async () => {
    const authority = await createAuthority();
    server = createServer({ ...(await authority.issue(HOST)), noDelay: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      let queue: readonly string[] | undefined;
      let tag = "";
      const say = (line: string) => socket.write(`${line.replace(/^>/, "").replace(/^TAG/m, tag)}\r\n`);
      say(GREETINGS[protocol]);
      createInterface({ input: socket }).on("line", (line) => {
        const [, before] = queue ? [] : (BEFORE[protocol].find(([pattern]) => pattern.test(line)) ?? []);
        if (queue === undefined) [tag = ""] = line.split(" ");
        if (before !== undefined) {
          say(before);
          return;
        }
        queue ??= answer(line.split(" ").at(-1) ?? "");
        const later = queue.findIndex((one, index) => index > 0 && one.startsWith(">"));
        const now = later < 0 ? queue : queue.slice(0, later);
        queue = queue.slice(now.length);
        for (const one of now) say(one);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const caFile = join(temporaryDirectory(), "ca.pem");
    writeFileSync(caFile, authority.certificate);
    network = new Network({ connectTo: { [`${HOST}:465`]: `127.0.0.1:${portOf(server.address())}` }, caFile }, {});
  });
  afterAll(async () => {
    server.close();
    await network.close();
  });

  /** Each try has a token that nothing has been told of before. */
  let made = 0;
  const tokenOf = (length: number) => {
    const words = base64(`${protocol} ${made++} ${"another word of the token ".repeat(100)}`).replaceAll("+", "-");
    return `ya29.${[...words].map((sign, at) => (at % 7 === made % 7 ? at % 10 : sign)).join("")}`.slice(0, length);
  };

  test.each(Object.entries(SPELLINGS))("%s gets no piece of the token shown", async (_, spelling) => {
    for (const place of PLACES[protocol]) {
      for (const length of LENGTHS) {
        const accessToken = tokenOf(length);
        let login = "";
        answer = (given) => {
          login = given;
          return place(spelling(given));
        };
        const deadline = Deadline.after(3000);
        const peer = { host: HOST, port: 465 };
        const address = "anna@northwind.example";
        const [result] = await checkMail({ address, accessToken, servers: { [protocol]: peer }, network, deadline });
        deadline[Symbol.dispose]();
        expect(Buffer.from(login, "base64").toString()).toContain(accessToken);
        const shown = mask(result?.problem?.said ?? "").replaceAll(/\s/g, "");
        expect(result?.problem).toBeDefined();
        const frame = Buffer.from(login, "base64").indexOf(accessToken);
        const inLogin = login.slice(Math.ceil((frame * 4) / 3) + 2);
        expect([accessToken, inLogin, hex(accessToken), hex(inLogin)].flatMap((text) => piecesIn(shown, text))).toEqual(
          [],
        );
      }
    }
  });
});
