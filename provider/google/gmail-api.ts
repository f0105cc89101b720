import type { gmail_v1 } from "@googleapis/gmail";
import { faultIn } from "../fault.ts";
import { byMethod } from "../network/effect.ts";
import type { HttpRequest, HttpResponse } from "../network/network.ts";
import { fetchBy } from "./fetch-over.ts";

/**
 * One call of the Gmail API by Google's own client. `send` is our way out, and throws for what is no answer, so that the client only sees
 * JSON objects with HTTP 200. Its types are what Google documents: nobody holds an answer against them.
 */
export async function askGmail<T>(
  accessToken: string,
  send: (request: HttpRequest) => Promise<HttpResponse>,
  call: (users: gmail_v1.Resource$Users) => Promise<{ readonly data: T }>,
): Promise<T> {
  const { gmail } = await import("@googleapis/gmail");
  const { users } = gmail({
    version: "v1",
    headers: { authorization: `Bearer ${accessToken}` },
    fetchImplementation: fetchBy((asked) => send({ ...asked, ...byMethod(asked.method) })),
    responseType: "json",
    // Whether it is asked again, by which proxy and where is not left to the library and its variables of the environment.
    retry: false,
    noProxy: ["gmail.googleapis.com"],
    universeDomain: "googleapis.com",
  });
  try {
    return (await call(users)).data;
  } catch (error) {
    throw faultIn(error) ?? error;
  }
}
