import { ServiceError } from "./dataverse/service-error.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "./http.ts";
import { Malformed, parseOrder, Unknown } from "./order.ts";
import type { Context } from "./orders/order.ts";
import { actionOf, ORDERS } from "./orders/orders.ts";
import { SHOWS } from "./orders/shows.ts";

/** What an administrator acts on. */
export interface Administered {
  readonly context: Context;
  /** Something was changed that the worker may have to see. */
  readonly changed: () => void;
}

type Action = (context: Context, name: string, values: Readonly<Record<string, string>>) => unknown;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ...[...ORDERS].map(([name, order]): [string, Action] => [actionOf(name, order), order.perform]),
  ...Object.entries<Action>(SHOWS),
  ["ping", () => null],
  ["environment", ({ environmentOf }, kind) => environmentOf(kind)],
  // As a state file holds it.
  ["world", ({ world }) => world()],
]);

/**
 * What an administrator does in the browser, as JSON over HTTP: `POST /<action>` with `{name, values}`. While the sandbox starts
 * nothing is `administered`, and only `ping` is answered.
 */
export function adminService(token: string, administered: () => Administered | undefined): HttpService {
  return async (request) => {
    if (request.headers["authorization"] !== `Bearer ${token}`) return { status: 401, body: { error: "wrong token" } };
    const name = request.url.pathname.slice(1);
    const action = ACTIONS.get(name);
    if (!action || request.method !== "POST") return { status: 404, body: { error: "there is no such action" } };
    const ready = administered();
    if (ready) return answer(ready, action, request);
    return name === "ping"
      ? { status: 200, body: { result: null } }
      : { status: 503, body: { error: "the sandbox is still starting; try again in a moment" } };
  };
}

async function answer({ context, changed }: Administered, action: Action, request: HttpRequest): Promise<HttpAnswer> {
  try {
    const { name, values } = parseOrder(request.body);
    const result = await action(context, name, values);
    changed();
    return { status: 200, body: { result: result ?? null } };
  } catch (error) {
    if (error instanceof ServiceError) return { status: 400, body: { error: `${error.message} (${error.code})` } };
    if (error instanceof Malformed) return { status: 400, body: { error: error.message } };
    if (error instanceof Unknown) return { status: 404, body: { error: error.message } };
    throw error;
  }
}
