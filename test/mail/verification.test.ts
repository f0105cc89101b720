import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkMail } from "../../provider/mail/check.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { VERIFICATION_SWITCH } from "../../provider/network/verification-switch.ts";
import { startGmail } from "../../sandbox/gmail/servers.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { Authority, type Leaf, selfSigned } from "../provider/network/tls.ts";

const [IMAP, POP, SMTP] = ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"] as const;
const HOSTS = [IMAP, POP, SMTP];

const SERVERS = [
  { imap: { host: IMAP, port: 993 }, pop3: { host: POP, port: 995 }, smtp: { host: SMTP, port: 587 } },
  { smtp: { host: SMTP, port: 465 } },
] as const;

describe("with certificates that nobody should trust, and verification switched off for Node.js", () => {
  let authority: Authority;
  let stranger: Authority;
  beforeAll(async () => {
    vi.stubEnv(VERIFICATION_SWITCH, "0");
    [authority, stranger] = await Promise.all([Authority.make(), Authority.make()]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([authority, stranger].map((one) => one[Symbol.asyncDispose]()));
  });

  test.each<[string, () => Promise<Leaf>, string]>([
    ["for another name", () => authority.leaf(["other.example"]), "CERTIFICATE_NAME"],
    ["that have expired", () => authority.leaf(HOSTS, -1), "CERTIFICATE_EXPIRED"],
    ["of their own", () => selfSigned(IMAP), "CERTIFICATE_UNTRUSTED"],
    ["of an authority that nobody knows", () => stranger.leaf(HOSTS), "CERTIFICATE_UNTRUSTED"],
  ])("nothing is said to servers with certificates %s but what begins TLS", async (_, make, code) => {
    const leaf = await make();
    const heard: string[] = [];
    const gmail = await startGmail({
      state: () => seedWorld(0).google,
      tls: () => leaf,
      meet: ({ command }, work) => {
        heard.push(command);
        return work();
      },
    });
    const network = new Network({ connectTo: gmail.connectTo, caFile: authority.file }, {});
    const deadline = Deadline.after(20_000);
    const login = { address: "anna@northwind.example", accessToken: "ya29.token", network, deadline };
    const checks = await Promise.all(SERVERS.map((servers) => checkMail({ ...login, servers })));
    expect(checks.flat().map(({ protocol, problem }) => [protocol, problem?.code])).toEqual(
      ["imap", "pop3", "smtp", "smtp"].map((protocol) => [protocol, code]),
    );
    expect(new Set(heard)).toEqual(new Set(["CONNECT", "GREETING", "EHLO", "STARTTLS"]));
    deadline[Symbol.dispose]();
    await Promise.all([gmail.close(), network.close()]);
  });
});
