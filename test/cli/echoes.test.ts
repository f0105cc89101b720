import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lastingSecret } from "../../sandbox/entra/state.ts";
import type { Fault } from "../../sandbox/faults/fault.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { ConnectProxy } from "../provider/network/connect-proxy.ts";
import { Authority, HttpsServer } from "../provider/network/tls.ts";
import { gmailsync } from "../support/command.ts";
import { fleetEntries, fleetFile } from "../support/fleet.ts";
import {
  changeRow,
  gmailProfile,
  mailboxRow,
  readyCells,
  temporaryDirectory,
  testSandbox,
} from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const ENTRA = 'planted~%20entra+secret/b41c08&"x';
const GOOGLE = "GOCSPX-planted~%20google+secret/7f3a9";
const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const JSON_TYPE = { "content-type": "application/json" };
const PROXY = "planted~proxy+secret/93be1";
/** Title, clear screen, a C1 control, a line of its own, another direction. */
const DRIVING = "\u001b]0;x\u0007\u001b[2J\u009b31m\nerror: forged\u202E";

let sandbox: Sandbox;
let environment: Record<string, string>;
let file: string;

beforeAll(async () => {
  sandbox = await testSandbox();
  sandbox.world.entra.applications[0]?.secrets.push(lastingSecret(ENTRA));
  const { keyFile, publicKey } = newServiceAccount(ACCOUNT, "104200000000000000000");
  sandbox.world.google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [MAIL_SCOPE] });
  const profile = gmailProfile(sandbox);
  changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), readyCells(profile));
  const pop = { servertype: 1, incomingserverlocation: "pop.gmail.com", incomingportnumber: 995 };
  const byPop = { ...profile, ...pop, emailserverprofileid: randomUUID(), name: "By POP3" };
  sandbox.world.dataverse.rows["emailserverprofiles"]?.push(byPop);
  changeRow(sandbox, mailboxRow(sandbox, "bert@northwind.example"), readyCells(byPop));
  environment = {
    ...sandbox.environment,
    AZURE_CLIENT_SECRET: ENTRA,
    GOOGLE_CLIENT_SECRET: GOOGLE,
    GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }),
  };
  file = join(temporaryDirectory(), "mailboxes.yaml");
  writeFileSync(file, fleetFile(fleetEntries("anna", "nobody")));
});

const GUIDE = ["guide", "--project", "northwind-mail", "--client-id", SEED_CLIENT_ID];
const COMMANDS: readonly (readonly string[])[] = [
  GUIDE,
  [...GUIDE, "--json"],
  ["doctor", "anna@northwind.example"],
  ["doctor", "anna@northwind.example", "--json"],
  ["doctor", "bert@northwind.example"],
  ["check", "FILE", "--live", "--json"],
];

const api = (text: string) => ({ error: { code: text, message: `sent ${text}`, status: text } });
const oauth = (text: string) => ({ error: text, error_description: `AADSTS7000215: bad ${text}` });
const answers = (text: string): readonly (readonly [string, Fault])[] => [
  ["dataverse", { service: "dataverse", every: 1, effect: { status: 400, headers: JSON_TYPE, body: api(text) } }],
  [
    "entra",
    { service: "entra", method: "POST", every: 1, effect: { status: 401, headers: JSON_TYPE, body: oauth(text) } },
  ],
  ["google", { service: "google", every: 1, effect: { status: 400, headers: JSON_TYPE, body: oauth(text) } }],
  ["google's APIs", { service: "google", every: 1, effect: { status: 403, headers: JSON_TYPE, body: api(text) } }],
  [
    "imap",
    { service: "imap", command: "AUTHENTICATE", every: 1, effect: { reply: `NO ${text.replaceAll("\n", " ")}` } },
  ],
  [
    "smtp",
    { service: "smtp", command: "AUTH", every: 1, effect: { reply: `535 5.7.8 ${text.replaceAll("\n", " ")}` } },
  ],
  ["pop3", { service: "pop3", command: "AUTH", every: 1, effect: { reply: `-ERR ${text.replaceAll("\n", " ")}` } }],
];

/** All requests by HTTP go to the proxy, which wants a password. */
function behind({ port }: ConnectProxy): NodeJS.ProcessEnv {
  const url = `http://me:${encodeURIComponent(PROXY)}@127.0.0.1:${port}`;
  return { ...environment, GMAILSYNC_CONNECT_TO: "", HTTPS_PROXY: url };
}

async function outputsIn(surroundings: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const ended = COMMANDS.map((command) =>
    gmailsync(
      command.map((word) => (word === "FILE" ? file : word)),
      surroundings,
    ),
  );
  return (await Promise.all(ended)).map(({ stdout, stderr }) => `${stdout}${stderr}`);
}

async function outputs(fault: Fault): Promise<readonly string[]> {
  const handle = sandbox.addFault(fault);
  try {
    const told = await outputsIn(environment);
    expect(handle.disturbed).toBeGreaterThan(0);
    return told;
  } finally {
    handle.remove();
  }
}

function expectNoSecret(text: string): void {
  for (const secret of [ENTRA, GOOGLE, PROXY]) {
    for (const written of [secret, encodeURIComponent(secret), new URLSearchParams({ "": secret }).toString().slice(1)])
      for (let at = 0; at + 14 <= written.length; at += 1) expect(text).not.toContain(written.slice(at, at + 14));
  }
  expect(text).not.toMatch(/(Bearer|Basic) (?!\[secret\])[\w.~+/=-]{12,}|\beyJ[\w-]{20,}|ya29\.[\w-]{12,}/);
}

describe("the command line", () => {
  test.each(answers("{sent}"))("shows no secret that %s repeats", async (_, fault) => {
    for (const text of await outputs(fault)) expectNoSecret(text);
  });

  test.each([
    ["the status line", (sent: string) => `HTTP/1.1 407 ${sent}\r\ncontent-length: 0\r\n\r\n`],
    ["a header", (sent: string) => `HTTP/1.1 502 x\r\nproxy-authenticate: ${sent}\r\ncontent-length: 0\r\n\r\n`],
    ["the body", (sent: string) => `HTTP/1.1 403 x\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`],
  ])("shows no secret that a proxy repeats in %s of its refusal", async (_, refusal) => {
    await using proxy = await ConnectProxy.start(1);
    proxy.refusal = refusal;
    const told = await outputsIn(behind(proxy));
    expect(proxy.authorization).toContain("Basic ");
    for (const text of told) expectNoSecret(text);
  });

  test("shows no secret that a proxy repeats which opens TLS and answers itself", async () => {
    await using authority = await Authority.make();
    const hosts = ["login.microsoftonline.com", "oauth2.googleapis.com", "accounts.google.com"];
    await using server = await HttpsServer.start(await authority.leaf(hosts), () => ({ status: 502 }));
    await using proxy = await ConnectProxy.start(server.port);
    server.handler = ({ headers, body }) => {
      const sent = `${proxy.authorization} ${Object.values(headers).join(" ")} ${body}`;
      return { status: 403, headers: { "content-type": "text/html" }, body: `<html><title>${sent}</title>` };
    };
    const told = await outputsIn({ ...behind(proxy), GMAILSYNC_CA_FILE: authority.file });
    expect(told.join("")).toMatch(/titled "Basic .*\[secret\]/);
    for (const text of told) expectNoSecret(text);
  });

  test.each(answers(DRIVING))("lets %s drive no terminal, and forge no line", async (_, fault) => {
    for (const text of await outputs(fault)) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
      expect(text).not.toMatch(/^error: forged/m);
    }
  });
});
