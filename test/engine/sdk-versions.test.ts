import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, ROOT } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const run = promisify(execFile);
const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const least = (range: string) => range.replace("^", "");

/** The oldest that may stand beside the package; with `npm run test:all` also two in between and the one of the plugin. */
const VERSIONS = [
  least(peerDependencies["@pulumi/pulumi"]),
  ...(LONG ? ["3.200.0", "3.259.0", least(devDependencies["@pulumi/pulumi"])] : []),
];

const [ANNA, BERT, CARL] = ["anna@northwind.example", "bert@northwind.example", "carl@northwind.example"] as const;
const PROJECT = `name: versions
runtime: nodejs
main: index.mjs
plugins: {providers: [{name: gmailsync, path: node_modules/pulumi-gmailsync/bin}]}
`;
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, fleet, Mailbox, MailboxActivation } from "pulumi-gmailsync";
import * as dynamic from "pulumi-gmailsync/dynamic";

const config = new pulumi.Config();
const oauthClientId = "${SEED_CLIENT_ID}";
const oauthClientSecret = config.requireSecret("googleClientSecret");
const { profileId } = new EmailServerProfile("gmail", { name: "Single", oauthClientId, oauthClientSecret });
const { mailboxId } = new Mailbox("anna", { emailAddress: "${ANNA}", profileId });
new MailboxActivation("anna", { mailboxId, profileId, credential: config.requireSecretObject("credential") });
new dynamic.Mailbox("carl", { emailAddress: "${CARL}", profileId });
const spec = {
  clients: { north: { projectId: "northwind-mail", clientId: oauthClientId, clientSecret: oauthClientSecret } },
  mailboxes: [{ address: "${BERT}" }],
};
export const { summary } = fleet("fleet", { spec });
`;

describe("the package in an empty folder", () => {
  let sandbox: Sandbox;
  let archive: string;
  const row = (address: string) => mailboxRow(sandbox, address);

  beforeAll(async () => {
    sandbox = await testSandbox();
    ({ archive } = await installedPackage());
  }, 300_000);
  beforeEach(() => sandbox.reset());

  /** What lies in `node_modules` once the package was installed beside this version of the SDK. */
  async function installed(folder: string, version: string): Promise<Readonly<Record<string, { version: string }>>> {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const sdk = `@pulumi/pulumi@${version}`;
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", sdk, archive], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, "node_modules", ".package-lock.json"), "utf8")).packages;
  }

  const limit = { timeout: 300_000 };
  test.for(VERSIONS)(
    "brings no other package along, and deploys with version %s of the SDK",
    limit,
    async (version) => {
      const folder = temporaryDirectory();
      const packages = await installed(folder, version);
      const sdks = Object.entries(packages).filter(([path]) => path.endsWith("node_modules/@pulumi/pulumi"));
      expect(sdks).toMatchObject([["node_modules/@pulumi/pulumi", { version }]]);
      expect(packages["node_modules/pulumi-gmailsync"]).not.toHaveProperty("dependencies");
      writeFileSync(join(folder, "Pulumi.yaml"), PROJECT);
      writeFileSync(join(folder, "index.mjs"), PROGRAM);
      // From the stack's configuration, which dynamic resources of old SDKs do not get.
      const { GMAILSYNC_ENVIRONMENT_URL: url } = sandbox.environment;
      const program = new TestProgram(folder, sandbox, { GMAILSYNC_ENVIRONMENT_URL: undefined });
      const refreshToken = sandbox.world.google.grants.find(({ address }) => address === ANNA)?.refreshToken;
      const credential = { refreshToken, clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
      const up = await program.run(
        "up",
        `gmailsync:environmentUrl=${url}`,
        `googleClientSecret=${SEED_CLIENT_SECRET}`,
        `credential=${JSON.stringify(credential)}`,
      );
      expect(up.ok, up.stdout).toBe(true);
      expect(up.outputs?.["summary"]).toMatchObject({ mailboxes: 1, success: 1 });
      for (const address of [ANNA, BERT]) expect(row(address)["incomingemailstatus"]).toBe(1);
      expect(row(CARL)["_emailserverprofile_value"]).toBe(row(ANNA)["_emailserverprofile_value"]);
      const destroy = await program.run("destroy");
      expect(destroy.ok, destroy.stdout).toBe(true);
      for (const address of [ANNA, BERT, CARL]) expect(row(address)["_emailserverprofile_value"]).toBeFalsy();
    },
  );
});
