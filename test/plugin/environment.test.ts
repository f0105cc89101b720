import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UNKNOWN_TEXT } from "../../provider/host/unknown.ts";
import { Provider } from "../../provider/plugin/provider.ts";
import { unwrap } from "../../provider/plugin/wire.ts";
import { lastingSecret } from "../../sandbox/entra/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Environments, organizationOf, twoEnvironments } from "../support/environments.ts";
import { atEnd } from "../support/sandbox.ts";

const CLIENT = "6f1d2c3b-00aa-4000-8000-0000000000ef";

type Inputs = Readonly<Record<string, string>>;

let both: Environments;
beforeAll(async () => {
  both = await twoEnvironments();
});

const struct = (value: Inputs) => structPb.Struct.fromJavaScript(value);
const urlOf = (sandbox: Sandbox) => sandbox.world.environmentUrl;
/** As a program gives them. */
const settings = (sandbox: Sandbox, more: Inputs = {}): Inputs => {
  const { AZURE_TENANT_ID = "", AZURE_CLIENT_ID = "", AZURE_CLIENT_SECRET = "", ...reach } = both.reach;
  const ways = reach["GMAILSYNC_CONNECT_TO"]?.split(",").map((way) => way.split("=")) ?? [];
  return {
    environmentUrl: urlOf(sandbox),
    tenantId: AZURE_TENANT_ID,
    clientId: AZURE_CLIENT_ID,
    clientSecret: AZURE_CLIENT_SECRET,
    network: JSON.stringify({ connectTo: Object.fromEntries(ways), caFile: reach["GMAILSYNC_CA_FILE"] }),
    ...more,
  };
};
/** As they are kept: where they led to, too. */
const stored = (sandbox: Sandbox, more: Inputs = {}): Inputs => ({
  ...settings(sandbox),
  organizationId: organizationOf(sandbox),
  ...more,
});

/** A process of the plugin, which nobody listens to. */
function process(): Provider {
  const provider = new Provider("0.0.0");
  atEnd(() => provider.close());
  return provider;
}

async function check(news: Inputs, olds: Inputs = {}, provider = process()) {
  const request = new providerPb.CheckRequest().setOlds(struct(olds)).setNews(struct(news));
  const response = await provider.checkConfig(request);
  const kept = Object.entries(unwrap(response.getInputs()).tree).map(([name, value]) => [name, String(value)]);
  return { kept: Object.fromEntries(kept), refusals: response.getFailuresList().map((failure) => failure.getReason()) };
}

async function diff(olds: Inputs, news: Inputs): Promise<messages.DiffResponse.AsObject> {
  const request = new providerPb.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news));
  return (await process().diffConfig(request)).toObject();
}

const configure = (inputs: Inputs, provider = process()) =>
  provider.configure(new providerPb.ConfigureRequest().setArgs(struct(inputs)));
const requests = () => [both.contoso, both.fabrikam].map((sandbox) => sandbox.requests.length);

describe("checking a provider's configuration", () => {
  test("keeps which organization it leads to, and asks again only for another URL", async () => {
    const { kept, refusals } = await check(settings(both.contoso));
    expect(kept).toMatchObject({ environmentUrl: urlOf(both.contoso), organizationId: organizationOf(both.contoso) });
    expect(refusals).toEqual([]);
    const before = requests();
    const again = await check(settings(both.contoso, { clientSecret: "another" }), kept);
    expect(again.kept["organizationId"]).toBe(organizationOf(both.contoso));
    expect(requests()).toEqual(before);
  });

  test.each([
    ["of a stack that knows its organization", {}],
    ["of one that 0.1 has left, by its URL", { organizationId: "" }],
  ])("refuses another organization %s, and names both", async (_, without) => {
    const olds = Object.fromEntries(Object.entries(stored(both.contoso, without)).filter(([, value]) => value));
    const { refusals } = await check(settings(both.fabrikam), olds);
    expect(refusals).toEqual([expect.stringContaining(urlOf(both.contoso))]);
    expect(refusals[0]).toContain(`${urlOf(both.fabrikam)} (organization ${organizationOf(both.fabrikam)})`);
    expect(refusals[0]).toContain(`gmailsync:allowMove ${organizationOf(both.fabrikam)}`);
  });

  test("allows the move that was named, in any spelling, and no other one", async () => {
    const allowed = (allowMove: string) => check(settings(both.fabrikam, { allowMove }), stored(both.contoso));
    expect((await allowed(`{${organizationOf(both.fabrikam).toUpperCase()}}`)).refusals).toEqual([]);
    expect((await allowed(organizationOf(both.contoso))).refusals).toHaveLength(1);
    expect((await allowed("yes")).refusals).toEqual([expect.stringContaining("a GUID")]);
  });

  test("asks nobody while a setting is unknown or missing", async () => {
    const before = requests();
    expect(
      (await check(settings(both.fabrikam, { clientSecret: UNKNOWN_TEXT }), stored(both.contoso))).refusals,
    ).toEqual([]);
    const { clientSecret: _, ...incomplete } = settings(both.contoso);
    expect((await check(incomplete)).kept["organizationId"]).toBeUndefined();
    const { clientId: __, ...half } = settings(both.contoso);
    await expect(check(half)).rejects.toThrow("client secret, begun by clientSecret, lacks clientId (AZURE_CLIENT_ID)");
    expect(requests()).toEqual(before);
  });

  test("does not let a program say which organization it is", async () => {
    expect((await check(stored(both.contoso))).refusals).toEqual([expect.stringContaining("organizationId")]);
  });
});

