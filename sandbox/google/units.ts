import type { AccessSetting, GmailAccount, OrganizationalUnit } from "./state.ts";

/**
 * The account as the policy of its organisational unit leaves it: the administrator's switch stands above the user's.
 * Assumption: unit-allows-again.
 */
export function underPolicy(account: GmailAccount, units: readonly OrganizationalUnit[]): GmailAccount {
  const unit = units.find(({ path }) => path === account.unit);
  return unit ? { ...account, imap: switched(account.imap, unit.imap), pop: switched(account.pop, unit.pop) } : account;
}

function switched(setting: AccessSetting, allowed: boolean): AccessSetting {
  if (!allowed) return "off-by-admin";
  return setting === "off-by-admin" ? "on" : setting;
}
