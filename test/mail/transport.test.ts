import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitOf, rowOf } from "../../provider/codes/codes.ts";
import { checkMail, checkRoundTrip, type MailCheck } from "../../provider/mail/check.ts";
import type { MailProtocol } from "../../provider/mail/protocol.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { MailOutcome } from "../../sandbox/gmail/conversation.ts";
import { type GmailServers, startGmail } from "../../sandbox/gmail/servers.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { Authority, type Leaf } from "../provider/network/tls.ts";

const ADDRESS = "anna@northwind.example";
const TOKEN = "ya29.token-of-the-tests-of-transport";
const HOST = "mail.example.com";
const PROTOCOLS = ["imap", "pop3", "smtp"] as const;
/** Ports where TLS comes at once, and where it comes later. */
const AT_ONCE = { imap: 993, pop3: 995, smtp: 465 } as const;
const LATER = { imap: 143, pop3: 110, smtp: 587 } as const;

const GREETINGS = { imap: "* OK ready", pop3: "+OK ready", smtp: "220 ready" } as const;

/** Talks to clients; after it the connection is as it left it. */
type Talk = (client: Line) => Promise<void>;

/** A client's lines, and what is said to them. */
class Line {
  readonly socket: Socket;
  readonly #lines: AsyncIterableIterator<string>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#lines = linesOf(socket);
  }

  say(text: string): void {
    this.socket.write(text.replaceAll("\n", "\r\n"));
  }

  async hear(): Promise<string> {
    const { value } = await this.#lines.next();
    return value ?? "";
  }
}

async function* linesOf(socket: Socket): AsyncIterableIterator<string> {
  let rest = "";
  for await (const chunk of socket) {
    const lines = `${rest}${chunk}`.split("\r\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

let authority: Authority;
let leaf: Leaf;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await Authority.make();
  leaf = await authority.leaf([HOST, "imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"]);
});
afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await authority[Symbol.asyncDispose]();
});

async function serving(server: Server, sockets: ReadonlySet<Socket>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  running.push({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

/** A server of lines in the clear. */
function plain(talk: Talk): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    void talk(new Line(socket)).catch(() => socket.destroy());
  });
  return serving(server, sockets);
}

async function secure(socket: Socket): Promise<Line> {
  const tls = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(leaf) });
  tls.on("error", () => tls.destroy());
  await once(tls, "secure");
  return new Line(tls);
}

/** The same behind TLS. */
const implicit = (talk: Talk) => plainSocket(async (socket) => talk(await secure(socket)));

function plainSocket(meet: (socket: Socket) => Promise<void>): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    void meet(socket).catch(() => socket.destroy());
  });
  return serving(server, sockets);
}

async function check(
  protocol: MailProtocol,
  port: number,
  served: number,
  milliseconds = 1900,
  accessToken = TOKEN,
): Promise<MailCheck> {
  const network = new Network(
    { connectTo: { [`${HOST}:${port}`]: `127.0.0.1:${served}` }, caFile: authority.file },
    {},
  );
  const deadline = Deadline.after(milliseconds);
  const servers = { [protocol]: { host: HOST, port } };
  const [result] = await checkMail({ address: ADDRESS, accessToken, servers, network, deadline });
  deadline[Symbol.dispose]();
  await network.close();
  if (!result) throw new Error("no result");
  return result;
}

const never = () => new Promise<void>(() => {});

