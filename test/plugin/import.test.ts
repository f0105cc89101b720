import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test, vi } from "vitest";
import { Provider } from "../../provider/plugin/provider.ts";
import { unwrap } from "../../provider/plugin/wire.ts";
import { fixedColumns } from "../../provider/resources/email-server-profile/columns.ts";
import { atEnd, changeRow, gmailProfile, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const TYPE = "gmailsync:index:EmailServerProfile";
const URN = `urn:pulumi:test::test::${TYPE}::gmail`;

/** What engines send where nothing is known yet: nothing, or what is empty. */
const SENT = [
  ["nothing", (request: providerPb.ReadRequest) => request],
  [
    "what is empty",
    (request: providerPb.ReadRequest) =>
      request.setInputs(structPb.Struct.fromJavaScript({})).setProperties(structPb.Struct.fromJavaScript({})),
  ],
] as const;

test.each(SENT)(
  "an import for which the engine sends %s takes a client id in whatever form it reads it, and a program does not",
  async (_, sent) => {
    const sandbox = await testSandbox();
    for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() }))
      vi.stubEnv(name, value);
    const row = gmailProfile(sandbox);
    changeRow(sandbox, row, { ...fixedColumns, oauthclientid: "my-client" });
    const provider = new Provider("0.0.0");
    atEnd(() => provider.close());
    await provider.configure(new providerPb.ConfigureRequest().setArgs(structPb.Struct.fromJavaScript({})));

    const id = `{${String(row["emailserverprofileid"]).toUpperCase()}}`;
    const read = await provider.read(sent(new providerPb.ReadRequest().setId(id).setType(TYPE).setUrn(URN)));
    expect(read.getId()).toBe(row["emailserverprofileid"]);
    const inputs = unwrap(read.getInputs()).tree;
    expect(inputs["oauthClientId"]).toBe("my-client");
    const failures = async (oauthClientId: string) => {
      const news = structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify({ ...inputs, oauthClientId })));
      const checked = await provider.check(new providerPb.CheckRequest().setType(TYPE).setUrn(URN).setNews(news));
      return checked.getFailuresList().map((failure) => failure.getProperty());
    };
    expect(await failures("my-client")).toEqual([]);
    expect(await failures("another-client")).toEqual(["oauthClientId"]);
  },
);
