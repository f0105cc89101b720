import type { HttpRequest, Reply } from "./http.ts";
import type { TokenAnswer } from "./mail-access.ts";

/** Asks the sandbox's own Google as Dynamics would, without a detour over the network: it is the same process. */
export async function askToken(
  google: (request: HttpRequest) => Promise<Reply>,
  client: { id: string; secret: string },
  grant: Readonly<Record<string, string>>,
  wanted: "access_token" | "refresh_token",
): Promise<TokenAnswer> {
  const body = new URLSearchParams({ ...grant, client_id: client.id, client_secret: client.secret }).toString();
  const url = new URL("https://oauth2.googleapis.com/token");
  const answer = await google({ method: "POST", url, headers: {}, body });
  // Assumption: test-hanging-google.
  if (typeof answer === "string" || "half" in answer) {
    return { error: "Google: the connection was lost", passing: true };
  }
  const fields = typeof answer.body === "object" && answer.body !== null ? answer.body : {};
  const token: unknown = Reflect.get(fields, wanted);
  if (typeof token === "string") return { token };
  const error = `Google: ${Reflect.get(fields, "error")}: ${Reflect.get(fields, "error_description")}`;
  return { error, passing: answer.status === 429 || answer.status >= 500 };
}
