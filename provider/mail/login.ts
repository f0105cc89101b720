import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import type { MailPeer } from "./socket.ts";

/** What a check logs in with: one token, once per protocol. */
export interface Login {
  readonly peer: MailPeer;
  readonly address: string;
  readonly accessToken: string;
  readonly network: Network;
  readonly deadline: Deadline;
}
