import { createHash } from "node:crypto";

/** A GUID made from a text: the same one each time. */
export function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Digits made from a text, the first of them not 0. */
export function digitsOf(text: string, length: number): string {
  const digits = createHash("sha256").update(text).digest().toString("hex").replaceAll(/\D/g, "");
  return `1${digits.padEnd(length, "0").slice(0, length - 1)}`;
}
