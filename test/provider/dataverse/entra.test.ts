import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { entraTokens } from "../../../provider/dataverse/entra.ts";
import { Deadline } from "../../../provider/network/deadline.ts";
import { Network } from "../../../provider/network/network.ts";
import { signingInAs } from "../../support/identity.ts";
import { Authority, type Handler, HttpsServer, type Received } from "../network/tls.ts";
import { faultOf, SHORT_TRY_MS } from "./environment.ts";

const HOST = "login.microsoftonline.com";
const TENANT = "11111111-1111-4111-8111-111111111111";
const SECRET = "sandbox-secret-entra-0815";
const CREDENTIALS = {
  tenantId: TENANT,
  clientId: "22222222-2222-4222-8222-222222222222",
  clientSecret: SECRET,
};
const SCOPE = "https://contoso.crm.example/.default";

const signingIn = (credentials = CREDENTIALS) => signingInAs(credentials, `https://${HOST}`, SCOPE);
const TRACE = "33333333-3333-4333-8333-333333333333";

/** A server in the place of Entra, for as long as `use` runs. */
async function withEntra<T>(
  token: Handler,
  use: (source: ReturnType<typeof entraTokens>, tokenRequests: () => Received[]) => Promise<T>,
  tryMs = 20_000,
): Promise<T> {
  await using authority = await Authority.make();
  await using server = await HttpsServer.start(await authority.leaf([HOST]), (request) =>
    isTokenRequest(request) ? token(request) : { status: 404, body: {} },
  );
  const network = new Network(
    { connectTo: { [`${HOST}:443`]: `127.0.0.1:${server.port}` }, caFile: authority.file },
    {},
    { tryMs, restMs: 60_000 },
  );
  try {
    return await use(entraTokens(signingIn(), network), () => server.requests.filter(isTokenRequest));
  } finally {
    await network.close();
  }
}

function isTokenRequest({ method, url }: Received): boolean {
  return method === "POST" && url.pathname === `/${TENANT}/oauth2/v2.0/token`;
}

function granted(text: string, seconds: number) {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: text },
  };
}

function refused(code: number, error: string, text: string, status = 401) {
  const description = `AADSTS${code}: ${text} Trace ID: ${TRACE} Correlation ID: ${TRACE} Timestamp: 2026-11-23 05:00:00Z`;
  return {
    status,
    headers: { "content-type": "application/json" },
    body: { error, error_description: description, error_codes: [code], trace_id: TRACE, correlation_id: TRACE },
  };
}

