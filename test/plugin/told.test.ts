import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb, { type LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeEach, expect, test, vi } from "vitest";
import { EngineLog } from "../../provider/plugin/engine-log.ts";
import { InitFailed } from "../../provider/plugin/failure.ts";
import { Provider } from "../../provider/plugin/provider.ts";
import { mask } from "../../provider/redaction/secrets.ts";
import { LOOK_UP } from "../../provider/resources/fleet/functions.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import {
  atEnd,
  changeRow,
  gmailProfile,
  mailboxRow,
  readyCells,
  temporaryDirectory,
  testSandbox,
} from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const PEOPLE = ["anna", "bert", "dora"] as const;
const TYPE = "gmailsync:index:Mailbox";

let sandbox: Sandbox;
let provider: Provider;
beforeEach(async () => {
  sandbox = await testSandbox();
  for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() }))
    vi.stubEnv(name, value);
  await configureProvider();
});

async function configureProvider(): Promise<void> {
  provider = new Provider("0.0.0");
  atEnd(() => provider.close());
  await configure();
}

async function configure(): Promise<void> {
  await provider.configure(new providerPb.ConfigureRequest().setArgs(structPb.Struct.fromJavaScript({})));
}

/** What people are told of each, in the order in which it is told. */
async function told(work: (person: string) => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const tell = (error: unknown) =>
    texts.push(...(error instanceof InitFailed ? error.reasons : [error instanceof Error ? error.message : "?"]));
  await Promise.all(PEOPLE.map((person) => work(person).catch(tell)));
  return texts;
}

/** The address of an engine that hears what is told. */
async function engine(hear: (message: string) => void): Promise<string> {
  const server = new grpc.Server();
  server.addService(engineGrpc.EngineService, {
    log: ({ request }: { request: LogRequest }, answer: (error: null, reply: object) => void) => {
      // What is told to those who search for defects is heard with --debug only.
      if (request.getSeverity() !== enginePb.LogSeverity.DEBUG) hear(request.getMessage());
      answer(null, new emptyPb.Empty());
    },
  });
  atEnd(() => server.forceShutdown());
  const credentials = grpc.ServerCredentials.createInsecure();
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    ),
  );
}

const rowOf = (person: string) => String(mailboxRow(sandbox, `${person}@northwind.example`)["mailboxid"]);
const urnOf = (person: string) => `urn:pulumi:test::test::${TYPE}::${person}`;

function read(person: string) {
  return provider.read(new providerPb.ReadRequest().setType(TYPE).setUrn(urnOf(person)).setId(rowOf(person)));
}

function inputsOf(person: string) {
  return structPb.Struct.fromJavaScript({
    emailAddress: `${person}@northwind.example`,
    profileId: String(gmailProfile(sandbox)["emailserverprofileid"]),
    enabled: false,
  });
}

function check(person: string) {
  return provider.check(new providerPb.CheckRequest().setNews(inputsOf(person)).setType(TYPE).setUrn(urnOf(person)));
}

function create(person: string) {
  const request = new providerPb.CreateRequest().setProperties(inputsOf(person));
  return provider.create(request.setType(TYPE).setUrn(urnOf(person)));
}

const whole = /^Reading .*a page of HTML came back.*Something on the way has answered/;
const short = /^Reading [-\w ()]+: the same as at Mailbox (anna|bert|dora), which says why\.$/;

test("one cause is told in full once, and at every other resource with the place where that is", async () => {
  const effect = { status: 403, headers: { "content-type": "text/html" }, body: "<html>blocked</html>" };
  const fault = sandbox.addFault({ service: "dataverse", method: "GET", path: "mailboxes", times: 1000, effect });
  const texts = await told(read);
  expect(texts.filter((text) => whole.test(text))).toHaveLength(1);
  expect(texts.filter((text) => short.test(text))).toHaveLength(2);
  fault.remove();
  expect(await told(read)).toEqual([]);
});

test("so it is where writes may have been carried out", async () => {
  const effect = { status: 502, body: "<html>gateway</html>" };
  sandbox.addFault({ service: "dataverse", method: "PATCH", path: "mailboxes", times: 1000, effect });
  const texts = await told(create);
  expect(texts).toHaveLength(3);
  expect(texts.filter((text) => text.includes("Whether it was carried out is seen"))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("the same as at Mailbox"))).toHaveLength(2);
});

