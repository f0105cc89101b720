import jspb from "google-protobuf";
import structs, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Tree, Value } from "../values.ts";

/** A struct as it has come, of which nothing is read before `objectOf` does so. */
class Received extends structs.Struct {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.#bytes = bytes;
  }

  override serializeBinary(): Uint8Array {
    return this.#bytes;
  }
}

/** How the structs of a message are set, by the number of their field; nobody reads those with `null`. */
export type StructFields<M> = Readonly<Record<number, ((message: M, struct: Struct) => unknown) | null>>;

/**
 * Reads messages and leaves their structs as they have come. The library makes an object with a map for every value in them, which for
 * thousands of resources takes more than all that is done with them.
 */
export function deserializer<M>(type: { deserializeBinary(bytes: Uint8Array): M }, fields: StructFields<M>) {
  return (bytes: Uint8Array): M => {
    const reader = new jspb.BinaryReader(bytes);
    const others: Uint8Array[] = [];
    const setters: ((message: M) => void)[] = [];
    for (let start = 0; reader.nextField(); start = reader.getCursor()) {
      const set = fields[reader.getFieldNumber()];
      if (set) {
        const struct = new Received(reader.readBytes());
        setters.push((message) => set(message, struct));
      } else {
        reader.skipField();
        if (set === undefined) others.push(bytes.subarray(start, reader.getCursor()));
      }
    }
    const message = type.deserializeBinary(Buffer.concat(others));
    for (const set of setters) set(message);
    return message;
  };
}

/** What a struct holds, read in one go. */
export function objectOf(struct: Struct): Tree {
  return readStruct(new jspb.BinaryReader(struct.serializeBinary()));
}

function readStruct(reader: jspb.BinaryReader): Tree {
  const entries: [string, Value][] = [];
  while (reader.nextField()) entries.push(within(reader, readEntry));
  // As the library does it: what has such a name is no property of anything, and as Go sends a map in another order each time, which a
  // text made of an object would show, names are in order.
  const named = entries.filter(([key]) => key !== "__proto__").sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(named);
}

function readEntry(reader: jspb.BinaryReader): [string, Value] {
  let key = "";
  let value: Value | undefined;
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) key = reader.readString();
    else value = within(reader, readValue);
  }
  return [key, value === undefined ? unknownKind() : value];
}

function readValue(reader: jspb.BinaryReader): Value {
  let value: Value | undefined;
  while (reader.nextField()) value = (KINDS[reader.getFieldNumber()] ?? unknownKind)(reader);
  return value === undefined ? unknownKind() : value;
}

function readList(reader: jspb.BinaryReader): Value[] {
  const values: Value[] = [];
  while (reader.nextField()) values.push(within(reader, readValue));
  return values;
}

/** Of `Value`, by the number of the field. */
const KINDS: Readonly<Record<number, (reader: jspb.BinaryReader) => Value>> = {
  1: (reader) => {
    reader.skipField();
    return null;
  },
  2: (reader) => reader.readDouble(),
  3: (reader) => reader.readString(),
  4: (reader) => reader.readBool(),
  5: (reader) => within(reader, readStruct),
  6: (reader) => within(reader, readList),
};

function unknownKind(): never {
  throw new TypeError("a value of the engine is of no kind that there is");
}

/** What `read` makes of the message in the current field. */
function within<T>(reader: jspb.BinaryReader, read: (reader: jspb.BinaryReader) => T): T {
  const results: T[] = [];
  reader.readMessage(results, (into, inner) => into.push(read(inner)));
  const [result = unknownKind()] = results;
  return result;
}
