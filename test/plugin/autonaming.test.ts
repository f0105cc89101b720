import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { Provider } from "../../provider/plugin/provider.ts";
import { unwrap } from "../../provider/plugin/wire.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";

const { AutonamingOptions } = providerPb.CheckRequest;
const { DISABLE, ENFORCE, PROPOSE } = AutonamingOptions.Mode;
const TYPE = "gmailsync:index:EmailServerProfile";
const program = { oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };

interface Asked {
  readonly news?: Readonly<Record<string, string>>;
  readonly olds?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly mode?: (typeof AutonamingOptions.Mode)[keyof typeof AutonamingOptions.Mode];
}

/** The name that a profile called `sales` gets, and what is wrong with it. */
async function nameOf({ news = {}, olds = {}, seed = "a seed", mode }: Asked = {}) {
  const request = new providerPb.CheckRequest()
    .setType(TYPE)
    .setUrn(`urn:pulumi:test::test::${TYPE}::sales`)
    .setNews(structPb.Struct.fromJavaScript({ ...program, ...news }))
    .setOlds(structPb.Struct.fromJavaScript(olds))
    .setRandomseed(Buffer.from(seed));
  if (mode !== undefined) request.setAutonaming(new AutonamingOptions().setProposedName("sales-test").setMode(mode));
  const response = await new Provider("0.0.0").check(request);
  return { name: unwrap(response.getInputs()).tree["name"], failures: response.toObject().failuresList };
}

test("a profile without a name is called by the resource's, the same for the same seed only", async () => {
  const { name, failures } = await nameOf();
  expect(failures).toEqual([]);
  expect(name).toMatch(/^sales-[0-9a-f]{7}$/);
  expect((await nameOf()).name).toBe(name);
  expect((await nameOf({ seed: "another seed" })).name).not.toBe(name);
});

test("a name stays over updates, also where naming was configured meanwhile; one that is given wins", async () => {
  expect((await nameOf({ olds: { name: "sales-1234567" }, mode: ENFORCE })).name).toBe("sales-1234567");
  expect((await nameOf({ olds: { name: "sales-1234567" }, news: { name: "Gmail" } })).name).toBe("Gmail");
});

test.for([PROPOSE, ENFORCE])("the stack's naming decides, in mode %s", async (mode) => {
  expect((await nameOf({ mode })).name).toBe("sales-test");
});

test("where naming is switched off, a name has to be given", async () => {
  expect((await nameOf({ mode: DISABLE })).failures).toMatchObject([{ property: "name" }]);
  expect((await nameOf({ mode: DISABLE, news: { name: "Gmail" } })).failures).toEqual([]);
});