describe.concurrent.each(PROTOCOLS)("%s", (protocol) => {
  test("on a port that begins in the clear, where TLS was expected, is told at once", async () => {
    const port = await plain(async (client) => {
      client.say(`${GREETINGS[protocol]}\n`);
      await never();
    });
    const { problem, attempts } = await check(protocol, AT_ONCE[protocol], port);
    expect([problem?.code, attempts]).toEqual(["TLS_LATER", 1]);
  });

  test("on a port that wants TLS at once, where STARTTLS was expected, is told, and TLS is only begun", async () => {
    let heard = 0;
    const port = await plainSocket(async (socket) => {
      const client = await secure(socket);
      client.socket.on("data", (data) => {
        heard += data.length;
      });
      client.say(`${GREETINGS[protocol]}\n`);
      await never();
    });
    const { problem } = await check(protocol, LATER[protocol], port, 20_000);
    expect(problem).toMatchObject({ code: "TLS_AT_ONCE" });
    expect(heard).toBe(0);
  });

  test("on a port of HTTP is told, however long it would have been silent", async () => {
    const server = createHttpServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    running.push({ stop: async () => void server.close() });
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const later = await check(protocol, LATER[protocol], port, 20_000);
    expect(later.problem).toMatchObject({ code: "NOT_THE_PROTOCOL", said: expect.stringContaining("HTTP/1.1 400") });
    expect((await check(protocol, AT_ONCE[protocol], port, 20_000)).problem).toMatchObject({ code: "TLS_LATER" });
  });

  test.each([
    ["after it was taken", async () => plain(async ({ socket }) => void socket.destroy())],
    ["after it was taken, politely", async () => plain(async ({ socket }) => void socket.end())],
    ["after the greeting", async () => plain(async (client) => void client.socket.end(`${GREETINGS[protocol]}\r\n`))],
    [
      "in the middle of a line",
      async () => plain(async (client) => void client.socket.end(GREETINGS[protocol].slice(0, 3))),
    ],
  ])("closed %s is a passing problem of the network, and is tried again", async (_, start) => {
    const port = await start();
    const { problem, attempts } = await check(protocol, LATER[protocol], port, 2500);
    const code = problem?.code ?? "UNEXPECTED";
    expect([code, rowOf(code).class, exitOf(code), attempts]).toEqual(["CONNECTION_CUT", "network", "unknown", 2]);
  });

  test.each([
    ["with TLS", async ({ socket }: Line) => void socket.end()],
    [
      "in the middle of the login",
      async (client: Line) => {
        client.say(`${GREETINGS[protocol]}\n`);
        await client.hear();
        client.socket.destroy();
      },
    ],
  ])("closed %s is the same", async (_, talk) => {
    const { problem, attempts } = await check(protocol, AT_ONCE[protocol], await implicit(talk), 2500);
    expect([problem?.code, attempts]).toEqual(["CONNECTION_CUT", 2]);
  });

  test("that is taken and then silent is told as that, with the command", async () => {
    const port = await implicit(async (client) => {
      client.say(`${GREETINGS[protocol]}\n`);
      await never();
    });
    const { problem } = await check(protocol, AT_ONCE[protocol], port, 1500);
    expect(problem?.code).toBe("SERVER_SILENT");
    expect(problem?.said).toMatch(/the server was silent after (CAPABILITY|CAPA|EHLO)$/);
  });
});

describe("STARTTLS", () => {
  const talks = {
    imap: [
      ["* OK ready\n", "* CAPABILITY IMAP4rev1 STARTTLS\n1 OK\n", "2 OK go on\n"],
      [
        "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\n3 OK\n",
        "4 OK in\n",
        "* 1 EXISTS\n* LIST () {5}\nINBOX more\n* OK [UNSEEN {3}\n1 2 x]\n5 OK [READ-ONLY] done\n",
      ],
    ],
    pop3: [
      // Some servers leave blanks behind.
      ["+OK ready\n", "+OK\nSTLS \n.\n", "+OK go on\n"],
      ["+OK\nSASL XOAUTH2 \n.\n", "+ \n", "+OK in\n", "+OK 0 0\n"],
    ],
  } as const;

  test.each(["imap", "pop3"] as const)("is done on %s's old port, before the token is sent", async (protocol) => {
    const [before, after] = talks[protocol];
    let clear = "";
    const port = await plainSocket(async (socket) => {
      const client = new Line(socket);
      client.say(before[0]);
      for (const answer of before.slice(1)) {
        clear += await client.hear();
        client.say(answer);
      }
      socket.removeAllListeners("readable");
      const inner = await secure(socket);
      for (const answer of after) {
        await inner.hear();
        inner.say(answer);
      }
      await never();
    });
    expect((await check(protocol, LATER[protocol], port, 5000)).problem).toBeUndefined();
    expect(clear).not.toContain("AUTH");
  });

  test.each(["imap", "pop3"] as const)(
    "that %s does not offer is told, and nothing is sent without",
    async (protocol) => {
      const port = await plain(async (client) => {
        client.say(talks[protocol][0][0]);
        await client.hear();
        client.say(talks[protocol][0][1].replace(/ ?ST(ARTT)?LS/, ""));
        expect(await client.hear()).toBe("");
      });
      expect((await check(protocol, LATER[protocol], port)).problem).toMatchObject({ code: "TLS_NOT_OFFERED" });
    },
  );
});

