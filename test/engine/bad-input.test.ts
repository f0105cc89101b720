import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, type CommandResult, type StackOptions, TestStack } from "../support/stack.ts";

interface Case {
  readonly name: string;
  readonly resources: string;
  readonly stack?: StackOptions;
  readonly secret?: string;
  /** What the preview has to say. */
  readonly says: readonly string[];
}

const NOBODY = "00000000-0000-4000-8000-00000000dead";
const WRONG_SECRET = "GOCSPX-planted-wrong-secret-0001";

const CASES: readonly Case[] = [
  {
    name: "no configuration at all",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_ENVIRONMENT_URL: undefined, AZURE_CLIENT_SECRET: undefined } },
    says: ["gmailsync:environmentUrl", "gmailsync:clientSecret", "GMAILSYNC_ENVIRONMENT_URL"],
  },
  {
    name: "an environment URL with a path",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_ENVIRONMENT_URL: "https://contoso.crm.dynamics.com/main.aspx" } },
    says: ["environmentUrl", "GMAILSYNC_ENVIRONMENT_URL", "without a path"],
  },
  {
    name: "an environment URL without https",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_ENVIRONMENT_URL: "http://contoso.crm.dynamics.com" } },
    says: ["environmentUrl", "https://"],
  },
  {
    name: "a wrong application secret",
    resources: blocks.mailbox("anna", "", NOBODY),
    stack: { environment: { AZURE_CLIENT_SECRET: "planted-wrong-entra-secret" } },
    says: ["AADSTS7000215", "clientSecret is wrong"],
  },
  {
    name: "a connect-to map that is none",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_CONNECT_TO: "imap.gmail.com" } },
    says: ["GMAILSYNC_CONNECT_TO", "host:port=host:port"],
  },
  {
    name: "a CA file that is not there",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_CA_FILE: "/nowhere/ca.pem" } },
    says: ["GMAILSYNC_CA_FILE", "cannot be read"],
  },
  {
    name: "a server whose certificate nobody vouches for",
    resources: blocks.mailbox("anna", "", NOBODY),
    stack: { environment: { GMAILSYNC_CA_FILE: undefined } },
    says: ["authority that is not trusted here", "GMAILSYNC_CA_FILE"],
  },
  {
    name: "a malformed address",
    resources: blocks.mailbox("anna", "", NOBODY).replace("anna@northwind.example", "anna at northwind"),
    says: ["emailAddress", "must be one mail address such as anna@example.com"],
  },
  {
    name: "a method that does not exist",
    resources: blocks.mailbox("anna", "incomingEmailDeliveryMethod: exchange", NOBODY),
    says: ["incomingEmailDeliveryMethod", "must be one of serverSideSynchronization, none"],
  },
  {
    name: "an unknown profile",
    resources: blocks.mailbox("anna", "", NOBODY),
    says: [`email server profile ${NOBODY} does not exist`],
  },
  {
    name: "a mailbox that does not exist",
    resources: blocks.mailbox("nobody", "", NOBODY),
    says: ["No mailbox has the address nobody@northwind.example", "primary e-mail address"],
  },
  {
    name: "an address that several mailboxes have",
    resources: blocks.mailbox("double", "", NOBODY),
    says: [
      "2 mailboxes have the address double@northwind.example",
      'user "Double User"',
      'queue "Double Queue"',
      "mailboxId",
    ],
  },
  {
    name: "an address that is a user's and not a queue's",
    resources: blocks.mailbox("anna", "kind: queue", NOBODY),
    says: ["No mailbox of a queue has the address anna@northwind.example", 'user "Anna Berg"'],
  },
  {
    name: "deleting the mail of a user",
    resources: `${blocks.profile()}${blocks.mailbox("anna", "processAndDeleteEmails: true")}`,
    says: ["processAndDeleteEmails", "queues and forward mailboxes only"],
  },
  {
    name: "a wrong Google secret",
    resources: blocks.google,
    secret: WRONG_SECRET,
    says: ["The provided client secret is invalid", "SECRET_WRONG", "https://console.cloud.google.com/auth/clients/"],
  },
  {
    name: "an unknown Google client",
    resources: blocks.google.replace(SEED_CLIENT_ID, "1-nobody.apps.googleusercontent.com"),
    says: ["CLIENT_NOT_FOUND"],
  },
  {
    name: "a Google secret of an impossible form, which is not shown",
    resources: blocks.google,
    secret: "planted with spaces",
    says: ["clientSecret must be a client secret without spaces"],
  },
  {
    name: "a Google client that has not been made yet: the steps to make it",
    resources: blocks.google.replace(/\n +clientId.*\n +clientSecret.*/, ""),
    says: [
      "clientId",
      "https://console.cloud.google.com/auth/clients/create?project=northwind-mail",
      "https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx",
      "Authorised JavaScript origin:  https://contoso.crm.dynamics.com",
    ],
  },
];

describe("bad input is told at preview, by name, with what to do", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await testSandbox();
  });

  const preview = async ({ resources, stack: options, secret }: Case): Promise<CommandResult> => {
    const stack = new TestStack(sandbox, options);
    await stack.init(resources, secret);
    return stack.preview();
  };

  test.concurrent.each(CASES)("$name", async (given) => {
    const { code, output } = await preview(given);
    expect(code).not.toBe(0);
    for (const text of given.says) expect(output).toContain(text);
    expect(output).not.toMatch(/planted/);
    expect(output).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(output).not.toMatch(/Please report/);
  });

  test("and nothing was written", () => {
    expect(writes(sandbox)).toEqual([]);
  });

  test("an unknown answer of Google is neither success nor failure", async () => {
    const stack = new TestStack(sandbox);
    await stack.init(blocks.google);
    sandbox.addFault({ service: "google", times: 50, effect: { status: 503, body: "backend error" } });
    const { code, output } = await stack.preview();
    expect(output).toContain("could not be proven at Google");
    expect(code).toBe(0);
    await administer(sandbox, "reset", "");
  });
});
