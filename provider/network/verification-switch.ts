/** The variable of Node.js that switches verification off, for all but us. */
export const VERIFICATION_SWITCH = "NODE_TLS_REJECT_UNAUTHORIZED";

/** What people are told who have switched verification off; undefined where nobody has. */
export function switchedOff(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment[VERIFICATION_SWITCH] !== "0") return undefined;
  return `${VERIFICATION_SWITCH}=0 has no effect here: TLS is always verified. Unset it; a proxy's or test environment's own authority is named by GMAILSYNC_CA_FILE or network.caFile.`;
}
