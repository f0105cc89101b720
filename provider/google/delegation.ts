import { Fault, faultIn, messageOf } from "../fault.ts";
import { jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";
import { minted } from "../redaction/secrets.ts";
import { bearerToken } from "../schema/bearer-token.ts";
import type { MailCredential } from "../schema/mail-credential.ts";
import { readServiceAccountKey } from "../schema/service-account-key.ts";
import { apiFault } from "./api-fault.ts";
import { fetchOver } from "./fetch-over.ts";
import { requestToken, type TokenAnswer, tokenAnswer } from "./token-endpoint.ts";

/** An assertion lives an hour at most (Google: "Using OAuth 2.0 for server to server applications"). */
const ASSERTION_SECONDS = 3600;

/** The service account that signs, as far as hints need it. */
export interface Signer {
  readonly email: string;
  /** Numeric; what the administrator's console wants for the delegation. Unknown without a key. */
  readonly clientId: string | undefined;
}

export interface DelegatedAnswer {
  readonly answer: TokenAnswer;
  readonly signer: Signer;
}

/** A token for a user of the organisation by domain-wide delegation: a signed assertion for that user (RFC 7523 §2.1). */
export function delegatedToken(
  { serviceAccountKey, serviceAccountEmail = "" }: MailCredential,
  request: { readonly address: string; readonly scope: string },
  network: Network,
  deadline: Deadline,
  /** The token of whoever runs this, asked for only without a key. */
  ambient: (deadline: Deadline) => Promise<string>,
): Promise<DelegatedAnswer> {
  return serviceAccountKey
    ? byKey(serviceAccountKey, request, network, deadline)
    : keyless(serviceAccountEmail, request, network, deadline, ambient);
}

/** Signed and exchanged by Google's own library. */
async function byKey(
  keyText: string,
  { address, scope }: { readonly address: string; readonly scope: string },
  network: Network,
  deadline: Deadline,
): Promise<DelegatedAnswer> {
  const key = readServiceAccountKey(keyText);
  if (typeof key === "string") throw new Fault({ kind: "invalid-input", what: `serviceAccountKey: ${key}` });
  const signer = { email: key.email, clientId: key.clientId };
  const { JWT } = await import("google-auth-library");
  const client = new JWT({
    email: key.email,
    key: key.privateKey,
    subject: address,
    scopes: [scope],
    transporterOptions: { fetchImplementation: fetchOver(network, deadline) },
  });
  try {
    const { access_token: accessToken, expiry_date: end } = await client.authorize();
    const expiresIn = end ? (end - Date.now()) / 1000 : ASSERTION_SECONDS;
    return {
      signer,
      answer: {
        ...{ status: 200, accessToken: minted(bearerToken(accessToken ?? "")), refreshToken: "", expiresIn },
        ...{ error: "", description: "" },
      },
    };
  } catch (error) {
    const response = memberOf(error, "response");
    const status = memberOf(response, "status");
    if (typeof status === "number") return { signer, answer: tokenAnswer(status, memberOf(response, "data")) };
    // What did not come from the way out went wrong here, and says nothing about whether Google can be asked.
    throw (
      faultIn(error) ??
      new Fault({ kind: "unexpected", what: `Getting a token for ${address}`, reason: messageOf(error), cause: error })
    );
  }
}

/** Signed at Google by whoever runs this (IAM Service Account Credentials API, `signJwt`): there is no key to lose. */
async function keyless(
  email: string,
  { address, scope }: { readonly address: string; readonly scope: string },
  network: Network,
  deadline: Deadline,
  ambient: (deadline: Deadline) => Promise<string>,
): Promise<DelegatedAnswer> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: email,
    sub: address,
    scope,
    aud: "https://oauth2.googleapis.com/token",
    iat: now,
    exp: now + ASSERTION_SECONDS,
  };
  const answer = await askPatiently(
    network,
    {
      effect: "signs-in",
      method: "POST",
      url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:signJwt`,
      headers: { authorization: `Bearer ${await ambient(deadline)}`, "content-type": "application/json" },
      body: JSON.stringify({ payload: JSON.stringify(payload) }),
    },
    deadline,
  );
  const assertion = minted(textOf(jsonOf(answer.text), "signedJwt"));
  if (answer.status !== 200 || !assertion) throw unsigned(email, answer);
  const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  return { signer: { email, clientId: undefined }, answer: await requestToken(form, network, deadline) };
}

function unsigned(email: string, answer: HttpResponse): Fault {
  const hint =
    answer.status === 403
      ? `Grant the identity that runs this the role roles/iam.serviceAccountTokenCreator on ${email} (roles/iam.workloadIdentityUser is not enough), and enable the API iamcredentials.googleapis.com in its project.`
      : "Check the address of the service account.";
  return apiFault(`Signing for the service account ${email}`, answer, "permission-denied", hint);
}
