import { afterEach, expect, test, vi } from "vitest";
import { Fault } from "../../provider/fault.ts";
import { askGmail } from "../../provider/google/gmail-api.ts";
import type { HttpRequest, HttpResponse } from "../../provider/network/network.ts";

afterEach(() => void vi.unstubAllEnvs());

/** The requests for a profile, by whatever sends them. */
async function asking(answer: () => HttpResponse) {
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    requests.push(request);
    return answer();
  };
  const work = askGmail("planted", send, (users) => users.getProfile({ userId: "o'neil+x@northwind.example" }));
  return { result: await work.catch((error: unknown) => error), requests };
}

test("Gmail is asked itself, and for what our way out can read, whatever the environment says to Google's client", async () => {
  vi.stubEnv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "elsewhere.example");
  vi.stubEnv("HTTP_PROXY", "not a URL");
  const { result, requests } = await asking(() => ({ status: 200, headers: {}, text: '{ "emailAddress": "x" }' }));
  expect(result).toEqual({ emailAddress: "x" });
  expect(requests).toMatchObject([
    {
      effect: "reads",
      method: "GET",
      url: "https://gmail.googleapis.com/gmail/v1/users/o%27neil%2Bx%40northwind.example/profile",
      headers: { authorization: "Bearer planted" },
    },
  ]);
  expect(Object.keys(requests[0]?.headers ?? {})).not.toContain("accept-encoding");
});

test("what the way out throws is thrown, and Google's client does not ask again by itself", async () => {
  const fault = new Fault({ kind: "unavailable", what: "Gmail", status: 503 });
  const { result, requests } = await asking(() => {
    throw fault;
  });
  expect(result).toBe(fault);
  expect(requests).toHaveLength(1);
});
