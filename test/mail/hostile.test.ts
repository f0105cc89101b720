import { writeFileSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { createServer, type Server, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowOf } from "../../provider/codes/codes.ts";
import { checkMail, type MailCheck } from "../../provider/mail/check.ts";
import type { MailProtocol } from "../../provider/mail/protocol.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { createAuthority } from "../../sandbox/authority.ts";
import { temporaryDirectory } from "../support/sandbox.ts";
import { REPLY_CASES } from "./reply-cases.ts";

const classOf = (result: MailCheck | undefined) => result?.problem && rowOf(result.problem.code).class;

const TOKEN = "ya29.token-that-a-server-may-echo";
const HOST = "mail.hostile.example";
/** A few hundred in `npm test`; `FUZZ_RUNS=10000 npm test -- test/mail/hostile` for the long run. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 100);
const DEADLINE_MS = 120;
/** For talks that come to their end. */
const PATIENT_MS = 15_000;

/** Too short for another attempt. */
const ONE_ATTEMPT_MS = 1900;
const PAYLOADS = ["user=a@b.example", "n,a=a@b.example,"].map((start) =>
  Buffer.from(`${start}\u0001auth=Bearer ${TOKEN}\u0001\u0001`).toString("base64"),
);

/** What a good server has said up to a command, with TLS from the start. */
const PRELUDES: Readonly<Record<MailProtocol, Readonly<Record<string, readonly string[]>>>> = {
  imap: {
    GREETING: [],
    CAPABILITY: ["* OK ready\r\n"],
    AUTHENTICATE: ["* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n1 OK done\r\n"],
    EXAMINE: ["* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n1 OK done\r\n", "2 OK in\r\n"],
  },
  pop3: {
    GREETING: [],
    CAPA: ["+OK ready\r\n"],
    AUTH: ["+OK ready\r\n", "+OK\r\nSASL XOAUTH2\r\n.\r\n", "+ \r\n"],
    STAT: ["+OK ready\r\n", "+OK\r\nSASL XOAUTH2\r\n.\r\n", "+ \r\n", "+OK in\r\n"],
  },
  smtp: {
    GREETING: [],
    AUTH: ["220 ready\r\n", "250-x\r\n250 AUTH XOAUTH2\r\n"],
  },
};

/** The tag goes before the last line that is not untagged. */
function tagged(lines: readonly string[], tag: number): readonly string[] {
  const last = lines.findLastIndex((line) => !line.startsWith("*"));
  return lines.map((line, index) => (index === last ? `${tag} ${line}` : line));
}

/** What a hostile server says; the conversation may be cut after any byte. */
interface Script {
  readonly chunks: readonly string[];
  readonly cutAfter: number;
  readonly thenHang: boolean;
  /** Each byte in a TLS record of its own. */
  readonly inPieces?: boolean;
}

/** One after the other, so that none are joined on the way. */
function writeInPieces(socket: TLSSocket, bytes: Buffer): void {
  if (bytes.length > 0) socket.write(bytes.subarray(0, 1), () => writeInPieces(socket, bytes.subarray(1)));
}

const piece = fc.oneof(
  fc.constantFrom(
    "* OK ready\r\n",
    "+OK ready\r\n",
    "220 ready\r\n",
    "+ \r\n",
    "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n",
    "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n",
    "250-x\r\n250 AUTH XOAUTH2\r\n",
    "235 2.7.0 ok\r\n",
    "-ERR [AUTH] no\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n",
    "* BYE\r\n",
    ".\r\n",
    "\r\n",
    `* NO you sent ${TOKEN}\r\n`,
    `-ERR you sent ${TOKEN} \u001b[31mred\u0000\r\n`,
    `535 5.7.8 you sent ${TOKEN}\r\n`,
    "* 1 FETCH (BODY[] {999999999}\r\n",
    `${"(".repeat(2000)}\r\n`,
  ),
  fc.string({ maxLength: 200, unit: "binary" }),
  fc.nat({ max: 9 }).map((tag) => `${tag} OK done\r\n`),
  fc.constantFrom("1", "2", "3", "A1", "B").map((tag) => `${tag} NO [ALERT] you sent ${TOKEN}\r\n`),
  fc.integer({ min: 1000, max: 200_000 }).map((length) => "x".repeat(length)),
);

const script: fc.Arbitrary<Script> = fc.record({
  chunks: fc.array(piece, { maxLength: 12 }),
  cutAfter: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat({ max: 500 })),
  thenHang: fc.boolean(),
});