describe("SMTP", () => {
  /** An AUTH that is refused, and what the client said. */
  async function refused(accessToken: string): Promise<readonly string[]> {
    const heard: string[] = [];
    let ended = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const port = await implicit(async (client) => {
      client.say("220 ready\n");
      for (const answers = ["250-x\n250 AUTH XOAUTH2\n"]; ; ) {
        const line = await client.hear();
        if (line === "") break;
        heard.push(line);
        client.say(line === "AUTH XOAUTH2" ? "334 \n" : (answers.shift() ?? "535 5.7.8 no\n"));
      }
      ended();
    });
    expect((await check("smtp", AT_ONCE.smtp, port, 5000, accessToken)).problem?.code).toBe("TOKEN_REFUSED");
    await end;
    return heard;
  }

  test.each([10, 300, 350, 400, 2000])("lines stay within RFC 5321's limit but for a token of %d", async (length) => {
    const heard = await refused(`ya29.${"t".repeat(length)}`);
    for (const line of heard.filter((one) => / /.test(one))) expect(line.length).toBeLessThanOrEqual(510);
    expect(heard.some((line) => line.startsWith("AUTH XOAUTH2"))).toBe(true);
  });

  test.each(["250 2.1.0 Ok", "220 ready", "235-"])(
    "that says yes to everything has logged nobody in: %s",
    async (yes) => {
      const port = await implicit(async (client) => {
        client.say("220 ready\n");
        for (
          let answer = "250-x\n250 AUTH XOAUTH2";
          (await client.hear()) !== "";
          answer = yes.replace("235-", "235-x\n250 y")
        ) {
          client.say(`${answer}\n`);
        }
      });
      expect((await check("smtp", AT_ONCE.smtp, port)).problem).toMatchObject({
        code: "NOT_THE_PROTOCOL",
        said: expect.stringMatching(/the server answers AUTH with 2[25]0$/),
      });
    },
  );

  test("ends with a goodbye, also after a refusal", async () => {
    expect((await refused("ya29.refused")).at(-1)).toBe("QUIT");
  });
});

