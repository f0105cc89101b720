import { Fault } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpRequest, HttpResponse, Network } from "../network/network.ts";
import { pageFault } from "../network/page.ts";
import { askPatiently } from "../network/patient.ts";
import { expiryOf, type Issuer } from "./assertions.ts";
import { credentialIn } from "./credential-file.ts";

/** Where a runner gives tokens of its jobs, and by what it knows the job. */
export interface Runner {
  readonly oidcRequestUrl: string;
  readonly oidcRequestToken: string;
}

/** A token that was given once. */
export function givenToken(token: string): Issuer {
  return async () => {
    const expiry = expiryOf(token);
    if (expiry === undefined || expiry > Date.now()) return token;
    throw new Fault({
      kind: "unauthenticated",
      what: `The token in oidcToken has expired at ${new Date(expiry).toISOString()}, and cannot be renewed`,
      hint: "In GitLab it lives as long as the job may: set `timeout:` of the job above the longest run. Where something writes a new one from time to time, name its file in oidcTokenFilePath.",
    });
  };
}

/** A token that something, such as Kubernetes, keeps fresh in a file. */
export function tokenFile(path: string): Issuer {
  const hint =
    "Check oidcTokenFilePath or AZURE_FEDERATED_TOKEN_FILE; in Kubernetes, whether the pod has the label azure.workload.identity/use.";
  return () => credentialIn({ path, name: "the token", limitBytes: 64 * 1024, hint });
}

/** GitHub: "OpenID Connect reference". */
export function gitHubActions(
  { oidcRequestUrl, oidcRequestToken }: Runner,
  audience: string,
  network: Network,
): Issuer {
  const request = {
    effect: "signs-in",
    method: "GET",
    url: withQuery(oidcRequestUrl, { audience }),
    headers: { authorization: `Bearer ${oidcRequestToken}`, accept: "application/json" },
  } as const;
  return asking(network, request, "value", {
    what: "Asking GitHub Actions for a token of the job",
    hint: "The job needs `permissions: id-token: write`; pull requests from forks get no token.",
  });
}

/** Microsoft: "Oidctoken - Create" of Azure DevOps. */
export function azureDevOps(
  { oidcRequestUrl, oidcRequestToken }: Runner,
  connection: string,
  network: Network,
): Issuer {
  const request = {
    effect: "signs-in",
    method: "POST",
    url: withQuery(oidcRequestUrl, { "api-version": "7.1", serviceConnectionId: connection }),
    // Without the last one a wrong token is answered by a redirect to a page.
    headers: {
      authorization: `Bearer ${oidcRequestToken}`,
      "content-type": "application/json",
      "x-tfs-fedauthredirect": "Suppress",
    },
  } as const;
  return asking(network, request, "oidcToken", {
    what: `Asking Azure DevOps for a token of the service connection ${connection}`,
    hint: "The stage that runs this has to reference the service connection, as a task with `azureSubscription` does; the connection needs workload identity federation, and the step `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in `env`.",
  });
}

/** GitHub's URL has a query already. */
function withQuery(text: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

interface Words {
  readonly what: string;
  readonly hint: string;
}

function asking(network: Network, request: HttpRequest, member: string, words: Words): Issuer {
  return async (deadline: Deadline) => {
    const answer = await askPatiently(network, request, deadline);
    const token = textOf(jsonOf(answer.text), member);
    if (answer.status === 200 && token) return token;
    throw pageFault(words.what, answer)?.and(words.hint) ?? refusal(answer, words);
  };
}

function refusal({ status, text }: HttpResponse, words: Words): Fault {
  const body = jsonOf(text);
  const said = textOf(body, "message") || textOf(body, "value");
  return new Fault({ kind: "unauthenticated", ...words, reason: "it gave none", said, status });
}
