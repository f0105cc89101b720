import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { FLEET } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { TestStack } from "../support/stack.ts";

/** Mailboxes of people with whom all is well, beside those with a trouble; many more with `npm run test:all`. */
const WELL = LONG ? 226 : 26;

/** What is wrong with two people each, how it comes, and how the mailbox is counted. */
const TROUBLES: readonly {
  readonly code: string;
  readonly status: "waiting" | "failed";
  readonly by?: (address: string, sandbox: Sandbox) => unknown;
  /** More of the entry in the file. */
  readonly entry?: string;
}[] = [
  { code: "NOT_SIGNED_IN", status: "waiting", by: (address, sandbox) => administer(sandbox, "sign-out", address) },
  {
    code: "USER_DISABLED",
    status: "waiting",
    by(address, sandbox) {
      changeRow(sandbox, rowWhere(sandbox, "systemusers", "internalemailaddress", address), { isdisabled: true });
      changeRow(sandbox, mailboxRow(sandbox, address), { statecode: 1, statuscode: 2 });
    },
  },
  {
    code: "IMAP_DISABLED",
    status: "failed",
    by: (address, sandbox) => administer(sandbox, "set-account", address, { imap: "off-by-user" }),
  },
  {
    code: "IMAP_DISABLED_BY_ADMIN",
    status: "failed",
    by: (address, sandbox) => administer(sandbox, "set-account", address, { imap: "off-by-admin" }),
  },
  { code: "CONSENT_ENDED", status: "failed", by: (address, sandbox) => administer(sandbox, "revoke", address) },
  {
    code: "WEB_LOGIN_REQUIRED",
    status: "failed",
    by: (address, sandbox) => administer(sandbox, "set-account", address, { condition: "web-login-required" }),
  },
  {
    code: "MAILBOX_INACTIVE",
    status: "failed",
    by: (address, sandbox) => changeRow(sandbox, mailboxRow(sandbox, address), { statecode: 1, statuscode: 2 }),
    entry: "enabled: false",
  },
  {
    code: "not-found",
    status: "failed",
    by: (address, sandbox) => changeRow(sandbox, mailboxRow(sandbox, address), { emailaddress: `gone.${address}` }),
  },
  { code: "NOT_APPROVED", status: "failed", entry: "approved: false" },
  {
    code: "DELIVERY_OFF",
    status: "failed",
    entry: "incomingEmailDeliveryMethod: none\n    outgoingEmailDeliveryMethod: none",
  },
  { code: "CLIENT_NOT_FOUND", status: "failed", entry: "client: south" },
  { code: "SECRET_WRONG", status: "failed", entry: "client: west" },
];
const EACH = 2;

const addressOf = (index: number) => `user${String(index + 1).padStart(4, "0")}@northwind.example`;

test("one up of a fleet with twelve kinds of trouble brings everybody else through, and one look of doctor says who is red", async () => {
  const troubled = TROUBLES.flatMap((trouble) => Array.from({ length: EACH }, () => trouble));
  const size = troubled.length + WELL;
  const sandbox = await testSandbox({ extraUsers: size, testDelayMs: 20 });
  const other = { clientId: SEED_CLIENT_ID.replace(/^\d+-\w/, "987654321098-w"), secret: SEED_CLIENT_SECRET };
  const [client] = sandbox.world.google.clients;
  if (client) sandbox.world.google.clients.push({ ...client, clientId: other.clientId });
  const entries = Array.from({ length: size }, (_, index) => {
    const more = troubled[index]?.entry ?? "client: north";
    return `  - address: ${addressOf(index)}\n    ${more.startsWith("client") ? more : `client: north\n    ${more}`}\n`;
  });
  const oauthClient = (name: string, clientId: string, secret: string) =>
    `  ${name}:\n    projectId: northwind-mail\n    clientId: ${clientId}\n    clientSecret: {${secret}}\n    audience: internal\n    organizationDomains: [northwind.example]\n`;
  const stack = new TestStack(sandbox, {
    environment: { WRONG: "GOCSPX-aaaaaaaaaaaaaaaaaaaaaaaaaaaa", PULUMI_PARALLEL: "64" },
  });
  await stack.init(FLEET);
  const file = join(stack.directory, "mailboxes.yaml");
  writeFileSync(
    file,
    [
      "clients:\n",
      oauthClient("north", SEED_CLIENT_ID, "config: googleClientSecret"),
      oauthClient("south", "987654321098-nosuchclient.apps.googleusercontent.com", "config: googleClientSecret"),
      oauthClient("west", other.clientId, "env: WRONG"),
      "mailboxes:\n",
      ...entries,
    ].join(""),
  );
  for (const [index, { by }] of troubled.entries()) await by?.(addressOf(index), sandbox);

  const { code, output } = await stack.up("--continue-on-error");
  expect(code, output).not.toBe(0);
  expect(output).not.toMatch(/bug in the provider|say why\.|grpc|node:internal/);
  const waiting = EACH * TROUBLES.filter(({ status }) => status === "waiting").length;
  const failed = troubled.length - waiting;
  expect(output).toContain(`${WELL} success, ${waiting} waiting, ${failed} failed of ${size}`);
  const { outputs } = (await stack.resource("fleet")) ?? {};
  expect(outputs?.["summary"]).toMatchObject({ mailboxes: size, success: WELL, waiting, failed });
  const byCode = Object(Reflect.get(Object(outputs?.["summary"]), "byCode"));
  expect(byCode).toEqual(Object.fromEntries(TROUBLES.map(({ code: one }) => [one, EACH])));

  const looked = await gmailsync(["doctor", file, "--failed"], sandbox.environment);
  expect(looked.code).toBe(1);
  const lines = looked.stdout.trim().split("\n");
  expect(lines.at(-1)).toMatch(new RegExp(`^${size} mailboxes: .*${waiting} waiting`));
  // One screen, however many mailboxes there are.
  expect(lines.length).toBeLessThan(80);
}, 600_000);
