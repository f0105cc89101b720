import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lastingSecret } from "../../sandbox/entra/state.ts";
import type { Fault } from "../../sandbox/faults/fault.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import { FLEET, fleetEntries, fleetFile } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount, pipelineCredentials } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

// Peers that repeat what they were sent, in every place of an answer, on every operation.

const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
/** Signs that are written otherwise in URLs, JSON and forms. */
const GOOGLE = "GOCSPX-planted~%20google+secret/7f3a9";
const ENTRA = 'planted~%20entra+secret/b41c08&"x';

/** What shows a secret: sixteen characters of it, as it is, in URLs and in base64. */
function piecesOf(secret: string): readonly string[] {
  const written = [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    ...["", "x", "xx"].map((before) =>
      Buffer.from(before + secret)
        .toString("base64")
        .slice(4, -4),
    ),
  ];
  return written.flatMap((text) =>
    Array.from({ length: Math.max(0, text.length - 15) }, (_, at) => text.slice(at, at + 16)),
  );
}

/** Of what is minted in a run: tokens and assertions. */
const MINTED = /(Bearer|Basic) (?!\[secret\])[\w.~+/=-]{12,}|\beyJ[\w-]{20,}|ya29\.[\w-]{12,}/;

const SENT = "{sent}";
const JSON_TYPE = { "content-type": "application/json" };
const API = { error: { code: SENT, message: `you sent ${SENT}`, status: SENT } };
const OAUTH = { error: SENT, error_description: `AADSTS7000215: bad body ${SENT}` };
const ECHOED = { "x-ms-service-request-id": SENT, "www-authenticate": SENT, "retry-after": "0" };

/** How a service repeats it. */
const HTTP: Readonly<Record<string, object>> = {
  "API error": { status: 400, headers: JSON_TYPE, body: API },
  "API refusal": { status: 403, headers: JSON_TYPE, body: API },
  "OAuth error": { status: 400, headers: JSON_TYPE, body: OAUTH },
  "OAuth refusal": { status: 401, headers: JSON_TYPE, body: { ...OAUTH, error: "invalid_client" } },
  "ended consent": { status: 400, headers: JSON_TYPE, body: { ...OAUTH, error: "invalid_grant" } },
  page: { status: 502, body: `<h1>Blocked</h1><pre>${SENT}</pre>` },
  headers: { status: 503, headers: { ...JSON_TYPE, ...ECHOED }, body: {} },
  "other shape": {
    status: 200,
    headers: JSON_TYPE,
    body: { value: [{ name: SENT }], access_token: SENT, [SENT]: SENT },
  },
};

const faults: readonly (readonly [string, Fault])[] = [
  ...(["entra", "dataverse", "google"] as const).flatMap((service) =>
    Object.entries(HTTP).map(([how, effect]): readonly [string, Fault] => [
      `${service}, ${how}`,
      // As a test gives it: the orders of the sandbox check what people give.
      { service, every: 1, effect: Object.assign({ status: 500 }, effect) },
    ]),
  ),
  ["imap, NO", { service: "imap", command: "AUTHENTICATE", every: 1, effect: { reply: `NO you sent ${SENT}` } }],
  [
    "imap, BAD",
    { service: "imap", command: "AUTHENTICATE", every: 1, effect: { reply: `BAD ${"x".repeat(500)} ${SENT}` } },
  ],
  ["smtp, 535", { service: "smtp", command: "AUTH", every: 1, effect: { reply: `535-5.7.8 no\n535 5.7.8 ${SENT}` } }],
  [
    "smtp, lines",
    {
      service: "smtp",
      command: "AUTH",
      every: 1,
      effect: { reply: `535-5.7.8 ${SENT}\n535-5.7.8 ${SENT}\n535 5.7.8 x` },
    },
  ],
  ["pop3, -ERR", { service: "pop3", command: "AUTH", every: 1, effect: { reply: `-ERR [AUTH] ${SENT}` } }],
  ["pop3, STAT", { service: "pop3", command: "STAT", every: 1, effect: { reply: `-ERR [SYS/PERM] ${SENT}` } }],
  ["smtp, EHLO", { service: "smtp", command: "EHLO", every: 1, effect: { reply: `550 ${SENT}` } }],
];

/** Those without `npm run test:all`. */
const SAMPLE = ["google, OAuth error", "imap, BAD", "pop3, -ERR"];

/** The echoes that share a world, so that what is left over from one would be seen with the next. */
const worlds = Object.entries(
  LONG
    ? Object.groupBy(faults, ([, fault]) => ("command" in fault ? "mail" : fault.service))
    : { "a sample": faults.filter(([what]) => SAMPLE.includes(what)) },
);

