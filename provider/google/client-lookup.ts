import { Deadline } from "../network/deadline.ts";
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
  readonly #known = new Map<string, { readonly at: number; readonly probe: Promise<Probe> }>();

  constructor(network: Network) {
    this.#network = network;
  }

  async look(clientId: string, deadline: Deadline): Promise<Probe> {
    const known = this.#known.get(clientId);
    const fresh = known && Date.now() - known.at < KEPT_MS ? known : { at: Date.now(), probe: this.#probe(clientId) };
    this.#known.set(clientId, fresh);
    return deadline.race(fresh.probe, `Asking Google about the OAuth client ${clientId}`);
  }

  /** With a budget of its own, as others wait for it too. Never rejects. */
  async #probe(clientId: string): Promise<Probe> {
    const limit = Deadline.after(REQUEST_LIMIT_MS);
    try {
      const probe = await probeClient({ clientId, clientSecret: "gmailsync-lookup" }, this.#network, limit);
      if (probe.status === "failed" && probe.code === "SECRET_WRONG") return { status: "ok" };
      if (probe.status === "failed" && probe.code === "CLIENT_REFUSED") return { status: "unknown", said: probe.said };
      return probe;
    } finally {
      limit[Symbol.dispose]();
    }
  }
}
