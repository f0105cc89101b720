import { randomUUID } from "node:crypto";
import { authoritiesOf } from "../entra/authorities.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import { admitted, type Deed, permit, permitted } from "./access.ts";
import { parseAddress, type Target } from "./address.ts";
import { commit } from "./changes.ts";
import { operationsOf } from "./operations.ts";
import { parseOptions } from "./options.ts";
import { parsePreferences } from "./preferences.ts";
import type { Verb } from "./privileges.ts";
import { notServed, ServiceError } from "./service-error.ts";
import { type DataverseState, findRow, type Row } from "./state.ts";
import { Throttle } from "./throttle.ts";

export interface DataverseOptions {
  readonly state: () => DataverseState;
  /** `https://contoso.crm.dynamics.com` */
  readonly environmentUrl: string;
  /** The application that a bearer token was given to; undefined when it is not good for this environment. */
  readonly bearer: (token: string) => string | undefined;
  /** Called after a mailbox was saved, so that a scheduled test is seen. */
  readonly onMailboxSaved: () => void;
}

/** Impersonation: here nobody has privileges that it could change, and no column tells who did something. */
const HEADERS_NOT_SERVED = ["mscrmcallerid", "callerobjectid"];

/** Characters. Assumption: url-too-long. */
const ADDRESS_LIMIT = 32_768;

/** The Dataverse Web API for the tables that mail needs. */
export function dataverseService(options: DataverseOptions): HttpService {
  const throttle = new Throttle();
  return (request) => {
    const common = { "odata-version": "4.0", "x-ms-service-request-id": randomUUID() };
    const { status, headers, body } = answered(options, throttle, request);
    const type = body !== undefined && { "content-type": "application/json; odata.metadata=minimal" };
    return { status, headers: { ...common, ...type, ...headers }, body };
  };
}

function answered(options: DataverseOptions, throttle: Throttle, request: HttpRequest): HttpAnswer {
  try {
    const clientId = authorise(options, request);
    throttle.admit(options.state());
    return perform(options, request, admitted(options.state(), clientId));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, status, headers } = error;
    return { status, headers, body: { error: { code, message } } };
  }
}

/** The client id of the caller. */
function authorise({ bearer, environmentUrl }: DataverseOptions, { headers }: HttpRequest): string {
  const token = /^Bearer (\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
  const clientId = token && bearer(token);
  if (clientId) return clientId;
  const [authority] = authoritiesOf(environmentUrl);
  throw new ServiceError(401, "", "Unauthorized", {
    "www-authenticate": `Bearer authorization_uri=https://${authority}/common/oauth2/authorize, resource_id=${environmentUrl}/`,
  });
}

/** Everything is read and planned first: a request that is refused has changed nothing. */
function perform(
  { state: current, environmentUrl, onMailboxSaved }: DataverseOptions,
  request: HttpRequest,
  user: Row,
): HttpAnswer {
  const state = current();
  if (request.url.href.length > ADDRESS_LIMIT) {
    throw new ServiceError(414, "", "The length of the URL exceeds the maximum of 32,768 characters.");
  }
  const { version, target } = parseAddress(request.url.pathname);
  const operation = new Map(Object.entries(operationsOf(target))).get(request.method);
  if (!operation) throw wrongMethod(target, request);
  const header = HEADERS_NOT_SERVED.find((name) => request.headers[name] !== undefined);
  if (header) throw notServed(`The header ${header}`);
  if (target.kind !== "function") permit(state, user, deedOf(state, target, request));
  const { changes, answer } = operation.run({
    state,
    user,
    environmentUrl,
    base: `${environmentUrl}/api/data/${version}`,
    request,
    prefer: parsePreferences(request.headers["prefer"] ?? ""),
    options: parseOptions(request.url.searchParams, operation.options, "alias" in target ? target.alias : ""),
  });
  // What goes along with it is the service's own doing.
  const allowed = changes.map((change, index) => (index === 0 ? permitted(state, user, change) : change));
  commit(state, allowed);
  if (changes.some(({ table }) => table.entity === "mailbox")) onMailboxSaved();
  return answer();
}

const VERBS: Readonly<Record<string, Verb>> = { GET: "Read", POST: "Create", PATCH: "Write", DELETE: "Delete" };

/** A PATCH of a row that is not there creates it; what is done to a column or a link is a write of the row. */
function deedOf(state: DataverseState, target: TableTarget, { method, headers }: HttpRequest): Deed {
  const { table } = target;
  const row = "id" in target ? findRow(state, table.entitySetName, table.primaryId, target.id) : undefined;
  const creates = method === "PATCH" && !row && headers["if-match"] === undefined;
  const writes = target.kind !== "row" && target.kind !== "set" && method !== "GET";
  return { verb: creates ? "Create" : writes ? "Write" : (VERBS[method] ?? "Read"), table, row };
}

type TableTarget = Exclude<Target, { readonly kind: "function" }>;

/** https://learn.microsoft.com/troubleshoot/power-platform/dataverse/dataverse-web-api-and-sdk/web-api-client-errors */
function wrongMethod({ kind }: Target, { method, url }: HttpRequest): ServiceError {
  if (kind === "function") {
    const address = `${url.origin}${url.pathname}`;
    return new ServiceError(404, "", `No HTTP resource was found that matches the request URI '${address}'.`);
  }
  return new ServiceError(405, "0x8006088a", `The requested resource does not support http method '${method}'.`);
}
