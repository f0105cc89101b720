import { expect, test } from "vitest";
import { checkConfiguration, configure } from "../../provider/host/configuration.ts";
import { mask } from "../../provider/redaction/secrets.ts";
import type { Tree } from "../../provider/values.ts";
import { configured } from "../support/configured.ts";
import { newServiceAccount } from "../support/service-account.ts";

const SETTINGS = {
  GMAILSYNC_ENVIRONMENT_URL: "https://contoso.crm.dynamics.com",
  AZURE_TENANT_ID: "contoso.onmicrosoft.com",
  AZURE_CLIENT_ID: "00000000-0000-4000-8000-000000000001",
  AZURE_CLIENT_SECRET: "planted-entra-secret",
};
const { keyFile, privateKey } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
const pretty = JSON.stringify(JSON.parse(keyFile), undefined, 2);

test.each([
  ["as it is", pretty],
  ["in base64", Buffer.from(pretty).toString("base64")],
  ["with line ends that a shell has made of its \\n", pretty.replaceAll("\\n", "\n")],
])("a key file in the place of the mail credential is taken %s, and kept as a secret", async (_, text) => {
  const services = configured({ ...SETTINGS, GMAILSYNC_MAIL_CREDENTIAL: text });
  expect(JSON.parse(services.mailCredential?.serviceAccountKey ?? "{}")).toMatchObject({ type: "service_account" });
  expect(mask(`sent ${privateKey}`)).not.toContain(privateKey.slice(100, 140));
  expect(checkConfiguration({ mailCredential: text })).toEqual([]);
  await services.network.close();
});

test("a name in the settings that looks like a secret is not shown", () => {
  const told = () => configure({ network: '{"GOCSPX-planted00000000000000000000": 1}' }, SETTINGS);
  expect(told).toThrow(/network\["…"\] there is no property/);
  expect(told).not.toThrow(/planted/);
});

const broken = JSON.stringify({ ...JSON.parse(keyFile), private_key: "planted" });

test.each([
  ["whose private key cannot be read", broken, /serviceAccountKey: private_key cannot be read: .*Google's console/],
  ["of a person", '{"type": "authorized_user", "refresh_token": "planted"}', /it is the sign-in of a person/],
  ["of an OAuth client", '{"web": {"client_secret": "planted"}}', /it is an OAuth client/],
])(
  "a file %s is refused as the mail credential, by the program's settings and by the environment's",
  (_, text, says) => {
    const [failure, ...more] = checkConfiguration({ mailCredential: text });
    expect(failure).toEqual({ path: ["mailCredential"], reason: expect.stringMatching(says) });
    expect(more).toEqual([]);
    const start = () => configure({}, { ...SETTINGS, GMAILSYNC_MAIL_CREDENTIAL: text });
    expect(start).toThrow(says);
    expect(start).toThrow("mailCredential (from the environment variable GMAILSYNC_MAIL_CREDENTIAL)");
    expect(start).not.toThrow("planted");
  },
);

test("ids are taken in any spelling, from the environment and from settings", async () => {
  const spelled = `{${SETTINGS.AZURE_CLIENT_ID.toUpperCase()}}`;
  const services = configured({ ...SETTINGS, AZURE_CLIENT_ID: spelled, AZURE_TENANT_ID: spelled });
  expect(
    checkConfiguration({ clientId: spelled.replaceAll(/[{}-]/g, ""), tenantId: spelled, allowMove: spelled }),
  ).toEqual([]);
  await services.network.close();
});

test("hosts of mail are taken as a list and separated by commas; wildcards, ports and URLs are refused", async () => {
  const services = configured({ ...SETTINGS, GMAILSYNC_MAIL_HOSTS: "mail.own.example, Relay.Own.Example." });
  expect(services.mailHosts).toEqual(["mail.own.example", "Relay.Own.Example."]);
  await services.network.close();
  expect(checkConfiguration({ mailHosts: '["mail.own.example", "mäil.own.example"]' })).toEqual([]);
  for (const host of ["*.own.example", "mail.own.example:993", "imaps://mail.own.example", ""]) {
    const [failure] = checkConfiguration({ mailHosts: [host] });
    expect(failure).toEqual({ path: ["mailHosts", 0], reason: expect.stringContaining("an exact host name") });
  }
});

test.each<[string, Tree, Record<string, string>, boolean]>([
  ["nobody says so", {}, {}, false],
  ["the program says so", { readOnly: "true" }, {}, true],
  ["the environment says so, whatever the program says", { readOnly: false }, { GMAILSYNC_READ_ONLY: "true" }, true],
  ["the program says so, whatever the environment says", { readOnly: true }, { GMAILSYNC_READ_ONLY: "false" }, true],
  ["the stack's configuration says so", {}, { PULUMI_CONFIG: '{"readOnly":"true"}' }, true],
  ["the stack's configuration says nothing", {}, { PULUMI_CONFIG: '{"cloud":"public"}' }, false],
])("writing is refused as it is set: %s", async (_, settings, environment, refused) => {
  const result = configure(settings, { ...SETTINGS, ...environment });
  const network = "services" in result ? result.services.network : undefined;
  const write = () => network?.permit("writes");
  if (refused) expect(write).toThrow("READ_ONLY");
  else expect(write).not.toThrow();
  expect(() => network?.permit("reads")).not.toThrow();
  await network?.close();
  expect(network).toBeDefined();
});

test("a readOnly that is neither true nor false is refused, never passed over", () => {
  for (const environment of [{ GMAILSYNC_READ_ONLY: "yes" }, { PULUMI_CONFIG: '{"readOnly":"1"}' }])
    expect(() => configure({ readOnly: false }, { ...SETTINGS, ...environment })).toThrow(
      /readOnly.* must be a boolean/,
    );
});

test("a key file that Pulumi YAML has made an object of is taken, and what is no text is refused by its place", () => {
  expect(checkConfiguration({ mailCredential: JSON.parse(keyFile) })).toEqual([]);
  expect(checkConfiguration({ mailCredential: { serviceAccountKey: JSON.parse(keyFile) } })).toEqual([]);
  const [failure] = checkConfiguration({ mailCredential: { serviceAccountKey: false } });
  expect(failure?.path).toEqual(["mailCredential", "serviceAccountKey"]);
});
