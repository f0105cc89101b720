import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import type { Network } from "../network/network.ts";
import { type Probe, probeClient } from "./client-probe.ts";

/** How long an answer is good for: many mailboxes of one client ask within one run. */
const KEPT_MS = 60_000;
const REQUEST_LIMIT_MS = 20_000;

/**
 * Whether Google knows an OAuth client and lets it take part, for those who do not have its secret: Google looks at the
 * client before the secret, so a junk secret that is refused as a secret shows a client that is there.
 */
export class ClientLookup {
  readonly #network: Network;
  readonly #kept = new Kept<Probe>(REQUEST_LIMIT_MS);

  constructor(network: Network) {
    this.#network = network;
  }

  look(clientId: string, deadline: Deadline): Promise<Probe> {
    return this.#kept.get(clientId, `Asking Google about the OAuth client ${clientId}`, deadline, async (limit) => {
      const probe = await probeClient({ clientId, clientSecret: "gmailsync-lookup" }, this.#network, limit);
      return { value: judged(probe), until: Date.now() + KEPT_MS };
    });
  }
}

function judged(probe: Probe): Probe {
  if (probe.status === "failed" && probe.code === "SECRET_WRONG") return { status: "ok" };
  if (probe.status === "failed" && probe.code === "CLIENT_REFUSED") return { status: "unknown", said: probe.said };
  return probe;
}
