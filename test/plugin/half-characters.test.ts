import grpc from "@grpc/grpc-js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeEach, expect, test, vi } from "vitest";
import { toWire } from "../../provider/dynamic/wire.ts";
import { serviceError } from "../../provider/plugin/failure.ts";
import { Provider } from "../../provider/plugin/provider.ts";
import { serve } from "../../provider/plugin/server.ts";
import { unwrap, wrap } from "../../provider/plugin/wire.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { atEnd, changeRow, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

// JSON can say half of a character, and what is cut may be one. UTF-8 cannot: the engine takes no message with it, and the library answers no call.

const ANNA = "anna@northwind.example";
const TYPE = "gmailsync:index:Mailbox";
const HALF = "\u{1F600}".slice(0, 1);

let sandbox: Sandbox;
let client: InstanceType<typeof providerGrpc.ResourceProviderClient>;
beforeEach(async () => {
  sandbox = await testSandbox();
  for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() }))
    vi.stubEnv(name, value);
  const provider = new Provider("0.0.0");
  await provider.configure(new providerPb.ConfigureRequest().setArgs(structPb.Struct.fromJavaScript({})));
  const server = await serve(provider, () => {});
  atEnd(() => server.close());
  client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
  atEnd(() => client.close());
});

function read(): Promise<messages.ReadResponse> {
  const id = String(mailboxRow(sandbox, ANNA)["mailboxid"]);
  const request = new providerPb.ReadRequest().setType(TYPE).setUrn(`urn:pulumi:test::test::${TYPE}::anna`).setId(id);
  return new Promise((resolve, reject) =>
    client.read(request, new grpc.Metadata(), { deadline: Date.now() + 4000 }, (error, response) =>
      error ? reject(error) : resolve(response),
    ),
  );
}

test.each([
  ["cut by us", `${"x".repeat(510)}\u{1F600}${"x".repeat(99)}`],
  ["sent by a server", `no ${HALF} row`],
])("a call is answered whose error has half of a character that was %s", async (_, message) => {
  const body = { error: { code: "0x80040220", message } };
  sandbox.addFault({ service: "dataverse", method: "GET", path: "mailboxes", times: 9, effect: { status: 403, body } });
  await expect(read()).rejects.toMatchObject({ details: expect.stringContaining("\uFFFD") });
});

test("a name is told with a sign in the place of half of a character", async () => {
  changeRow(sandbox, mailboxRow(sandbox, ANNA), { name: `Anna ${HALF}` });
  const outputs = (await read()).getProperties();
  expect(outputs?.toJavaScript()).toMatchObject({ name: "Anna \uFFFD" });
});

test("values of structs are told so wherever they stand", () => {
  const wrapped = wrap({ text: HALF, list: [{ name: `${HALF}x` }] }, [["text"]]);
  expect(unwrap(wrapped)).toEqual({ tree: { text: "\uFFFD", list: [{ name: "\uFFFDx" }] }, secrets: [["text"]] });
  expect(toWire({ list: [{ name: HALF }] })).toEqual({ list: [{ name: "\uFFFD" }] });
});

test("what is thrown while an error is put into words is told, too", () => {
  const error = new Error("no");
  Object.defineProperty(error, "message", {
    get: () => {
      throw new TypeError("no words");
    },
  });
  expect(serviceError(error)).toMatchObject({ details: expect.stringContaining("no words") });
});
