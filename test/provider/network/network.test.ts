import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import tls from "node:tls";
import { errors } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../../../provider/fault.ts";
import { openSocket } from "../../../provider/mail/peer.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { Network } from "../../../provider/network/network.ts";
import { pageFault } from "../../../provider/network/page.ts";
import { askPatiently } from "../../../provider/network/patient.ts";
import { isPassing, transportFault, wasNeverSent } from "../../../provider/network/transport-fault.ts";
import { VERIFICATION_SWITCH } from "../../../provider/network/verification-switch.ts";
import { mask } from "../../../provider/redaction/secrets.ts";
import { ConnectProxy } from "./connect-proxy.ts";
import { OnLoopback, portOf } from "./on-loopback.ts";
import { Authority, type Handler, HttpsServer, type Leaf, selfSigned } from "./tls.ts";

const HOST = "contoso.crm.example";
const MIB = 1024 * 1024;
const URL_OF_HOST = `https://${HOST}/api`;

let folder: string;
let caFile: string;
let authority: Authority;
let leaf: Leaf;
/** Whom nobody trusts here. */
let stranger: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gmailsync-network-"));
  [authority, stranger] = await Promise.all([Authority.make(), Authority.make()]);
  caFile = authority.file;
  leaf = await authority.leaf([HOST]);
});
afterAll(async () => {
  await Promise.all([authority, stranger].map((one) => one[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

const answerOk: Handler = ({ method, body }) => ({ status: 200, headers: { "X-Method": method }, body: `got ${body}` });

function connectTo(port: number): Record<string, string> {
  return { [`${HOST}:443`]: `127.0.0.1:${port}` };
}

async function faultOf(work: () => unknown): Promise<Fault> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("expected a Fault");
}

async function get(network: Network, url = URL_OF_HOST, milliseconds = 10_000) {
  using deadline = Deadline.after(milliseconds);
  return await network.request({ effect: "reads", method: "GET", url }, deadline);
}

/** Takes connections and keeps silent. */
const silentServer = () => new OnLoopback(createServer()).listening();

describe("the connect-to map", () => {
  it("leads a host to another place, with the real name in TLS and in the Host header", async () => {
    await using server = await HttpsServer.start(leaf, answerOk);
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    using deadline = Deadline.after(10_000);
    const answer = await network.request({ effect: "writes", method: "POST", url: URL_OF_HOST, body: "a=1" }, deadline);
    expect(answer).toMatchObject({ status: 200, text: "got a=1", headers: { "x-method": "POST" } });
    expect(server.requests[0]?.headers["host"]).toBe(HOST);
    await network.close();
  });

  it("comes from the environment too, several entries separated by commas, and keeps connections", async () => {
    await using server = await HttpsServer.start(leaf, answerOk);
    const network = new Network(
      {},
      {
        GMAILSYNC_CONNECT_TO: `imap.gmail.com:993=127.0.0.1:40993,${HOST}:443=127.0.0.1:${server.port}`,
        GMAILSYNC_CA_FILE: caFile,
      },
    );
    for (let count = 0; count < 6; count++) await get(network);
    expect(server.requests).toHaveLength(6);
    expect(server.connections).toBeLessThanOrEqual(2);
    expect(network.resolve("IMAP.gmail.com", 993)).toEqual({ host: "127.0.0.1", port: 40993 });
    expect(network.resolve("imap.gmail.com", 143)).toEqual({ host: "imap.gmail.com", port: 143 });
    await network.close();
  });

  it("of the configuration wins over the environment's", () => {
    const network = new Network({ connectTo: { "a:1": "b:2" } }, { GMAILSYNC_CONNECT_TO: "a:1=c:3" });
    expect(network.resolve("a", 1)).toEqual({ host: "b", port: 2 });
  });

  it.each([
    [{}, { GMAILSYNC_CONNECT_TO: "imap.gmail.com=127.0.0.1:1" }, "GMAILSYNC_CONNECT_TO"],
    [{}, { GMAILSYNC_CONNECT_TO: "imap.gmail.com:993" }, "is not of the form host:port=host:port"],
    [{}, { GMAILSYNC_CONNECT_TO: "a:99999=b:1" }, "GMAILSYNC_CONNECT_TO"],
    [{ connectTo: { "imap.gmail.com:993": "nowhere" } }, {}, "network.connectTo"],
    [{ caFile: "/does/not/exist.pem" }, {}, "network.caFile"],
    [
      {},
      { GMAILSYNC_CA_FILE: "/does/not/exist.pem" },
      "GMAILSYNC_CA_FILE: the CA file /does/not/exist.pem does not exist",
    ],
    [{}, { HTTPS_PROXY: "user:sandbox-secret-proxy@proxy" }, "HTTPS_PROXY"],
  ])("and the other settings are refused when malformed: %j %j", async (options, environment, name) => {
    const fault = await faultOf(() => new Network(options, environment));
    expect(fault.kind).toBe("invalid-input");
    expect(fault.message).toContain(name);
    expect(fault.message).not.toContain("sandbox-secret");
  });
});

describe("TLS", () => {
  it("is refused without the CA file, naming the setting", async () => {
    await using server = await HttpsServer.start(leaf, answerOk);
    const network = new Network({ connectTo: connectTo(server.port) }, {});
    const fault = await faultOf(() => get(network));
    expect(fault.kind).toBe("unavailable");
    expect(fault.message).toMatch(/contoso\.crm\.example.*not trusted.*GMAILSYNC_CA_FILE/);
    expect(server.requests).toHaveLength(0);
    await network.close();
  });

  const bad: readonly [string, () => Promise<Leaf>, string][] = [
    ["for another name", () => authority.leaf(["other.example"]), "another name"],
    ["that has expired", () => authority.leaf([HOST], -1), "not valid at this time"],
    ["of its own", async () => selfSigned(HOST), "not trusted here"],
    ["of an authority that nobody knows", async () => stranger.leaf([HOST]), "not trusted here"],
  ];

  describe.each([undefined, "0"])("with NODE_TLS_REJECT_UNAUTHORIZED=%s", (value) => {
    beforeEach(() => void vi.stubEnv(VERIFICATION_SWITCH, value));
    afterEach(() => void vi.unstubAllEnvs());

    it.each(bad)("is refused with a certificate %s, directly and behind a proxy", async (_, make, said) => {
      await using server = await HttpsServer.start(await make(), answerOk);
      await using proxy = await ConnectProxy.start(server.port);
      const direct = new Network({ connectTo: connectTo(server.port), caFile }, {});
      const behind = new Network({ caFile }, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
      for (const network of [direct, behind]) {
        expect((await faultOf(() => get(network))).message).toContain(said);
        await network.close();
      }
      expect(proxy.targets).toEqual([`${HOST}:443`]);
      expect(server.requests).toHaveLength(0);
    });
  });

  it("older than 1.2 is not spoken, whatever Node.js is told", async () => {
    const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
    Object.assign(tls, { DEFAULT_MIN_VERSION: "TLSv1.1", DEFAULT_CIPHERS: "DEFAULT@SECLEVEL=0" });
    try {
      await using server = await HttpsServer.start(Object.assign({ maxVersion: "TLSv1.1" }, leaf), answerOk);
      const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
      expect((await faultOf(() => get(network))).message).toContain("TLS could not be set up");
      await network.close();
    } finally {
      Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS });
    }
  });

  it("keeps the usual authorities next to the CA file", async () => {
    // No public server is asked: the authorities are those that Node.js itself trusts, and one more.
    await using server = await HttpsServer.start(leaf, answerOk);
    await using other = await Authority.make();
    const file = join(folder, "other.pem");
    await writeFile(file, other.pem + authority.pem);
    const network = new Network({ connectTo: connectTo(server.port), caFile: file }, {});
    expect((await get(network)).status).toBe(200);
    await network.close();
  });
});

describe("a request", () => {
  it("names a refused connection and the place it went to", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const port = portOf(closed.address());
    await new Promise((resolve) => closed.close(resolve));
    const network = new Network({ connectTo: connectTo(port), caFile }, {});
    const fault = await faultOf(() => get(network));
    expect(fault).toMatchObject({ kind: "unavailable", code: "ECONNREFUSED" });
    expect(fault.message).toContain(`${HOST} gave no answer: the connection was refused (127.0.0.1:${port})`);
    await network.close();
  });

  it("names a host that does not exist", async () => {
    const network = new Network({}, {});
    const fault = await faultOf(() => get(network, "https://does-not-exist.invalid/"));
    expect(fault.kind).toBe("unavailable");
    expect(fault.message).toMatch(/does-not-exist\.invalid gave no answer: the name/);
    await network.close();
  });

  it("names a cut connection", async () => {
    await using server = await HttpsServer.start(leaf, () => "cut");
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    const fault = await faultOf(() => get(network));
    expect(fault.message).toContain("the connection was cut");
    await network.close();
  });

  it.each([
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", true],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC", true],
    ["ERR_SSL_UNEXPECTED_EOF_WHILE_READING", true],
    ["ERR_SSL_CIPHER_OPERATION_FAILED", false],
    ["EPROTO", false],
  ])("that TLS breaks off by %s may have been sent", (code, passing) => {
    const fault = transportFault(Object.assign(new Error("broken"), { code }), HOST);
    expect([wasNeverSent(fault), isPassing(fault)]).toEqual([false, passing]);
  });

  it("that reached no address in time was not sent", () => {
    const late = Object.assign(new Error("late"), { code: "ETIMEDOUT" });
    const tried = new AggregateError([late], "all tried");
    const fault = transportFault(Object.assign(new errors.ConnectTimeoutError("late"), { cause: tried }), HOST);
    expect([wasNeverSent(fault), isPassing(fault)]).toEqual([true, true]);
  });

  it("and a mail socket try each address for seconds, directly and to a proxy", async () => {
    const connected = vi.spyOn(Socket.prototype, "connect");
    await using proxy = await ConnectProxy.start(1);
    proxy.refusal = () => "HTTP/1.1 403 no\r\n\r\n";
    const direct = new Network({ connectTo: connectTo(proxy.port) }, {});
    const behind = new Network({}, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    for (const network of [direct, behind]) {
      await faultOf(() => get(network));
      await network.close();
    }
    openSocket({ host: HOST, port: 443 }, direct).destroy();
    const asked = connected.mock.calls.map((args) => JSON.stringify(args[0]) ?? "");
    connected.mockRestore();
    const ours = asked.filter((options) => options.includes(String(proxy.port)));
    expect(ours).toHaveLength(3);
    for (const options of ours) expect(options).toContain('"autoSelectFamilyAttemptTimeout":3000');
  });

  it("ends with its deadline while TLS is set up, and when it is cancelled then", async () => {
    await using silent = await silentServer();
    const network = new Network({ connectTo: connectTo(silent.port), caFile }, {});
    const begun = performance.now();
    expect(await faultOf(() => get(network, URL_OF_HOST, 300))).toMatchObject({ kind: "deadline-exceeded" });
    const cancel = new AbortController();
    using deadline = Deadline.after(60_000, cancel.signal);
    const asked = faultOf(() => network.request({ effect: "reads", method: "GET", url: URL_OF_HOST }, deadline));
    setTimeout(() => cancel.abort(), 100);
    expect(await asked).toMatchObject({ kind: "cancelled" });
    expect(performance.now() - begun).toBeLessThan(5_000);
    await network.close();
  });

  it.each(["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "HPE_INVALID_EOF_STATE"])(
    "whose answer breaks off on a connection that ends with it is worth another try (%s)",
    async (code) => {
      const length = code === "HPE_INVALID_EOF_STATE" ? "transfer-encoding: chunked" : "content-length: 99";
      await using server = await HttpsServer.start(leaf, () => ({
        raw: `HTTP/1.1 200 OK\r\nconnection: close\r\n${length}\r\n\r\n5\r\nhello`,
      }));
      const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
      const fault = await faultOf(() => get(network));
      expect(fault.code).toBe(code);
      expect([wasNeverSent(fault), isPassing(fault)]).toEqual([false, true]);
      await network.close();
    },
  );

  it("ends with its deadline", async () => {
    await using server = await HttpsServer.start(leaf, () => "silent");
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    const fault = await faultOf(() => get(network, URL_OF_HOST, 300));
    expect(fault.kind).toBe("deadline-exceeded");
    expect(fault.message).toContain(`GET ${URL_OF_HOST} took longer than 300 ms`);
    await network.close();
  });

  it("ends when it is cancelled", async () => {
    const cancel = new AbortController();
    await using server = await HttpsServer.start(leaf, () => {
      cancel.abort();
      return "silent";
    });
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    using deadline = Deadline.after(60_000, cancel.signal);
    const fault = await faultOf(() => network.request({ effect: "reads", method: "GET", url: URL_OF_HOST }, deadline));
    expect(fault.kind).toBe("cancelled");
    await network.close();
  });

  it("does not follow redirects", async () => {
    await using server = await HttpsServer.start(leaf, () => ({ status: 302, headers: { location: "/elsewhere" } }));
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    expect(await get(network)).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
    expect(server.requests).toHaveLength(1);
    await network.close();
  });

  it("reads an answer as far as is allowed", async () => {
    const body = "x".repeat(5 * MIB);
    await using server = await HttpsServer.start(leaf, () => ({ status: 200, body }));
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    expect((await faultOf(() => get(network))).message).toContain("the answer is larger than 4 MiB");
    using deadline = Deadline.after(10_000);
    const request = { effect: "reads", method: "GET", url: URL_OF_HOST, limitBytes: 5 * MIB } as const;
    expect((await network.request(request, deadline)).text).toBe(body);
    await network.close();
  });

  it("reads large answers one after the other, whoever asks, and small ones beside them", async () => {
    const held = Promise.withResolvers<void>();
    let taken = 0;
    async function* pieces(stopped?: Promise<void>) {
      for (let count = 0; count < 31; count++) {
        yield "x".repeat(MIB);
        if (count === 2) await stopped;
        if (!stopped) taken++;
      }
    }
    await using slow = await HttpsServer.start(leaf, () => ({
      status: 200,
      body: Readable.from(pieces(held.promise)),
    }));
    await using fast = await HttpsServer.start(leaf, ({ url }) => ({
      status: 200,
      body: url.pathname === "/large" ? Readable.from(pieces()) : "small",
    }));
    const [first, other] = [slow, fast].map(({ port }) => new Network({ connectTo: connectTo(port), caFile }, {}));
    if (!first || !other) throw new Error("unreachable");
    using deadline = Deadline.after(20_000);
    const ask = (network: Network, path: string) =>
      network.request(
        { effect: "reads", method: "GET", url: `https://${HOST}${path}`, limitBytes: 32 * MIB },
        deadline,
      );
    const ended: string[] = [];
    const slowly = ask(first, "/").then(() => ended.push("slow"));
    await expect.poll(() => slow.requests.length).toBe(1);
    const large = ask(other, "/large").then(() => ended.push("large"));
    for (let count = 0; count < 50; count++) expect((await ask(other, "/")).text).toBe("small");
    expect(ended).toEqual([]);
    // What was read, and what the system keeps for both ends of the connection.
    expect(taken).toBeLessThan(20);
    held.resolve();
    await Promise.all([slowly, large]);
    expect(ended).toEqual(["slow", "large"]);
    await Promise.all([first.close(), other.close()]);
  });

  it("speaks https only", async () => {
    const network = new Network({}, {});
    expect((await faultOf(() => get(network, "http://contoso.crm.example/"))).kind).toBe("invalid-input");
    await network.close();
  });
});

describe("a proxy of the environment", () => {
  it("is used for hosts that are not mapped, and only for those", async () => {
    await using server = await HttpsServer.start(await authority.leaf([HOST, "other.example"]), answerOk);
    await using proxy = await ConnectProxy.start(server.port);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "nowhere.example" };
    const network = new Network({ connectTo: connectTo(server.port), caFile }, environment);
    expect((await get(network, "https://other.example/x")).status).toBe(200);
    expect((await get(network)).status).toBe(200);
    expect(proxy.targets).toEqual(["other.example:443"]);
    expect(server.requests.map(({ url }) => url.host)).toEqual(["other.example", HOST]);
    await network.close();
  });

  it("is not used for hosts of NO_PROXY", async () => {
    await using proxy = await ConnectProxy.start(1);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "does-not-exist.invalid" };
    const network = new Network({}, environment);
    await faultOf(() => get(network, "https://does-not-exist.invalid/"));
    expect(proxy.targets).toEqual([]);
    await network.close();
  });

  it("that keeps silent ends with the deadline, and within the time of a connection", async () => {
    await using silent = await silentServer();
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${silent.port}` };
    const network = new Network({}, environment, { tryMs: 60_000, restMs: 1000, connectMs: 1500 });
    const begun = performance.now();
    expect(await faultOf(() => get(network, URL_OF_HOST, 300))).toMatchObject({ kind: "deadline-exceeded" });
    const fault = await faultOf(() => get(network, URL_OF_HOST, 60_000));
    expect(fault.message).toContain("it could not be reached");
    expect([wasNeverSent(fault), isPassing(fault)]).toEqual([true, true]);
    expect(performance.now() - begun).toBeLessThan(20_000);
    await network.close();
  });

  it.each([
    [502, true],
    [503, true],
    [504, true],
    [403, false],
    [407, false],
  ])("that answers %d has sent nothing, and its status is told", async (status, passing) => {
    await using proxy = await ConnectProxy.start(1);
    proxy.refusal = () => `HTTP/1.1 ${status} no\r\ncontent-length: 0\r\n\r\n`;
    const network = new Network({}, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const fault = await faultOf(() => get(network, "https://other.example/"));
    expect(fault.message).toMatch(new RegExp(`the proxy .*PROXY_${status}`));
    expect(fault.message.includes("password")).toBe(!passing);
    expect([wasNeverSent(fault), isPassing(fault)]).toEqual([true, passing]);
    await network.close();
  });

  it("that refuses is named, without its password", async () => {
    await using proxy = await ConnectProxy.start(1);
    proxy.refusal = () => "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    const environment = { HTTPS_PROXY: `http://user:sandbox-secret-proxy@127.0.0.1:${proxy.port}` };
    const network = new Network({}, environment);
    const fault = await faultOf(() => get(network, "https://other.example/"));
    expect(fault.kind).toBe("unavailable");
    expect(fault.message).toContain("proxy");
    expect(fault.message).not.toContain("sandbox-secret");
    await network.close();
  });
});

describe("a proxy that repeats what it was sent", () => {
  const PASSWORD = "sandbox~proxy%2Fpassword+1";
  const environment = (proxy: ConnectProxy) => ({ HTTPS_PROXY: `http://somebody:${PASSWORD}@127.0.0.1:${proxy.port}` });
  const basic = Buffer.from(`somebody:${decodeURIComponent(PASSWORD)}`).toString("base64");

  it.each([
    ["status line", (sent: string) => `HTTP/1.1 407 ${sent}\r\ncontent-length: 0\r\n\r\n`],
    ["header", (sent: string) => `HTTP/1.1 502 no\r\nproxy-authenticate: ${sent}\r\ncontent-length: 0\r\n\r\n`],
    ["body", (sent: string) => `HTTP/1.1 403 no\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`],
    ["answer that is none", (sent: string) => `${sent}\r\n\r\n`],
  ])("in its %s gets none of it shown", async (_, refusal) => {
    await using proxy = await ConnectProxy.start(1);
    proxy.refusal = refusal;
    const network = new Network({}, environment(proxy));
    const fault = await faultOf(() => get(network, "https://other.example/"));
    expect(proxy.authorization).toBe(`Basic ${basic}`);
    expect(fault.kind).toBe("unavailable");
    expect(mask(fault.message)).not.toMatch(new RegExp(`Basic (?!\\[secret)|${basic.slice(16)}`));
    await network.close();
  });

  it("in a page of its own behind TLS that it opens gets its password masked", async () => {
    await using server = await HttpsServer.start(await authority.leaf(["other.example"]), answerOk);
    await using proxy = await ConnectProxy.start(server.port);
    server.handler = () => ({
      status: 403,
      headers: { "content-type": "text/html" },
      body: `<html><title>No: ${proxy.authorization}</title>`,
    });
    const network = new Network({ caFile }, environment(proxy));
    const answer = await get(network, "https://other.example/");
    expect(answer.text).toContain(basic);
    const fault = pageFault("Asking", answer);
    expect(fault?.message).toMatch(/titled "No: .*\[secret\]"/);
    await network.close();
  });
});

describe("a host that does not answer", () => {
  // Enough for an answer of a busy machine.
  const patience = { tryMs: 1000, restMs: 1000 };
  const ask = (network: Network) => faultOf(() => get(network));

  it("is asked three times, then no more, by nobody, until a while has passed", async () => {
    await using server = await HttpsServer.start(leaf, () => "silent");
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {}, patience);
    for (let round = 0; round < 3; round++) {
      const faults = await Promise.all([ask(network), ask(network)]);
      for (const fault of faults) expect(fault.message).toContain("did not answer in time");
    }
    const [one, other] = await Promise.all([ask(network), ask(network)]);
    expect(server.requests).toHaveLength(6);
    expect(one).toMatchObject({ kind: "unavailable", code: "NOT_ANSWERING" });
    expect(other.message).toBe(one.message);
    server.handler = answerOk;
    await expect
      .poll(
        () =>
          get(network).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    expect(server.requests).toHaveLength(7);
    await network.close();
  });

  it("is asked on when it answers in between, and leaves other hosts alone", async () => {
    let count = 0;
    await using server = await HttpsServer.start(leaf, () => (++count % 3 === 0 ? { status: 204 } : "silent"));
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {}, patience);
    for (let round = 0; round < 2; round++) {
      for (let silent = 0; silent < 2; silent++)
        expect((await ask(network)).message).toContain("did not answer in time");
      expect((await get(network)).status).toBe(204);
    }
    await network.close();
  });
});

