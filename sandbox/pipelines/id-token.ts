import { randomUUID } from "node:crypto";
import { onItsClock } from "../clock.ts";
import { signed } from "../signing-keys.ts";
import type { Pipeline } from "./kinds.ts";

/** A token of the platform for the job, as OpenID Connect has it. */
export function idToken(
  { issuer, subject, audience, lifetimeSeconds, claims }: Pipeline,
  asked: string | undefined,
): Promise<string> {
  const now = Math.floor(onItsClock(Date.now()) / 1000);
  return signed(new URL(issuer).origin, {
    ...claims,
    iss: issuer,
    sub: subject,
    aud: asked ?? audience,
    iat: now,
    nbf: now,
    exp: now + lifetimeSeconds,
    jti: randomUUID(),
  });
}
