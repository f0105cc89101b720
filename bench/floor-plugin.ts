/**
 * A provider that does nothing: what Pulumi itself takes for as many resources, each with about 1 KB in the state beside what its program's host adds. Started by the engine
 * (`bench/stacks.ts`).
 */
import grpc from "@grpc/grpc-js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";

const properties = { name: { type: "string" }, after: { type: "string" } };
const SCHEMA = {
  name: "floor",
  version: "0.0.1",
  resources: {
    "floor:index:Nothing": {
      inputProperties: properties,
      properties: { ...properties, rest: { type: "string" } },
      required: ["rest"],
    },
  },
};
/** What makes the state of a resource about 1 KB. */
const REST = "x".repeat(350);

const answer =
  <Request, Response>(made: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> =>
  ({ request }, callback) =>
    callback(null, made(request));
const empty = () => new emptyPb.Empty();
const checked = (request: InstanceType<typeof providerPb.CheckRequest>) =>
  new providerPb.CheckResponse().setInputs(request.getNews());
const unchanged = () => new providerPb.DiffResponse().setChanges(providerPb.DiffResponse.DiffChanges.DIFF_NONE);

const server = new grpc.Server();
server.addService(providerGrpc.ResourceProviderService, {
  getSchema: answer(() => new providerPb.GetSchemaResponse().setSchema(JSON.stringify(SCHEMA))),
  getPluginInfo: answer(() => new pluginPb.PluginInfo().setVersion(SCHEMA.version)),
  checkConfig: answer(checked),
  diffConfig: answer(unchanged),
  configure: answer(() => new providerPb.ConfigureResponse().setSupportspreview(true)),
  check: answer(checked),
  diff: answer(unchanged),
  create: answer((request: InstanceType<typeof providerPb.CreateRequest>) => {
    const inputs = request.getProperties()?.toJavaScript() ?? {};
    return new providerPb.CreateResponse()
      .setId(request.getPreview() ? "" : String(inputs["name"]))
      .setProperties(structPb.Struct.fromJavaScript({ ...inputs, rest: REST }));
  }),
  read: answer((request: InstanceType<typeof providerPb.ReadRequest>) =>
    new providerPb.ReadResponse()
      .setId(request.getId())
      .setInputs(request.getInputs())
      .setProperties(request.getProperties()),
  ),
  delete: answer(empty),
  cancel: answer(empty),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
