import type { DataverseState } from "../dataverse/state.ts";
import type { MailAnswer, MailAsked } from "../gmail/conversation.ts";
import type { HttpAnswer } from "../http.ts";
import { Unknown } from "../order.ts";
import { httpMeeting, type Meet, mailMeeting, type Outcome, type Tools } from "./effects.ts";
import { type Fault, type FaultHandle, type HttpFault, MAIL_COMMANDS, MAIL_SERVICES, type MailFault } from "./fault.ts";
import { PastRows } from "./past-rows.ts";

export interface FaultsOptions extends Pick<Tools, "order"> {
  readonly state: () => DataverseState;
}

/** A request by HTTP as faults look at it. */
export interface HttpAsked {
  readonly service: string;
  readonly method: string;
  /** With query, decoded. */
  readonly path: string;
  readonly body: string;
  /** All of it, as it came. */
  readonly sent: () => string;
}

/** How a fault meets requests of its kind. */
type Meeting =
  | { readonly kind: "http"; readonly fault: HttpFault; readonly meet: Meet<HttpAnswer> }
  | { readonly kind: "mail"; readonly fault: MailFault; readonly meet: Meet<MailAnswer> };

interface Active {
  readonly number: number;
  readonly meeting: Meeting;
  /** What it keeps of the past, if it does. */
  readonly past: PastRows | undefined;
  matched: number;
  disturbed: number;
}

/** A fault that one request may meet. */
interface Candidate<A> {
  readonly active: Active;
  readonly isMeant: boolean;
  readonly meet: Meet<A>;
}

/** Disturbances of all services. */
export class Faults {
  readonly #options: FaultsOptions;
  #active: Active[] = [];
  #last = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Disturbs from now on. Throws `Unknown` for what cannot be. */
  add(given: Fault): FaultHandle & { readonly number: number } {
    const { order, state } = this.#options;
    let past: PastRows | undefined;
    const meeting = meetingOf(given, {
      order,
      past: (ageMs) => {
        past = new PastRows(ageMs);
        past.keep(state());
        return past;
      },
    });
    this.#last += 1;
    const active: Active = { number: this.#last, meeting, past, matched: 0, disturbed: 0 };
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
    return this.#active.map(({ number, meeting: { fault }, matched, disturbed }) => ({
      number,
      ...fault,
      matched,
      disturbed,
    }));
  }

  clear(): void {
    this.#active = [];
    this.#last = 0;
  }

  /** Something may have changed: for those who show the past. */
  look(): void {
    for (const { past } of this.#active) past?.keep(this.#options.state());
  }

  meet(asked: HttpAsked, work: () => Promise<HttpAnswer>): Promise<Outcome<HttpAnswer>> {
    const candidates = this.#active.flatMap((active): Candidate<HttpAnswer>[] => {
      const { kind, fault, meet } = active.meeting;
      return kind === "http" ? [{ active, isMeant: isHttpMeant(fault, asked), meet }] : [];
    });
    return this.#through(candidates, work, asked.sent);
  }

  meetMail(asked: MailAsked, work: () => Promise<MailAnswer>): Promise<Outcome<MailAnswer>> {
    const candidates = this.#active.flatMap((active): Candidate<MailAnswer>[] => {
      const { kind, fault, meet } = active.meeting;
      return kind === "mail" ? [{ active, isMeant: isMailMeant(fault, asked), meet }] : [];
    });
    return this.#through(candidates, work, asked.sent);
  }

  async #through<A>(
    candidates: readonly Candidate<A>[],
    work: () => Promise<A>,
    sent: () => string,
  ): Promise<Outcome<A>> {
    this.look();
    const met = candidates.reduceRight<() => Promise<Outcome<A>>>(
      (next, { active, isMeant, meet }) =>
        () =>
          isMeant && takes(active) ? meet(next, sent) : next(),
      () => work().finally(() => this.look()),
    );
    return met();
  }
}

function takes(active: Active): boolean {
  const { every, nth = every ?? 1, times = every === undefined ? 1 : Number.POSITIVE_INFINITY } = active.meeting.fault;
  active.matched += 1;
  const since = active.matched - nth;
  if (since < 0 || since % (every ?? 1) !== 0 || active.disturbed >= times) return false;
  active.disturbed += 1;
  return true;
}

function isHttpMeant({ service, method, path, row }: HttpFault, asked: HttpAsked): boolean {
  const text = `${asked.path}\n${asked.body}`.toLowerCase();
  return (
    service === asked.service &&
    anyOf(method, (one) => one === asked.method) &&
    anyOf(path, (part) => asked.path.includes(part)) &&
    anyOf(row, (id) => text.includes(id.toLowerCase()))
  );
}

function isMailMeant({ service, command, account }: MailFault, asked: MailAsked): boolean {
  return (
    service === asked.service &&
    anyOf(command, (one) => one === asked.command) &&
    anyOf(account, (address) => address.toLowerCase() === asked.account?.toLowerCase())
  );
}

function anyOf(wanted: string | readonly string[] | undefined, is: (one: string) => boolean): boolean {
  return wanted === undefined || [wanted].flat().some(is);
}

function meetingOf(fault: Fault, tools: Tools): Meeting {
  if (isOfMail(fault)) {
    requireCommands(fault);
    return { kind: "mail", fault, meet: mailMeeting(fault.effect, tools) };
  }
  const possible = readsOnly(fault);
  return { kind: "http", fault: possible, meet: httpMeeting(possible.effect, tools) };
}

function isOfMail(fault: Fault): fault is MailFault {
  return MAIL_SERVICES.some((service) => service === fault.service);
}

/** A command that the server does not know would never be met. */
function requireCommands({ service, command = [] }: MailFault): void {
  const known = MAIL_COMMANDS[service];
  const unknown = [command].flat().find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new Unknown(`${service} has no command ${unknown} to disturb; there are ${known.join(", ")}`);
}

/** Only reads of rows can be stale. */
function readsOnly(fault: HttpFault): HttpFault {
  const { service, method = "GET", effect } = fault;
  if (typeof effect === "string" || !("staleMs" in effect)) return fault;
  if (service !== "dataverse" || [method].flat().some((one) => one !== "GET"))
    throw new Unknown("only reads of dataverse can be stale, with the method GET");
  return { ...fault, method };
}
