import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/** How TLS is spoken, whoever opens the socket. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
  /** Said aloud: left out, Node.js takes it from `NODE_TLS_REJECT_UNAUTHORIZED`. */
  readonly rejectUnauthorized: true;
}

/** Verified against Node's authorities and these, which are PEM. */
export function verifying(authorities: readonly string[]): TlsOptions {
  const ca = authorities.length === 0 ? {} : { ca: [...getCACertificates("default"), ...authorities] };
  return { secureContext: createSecureContext({ ...ca, minVersion: "TLSv1.2" }), rejectUnauthorized: true };
}