describe("a request that is made again", () => {
  it("tells why there was no answer, and not that the time of the last one was over", async () => {
    await using server = await HttpsServer.start(leaf, () => "silent");
    const told = Array.from({ length: 20 }, async (_, index) => {
      // Each with connections and a patience of its own.
      const network = new Network({ connectTo: connectTo(server.port), caFile }, {}, { tryMs: 300, restMs: 60_000 });
      using deadline = Deadline.after(1000 + index);
      const request = { effect: "reads", method: "GET", url: URL_OF_HOST } as const;
      const { message } = await faultOf(() => askPatiently(network, request, deadline));
      await network.close();
      return message;
    });
    for (const message of await Promise.all(told)) expect(message).toContain("did not answer in time");
  });
});

describe("when nobody listens any more", () => {
  it("nothing is begun, not even what waits for a connection, and what is on its way arrives", async () => {
    const arriving = Promise.withResolvers<void>();
    await using server = await HttpsServer.start(leaf, async () => {
      await arriving.promise;
      return { status: 204 };
    });
    const network = new Network({ connectTo: connectTo(server.port), caFile }, {});
    const asked = Array.from({ length: 30 }, () =>
      get(network).then(
        ({ status }) => status,
        (error: unknown) => error,
      ),
    );
    await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(20);
    const abandoned = network.abandon(10_000);
    arriving.resolve();
    await abandoned;
    expect(server.requests).toHaveLength(20);
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === 204)).toHaveLength(20);
    for (const refused of [...answers.filter((answer) => answer !== 204), await faultOf(() => get(network))])
      expect(refused).toMatchObject({ kind: "cancelled", undone: true });
    await network.close();
  });
});
