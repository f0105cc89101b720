import { hintOf } from "../codes/codes.ts";
import { Fault, remoteText } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpRequest, Network } from "../network/network.ts";
import { accountOf } from "../schema/address.ts";
import { askGmail } from "./gmail-api.ts";

/** A profile that tells nothing. */
const NOTHING = { status: 200, headers: {}, text: "{}" };

/**
 * Whose mailbox a given access token opens (Gmail API, `users.getProfile`): at a mail login another user's token looks like
 * a bad one. What cannot be told here (no Gmail API, another scope) is left to the login.
 */
export async function refuseOthersToken(
  address: string,
  accessToken: string,
  network: Network,
  deadline: Deadline,
): Promise<void> {
  const send = async (request: HttpRequest) => {
    const answer = await network.request(request, deadline);
    const { status, text } = answer;
    if (status === 401) {
      throw new Fault({
        kind: "failed-precondition",
        what: `Google does not accept the access token that was given for ${address}`,
        code: "TOKEN_REFUSED",
        status,
        hint: "Access tokens live for about an hour: get a fresh one for every run, or use another kind of credential.",
      });
    }
    return status === 200 && jsonOf(text) ? answer : NOTHING;
  };
  const profile = await askGmail(accessToken, send, (users) => users.getProfile({ userId: "me" }));
  const owner = textOf(profile, "emailAddress");
  if (owner === "" || accountOf(owner) === accountOf(address)) return;
  throw new Fault({
    kind: "failed-precondition",
    what: `The access token that was given for ${address} is one of ${remoteText(owner)}`,
    code: "TOKEN_OF_OTHER",
    hint: hintOf("TOKEN_OF_OTHER"),
  });
}