describe("with Gmail as the sandbox has it", () => {
  let gmail: GmailServers;
  let network: Network;
  let disturb: (command: string) => Promise<MailOutcome | undefined>;
  const heard: string[] = [];

  beforeAll(async () => {
    const { google } = seedWorld(1);
    const expiresAt = Date.now() + 3_600_000;
    google.tokens.push({ token: TOKEN, address: ADDRESS, clientId: SEED_CLIENT_ID, scope: MAIL_SCOPE, expiresAt });
    gmail = await startGmail({
      state: () => google,
      tls: () => leaf,
      meet: async ({ command }, work) => {
        heard.push(command);
        return (await disturb(command)) ?? work();
      },
    });
    network = new Network({ connectTo: gmail.connectTo, caFile: authority.file }, {});
  });
  afterAll(async () => {
    await Promise.all([gmail.close(), network.close()]);
  });
  const IMAP = { host: "imap.gmail.com", port: 993 };
  const SMTP = { host: "smtp.gmail.com", port: 587 };

  test("a greeting that takes its time is waited for", async () => {
    let slow = true;
    disturb = async (command) => {
      if (command === "GREETING" && slow) {
        slow = false;
        await new Promise((resolve) => setTimeout(resolve, 1300));
      }
      return undefined;
    };
    const deadline = Deadline.after(20_000);
    const login = { address: ADDRESS, accessToken: TOKEN, network, deadline };
    expect(await checkMail({ ...login, servers: { smtp: SMTP } })).toMatchObject([{ problem: undefined, attempts: 1 }]);
    deadline[Symbol.dispose]();
  });

  test.each<[string, (client: Line) => unknown]>([
    ["never comes", never],
    ["is cut off", ({ socket }) => socket.destroy()],
  ])("a message whose answer %s may have gone, and that is said", async (_, end) => {
    const port = await implicit(async (client) => {
      client.say("220 ready\n");
      for (const answer of ["250-x\n250 AUTH XOAUTH2\n", "235 in\n", "250 from\n", "250 to\n", "354 go on\n"]) {
        await client.hear();
        client.say(answer);
      }
      while ((await client.hear()) !== ".");
      await end(client);
    });
    const own = new Network({ connectTo: { [`${HOST}:465`]: `127.0.0.1:${port}` }, caFile: authority.file }, {});
    const deadline = Deadline.after(1000);
    const { problem } = await checkRoundTrip(
      { address: ADDRESS, accessToken: TOKEN, network: own, deadline },
      { imap: IMAP, smtp: { host: HOST, port: 465 } },
    );
    deadline[Symbol.dispose]();
    await own.close();
    expect(problem?.said).toMatch(/^mail.example.com:465: .* after DATA.*, with the message on its way$/);
    expect([problem?.code, exitOf(problem?.code ?? "TOKEN_REFUSED")]).toEqual(["MESSAGE_UNCERTAIN", "unknown"]);
  });

  test("a message that does not come back is told with its id, and what was marked by others stays", async () => {
    disturb = async (command) => (command === "UID" ? { lines: ["* SEARCH", "OK none"] } : undefined);
    const deadline = Deadline.after(1500);
    const { problem } = await checkRoundTrip(
      { address: ADDRESS, accessToken: TOKEN, network, deadline },
      { imap: IMAP, smtp: SMTP },
    );
    deadline[Symbol.dispose]();
    expect(problem?.code).toBe("NOT_ARRIVED");
    expect(problem?.said).toMatch(/^imap.gmail.com:993: the message <gmailsync-\S+@northwind.example> has not arrived/);
  });

  test.each(["a b@northwind.example", "a>b@northwind.example", "jörg@northwind.example", "anna", "anna@exa mple"])(
    "no message is sent to %s, which would be more or less than an address on a line of SMTP",
    async (address) => {
      heard.length = 0;
      disturb = async (command) => (command === "AUTH" ? { lines: ["235 2.7.0 Accepted"] } : undefined);
      const deadline = Deadline.after(5000);
      const login = { address, accessToken: TOKEN, network, deadline };
      const { problem } = await checkRoundTrip(login, { imap: IMAP, smtp: SMTP });
      deadline[Symbol.dispose]();
      expect(problem).toMatchObject({ code: "RECIPIENT_REFUSED", said: expect.stringContaining(`"${address}"`) });
      expect(heard).not.toContain("MAIL");
    },
  );

  test("a round trip removes its own message, and no other", async () => {
    heard.length = 0;
    disturb = async () => undefined;
    const deadline = Deadline.after(10_000);
    const login = { address: ADDRESS, accessToken: TOKEN, network, deadline };
    expect(await checkRoundTrip(login, { imap: IMAP, smtp: SMTP })).toMatchObject({ problem: undefined });
    deadline[Symbol.dispose]();
    expect(heard).toContain("MAIL");
    expect(heard.filter((command) => command === "EXPUNGE")).toEqual([]);
  });
});
