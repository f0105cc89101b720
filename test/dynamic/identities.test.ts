import { expect, test } from "vitest";
import { read } from "../../provider/dynamic/operations.ts";
import { administer, mailboxRow, testSandbox } from "../support/sandbox.ts";

test("a dynamic resource signs in by the identity of the stack's configuration, and hears why it is refused", async () => {
  const sandbox = await testSandbox();
  const {
    ACTIONS_ID_TOKEN_REQUEST_URL = "",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN = "",
    ...machine
  } = await sandbox.environmentOf("github");
  const ways = machine["GMAILSYNC_CONNECT_TO"]?.split(",").map((way) => way.split("=")) ?? [];
  const network = { connectTo: Object.fromEntries(ways), caFile: machine["GMAILSYNC_CA_FILE"] };
  const settings = new Map([
    ["gmailsync:environmentUrl", sandbox.world.environmentUrl],
    ["gmailsync:tenantId", machine["AZURE_TENANT_ID"] ?? ""],
    ["gmailsync:clientId", machine["AZURE_CLIENT_ID"] ?? ""],
    ["gmailsync:useOidc", "true"],
    ["gmailsync:oidcRequestUrl", ACTIONS_ID_TOKEN_REQUEST_URL],
    ["gmailsync:oidcRequestToken", ACTIONS_ID_TOKEN_REQUEST_TOKEN],
    ["gmailsync:network", JSON.stringify(network)],
  ]);
  const { mailboxid } = mailboxRow(sandbox, "anna@northwind.example");
  const look = (given: ReadonlyMap<string, string>) => read("Mailbox", new Map(given), String(mailboxid), {});
  expect(await look(settings)).toMatchObject({ id: mailboxid });

  await administer(sandbox, "set-pipeline", "github", { subject: "repo:northwind/other" });
  // As another process would, which has no token yet.
  const later = new Map([...settings, ["gmailsync:maxConcurrentTests", "51"]]);
  await expect(look(later)).rejects.toThrow(/AADSTS700213.*the subject "repo:northwind\/other"/s);
  const half = new Map([...settings].filter(([name]) => name !== "gmailsync:clientId"));
  await expect(look(half)).rejects.toThrow(/GitHub Actions, begun by .*lacks clientId \(AZURE_CLIENT_ID\)/);
});