test.each([
  [
    "a fleet's lookup",
    () => {
      const addresses = structPb.Struct.fromJavaScript({
        addresses: PEOPLE.map((person) => `${person}@northwind.example`),
      });
      return provider.invoke(new providerPb.InvokeRequest().setTok(LOOK_UP).setArgs(addresses)).catch(() => {});
    },
  ],
  ["a check that passes", () => check("emil")],
])("what only %s has met counts as told to nobody", async (_, meet) => {
  const effect = { status: 403, headers: { "content-type": "text/html" }, body: "<html>blocked</html>" };
  const fault = sandbox.addFault({ service: "dataverse", method: "GET", path: "mailboxes", times: 1000, effect });
  await meet();
  expect(fault.disturbed).toBeGreaterThan(0);
  const texts = await told(create);
  expect(texts.filter((text) => text.includes("Something on the way has answered"))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("the same as at Mailbox"))).toHaveLength(2);
  expect(texts.join()).not.toMatch(/the same as at (?!Mailbox (anna|bert|dora),)/);
});

test("another cause is told in full, too", async () => {
  const answers = (status: number) => ({ status, headers: { "content-type": "text/html" }, body: "<html>no</html>" });
  const faults = [403, 404].map((status, index) => {
    const id = rowOf(["anna", "bert"][index] ?? "");
    return sandbox.addFault({
      service: "dataverse",
      method: "GET",
      path: `mailboxes(${id})`,
      times: 9,
      effect: answers(status),
    });
  });
  sandbox.addFault({
    service: "dataverse",
    method: "GET",
    path: "mailboxes?",
    times: 9,
    effect: { status: 200, body: { value: [] } },
  });
  const texts = await told(read);
  expect(texts.filter((text) => whole.test(text))).toHaveLength(2);
  for (const fault of faults) fault.remove();
});

test("an engine that comes after another one gets its answers, and is told in full again", async () => {
  const effect = { status: 403, headers: { "content-type": "text/html" }, body: "<html>blocked</html>" };
  sandbox.addFault({ service: "dataverse", method: "GET", path: "mailboxes", times: 1000, effect });
  for (let engines = 0; engines < 2; engines++) {
    provider.attach(await engine(() => {}));
    await configure();
    const texts = await told(read);
    expect(texts.filter((text) => whole.test(text))).toHaveLength(1);
    expect(texts.filter((text) => short.test(text))).toHaveLength(2);
    provider.cancel();
  }
});

test("what was sent to the engine before arrives there, though another one has come", async () => {
  const heard: string[] = [];
  provider.attach(await engine((message) => heard.push(message)));
  for (const text of ["one", "two", "three"]) provider.strays.caught(new Error(text));
  provider.attach(await engine(() => {}));
  await expect
    .poll(() => heard.map((text) => /Error: (\w+)/.exec(text)?.[1]), { timeout: 15_000 })
    .toEqual(["one", "two", "three"]);
});

test("a message that comes too late for its engine costs nobody his answer", async () => {
  const log = new EngineLog(await engine(() => {}));
  log.close();
  log.send({ severity: "info", message: mask("late"), urn: "" });
  await expect(log.flush()).resolves.toBeUndefined();
});

test("profiles with a server that gets no token are warned of in full once", async () => {
  const messages: string[] = [];
  provider.attach(await engine((message) => messages.push(message)));
  await provider.configure(new providerPb.ConfigureRequest().setArgs(structPb.Struct.fromJavaScript({})));
  const type = "gmailsync:index:EmailServerProfile";
  for (const name of ["north", "south"]) {
    const inputs = { name, incomingServerLocation: "mail.own.example", protocol: "imap", enabled: true };
    const request = new providerPb.CreateRequest()
      .setProperties(structPb.Struct.fromJavaScript(inputs))
      .setPreview(true)
      .setType(type);
    await provider.create(request.setUrn(`urn:pulumi:test::test::${type}::${name}`));
  }
  expect(messages).toHaveLength(2);
  expect(messages[0]).toMatch(/"north".*mail\.own\.example.*`mailHosts`/);
  expect(messages[1]).toMatch(/"south" .*: the same as at EmailServerProfile north, which says why\.$/);
});

test("so it is where the credential gets a token for no mailbox", async () => {
  const { email, publicKey, keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
  sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [] });
  vi.stubEnv("GMAILSYNC_MAIL_CREDENTIAL", keyFile);
  await configureProvider();
  const ready = readyCells(gmailProfile(sandbox));
  const type = "gmailsync:index:MailboxActivation";
  const texts = await told((person) => {
    changeRow(sandbox, mailboxRow(sandbox, `${person}@northwind.example`), ready);
    const inputs = {
      mailboxId: rowOf(person),
      profileId: String(ready._emailserverprofile_value),
      roundTrip: false,
      retest: "onChange",
    };
    const request = new providerPb.CreateRequest().setProperties(structPb.Struct.fromJavaScript(inputs));
    return provider.create(request.setType(type).setUrn(`urn:pulumi:test::test::${type}::${person}`));
  });
  expect(texts).toHaveLength(3);
  const full =
    /^token for the mailbox: .*serves no mailbox.*unauthorized_client.*\(CREDENTIAL_REFUSED\)\. Let a Workspace/;
  expect(texts.filter((text) => full.test(text))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("the same as at MailboxActivation"))).toHaveLength(2);
});