describe("comparing a provider's configurations", () => {
  test("another organization, allowed, replaces everything, the old first", async () => {
    const allowMove = organizationOf(both.fabrikam);
    const { replacesList, deletebeforereplace } = await diff(
      stored(both.contoso),
      stored(both.fabrikam, { allowMove }),
    );
    expect([replacesList, deletebeforereplace]).toEqual([["environmentUrl"], true]);
  });

  test("is refused for a resource that is given another provider, too", async () => {
    await expect(diff(stored(both.contoso), stored(both.fabrikam))).rejects.toThrow(organizationOf(both.contoso));
  });

  test.each<[string, Inputs, Inputs, string[]]>([
    ["another secret updates", {}, { clientSecret: "2" }, ["clientSecret"]],
    ["another URL of the same organization updates", {}, { environmentUrl: "https://new.example" }, ["environmentUrl"]],
    ["the same URL in other letters changes nothing", {}, { environmentUrl: "https://CONTOSO.crm.dynamics.com/" }, []],
    ["the permission to move changes nothing by itself", {}, { allowMove: "x" }, []],
    ["an id in another spelling changes nothing", { clientId: `{${CLIENT.toUpperCase()}}` }, { clientId: CLIENT }, []],
  ])("%s", async (_, olds, news, changed) => {
    const { replacesList, diffsList } = await diff(stored(both.contoso, olds), stored(both.contoso, news));
    expect([replacesList, diffsList]).toEqual([[], changed]);
  });

  test("what 0.1 has left of a stack whose URL is a variable is not updated", async () => {
    const { environmentUrl, ...olds } = settings(both.contoso);
    expect(environmentUrl).toBeDefined();
    expect((await diff(olds, stored(both.contoso))).diffsList).toEqual([]);
  });
});

describe("configuring a provider", () => {
  beforeEach(() => {
    both.contoso.world.entra.applications[0]?.secrets.splice(0, 9, lastingSecret("sandbox-entra-secret-not-real"));
  });

  test("asks which organization it is where that is stored, once, and not what was asked in this process", async () => {
    await configure(stored(both.contoso));
    const provider = process();
    const { kept } = await check(settings(both.contoso), {}, provider);
    const before = requests();
    await configure(kept, provider);
    expect(requests()).toEqual(before);
  });

  test("does nothing where the name has come to lead to another organization", async () => {
    const olds = stored(both.fabrikam, { environmentUrl: urlOf(both.contoso) });
    await expect(configure(olds)).rejects.toThrow(/organization [0-9a-f-]+\).*Nothing was changed.*DNS/s);
  });

  test("says what to do where the identity may not enter any more", async () => {
    both.contoso.world.entra.applications[0]?.secrets.splice(0, 9, lastingSecret("another"));
    await expect(configure(stored(both.contoso))).rejects.toThrow(
      /where this stack's objects are, cannot be entered: .*AADSTS7000215.*pulumi destroy/s,
    );
  });
});