/** A stack with every resource, all secrets of which are planted. */
async function planted() {
  const sandbox = await testSandbox();
  const { google, entra } = sandbox.world;
  google.clients[0]?.secrets.push({ value: GOOGLE, enabled: true });
  entra.applications[0]?.secrets.push(lastingSecret(ENTRA));
  const { keyFile, privateKey, publicKey } = newServiceAccount(ACCOUNT, "104200000000000000000");
  google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [MAIL_SCOPE, SETTINGS_SCOPE] });
  await administer(sandbox, "set-account", "dora@northwind.example", { imap: "off-by-user" });
  const refreshToken = google.grants.find(({ address }) => address === "anna@northwind.example")?.refreshToken ?? "";
  const environment = {
    AZURE_CLIENT_SECRET: ENTRA,
    GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }),
    ...pipelineCredentials(sandbox, "ci@northwind.iam.gserviceaccount.com"),
  };
  const stack = new TestStack(sandbox, { environment });
  const credential = `credential:\n  refreshToken: {fn::secret: "${refreshToken}"}\n  clientId: ${SEED_CLIENT_ID}\n  clientSecret: $\{googleClientSecret}`;
  const project = "project:\n  type: gmailsync:GoogleProject\n  properties:\n    projectId: northwind-mail";
  const pop = blocks.profile("protocol: pop3").replace("gmail:", "pop:").replace("name: Gmail", "name: By POP3");
  await stack.init(
    [
      project,
      pop,
      blocks.mailbox("bert", "", `$\{pop.profileId}`),
      blocks.activation("bert", "retest: always"),
      blocks.google,
      blocks.profile(),
      blocks.mailbox("anna"),
      blocks.activation("anna", `retest: always\n${credential}`),
      blocks.mailbox("dora", "gmail: {imap: true}"),
      blocks.activation("dora", "retest: always"),
    ].join("\n"),
    GOOGLE,
  );
  const body = privateKey.split("\n").slice(1, -2).join("");
  const pieces = [GOOGLE, ENTRA, refreshToken, body.slice(0, 400)].flatMap(piecesOf);
  return { sandbox, stack, pieces };
}

function shown(text: string, pieces: readonly string[]): string[] {
  return [...pieces.filter((piece) => text.includes(piece)), ...(MINTED.exec(text)?.slice(0, 1) ?? [])];
}

describe("a peer that repeats what it was sent", () => {
  // Side by side, as an echo is waited for more than it is worked at.
  test.concurrent.for(worlds)(
    "gets nothing of it shown or stored, on any operation: %s",
    { timeout: 3_600_000 },
    async ([, chosen = []]) => {
      const { sandbox, stack, pieces } = await planted();
      const operations: readonly (readonly string[])[] = [
        ["up", "--yes", "--skip-preview", "--continue-on-error"],
        ["preview", "--json"],
        ["stack", "export"],
      ];
      const look = async (what: string) => {
        for (const operation of operations) {
          const { output } = await stack.run(operation);
          expect(shown(output, pieces), `${what}: pulumi ${operation.join(" ")}`).toEqual([]);
        }
        expect(shown(stack.stateText(), pieces), `${what}: the state`).toEqual([]);
      };
      for (const [what, fault] of chosen) {
        const handle = sandbox.addFault(fault);
        await look(`${what}, before`);
        expect(handle.disturbed, what).toBeGreaterThan(0);
        handle.remove();
        const good = await stack.up("--continue-on-error");
        expect(good.code, `${what}: ${good.output}`).toBe(0);
        // What stands in the state is looked at by then, too.
        const again = sandbox.addFault(fault);
        const { output } = await stack.run(["refresh", "--yes", "--skip-preview"]);
        expect(shown(output + stack.stateText(), pieces), `${what}, healthy stack`).toEqual([]);
        again.remove();
      }
      const last = sandbox.addFault({ service: "dataverse", every: 1, effect: { status: 500, ...HTTP["API error"] } });
      const { output } = await stack.destroy();
      expect(shown(output + stack.stateText(), pieces)).toEqual([]);
      last.remove();
      expect((await stack.destroy()).code).toBe(0);
    },
  );

  test("and the engine's own debugging shows no secret of a fleet", async () => {
    const sandbox = await testSandbox();
    sandbox.world.google.clients[0]?.secrets.push({ value: GOOGLE, enabled: true });
    const former = "GOCSPX-former~%20google+secret/19c4d";
    const stack = new TestStack(sandbox, { environment: { FLEET_SECRET: former } });
    const text = fleetFile(fleetEntries("anna"), "\n    previousClientSecret: {env: FLEET_SECRET}");
    writeFileSync(join(stack.directory, "mailboxes.yaml"), text);
    await stack.init(FLEET, GOOGLE);
    const { code, output } = await stack.up("--debug");
    expect(code, output.slice(-2000)).toBe(0);
    expect(shown(`${output}${stack.stateText()}`, [GOOGLE, former].flatMap(piecesOf))).toEqual([]);
    // The SDK's, in the plugin; of thousands of children they took more than a quarter of its work.
    expect(output).not.toContain("Registering resource: t=gmailsync:index:Mailbox");
  });
});
