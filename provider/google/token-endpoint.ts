import { jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";
import { minted } from "../redaction/secrets.ts";
import { bearerToken } from "../schema/bearer-token.ts";

const TOKEN_ENDPOINT = "https://oauth2.googleapis.com/token";

/** An answer of Google's token endpoint (RFC 6749 §5.1, §5.2); texts are empty and the time 0 where it has none. */
export interface TokenAnswer {
  readonly status: number;
  readonly accessToken: string;
  /** Where one was asked for. */
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly error: string;
  readonly description: string;
}

/** Asks for a token by a refresh token (RFC 6749 §6). A refusal is an answer too; no answer is a Fault. */
export function refreshAccessToken(
  { clientId, clientSecret, refreshToken }: Readonly<Record<"clientId" | "clientSecret" | "refreshToken", string>>,
  network: Network,
  deadline: Deadline,
): Promise<TokenAnswer> {
  const form = {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  };
  return requestToken(form, network, deadline);
}

/** One request to the token endpoint (RFC 6749 §3.2). */
export async function requestToken(
  form: Readonly<Record<string, string>>,
  network: Network,
  deadline: Deadline,
): Promise<TokenAnswer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  const { status, text } = await askPatiently(
    network,
    { effect: "signs-in", method: "POST", url: TOKEN_ENDPOINT, headers, body },
    deadline,
  );
  return tokenAnswer(status, jsonOf(text));
}

export function tokenAnswer(status: number, body: unknown): TokenAnswer {
  const seconds = memberOf(body, "expires_in");
  return {
    status,
    accessToken: minted(bearerToken(textOf(body, "access_token"))),
    refreshToken: minted(textOf(body, "refresh_token")),
    expiresIn: typeof seconds === "number" ? seconds : 0,
    error: textOf(body, "error"),
    description: textOf(body, "error_description"),
  };
}

/** What Google said, for people. */
export function refusalText({ error, description }: TokenAnswer): string {
  return `${error}${description ? `: ${description}` : ""}`;
}
