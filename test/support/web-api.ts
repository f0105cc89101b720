import { Deadline } from "../../provider/network/deadline.ts";
import { type HttpResponse, Network } from "../../provider/network/network.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { atEnd } from "./sandbox.ts";

export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<HttpResponse & { readonly json: Readonly<Record<string, unknown>> }>;

/** Requests to the sandbox's Dataverse as the application, past our own client. `path` is relative to `/api/data/v9.2/`. */
export async function webApi(sandbox: Sandbox): Promise<Send> {
  const network = new Network({}, { ...sandbox.environment });
  atEnd(() => network.close());
  const { environment } = sandbox;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: environment["AZURE_CLIENT_ID"] ?? "",
    client_secret: environment["AZURE_CLIENT_SECRET"] ?? "",
    scope: `${environment["GMAILSYNC_ENVIRONMENT_URL"]}/.default`,
  });
  const url = `https://login.microsoftonline.com/${environment["AZURE_TENANT_ID"]}/oauth2/v2.0/token`;
  const answer = await network.request(
    { effect: "signs-in", method: "POST", url, body: form.toString() },
    Deadline.after(5000),
  );
  const { access_token: token } = object(answer.text);
  return async (method, path, body, headers = {}) => {
    const response = await network.request(
      {
        effect: "writes",
        method,
        url: `${environment["GMAILSYNC_ENVIRONMENT_URL"]}/api/data/v9.2/${path}`,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      },
      Deadline.after(10_000),
    );
    const isJson = response.headers["content-type"]?.includes("json");
    return { ...response, json: object(isJson ? response.text : "") };
  };
}

/** The members of a JSON object; none where the text is something else. */
function object(text: string): Record<string, unknown> {
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}