describe.each<MailProtocol>(["imap", "pop3", "smtp"])("a hostile %s server", (protocol) => {
  let server: Server;
  let network: Network;
  let heard = "";
  let play: Script = { chunks: [], cutAfter: 0, thenHang: false };
  const sockets = new Set<TLSSocket>();

  beforeAll(async () => {
    const authority = await createAuthority();
    server = createServer({ ...(await authority.issue(HOST)), noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
      let left = play.cutAfter;
      const queue = [...play.chunks];
      const say = () => {
        const text = queue.shift();
        if (text === undefined) {
          if (!play.thenHang) socket.end();
          return;
        }
        const bytes = Buffer.from(text, "latin1").subarray(0, Math.min(left, text.length));
        left -= bytes.length;
        if (play.inPieces) writeInPieces(socket, bytes);
        else socket.write(bytes);
        if (left <= 0) socket.destroy();
      };
      say();
      socket.on("data", (data) => {
        heard += data;
        say();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const caFile = join(temporaryDirectory(), "ca.pem");
    writeFileSync(caFile, authority.certificate);
    network = new Network({ connectTo: { [`${HOST}:465`]: `127.0.0.1:${port}` }, caFile }, {});
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await network.close();
  });

  async function check(given: Script, limitMs = DEADLINE_MS) {
    play = given;
    heard = "";
    const deadline = Deadline.after(limitMs);
    const started = performance.now();
    try {
      const [result] = await checkMail({
        address: "a@b.example",
        accessToken: TOKEN,
        servers: { [protocol]: { host: HOST, port: 465 } },
        network,
        deadline,
      });
      return { result, elapsed: performance.now() - started };
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  test("never crashes, hangs, or gets the token into a result", async () => {
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        const { result, elapsed } = await check(given);
        expect(JSON.stringify(result)).not.toContain(TOKEN);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not come through.
        expect(result?.problem?.said ?? "").not.toMatch(/[\u0000-\u001f\u007f]/);
        // Nothing a server does is a defect of ours, and a token that it has not got it cannot refuse.
        expect(result?.problem?.code).not.toBe("UNEXPECTED");
        if (result?.problem?.code === "TOKEN_REFUSED") expect(PAYLOADS.some((sent) => heard.includes(sent))).toBe(true);
        expect(elapsed).toBeLessThan(DEADLINE_MS + 5000);
      }),
      { numRuns: RUNS },
    );
  }, 3_600_000);

  const cases = REPLY_CASES.filter(({ command, ...one }) => one.protocol === protocol && command in PRELUDES[protocol]);

  test("that refuses is named by the table, in whatever pieces it says so and whatever comes before", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cases), fc.boolean(), fc.nat({ max: 20 }), async (its, inPieces, notices) => {
        const prelude = PRELUDES[protocol][its.command] ?? [];
        // Untagged lines may come at any time (RFC 3501 §7).
        const before = protocol === "imap" && prelude.length > 0 ? "* 1 EXISTS\r\n".repeat(notices) : "";
        const lines = protocol === "imap" && prelude.length > 0 ? tagged(its.lines, prelude.length) : its.lines;
        const said = before + lines.map((line) => `${line}\r\n`).join("");
        const chunks = [...prelude, Buffer.from(said, "utf8").toString("latin1")];
        const goesOn = lines.at(-1)?.startsWith("*") !== true;
        const talk = { chunks, cutAfter: Number.POSITIVE_INFINITY, thenHang: goesOn, inPieces };
        const { result } = await check(talk, ONE_ATTEMPT_MS);
        expect(result?.problem, result?.problem?.said).toMatchObject({ code: its.code });
      }),
      { numRuns: RUNS },
    );
  }, 3_600_000);

  test("that sends without end is cut off", async () => {
    const { result } = await check({
      chunks: ["y".repeat(8 * 1024 * 1024)],
      cutAfter: Number.POSITIVE_INFINITY,
      thenHang: true,
    });
    expect(classOf(result)).toMatch(/protocol|network|transient/);
  });

  const talks: Partial<Record<MailProtocol, readonly string[]>> = {
    pop3: ["+OK\r\n", "+OK\r\nUSER\r\nSASL OAUTHBEARER\r\n.\r\n", "+ \r\n", "+OK\r\n", "+OK 0 0\r\n"],
    smtp: ["220 x\r\n", "250-x\r\n250 AUTH OAUTHBEARER PLAIN\r\n", "235 2.7.0 ok\r\n", "221 bye\r\n"],
  };
  const chunks = talks[protocol];
  // With IMAP the library chooses, and reads the lines.
  if (chunks) {
    test("whose lines arrive in pieces is understood", async () => {
      const talk = { chunks, cutAfter: Number.POSITIVE_INFINITY, thenHang: false, inPieces: true };
      const { result } = await check(talk, PATIENT_MS);
      expect(result).toMatchObject({ protocol, problem: undefined });
    });

    test("that offers OAUTHBEARER only is logged in to by it", async () => {
      const { result } = await check({ chunks, cutAfter: Number.POSITIVE_INFINITY, thenHang: true }, PATIENT_MS);
      expect(result?.problem).toBeUndefined();
      expect(heard).toContain("AUTH OAUTHBEARER");
      expect(heard).toContain(Buffer.from(`n,a=a@b.example,\u0001auth=Bearer ${TOKEN}\u0001\u0001`).toString("base64"));
      expect(heard).not.toContain("XOAUTH2");
    });
  }

  test("that says nothing ends with the deadline", async () => {
    const { result } = await check({ chunks: [], cutAfter: Number.POSITIVE_INFINITY, thenHang: true });
    expect(result?.problem).toMatchObject({ code: "SERVER_SILENT" });
  });
});

