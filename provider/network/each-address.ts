/**
 * How long each address of a host is tried before the next one (RFC 8305). Node.js gives each 250 ms, which the only one that can be reached
 * may need longer than.
 */
export const EACH_ADDRESS = { autoSelectFamilyAttemptTimeout: 3000 } as const;
