import type { JSONWebKeySet } from "jose";
import type { Reply } from "./http.ts";

/** A GET to one of the sandbox's own hosts; undefined for any other, which nothing here reaches. */
export type FetchOf = (url: URL) => Promise<Reply> | undefined;

/** Entra reads no more of them. */
const MOST_KEYS = 100;

/** The keys of an issuer of tokens (OpenID Connect Discovery section 4); an error where its metadata cannot be had, or are another's. */
export async function keysOf(issuer: string, fetch: FetchOf): Promise<JSONWebKeySet> {
  const { issuer: named, jwks_uri } = await fetched(
    new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
    fetch,
  );
  if (named !== issuer) throw new Error(`the metadata is of ${named}`);
  const { keys } = await fetched(new URL(String(jwks_uri)), fetch);
  if (!Array.isArray(keys)) throw new Error("there are no keys");
  return { keys: keys.slice(0, MOST_KEYS) };
}

async function fetched(url: URL, fetch: FetchOf): Promise<Readonly<Record<string, unknown>>> {
  const reply = await fetch(url);
  if (reply === undefined || typeof reply === "string" || "half" in reply || reply.status !== 200)
    throw new Error(`${url.href} did not answer`);
  return typeof reply.body === "object" && reply.body !== null ? { ...reply.body } : {};
}
