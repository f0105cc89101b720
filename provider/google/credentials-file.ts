import { isJson, memberOf, objectIn, textOf } from "../json.ts";

/** A web client as Google's console downloads it. It shows how the client was then. */
export interface CredentialsFile {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly projectId: string;
  readonly redirectUris: readonly string[];
  readonly javascriptOrigins: readonly string[];
}

/** Reads the download; text where it is none of a web client, and says why. Never holds a value of the file. */
export function parseCredentialsFile(text: string): CredentialsFile | string {
  const json = objectIn(text);
  if (!json) return "is not JSON; give the whole content of the file that Google's console downloads";
  if (isJson(memberOf(json, "installed")))
    return 'is of a desktop client, which Dynamics cannot use; create a client of type "Web application"';
  if (textOf(json, "type") === "service_account")
    return "is the key of a service account, not an OAuth client; download the client from its page in the console";
  const web = memberOf(json, "web");
  const [clientId, clientSecret] = [textOf(web, "client_id").trim(), textOf(web, "client_secret").trim()];
  if (!clientId) return 'has no "web" client with a "client_id"';
  if (!clientSecret)
    return "has no client secret; Google shows it only when it is made: add a secret on the client's page, and download then";
  return {
    clientId,
    clientSecret,
    projectId: textOf(web, "project_id"),
    redirectUris: texts(memberOf(web, "redirect_uris")),
    javascriptOrigins: texts(memberOf(web, "javascript_origins")),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
