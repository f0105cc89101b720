/** Control A, which separates the parts of both mechanisms. */
const SEPARATOR = "\u0001";

export interface BearerCredentials {
  readonly user: string;
  readonly token: string;
}

/** Reads the decoded initial response of a mechanism; undefined when it is malformed. */
export const BEARER_MECHANISMS: ReadonlyMap<string, (response: string) => BearerCredentials | undefined> = new Map([
  ["XOAUTH2", parseXoauth2],
  ["OAUTHBEARER", parseOauthBearer],
]);

/** What Gmail answers to any token that is not good, before the final refusal. The status is 400 whatever the reason. */
export const BEARER_CHALLENGE = Buffer.from(
  JSON.stringify({ status: "400", schemes: "Bearer", scope: "https://mail.google.com/" }),
).toString("base64");

/** Decodes base64 strictly (RFC 4648 section 4), as a server does. */
export function decodeBase64(text: string): string | undefined {
  const wellFormed = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return wellFormed ? Buffer.from(text, "base64").toString("utf8") : undefined;
}

/** `user=<user>^Aauth=Bearer <token>^A^A`: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
function parseXoauth2(response: string): BearerCredentials | undefined {
  const [user, auth, ...rest] = response.split(SEPARATOR);
  if (rest.join(SEPARATOR) !== SEPARATOR) return undefined;
  return credentials(/^user=(.+)$/.exec(user ?? "")?.[1], auth);
}

/** `n,a=<user>,^Ahost=<host>^Aport=<port>^Aauth=Bearer <token>^A^A`: RFC 7628 section 3.1. */
function parseOauthBearer(response: string): BearerCredentials | undefined {
  const [header, ...pairs] = response.split(SEPARATOR);
  if (pairs.length < 3 || pairs.at(-1) !== "" || pairs.at(-2) !== "") return undefined;
  // Assumption: bearer-without-user.
  const user = /^[ny],a=([^,]+),$/.exec(header ?? "")?.[1];
  const decoded = user?.replaceAll("=2C", ",").replaceAll("=3D", "=");
  return credentials(
    decoded,
    pairs.find((pair) => pair.startsWith("auth=")),
  );
}

function credentials(user: string | undefined, auth: string | undefined): BearerCredentials | undefined {
  const token = /^auth=Bearer ([\w.~+/-]+=*)$/i.exec(auth ?? "")?.[1];
  return user && token ? { user, token } : undefined;
}
