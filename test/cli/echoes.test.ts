import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "../../sandbox/faults/fault.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
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
/** Title, clear screen, a C1 control, a line of its own, another direction. */
const DRIVING = "\u001b]0;x\u0007\u001b[2J\u009b31m\nerror: forged\u202E";

let sandbox: Sandbox;
let environment: Record<string, string>;
let file: string;

beforeAll(async () => {
  sandbox = await testSandbox();
  sandbox.world.entra.applications[0]?.secrets.push(ENTRA);
  const { keyFile, publicKey } = newServiceAccount(ACCOUNT, "104200000000000000000");
  sandbox.world.google.serviceAccounts.push({ email: ACCOUNT, publicKey, delegatedScopes: [MAIL_SCOPE] });
  changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), readyCells(gmailProfile(sandbox)));
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
];

async function outputs(fault: Fault): Promise<readonly string[]> {
  const handle = sandbox.addFault(fault);
  try {
    const ended = COMMANDS.map((command) =>
      gmailsync(
        command.map((word) => (word === "FILE" ? file : word)),
        environment,
      ),
    );
    const told = (await Promise.all(ended)).map(({ stdout, stderr }) => `${stdout}${stderr}`);
    expect(handle.disturbed).toBeGreaterThan(0);
    return told;
  } finally {
    handle.remove();
  }
}

describe("the command line", () => {
  test.each(answers("{sent}"))("shows no secret that %s repeats", async (_, fault) => {
    for (const text of await outputs(fault)) {
      for (const secret of [ENTRA, GOOGLE]) {
        for (const written of [
          secret,
          encodeURIComponent(secret),
          new URLSearchParams({ "": secret }).toString().slice(1),
        ])
          for (let at = 0; at + 14 <= written.length; at += 1) expect(text).not.toContain(written.slice(at, at + 14));
      }
      expect(text).not.toMatch(/(Bearer|Basic) (?!\[secret\])[\w.~+/=-]{12,}|\beyJ[\w-]{20,}|ya29\.[\w-]{12,}/);
    }
  });

  test.each(answers(DRIVING))("lets %s drive no terminal, and forge no line", async (_, fault) => {
    for (const text of await outputs(fault)) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
      expect(text).not.toMatch(/^error: forged/m);
    }
  });
});
