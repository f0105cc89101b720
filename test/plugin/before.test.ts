import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { UNKNOWN_TEXT } from "../../provider/host/unknown.ts";
import { InitFailed } from "../../provider/plugin/failure.ts";
import { Provider } from "../../provider/plugin/provider.ts";
import { unwrap } from "../../provider/plugin/wire.ts";
import type { Tree } from "../../provider/values.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import {
  atEnd,
  changeRow,
  gmailProfile,
  mailboxRow,
  mailboxSettings,
  temporaryDirectory,
  testSandbox,
} from "../support/sandbox.ts";

const TYPE = "gmailsync:index:Mailbox";
const URN = `urn:pulumi:test::test::${TYPE}::anna`;
const ANNA = "anna@northwind.example";

type Values = Parameters<typeof structPb.Struct.fromJavaScript>[0];
const struct = (values: Values) => structPb.Struct.fromJavaScript(values);

let sandbox: Sandbox;
let profileId: string;
beforeEach(async () => {
  sandbox = await testSandbox();
  profileId = String(gmailProfile(sandbox)["emailserverprofileid"]);
  for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() }))
    vi.stubEnv(name, value);
});

/** A configured process of the plugin, which nobody listens to. */
async function started(): Promise<Provider> {
  const provider = new Provider("0.0.0");
  atEnd(() => provider.close());
  await provider.configure(new providerPb.ConfigureRequest().setArgs(struct({})));
  return provider;
}

const program = (): Tree & Values => ({ emailAddress: ANNA, profileId });

async function check(provider: Provider, olds: Tree = {}, news: Values = program()): Promise<Tree> {
  const request = new providerPb.CheckRequest().setType(TYPE).setUrn(URN).setOlds(structOf(olds)).setNews(struct(news));
  const response = await provider.check(request);
  expect(response.getFailuresList()).toEqual([]);
  return unwrap(response.getInputs()).tree;
}

const structOf = (tree: Tree) => structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(tree)));

async function create(provider: Provider, inputs: Tree): Promise<{ id: string; outputs: Tree }> {
  const request = new providerPb.CreateRequest().setType(TYPE).setUrn(URN).setProperties(structOf(inputs));
  const response = await provider.create(request);
  return { id: response.getId(), outputs: unwrap(response.getProperties()).tree };
}

const lookups = (since = 0) =>
  sandbox.requests.slice(since).filter(({ path }) => decodeURIComponent(path).includes("emailaddress eq")).length;

describe("how a new mailbox was", () => {
  test("is in its checked inputs, and nowhere else; create asks no more for what the check has found", async () => {
    const anna = mailboxRow(sandbox, ANNA);
    changeRow(sandbox, anna, { incomingemaildeliverymethod: 1, emailrouteraccessapproval: 2 });
    const provider = await started();
    const inputs = await check(provider);
    expect(inputs["__before"]).toEqual({
      mailboxId: anna["mailboxid"],
      settings: {
        profileId: "",
        incomingEmailDeliveryMethod: 1,
        outgoingEmailDeliveryMethod: 0,
        actDeliveryMethod: 0,
        emailRouterAccessApproval: 2,
        processAndDeleteEmails: false,
        enabled: true,
      },
    });
    const { outputs } = await create(provider, inputs);
    expect(outputs).not.toHaveProperty("__before");
    expect(outputs["original"]).toMatchObject({ incomingEmailDeliveryMethod: 1, emailRouterAccessApproval: 2 });
    expect(lookups()).toBe(1);
  });

  test("stays in the inputs as it was, whatever the mailbox is by now, and is no difference", async () => {
    const first = await started();
    const inputs = await check(first);
    const { id, outputs } = await create(first, inputs);
    const since = sandbox.requests.length;

    const next = await started();
    const read = await next.read(
      new providerPb.ReadRequest()
        .setType(TYPE)
        .setUrn(URN)
        .setId(id)
        .setInputs(structOf(inputs))
        .setProperties(structOf(outputs)),
    );
    expect(unwrap(read.getInputs()).tree).toEqual(inputs);
    const again = await check(next, inputs);
    expect(again).toEqual(inputs);
    const diff = (olds: Tree) =>
      next.diff(
        new providerPb.DiffRequest()
          .setType(TYPE)
          .setUrn(URN)
          .setId(id)
          .setOldInputs(structOf(olds))
          .setOlds(structOf(outputs))
          .setNews(structOf(again)),
      );
    expect((await diff(inputs)).getDetaileddiffMap().toArray()).toEqual([]);
    // Of a stack that an earlier version has made.
    const { __before: _, ...without } = inputs;
    expect(await check(next, without)).toEqual(without);
    expect((await diff(without)).getDetaileddiffMap().toArray()).toEqual([]);
    expect(lookups(since)).toBe(0);
  });

  test("is what the state says where it is made anew, and what was deleted since the check is made again", async () => {
    const first = await started();
    const inputs = await check(first);
    const { id, outputs } = await create(first, inputs);
    const made = mailboxSettings(mailboxRow(sandbox, ANNA));

    const next = await started();
    const request = new providerPb.ReadRequest().setType(TYPE).setUrn(URN).setId(id);
    await next.read(request.setInputs(structOf(inputs)).setProperties(structOf(outputs)));
    const again = await check(next);
    expect(again).toEqual(inputs);
    // As with `deleteBeforeReplace`.
    const deletion = new providerPb.DeleteRequest().setType(TYPE).setUrn(URN).setId(id);
    await next.delete(deletion.setOldInputs(structOf(inputs)).setProperties(structOf(outputs)));
    expect(mailboxSettings(mailboxRow(sandbox, ANNA))).not.toEqual(made);
    await create(next, again);
    expect(mailboxSettings(mailboxRow(sandbox, ANNA))).toEqual(made);
  });

  test("is kept with a mailbox that is not as declared", async () => {
    const provider = await started();
    const inputs = await check(provider);
    sandbox.addFault({
      service: "dataverse",
      method: "PATCH",
      path: "/mailboxes",
      effect: { status: 200, body: "<html>", done: false },
    });
    const failure = await create(provider, inputs).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InitFailed);
    expect(failure).toMatchObject({ inputs: { tree: { __before: inputs["__before"] } } });
    expect(Reflect.get(Object(Reflect.get(Object(failure), "outputs")), "tree")).not.toHaveProperty("__before");
  });

  test("is not told of a mailbox that this stack has adopted before, as nobody knows it here", async () => {
    const provider = await started();
    changeRow(sandbox, mailboxRow(sandbox, ANNA), { _emailserverprofile_value: profileId });
    const profile = new providerPb.ReadRequest()
      .setType("gmailsync:index:EmailServerProfile")
      .setUrn("urn:pulumi:test::test::gmailsync:index:EmailServerProfile::gmail")
      .setId(profileId)
      .setInputs(struct({ name: "Gmail" }))
      .setProperties(struct({ name: "Gmail" }));
    // It is the stack's own, whatever else is wrong with it.
    await expect(provider.read(profile)).rejects.toBeInstanceOf(InitFailed);
    expect(await check(provider)).not.toHaveProperty("__before");
  });

  test.each<[string, Values]>([
    ["its address is not known yet", { emailAddress: UNKNOWN_TEXT, profileId: UNKNOWN_TEXT }],
    [
      "nobody has its address, which create says",
      { emailAddress: "nobody@northwind.example", profileId: UNKNOWN_TEXT },
    ],
  ])("is missing where %s, and the check passes", async (_, news) => {
    expect(await check(await started(), {}, news)).not.toHaveProperty("__before");
  });
});
