import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import grpc from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/sandbox.ts";

const LAUNCHER = join(import.meta.dirname, "..", "..", "bin", "pulumi-resource-gmailsync");
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function plugin(env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(LAUNCHER, ["--logtostderr", "-v=9", "127.0.0.1:1"], { env });
  children.push(child);
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      stdout += data;
      resolve();
    });
    child.on("close", (code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  const client = new providerGrpc.ResourceProviderClient(
    `127.0.0.1:${stdout.trim()}`,
    grpc.credentials.createInsecure(),
  );
  return { child, client, stdout: () => stdout, stderr: () => stderr };
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function ask<Response>(send: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => send((error, response) => (error ? reject(error) : resolve(response))));
}

const struct = (value: Parameters<typeof structPb.Struct.fromJavaScript>[0]) => structPb.Struct.fromJavaScript(value);

describe("the plugin's process", () => {
  test("says its port, and nothing else, on standard output; answers the handshake and its schema", async () => {
    const { client, stdout } = await plugin();
    const handshake = await ask<messages.ProviderHandshakeResponse>((done) =>
      client.handshake(new providerPb.ProviderHandshakeRequest(), done),
    );
    expect(handshake.toObject()).toMatchObject({ acceptSecrets: true, acceptResources: true });
    const schema = await ask<messages.GetSchemaResponse>((done) =>
      client.getSchema(new providerPb.GetSchemaRequest(), done),
    );
    expect(JSON.parse(schema.getSchema()).name).toBe("gmailsync");
    const info = await ask<PluginInfo>((done) => client.getPluginInfo(new emptyPb.Empty(), done));
    expect(info.getVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(stdout()).toMatch(/^\d+\n$/);
  });

  test("takes Cancel as often as it comes, and ends on SIGINT", async () => {
    const { client, child } = await plugin();
    for (let time = 0; time < 3; time++) await ask<unknown>((done) => client.cancel(new emptyPb.Empty(), done));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  test("answers what it does not implement as unimplemented", async () => {
    const { client } = await plugin();
    await expect(ask<unknown>((done) => client.call(new providerPb.CallRequest(), done))).rejects.toMatchObject({
      code: grpc.status.UNIMPLEMENTED,
    });
  });

  test("uses the package's own node when the one on PATH is too old", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "node"), "#!/bin/sh\necho v20.20.2\n");
    chmodSync(join(directory, "node"), 0o755);
    const { client } = await plugin({ ...process.env, PATH: `${directory}:/usr/bin:/bin` });
    await ask<messages.ProviderHandshakeResponse>((done) =>
      client.handshake(new providerPb.ProviderHandshakeRequest(), done),
    );
  });

  test("says what is missing when there is no node that will do", async () => {
    const directory = temporaryDirectory();
    // A copy without the package's own node, and a PATH on which there is an old one.
    cpSync(dirname(LAUNCHER), join(directory, "bin"), { recursive: true });
    const tools = join(directory, "tools");
    mkdirSync(tools);
    for (const tool of ["sh", "dirname", "readlink"]) symlinkSync(`/usr/bin/${tool}`, join(tools, tool));
    writeFileSync(join(tools, "node"), "#!/bin/sh\necho v18.0.0\n", { mode: 0o755 });
    const child = spawn(join(directory, "bin", "pulumi-resource-gmailsync"), { env: { PATH: tools } });
    children.push(child);
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(1);
    expect(stderr).toContain("needs Node.js 22.18 or newer");
    expect(stderr).toContain("npm install");
  });
});

describe("secrets and unknowns on the wire", () => {
  test("a natural secret is marked, however it came; an unknown one stays unknown and passes the check", async () => {
    const { client } = await plugin();
    const request = new providerPb.CheckRequest().setType("gmailsync:index:EmailServerProfile").setNews(
      struct({
        name: "Gmail",
        oauthClientId: UNKNOWN,
        oauthClientSecret: "plain-secret-value",
        incomingPort: UNKNOWN,
      }),
    );
    const response = await ask<messages.CheckResponse>((done) => client.check(request, done));
    expect(response.getFailuresList()).toEqual([]);
    expect(response.getInputs()?.toJavaScript()).toMatchObject({
      oauthClientId: UNKNOWN,
      incomingPort: UNKNOWN,
      protocol: "imap",
      enabled: true,
      oauthClientSecret: { [SIGNATURE]: SECRET, value: "plain-secret-value" },
    });
  });

  test("a failure of a secret names it in the reason and not as the property, whose value the engine would print", async () => {
    const { client } = await plugin();
    const request = new providerPb.CheckRequest()
      .setType("gmailsync:index:EmailServerProfile")
      .setNews(
        struct({ name: { [SIGNATURE]: SECRET, value: "n".repeat(200) }, oauthClientId: "1", oauthClientSecret: "" }),
      );
    const failures = (await ask<messages.CheckResponse>((done) => client.check(request, done))).getFailuresList();
    expect(failures.map((failure) => failure.getProperty())).toEqual(["", ""]);
    expect(failures.map((failure) => failure.getReason()).join()).toContain("property oauthClientSecret");
  });

  test("so does a failure of what has a secret in it, and any of the configuration, which comes without marks", async () => {
    const { client } = await plugin();
    const resource = new providerPb.CheckRequest()
      .setType("gmailsync:index:MailboxActivation")
      .setNews(struct({ credentials: { refreshToken: { [SIGNATURE]: SECRET, value: "1//planted" } } }));
    const config = new providerPb.CheckRequest().setNews(struct({ clientSecrett: "planted" }));
    const failures = [
      ...(await ask<messages.CheckResponse>((done) => client.check(resource, done))).getFailuresList(),
      ...(await ask<messages.CheckResponse>((done) => client.checkConfig(config, done))).getFailuresList(),
    ].map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    expect(failures.toSorted()).toEqual([
      expect.stringMatching(/^: property clientSecrett there is no property clientSecrett/),
      expect.stringMatching(/^: property credentials there is no property credentials/),
      "mailboxId: is required",
    ]);
  });

  test("the user's own secret stays secret at its place in the outputs of a preview", async () => {
    const { client } = await plugin();
    const request = new providerPb.CreateRequest()
      .setType("gmailsync:index:EmailServerProfile")
      .setPreview(true)
      .setProperties(
        struct({
          name: { [SIGNATURE]: SECRET, value: "hidden name" },
          oauthClientId: "id",
          oauthClientSecret: "s3cretly",
        }),
      );
    const outputs = (await ask<messages.CreateResponse>((done) => client.create(request, done)))
      .getProperties()
      ?.toJavaScript();
    expect(outputs).toMatchObject({
      name: { [SIGNATURE]: SECRET, value: "hidden name" },
      oauthClientSecret: { [SIGNATURE]: SECRET },
      profileId: UNKNOWN,
    });
  });

  test("a diff names each changed path, and replaces only where the schema says so", async () => {
    const { client } = await plugin();
    const olds = { emailAddress: "a@x.example", profileId: "p", approved: true };
    const request = new providerPb.DiffRequest()
      .setType("gmailsync:index:Mailbox")
      .setOlds(struct(olds))
      .setOldInputs(struct(olds))
      .setNews(struct({ emailAddress: "b@x.example", profileId: UNKNOWN, enabled: true }));
    const response = (await ask<messages.DiffResponse>((done) => client.diff(request, done))).toObject();
    expect(response.replacesList).toEqual(["emailAddress"]);
    expect(response.diffsList.toSorted()).toEqual(["approved", "emailAddress", "enabled", "profileId"]);
    // The new one first: should nobody have the new address, the old mailbox keeps what it has.
    expect(response.deletebeforereplace).toBe(false);
    expect(Object.fromEntries(response.detaileddiffMap.map(([path, { kind }]) => [path, kind]))).toEqual({
      emailAddress: providerPb.PropertyDiff.Kind.UPDATE_REPLACE,
      profileId: providerPb.PropertyDiff.Kind.UPDATE,
      approved: providerPb.PropertyDiff.Kind.DELETE,
      enabled: providerPb.PropertyDiff.Kind.ADD,
    });
  });

  test("an unknown property is told with the nearest known one", async () => {
    const { client } = await plugin();
    const request = new providerPb.CheckRequest()
      .setType("gmailsync:index:Mailbox")
      .setNews(struct({ emailAddress: "a@x.example", profileID: "x" }));
    const reasons = (await ask<messages.CheckResponse>((done) => client.check(request, done)))
      .getFailuresList()
      .map((failure) => failure.getReason());
    expect(reasons.join()).toContain("did you mean profileId?");
  });

  test("names that look like a secret or drive a terminal are not shown", async () => {
    const { client } = await plugin();
    const news = {
      mailboxId: "6f1d2c3b-0000-4000-8000-000000000000",
      "GOCSPX-planted00000000000000000000": 1,
      triggers: { "GOCSPX-planted00000000000000000000": [], "\x1b[2J\u202Enobody": [] },
    };
    const request = new providerPb.CheckRequest().setType("gmailsync:index:MailboxActivation").setNews(struct(news));
    const failures = (await ask<messages.CheckResponse>((done) => client.check(request, done))).getFailuresList();
    const told = failures.map((failure) => `${failure.getProperty()}: ${failure.getReason()}`).join(" | ");
    expect(told).toContain('triggers["…"]: must be a string');
    expect(told).toContain('triggers["[2J nobody"]: must be a string');
    expect(told).not.toMatch(/planted|[^\P{Cc}]|\p{Cf}|\\u/u);
  });
});
