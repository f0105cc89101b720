import { classify } from "../../mail/classification.ts";
import { greet } from "../../mail/conversation.ts";
import type { Look } from "../../resource/looks.ts";
import { type Finding, found, good } from "../../schema/step.ts";
import { GMAIL_SERVERS, type MailServer } from "./declared.ts";
import type { Surroundings } from "./surroundings.ts";

/** Each mail server once, up to verified TLS and its greeting. Nobody logs in. */
export function mailLooks(surroundings: Surroundings): readonly Look[] {
  const declared = surroundings.declared?.servers ?? [];
  const servers = new Map((declared.length > 0 ? declared : GMAIL_SERVERS).map((server) => [placeOf(server), server]));
  return [...servers].map(([place, server]) => ({
    id: "mailHost",
    of: place,
    look: () => greetingFinding(server, surroundings),
  }));
}

function placeOf({ peer }: MailServer): string {
  return `${peer.host}:${peer.port}`;
}

async function greetingFinding(server: MailServer, { services, deadline }: Surroundings): Promise<Finding> {
  const { protocol, peer } = server;
  const begun = Date.now();
  try {
    await greet(protocol, { peer, network: services.network, deadline });
    return good({ message: `${protocol.toUpperCase()} over verified TLS`, ms: Date.now() - begun });
  } catch (error) {
    const { code, said } = classify(error);
    return found(code, { said, ms: Date.now() - begun });
  }
}
