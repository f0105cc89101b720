import { nowOf } from "./clock.ts";
import { type GmailAccount, type GoogleState, MAIL_SCOPE } from "./state.ts";

/**
 * The account that an access token opens for mail. An unknown token, an expired one, another user's and one without the
 * mail scope are all the same refusal, as at Gmail.
 */
export function mailAccount(state: GoogleState, user: string, token: string): GmailAccount | undefined {
  const found = state.tokens.find((candidate) => candidate.token === token);
  if (found === undefined || found.expiresAt <= nowOf(state)) return undefined;
  if (!sameAddress(found.address, user) || !found.scope.split(" ").includes(MAIL_SCOPE)) return undefined;
  return findAccount(state, user);
}

export function findAccount(state: GoogleState, address: string): GmailAccount | undefined {
  return state.accounts.find((account) => sameAddress(account.address, address));
}

/** The account that gets what is sent to an address, which may be an alias. */
export function findRecipient(state: GoogleState, address: string): GmailAccount | undefined {
  const isAlias = ({ aliases = [] }: GmailAccount) => aliases.some((alias) => sameAddress(alias, address));
  return findAccount(state, address) ?? state.accounts.find(isAlias);
}

/** Gmail does not tell upper from lower case, in the local part either. */
function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
