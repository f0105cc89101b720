import { wordsOf } from "../../provider/fault.ts";
import type { Services } from "../../provider/host/configuration.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { type HttpRequest, Network } from "../../provider/network/network.ts";
import type { Context } from "../../provider/resource/context.ts";
import type { FaultHandle, HttpEffect } from "../../sandbox/faults/fault.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured } from "./configured.ts";
import { impatient } from "./life.ts";
import { atEnd } from "./sandbox.ts";

const HTML = { "content-type": "text/html" };

/** Answers that are none, as the sandbox gives them: where the request was carried out, and where it was not. */
const ANSWERS = {
  cut: { after: "half-answer", before: "half-answer" },
  reset: { after: "lost-answer", before: "reset" },
  page: {
    after: { status: 403, headers: HTML, body: "<html>blocked</html>", done: true },
    before: { status: 403, headers: HTML, body: "<html>blocked</html>" },
  },
  nothing: { after: { status: 204, done: true }, before: { status: 204 } },
  "empty list": {
    after: { status: 200, body: '{"value":[]}', done: true },
    before: { status: 200, body: '{"value":[]}' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Moment, HttpEffect>>>>;

export const ENDS = ["kill", "time-out", "cut", "reset", "page", "nothing", "empty list"] as const;
export const MOMENTS = ["before", "after"] as const;
type Moment = (typeof MOMENTS)[number];

/** What becomes of a command at one of its requests to Dataverse. */
export interface Disturbance {
  readonly of: "read" | "write";
  /** Which of them, counted from 1. */
  readonly nth: number;
  /** Before it is carried out, or afterwards. */
  readonly moment: Moment;
  /** How the process ends, or what the answer is. */
  readonly end: (typeof ENDS)[number];
}

class Killed extends Error {}

/** One command: a configured provider, what it said, and its end. */
export class Process {
  readonly logs: string[] = [];
  readonly errors: string[] = [];
  killed = false;
  readonly #sandbox: Sandbox;
  readonly #home: string;
  readonly #death = Promise.withResolvers<never>();
  readonly #fault: FaultHandle | undefined;
  #ending: Disturbance | undefined;
  #services: Services;

  constructor(sandbox: Sandbox, home: string, disturbance: Disturbance | undefined) {
    this.#sandbox = sandbox;
    this.#home = home;
    this.#death.promise.catch(() => {});
    if (disturbance?.end === "kill" || disturbance?.end === "time-out") this.#ending = { ...disturbance };
    else if (disturbance) this.#fault = faultOf(sandbox, disturbance);
    this.#services = this.#configured();
  }

  get services(): Services {
    return this.#services;
  }

  /** The provider is another one from now on, as when its own inputs change. */
  swap(): void {
    this.#services = this.#configured();
  }

  async step<T>(urn: string, work: (context: Context) => Promise<T>): Promise<T | "failed"> {
    const [deadline, finishing] = [impatient(Deadline.after(20_000)), impatient(Deadline.after(20_000))];
    try {
      return await work({
        ...this.#services,
        urn,
        deadline,
        finishing,
        log: (_, message) => this.logs.push(wordsOf(message)),
        progress: () => {},
      });
    } catch (error) {
      this.errors.push(error instanceof Error ? error.message : String(error));
      return "failed";
    } finally {
      deadline[Symbol.dispose]();
      finishing[Symbol.dispose]();
    }
  }

  /** Ahead of an operation, which says itself what is wrong. */
  async look(urn: string, work: (context: Context) => Promise<unknown>): Promise<void> {
    const told = this.errors.length;
    await this.step(urn, work);
    this.errors.splice(told);
  }

  /** Nothing a killed process does is seen by anybody. */
  async run(work: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([work(), this.#death.promise]);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    } finally {
      this.#fault?.remove();
    }
  }

  #configured(): Services {
    const services = configured({ ...this.#sandbox.environment, PULUMI_HOME: this.#home });
    const shared = connectionsTo(this.#sandbox);
    const request = async (given: HttpRequest, deadline: Deadline) => {
      if (this.killed) return new Promise<never>(() => {});
      const end = this.#endOf(given);
      if (end === undefined) return shared.request(given, deadline);
      if (end.end === "kill") this.killed = true;
      if (end.moment === "after") await shared.request(given, deadline);
      if (end.end === "time-out") throw deadline.fault(`${given.method} ${given.url}`);
      this.#death.reject(new Killed());
      return new Promise<never>(() => {});
    };
    Object.defineProperty(services.network, "request", { value: request });
    return services;
  }

  /** Counts. */
  #endOf({ method, url }: HttpRequest): Disturbance | undefined {
    const ending = this.#ending;
    if (!ending || !url.includes("/api/data/") || (method === "GET") !== (ending.of === "read")) return undefined;
    this.#ending = ending.nth > 1 ? { ...ending, nth: ending.nth - 1 } : undefined;
    return ending.nth > 1 ? undefined : ending;
  }
}

function faultOf(sandbox: Sandbox, { of, nth, moment, end }: Disturbance): FaultHandle | undefined {
  if (end === "kill" || end === "time-out") return undefined;
  // To a deletion 204 is the service's own answer.
  const writes = end === "nothing" ? (["POST", "PATCH"] as const) : (["POST", "PATCH", "DELETE"] as const);
  const method = of === "read" ? "GET" : writes;
  return sandbox.addFault({ service: "dataverse", method, path: "/api/data/", nth, effect: ANSWERS[end][moment] });
}

const connections = new WeakMap<Sandbox, Network>();

/** All processes share them: reading the authorities and shaking hands is most of what a command costs. */
function connectionsTo(sandbox: Sandbox): Network {
  const known = connections.get(sandbox);
  if (known) return known;
  const network = new Network({}, sandbox.environment);
  connections.set(sandbox, network);
  atEnd(() => network.close());
  return network;
}
