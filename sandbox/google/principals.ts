import { evaluated, type Subject } from "./attributes.ts";
import type { Refusal } from "./refusal.ts";
import type { WorkloadProvider } from "./state.ts";

/** Who somebody is to Google, and the sets that he belongs to: https://cloud.google.com/iam/docs/principal-identifiers */
export interface Principal {
  readonly address: string;
  readonly memberOf: string[];
}

/** Bytes: https://cloud.google.com/iam/docs/workload-identity-federation#mapping */
const LONGEST_SUBJECT = 127;

/** What the provider's mapping and condition make of a token's claims. */
export function principalOf(
  { audience, attributeMapping, attributeCondition }: WorkloadProvider,
  assertion: Readonly<Record<string, unknown>>,
): Principal | Refusal {
  const { "google.subject": ofSubject = "assertion.sub", ...others } = attributeMapping;
  const subject = evaluated(ofSubject, { assertion, attribute: {} });
  // Assumption: sts-refusals.
  if (typeof subject !== "string" || subject === "")
    return invalid("Could not obtain a value for google.subject from the given credential.");
  if (Buffer.byteLength(subject) > LONGEST_SUBJECT)
    return invalid(
      `The size of mapped attribute google.subject exceeds the ${LONGEST_SUBJECT} bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than ${LONGEST_SUBJECT} bytes.`,
    );
  const attribute = attributesOf(others, assertion);
  if (attributeCondition !== null && evaluated(attributeCondition, { assertion, attribute }) !== true)
    return {
      status: 400,
      error: "unauthorized_client",
      description: "The given credential is rejected by the attribute condition.",
    };
  const pool = `//${audience.replace(/^\/\//, "").replace(/\/providers\/[^/]+$/, "")}`;
  return {
    address: `principal:${pool}/subject/${subject}`,
    memberOf: [
      `principalSet:${pool}/*`,
      ...Object.entries(attribute).map(([name, value]) => `principalSet:${pool}/attribute.${name}/${value}`),
    ],
  };
}

/** Those without a value are left out. */
function attributesOf(mapping: Readonly<Record<string, string>>, assertion: Subject["assertion"]) {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([name, expression]): [string, string][] => {
      const value = evaluated(expression, { assertion, attribute: {} });
      return typeof value === "string" ? [[name.replace(/^attribute\./, ""), value]] : [];
    }),
  );
}

function invalid(description: string): Refusal {
  return { status: 400, error: "invalid_grant", description };
}
