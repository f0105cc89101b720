import type { SigningIn } from "../../provider/dataverse/entra.ts";
import type { IdentitySettings } from "../../provider/dataverse/identity.ts";
import { chooseIdentity } from "../../provider/host/identity.ts";

/** Signing in by the identity that the settings of a program make. */
export function signingInAs(settings: IdentitySettings, authority: string, scope: string): SigningIn {
  const identity = chooseIdentity(settings, {});
  if (!identity) throw new Error(`no identity is begun by ${Object.keys(settings)}`);
  return { identity, authority, scope };
}
