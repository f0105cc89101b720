import type { Refusal } from "./refusal.ts";

/** The request parameter that an error page blames. */
export interface Offender {
  readonly key: string;
  readonly value: string;
}

// Wire types of protocol buffers: https://protobuf.dev/programming-guides/encoding/
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * The `authError` parameter of Google's error page: base64 of a protocol buffer with the fields 1 code, 2 message,
 * 4 HTTP status and 5 {1 key, 2 value}. Undocumented; seen up to October 2026.
 */
export function authError(refusal: Refusal, offender?: Offender): string {
  const fields = [
    text(1, refusal.error),
    refusal.description === "" ? [] : text(2, refusal.description),
    [tag(4, VARINT), ...varint(refusal.status)],
    offender === undefined ? [] : bytes(5, [...text(1, offender.key), ...text(2, offender.value)]),
  ];
  return Buffer.from(fields.flat()).toString("base64");
}

function text(field: number, value: string): number[] {
  return bytes(field, [...Buffer.from(value)]);
}

function bytes(field: number, content: readonly number[]): number[] {
  return [tag(field, LENGTH_DELIMITED), ...varint(content.length), ...content];
}

/** Field numbers below 16 only: one byte. */
function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
