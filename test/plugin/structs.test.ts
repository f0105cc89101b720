import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import jspb from "google-protobuf";
import structs, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, test } from "vitest";
import { SERVICE } from "../../provider/plugin/service.ts";
import { objectOf } from "../../provider/plugin/structs.ts";

const { CheckRequest, CreateRequest, DeleteRequest, DiffRequest, ReadRequest, UpdateRequest } = providerPb;

const structOf = (name: string): Struct =>
  structs.Struct.fromJavaScript({ name, list: [1, null, { deep: "ü", no: false }], none: null, half: 0.5, empty: {} });

/** Requests with all that there is in them, as the engine sends them. */
const REQUESTS = {
  check: () =>
    new CheckRequest()
      .setUrn("urn:x")
      .setOlds(structOf("olds"))
      .setNews(structOf("news"))
      .setName("m")
      .setType("gmailsync:index:Mailbox"),
  diff: () =>
    new DiffRequest()
      .setId("id")
      .setUrn("urn:x")
      .setOlds(structOf("olds"))
      .setNews(structOf("news"))
      .setIgnorechangesList(["a", "b"])
      .setOldInputs(structOf("oldInputs"))
      .setType("gmailsync:index:Mailbox"),
  create: () =>
    new CreateRequest().setUrn("urn:x").setProperties(structOf("properties")).setTimeout(7).setPreview(true),
  read: () => new ReadRequest().setId("id").setProperties(structOf("properties")).setInputs(structOf("inputs")),
  update: () =>
    new UpdateRequest()
      .setId("id")
      .setOlds(structOf("olds"))
      .setNews(structOf("news"))
      .setTimeout(0.5)
      .setOldInputs(structOf("oldInputs"))
      .setPreview(true),
  delete: () =>
    new DeleteRequest().setId("id").setProperties(structOf("properties")).setOldInputs(structOf("oldInputs")),
} as const;

/** What a message says, with its structs as they are read here. */
function contentOf(message: jspb.Message): Record<string, unknown> {
  const getters = Object.getOwnPropertyNames(Object.getPrototypeOf(message)).filter((name) => /^get[A-Z]/.test(name));
  return Object.fromEntries(
    getters.map((name) => {
      const value: unknown = Reflect.get(message, name).call(message);
      if (value instanceof structs.Struct) return [name, objectOf(value)];
      return [name, value instanceof jspb.Message ? value.toObject() : value];
    }),
  );
}

describe("requests with their structs left as they have come", () => {
  test.each(Object.entries(REQUESTS))("%s says what the library reads of it", (method, request) => {
    const { requestSerialize, requestDeserialize } = Reflect.get(SERVICE, method);
    const sent = request();
    const read = requestDeserialize(requestSerialize(sent));
    expect(contentOf(read)).toEqual(contentOf(sent));
  });

  test("the outputs of before, which nobody needs for a check, are passed over", () => {
    const sent = REQUESTS.check().setOldOutputs(structOf("outputs"));
    const read = SERVICE.check.requestDeserialize(Buffer.from(sent.serializeBinary()));
    expect([read.getOldOutputs(), read.getName()]).toEqual([undefined, "m"]);
  });

  test("what is cut off is an error", () => {
    const bytes = Buffer.from(REQUESTS.diff().serializeBinary());
    expect(() => SERVICE.diff.requestDeserialize(bytes.subarray(0, bytes.length - 3))).toThrow();
  });
});

test("a struct holds what the library reads of it", () => {
  const struct = structOf("x");
  expect(objectOf(struct)).toEqual(struct.toJavaScript());
});

test("names come in order, in whatever order they were sent", () => {
  const fields = ["b", "a"].map((name) => structs.Struct.fromJavaScript({ [name]: name }).serializeBinary());
  // Field 3 of the request, and behind it both entries of the map.
  const sent = Buffer.concat(fields);
  const request = SERVICE.read.requestDeserialize(Buffer.concat([Buffer.from([3 * 8 + 2, sent.length]), sent]));
  expect(JSON.stringify(objectOf(request.getProperties() ?? structOf("none")))).toBe('{"a":"a","b":"b"}');
});

test("a value without a kind is an error", () => {
  const struct = new structs.Struct();
  struct.getFieldsMap().set("x", new structs.Value());
  expect(() => objectOf(struct)).toThrow("no kind");
});
