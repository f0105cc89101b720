import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { read } from "../../provider/dynamic/operations.ts";
import { checkConfiguration, configure } from "../../provider/host/configuration.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured } from "../support/configured.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const US = "login.microsoftonline.us";
const CHINA = "login.partner.microsoftonline.cn";
const PUBLIC = "login.microsoftonline.com";
const GCC_HIGH = "https://contoso.crm.microsoftdynamics.us";
const VANITY = "https://crm.contoso.example";

function sandboxAt(url: string): Promise<Sandbox> {
  const worldFile = join(temporaryDirectory(), "world.yaml");
  writeFileSync(
    worldFile,
    JSON.stringify({ environment: { url }, users: [{ name: "Anna Berg", address: "anna@northwind.example" }] }),
  );
  return testSandbox({ worldFile });
}

/** Variables of a machine that reaches no other authority. */
function onlyAt(authority: string, { environment }: Sandbox): Record<string, string> {
  const ways = environment["GMAILSYNC_CONNECT_TO"]?.split(",") ?? [];
  const left = ways.map((way) =>
    way.startsWith("login.") && !way.startsWith(`${authority}:`) ? way.replace(/=.*/, "=127.0.0.1:1") : way,
  );
  return { ...environment, GMAILSYNC_CONNECT_TO: left.join(",") };
}

async function organizationId(environment: Record<string, string>): Promise<string> {
  const { dataverse, network } = configured(environment);
  using deadline = Deadline.after(20_000);
  return dataverse.organizationId(deadline).finally(() => network.close());
}

function idIn({ world }: Sandbox): unknown {
  return world.dataverse.rows["organizations"]?.[0]?.["organizationid"];
}

describe("the application signs in", () => {
  test.each([
    ["https://contoso.crm.dynamics.com", PUBLIC],
    ["https://contoso.crm97.dynamics.com", PUBLIC],
    ["https://contoso.crm9.dynamics.com", PUBLIC],
    [GCC_HIGH, US],
    ["https://contoso.crm.appsplatform.us", US],
    ["https://contoso.crm.dynamics.cn", CHINA],
    [VANITY, PUBLIC],
  ])("for %s at %s, by the host", async (url, authority) => {
    const sandbox = await sandboxAt(url);
    expect(await organizationId(onlyAt(authority, sandbox))).toBe(idIn(sandbox));
  });

  test.each([
    ["where the cloud says", { POWER_PLATFORM_CLOUD: "dod" }, US],
    ["where AZURE_AUTHORITY_HOST leads", { AZURE_AUTHORITY_HOST: `https://${CHINA}/` }, CHINA],
    ["where the cloud says, if both are there", { POWER_PLATFORM_CLOUD: "gcchigh", AZURE_AUTHORITY_HOST: "x" }, US],
  ])("%s, for a host with a name of its own: %o", async (_, settings, authority) => {
    const sandbox = await sandboxAt(VANITY);
    expect(await organizationId({ ...onlyAt(authority, sandbox), ...settings })).toBe(idIn(sandbox));
  });

  test("where the stack's configuration says, for dynamic resources, too", async () => {
    const sandbox = await sandboxAt(VANITY);
    const environment = onlyAt(US, sandbox);
    const ways = environment["GMAILSYNC_CONNECT_TO"]?.split(",").map((way) => way.split("=")) ?? [];
    const settings = (cloud: string) =>
      new Map([
        ["gmailsync:environmentUrl", VANITY],
        ["gmailsync:cloud", cloud],
        ["gmailsync:tenantId", environment["AZURE_TENANT_ID"] ?? ""],
        ["gmailsync:clientId", environment["AZURE_CLIENT_ID"] ?? ""],
        ["gmailsync:clientSecret", environment["AZURE_CLIENT_SECRET"] ?? ""],
        [
          "gmailsync:network",
          JSON.stringify({ connectTo: Object.fromEntries(ways), caFile: environment["GMAILSYNC_CA_FILE"] }),
        ],
      ]);
    const { mailboxid } = mailboxRow(sandbox, "anna@northwind.example");
    const look = (cloud: string) => read("Mailbox", settings(cloud), String(mailboxid), {});
    expect(await look("gcchigh")).toMatchObject({ id: mailboxid });
    await expect(look("china")).rejects.toThrow(`${CHINA} gave no answer`);
  });
});

describe("a setting that contradicts the environment's host is refused, and both are named", () => {
  const settings = {
    GMAILSYNC_ENVIRONMENT_URL: GCC_HIGH,
    AZURE_TENANT_ID: "contoso.onmicrosoft.com",
    AZURE_CLIENT_ID: "00000000-0000-4000-8000-000000000001",
    AZURE_CLIENT_SECRET: "planted-entra-secret",
  };

  test.each([
    ["https://contoso.crm4.dynamics.com", "public"],
    ["https://contoso.crm9.dynamics.com", "gcc"],
    ["https://contoso.crm.dynamics.cn", "china"],
  ])("the cloud of a program, for %s of %s", (environmentUrl, its) => {
    const { hostname } = new URL(environmentUrl);
    expect(checkConfiguration({ environmentUrl, cloud: "gcchigh" })).toEqual([
      {
        path: ["cloud"],
        reason: expect.stringContaining(`is gcchigh, but ${hostname} of environmentUrl is a host of ${its}:`),
      },
    ]);
  });

  test("the cloud of the process's environment, which is named", () => {
    expect(() => configure({}, { ...settings, POWER_PLATFORM_CLOUD: "china" })).toThrow(
      "cloud (from the environment variable POWER_PLATFORM_CLOUD) is china, but contoso.crm.microsoftdynamics.us of environmentUrl is a host of gcchigh",
    );
  });

  test.each([
    [
      `https://${PUBLIC}/`,
      `leads to ${PUBLIC}, but contoso.crm.microsoftdynamics.us of environmentUrl is a host of gcchigh`,
    ],
    ["login.microsoftonline.us", "must be https:// and a host"],
  ])("AZURE_AUTHORITY_HOST, unless the cloud is set: %s", (authority, says) => {
    const environment = { ...settings, AZURE_AUTHORITY_HOST: authority };
    expect(() => configure({}, environment)).toThrow(`AZURE_AUTHORITY_HOST ${says}`);
    expect(configure({ cloud: "gcchigh" }, environment)).toHaveProperty("services");
  });

  test.each(["gcc", "public"])("but not where both sign in at one place: %s", (cloud) => {
    expect(checkConfiguration({ environmentUrl: "https://contoso.crm9.dynamics.com", cloud })).toEqual([]);
    expect(checkConfiguration({ environmentUrl: "https://contoso.crm97.dynamics.com", cloud })).toEqual([]);
  });

  test("and a cloud that is none with those that are", () => {
    expect(() => configure({}, { ...settings, POWER_PLATFORM_CLOUD: "usgov" })).toThrow(
      "cloud (from the environment variable POWER_PLATFORM_CLOUD) must be one of public, gcc, gcchigh, dod, china",
    );
  });
});