describe("a server between here and there that takes STARTTLS away", () => {
  /** Plays a talk in the clear and keeps what the client said. */
  async function meet(reply: (line: string) => string) {
    let heard = "";
    const server = createTcpServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.write("220 smtp.gmail.com ESMTP\r\n");
      socket.on("data", (data) => {
        heard += data;
        socket.write(reply(String(data)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const network = new Network({ connectTo: { [`${HOST}:587`]: `127.0.0.1:${port}` } }, {});
    const deadline = Deadline.after(5000);
    const servers = { smtp: { host: HOST, port: 587 } };
    const [result] = await checkMail({ address: "a@b.example", accessToken: TOKEN, servers, network, deadline });
    deadline[Symbol.dispose]();
    await network.close();
    await new Promise((resolve) => server.close(resolve));
    return { result, heard };
  }

  test.each([
    ["does not offer it", (line: string) => (line.startsWith("EHLO") ? "250-x\r\n250 AUTH XOAUTH2\r\n" : "502 no\r\n")],
    [
      "refuses it",
      (line: string) => (line.startsWith("EHLO") ? "250-x\r\n250-STARTTLS\r\n250 AUTH XOAUTH2\r\n" : "454 no TLS\r\n"),
    ],
    [
      "answers it in the clear",
      (line: string) => (line.startsWith("EHLO") ? "250 STARTTLS\r\n" : "220 go\r\n250 x\r\n"),
    ],
  ])("gets no token when it %s", async (_, reply) => {
    const { result, heard } = await meet(reply);
    expect(classOf(result)).toMatch(/^(network|protocol|transient)$/);
    expect(heard).not.toContain("AUTH");
    expect(heard).not.toContain(TOKEN);
    expect(heard).not.toContain(Buffer.from(TOKEN).toString("base64").slice(4, 20));
  });
});
