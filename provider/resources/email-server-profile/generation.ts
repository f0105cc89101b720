import { createHash } from "node:crypto";
import type { Context } from "../../resource/context.ts";

export const GENERATION = "generation of ";

/** The key under which the id of a profile is kept on this machine until the state has it. */
export function generationKey(urn: string): string {
  return `${GENERATION}${urn}`;
}

/** The profile that a run has made for the resource, or was about to, and that the state may not have yet. */
export function madeBefore(urn: string, { originals }: Pick<Context, "originals">): string | undefined {
  const id = originals.of(urn, generationKey(urn))?.["id"];
  return typeof id === "string" ? id : undefined;
}

/**
 * The id is derived from the resource's URN, so that a creation whose answer was lost is found again instead of being done twice; when
 * it is made anew, from the URN and the id before, which stands beside it until it goes. One that was made so by a run that was cut off
 * is gone on with, should the one before have gone meanwhile. Dataverse takes the primary key of a new row from the request (a UUID of
 * version 5, RFC 9562 §5.5).
 */
export function profileId(context: Context): string {
  const { urn, environmentUrl, roster } = context;
  const idOf = (place: string) => idFrom(`gmailsync\n${environmentUrl}\n${place}`);
  const first = madeBefore(urn, context) ?? idOf(urn);
  return roster.profiles.next(urn, first, (before) => idOf(`${urn}\n${before}`));
}

function idFrom(text: string): string {
  const hash = createHash("sha1").update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