describe("tokens of Entra", () => {
  it("are asked for by client credentials, once for all who wait, and kept", async () => {
    await withEntra(
      () => granted("sandbox-token-1", 3600),
      async (tokens, requests) => {
        using deadline = Deadline.after(20_000);
        expect(await Promise.all([tokens(deadline), tokens(deadline), tokens(deadline)])).toEqual(
          Array(3).fill("sandbox-token-1"),
        );
        expect(await tokens(deadline)).toBe("sandbox-token-1");
        const [request, ...more] = requests();
        expect(more).toEqual([]);
        const form = new URLSearchParams(request?.body);
        expect(form.get("grant_type")).toBe("client_credentials");
        expect(form.get("client_id")).toBe(CREDENTIALS.clientId);
        expect(form.get("client_secret")).toBe(SECRET);
        expect(form.get("scope")?.split(" ")).toContain(SCOPE);
      },
    );
  });

  it("are renewed five minutes before they expire", async () => {
    let count = 0;
    await withEntra(
      () => granted(`sandbox-token-${++count}`, 299),
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        expect(await tokens(deadline)).toBe("sandbox-token-1");
        expect(await tokens(deadline)).toBe("sandbox-token-2");
      },
    );
  });

  it.each([
    [7000215, "invalid_client", "Invalid client secret provided.", "The secret's value is wanted"],
    [7000222, "invalid_client", "The provided client secret keys for app are expired.", "has expired"],
    [700016, "unauthorized_client", "Application with identifier was not found in the directory.", "clientId"],
    [90002, "invalid_request", "Tenant was not found.", "tenantId"],
    [900382, "invalid_request", "Confidential Client is not supported in Cross Cloud request.", "cloud"],
    [500011, "invalid_resource", "The resource principal was not found in the tenant.", "environmentUrl"],
  ])("that are refused with AADSTS%i say so, with a hint and without the secret", async (code, error, text, hint) => {
    await withEntra(
      ({ body }) => refused(code, error, `${text} ${new URLSearchParams(body).get("client_secret")}`),
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        const fault = await faultOf(tokens(deadline));
        expect(fault).toMatchObject({ kind: "unauthenticated", code: `AADSTS${code}`, requestId: TRACE });
        expect(fault.message).toContain(text);
        expect(fault.message).toContain(CREDENTIALS.clientId);
        expect(fault.hint).toContain(hint);
        expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(SECRET);
      },
    );
  });

  it("that are refused at great length say so, too", async () => {
    await withEntra(
      () => refused(7000215, "invalid_client", `Invalid${" ".repeat(1_000_000)}client secret`),
      async (tokens) => {
        using deadline = Deadline.after(60_000);
        const fault = await faultOf(tokens(deadline));
        expect(fault.code).toBe("AADSTS7000215");
        expect(fault.message).toContain("the server said: AADSTS7000215: Invalid");
        expect(fault.message.length).toBeLessThan(2000);
      },
    );
  });

  it("are asked for again after a refusal", async () => {
    let refuse = true;
    await withEntra(
      () =>
        refuse ? refused(7000215, "invalid_client", "Invalid client secret provided.") : granted("sandbox-token", 3600),
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        await faultOf(tokens(deadline));
        refuse = false;
        expect(await tokens(deadline)).toBe("sandbox-token");
      },
    );
  });

  it("come through a connection that is cut once", async () => {
    let cut = true;
    await withEntra(
      () => {
        const reply = cut ? "cut" : granted("sandbox-token", 3600);
        cut = false;
        return reply;
      },
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        expect(await tokens(deadline)).toBe("sandbox-token");
      },
    );
  });

  it("are not waited for longer than the deadline", async () => {
    await withEntra(
      () => "silent",
      async (tokens) => {
        using deadline = Deadline.after(500);
        const fault = await faultOf(tokens(deadline));
        expect(fault.kind).toBe("deadline-exceeded");
        expect(fault.message).toContain("Signing in to Microsoft Entra as application");
      },
    );
  });

  it.each([
    ["hangs", "silent", "unavailable", `${HOST} gave no answer: it did not answer in time`],
    [
      "throttles for an hour",
      { status: 429, headers: { "retry-after": "3600" }, body: { error: "temporarily_unavailable" } },
      "throttled",
      "Microsoft Entra asks to slow down and to wait 60 min",
    ],
    ["is out of order", { status: 500, body: { error: "server_error" } }, "unavailable", "is not able to answer"],
    [
      "is a page of HTML",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html><title>Sign in to the network</title>" },
      "unexpected",
      'a page of HTML came back, titled "Sign in to the network"',
    ],
    [
      "is a gateway's page",
      { status: 502, body: "<html><h1>Bad gateway</h1></html>" },
      "unavailable",
      "a page of HTML",
    ],
  ] as const)("of a service that %s say so in one line", async (_, reply, kind, words) => {
    await withEntra(
      () => reply,
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        const { kind: seen, message } = await faultOf(tokens(deadline));
        expect({ seen, message }).toEqual({ seen: kind, message: expect.stringContaining(words) });
        expect(message.length).toBeLessThan(500);
        expect(message).not.toMatch(/<|content-type|\n/);
      },
      reply === "silent" ? SHORT_TRY_MS : undefined,
    );
  });

  it.each([
    [301, "https://planted.example/", "planted page", "unexpected", "what came back is no answer of Microsoft Entra"],
    [302, "https://planted.example/", "", "unexpected", "what came back is no answer of Microsoft Entra"],
    [307, "https://planted.example/", { error: "planted words" }, "unexpected", "what came back is no answer of"],
    [400, "AADSTS50034 planted", { error_description: "planted" }, "unauthenticated", "no reason was given (HTTP 400)"],
    [403, "planted", "planted page", "unauthenticated", "no reason was given (HTTP 403)"],
    [403, "planted", { error: "access_denied" }, "unauthenticated", "no reason was given (access_denied, HTTP 403)"],
    [404, "planted", '{"error": "planted', "unauthenticated", "no reason was given (HTTP 404)"],
    [200, "planted", { planted: "planted" }, "unexpected", "what came back is no answer of Microsoft Entra (HTTP 200)"],
  ])("that are answered with %i show nothing of its headers or page", async (status, location, body, kind, words) => {
    await withEntra(
      () => ({ status, headers: { location, "set-cookie": "planted=planted", "x-planted": "planted" }, body }),
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        const fault = await faultOf(tokens(deadline));
        expect(fault).toMatchObject({ kind, status, message: expect.stringContaining(words) });
        expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain("planted");
      },
    );
  });

  it("are refused with a megabyte of blanks, and it is told all the same", async () => {
    await withEntra(
      () => refused(7000215, "invalid_client", `Invalid client secret provided.${" ".repeat(1_000_000)}x`),
      async (tokens) => {
        using deadline = Deadline.after(20_000);
        expect((await faultOf(tokens(deadline))).message).toContain("AADSTS7000215: Invalid client secret provided.");
      },
    );
  });

  it("are asked for anew when one was refused before its time, once for all whose it was", async () => {
    let count = 0;
    await withEntra(
      () => granted(`sandbox-token-${++count}`, 3600),
      async (tokens, requests) => {
        using deadline = Deadline.after(20_000);
        const first = await tokens(deadline);
        const renewed = await Promise.all([tokens(deadline, first), tokens(deadline, first), tokens(deadline)]);
        expect(renewed).toEqual(Array(3).fill("sandbox-token-2"));
        expect(requests()).toHaveLength(2);
      },
    );
  });

  it("that cannot be asked for name the host", async () => {
    const network = new Network({ connectTo: { [`${HOST}:443`]: "127.0.0.1:1" } }, {});
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(entraTokens(signingIn(), network)(deadline));
    expect(fault.kind).toBe("unavailable");
    expect(fault.message).toContain(`${HOST} gave no answer: the connection was refused`);
    await network.close();
  });

  it("with a tenant that cannot be one are refused without asking", async () => {
    const network = new Network({}, {});
    using deadline = Deadline.after(20_000);
    const fault = await faultOf(entraTokens(signingIn({ ...CREDENTIALS, tenantId: "no tenant" }), network)(deadline));
    expect(fault.kind).toBe("invalid-input");
    expect(fault.hint).toContain("tenantId");
    await network.close();
  });
});
