import type { DataverseState } from "../dataverse/state.ts";
import type { Reply } from "../http.ts";
import { Unknown } from "../order.ts";
import { type Meet, meetingOf, type Tools } from "./effects.ts";
import type { Fault, FaultHandle } from "./fault.ts";
import { PastRows } from "./past-rows.ts";

export interface FaultsOptions extends Pick<Tools, "order"> {
  readonly state: () => DataverseState;
}

/** A request as faults look at it. */
export interface Asked {
  readonly service: string;
  readonly method: string;
  /** With query, decoded. */
  readonly path: string;
  readonly body: string;
}

interface Active {
  readonly number: number;
  readonly fault: Fault;
  readonly meet: Meet;
  /** What it keeps of the past, if it does. */
  readonly past: PastRows | undefined;
  matched: number;
  disturbed: number;
}

/** Disturbances of all services that speak HTTP. */
export class Faults {
  readonly #options: FaultsOptions;
  #active: Active[] = [];
  #last = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Disturbs from now on. Throws `Unknown` for what cannot be. */
  add(given: Fault): FaultHandle & { readonly number: number } {
    const fault = readsOnly(given);
    const { order, state } = this.#options;
    let past: PastRows | undefined;
    const meet = meetingOf(fault.effect, {
      order,
      past: (ageMs) => {
        past = new PastRows(ageMs);
        past.keep(state());
        return past;
      },
    });
    this.#last += 1;
    const active: Active = { number: this.#last, fault, meet, past, matched: 0, disturbed: 0 };
    this.#active.push(active);
    return {
      number: active.number,
      get matched() {
        return active.matched;
      },
      get disturbed() {
        return active.disturbed;
      },
      remove: () => {
        this.#active = this.#active.filter((other) => other !== active);
      },
    };
  }

  remove(number: number): void {
    const left = this.#active.filter((active) => active.number !== number);
    if (left.length === this.#active.length) throw new Unknown(`no fault ${number}`);
    this.#active = left;
  }

  list(): unknown[] {
    return this.#active.map(({ number, fault, matched, disturbed }) => ({ number, ...fault, matched, disturbed }));
  }

  clear(): void {
    this.#active = [];
    this.#last = 0;
  }

  /** Something may have changed: for those who show the past. */
  look(): void {
    for (const { past } of this.#active) past?.keep(this.#options.state());
  }

  async meet(asked: Asked, work: () => Promise<Reply>): Promise<Reply> {
    this.look();
    const met = this.#active.reduceRight(
      (next, active) => () => (takes(active, asked) ? active.meet(next) : next()),
      () => work().finally(() => this.look()),
    );
    return met();
  }
}

function takes(active: Active, asked: Asked): boolean {
  const { fault } = active;
  const { every, nth = every ?? 1, times = every === undefined ? 1 : Number.POSITIVE_INFINITY } = fault;
  if (!isMeant(fault, asked)) return false;
  active.matched += 1;
  const since = active.matched - nth;
  if (since < 0 || since % (every ?? 1) !== 0 || active.disturbed >= times) return false;
  active.disturbed += 1;
  return true;
}

function isMeant({ service, method, path, row }: Fault, asked: Asked): boolean {
  const text = `${asked.path}\n${asked.body}`.toLowerCase();
  return (
    service === asked.service &&
    anyOf(method, (one) => one === asked.method) &&
    anyOf(path, (part) => asked.path.includes(part)) &&
    anyOf(row, (id) => text.includes(id.toLowerCase()))
  );
}

function anyOf(wanted: string | readonly string[] | undefined, is: (one: string) => boolean): boolean {
  return wanted === undefined || [wanted].flat().some(is);
}

/** Only reads of rows can be stale. */
function readsOnly(fault: Fault): Fault {
  const { service, method = "GET", effect } = fault;
  if (typeof effect === "string" || !("staleMs" in effect)) return fault;
  if (service !== "dataverse" || [method].flat().some((one) => one !== "GET"))
    throw new Unknown("only reads of dataverse can be stale, with the method GET");
  return { ...fault, method };
}
