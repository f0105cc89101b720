import type { HttpResponse } from "../network/network.ts";

export interface Answer extends HttpResponse {
  /** Whether an earlier attempt got no answer, so that the service may have carried it out already. */
  readonly afterLostAnswer: boolean;
}
