import { Fault, faultIn, messageOf, remoteText } from "../fault.ts";
import { memberOf, objectIn, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import type { Network } from "../network/network.ts";
import { isBusy } from "../network/patient.ts";
import { readText } from "../read-text.ts";
import { learn } from "../redaction/secrets.ts";
import { bearerToken } from "../schema/bearer-token.ts";
import { fetchOver } from "./fetch-over.ts";

/** A token is not used any more this long before it expires. */
const MARGIN_MS = 60_000;
/** Longest time for one token, whoever waits for it. */
const REQUEST_LIMIT_MS = 60_000;
/** What is asked for: all of Google Cloud, as far as the roles go. */
export const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** An access token, and when it ends in milliseconds since 1970. */
interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

/** The environment's own token, kept: it is nobody's in particular, so one serves all. */
export class AmbientTokens {
  readonly #network: Network;
  readonly #kept = new Kept<string>(REQUEST_LIMIT_MS);

  constructor(network: Network) {
    this.#network = network;
  }

  get(deadline: Deadline): Promise<string> {
    return this.#kept.get("", "Getting a token of this environment", deadline, async (limit) => {
      const { text, expiresAt } = await ambientToken(this.#network, limit);
      return { value: text, until: expiresAt - MARGIN_MS };
    });
  }
}

/** Google's tokens live an hour; where the library does not tell, less is assumed. */
const ASSUMED_MS = 300_000;

/** Members in which the library's clients keep others that they ask. */
const INNER = ["stsCredential", "sourceClient"] as const;

/**
 * Gives our way out to a client and those inside of it: for pools and impersonation the library makes one of its own, which
 * knows neither proxy nor private authority (google-auth-library 11.3, `BaseExternalAccountClient`, `Impersonated`).
 */
function handOn(transporter: unknown, client: object): void {
  Reflect.set(client, "transporter", transporter);
  for (const name of INNER) {
    const inner: unknown = Reflect.get(client, name);
    if (typeof inner === "object" && inner !== null) handOn(transporter, inner);
  }
}

/**
 * An access token of whoever runs this: Application Default Credentials, so a file named by
 * `GOOGLE_APPLICATION_CREDENTIALS` (a key, a workload identity pool, impersonation), `gcloud auth application-default login`
 * or the machine's own service account. Google's library finds them.
 */
async function ambientToken(network: Network, deadline: Deadline): Promise<Token> {
  const { GoogleAuth, OAuth2Client } = await import("google-auth-library");
  const transporterOptions = { fetchImplementation: fetchOver(network, deadline) };
  // The project is of no use here, and the library would ask Google for it before the client is ours to prepare.
  const auth = new GoogleAuth({ scopes: [SCOPE], clientOptions: { transporterOptions }, projectId: "unused" });
  const what = "Getting a token by the Google credentials of this environment";
  try {
    await lookAtFiles(process.env, what);
    const client = await deadline.race(auth.getClient(), what);
    handOn(new OAuth2Client({ transporterOptions }).transporter, client);
    const { token } = await deadline.race(client.getAccessToken(), what);
    if (token && bearerToken(token))
      return { text: token, expiresAt: client.credentials.expiry_date ?? Date.now() + ASSUMED_MS };
  } catch (error) {
    const fault = faultIn(error);
    if (fault) throw fault;
    const status = memberOf(memberOf(error, "response"), "status");
    throw new Fault({
      kind: typeof status === "number" && isBusy(status) ? "unavailable" : "unauthenticated",
      what,
      said: remoteText(messageOf(error)),
      status: typeof status === "number" ? status : undefined,
      hint: HINT,
    });
  }
  throw new Fault({ kind: "unexpected", what: `${what} gave none` });
}

/** Where the library is told to read. It reads whatever is there, to its end. */
const FILE = "GOOGLE_APPLICATION_CREDENTIALS";
/** Largest file that is let to it, in bytes: a key has 3 KiB. */
const FILE_LIMIT_BYTES = 1024 * 1024;
const HINT =
  "In a pipeline use workload identity federation, or name a credentials file in GOOGLE_APPLICATION_CREDENTIALS; on a workstation run `gcloud auth application-default login`.";

/** The file of the environment and the one with the token that it may name: they must be such as have an end. */
async function lookAtFiles(environment: NodeJS.ProcessEnv, what: string): Promise<void> {
  const file = environment[FILE];
  if (!file) return;
  const { credential_source: source } = objectIn(await fileText(file, FILE, what)) ?? {};
  const inner = textOf(source, "file");
  if (inner) learn(await fileText(inner, `credential_source.file of ${file}`, what));
}

async function fileText(file: string, source: string, what: string): Promise<string> {
  const text = await readText(file, FILE_LIMIT_BYTES);
  if (typeof text === "string") return text;
  throw new Fault({ kind: "unauthenticated", what, reason: `${source}: ${file} ${text.refusal}`, hint: HINT });
}
