import {
  type AnyEffect,
  BREAKS,
  type Fault,
  HALF_CHUNKS,
  HTTP_SERVICES,
  type HttpEffect,
  MAIL_SERVICES,
  type MailEffect,
  METHODS,
} from "../faults/fault.ts";
import { Unknown, wholeNumber } from "../order.ts";
import { choice, type Form, flag, list, number, type Order, order, text } from "./order.ts";

const SERVICES = [...HTTP_SERVICES, ...MAIL_SERVICES] as const;
const MOST = 1_000_000;
const MOST_MS = 600_000;
/** 100 years. */
const MOST_SKEW = 3_155_760_000;

const methods: Form<(typeof METHODS)[number][]> = {
  form: "GET,PATCH",
  read: (name, given) => given.split(",").map((one) => choice(METHODS).read(name, one)),
};
const headers: Form<Record<string, string>> = {
  form: "NAME:VALUE;…",
  read: (name, given) => Object.fromEntries(given.split(";").map((one) => header(name, one))),
};
const anything: Form<string> = { form: "TEXT", read: (_, given) => given };
const seconds: Form<number> = {
  form: "+SECONDS|-SECONDS",
  read(name, given) {
    const [, sign, amount = ""] = /^([+-]?)(.*)$/.exec(given) ?? [];
    return wholeNumber(name, amount, 0, MOST_SKEW) * (sign === "-" ? -1 : 1);
  },
};

function header(name: string, given: string): [string, string] {
  const [, key, value] = /^\s*([\w-]+):\s*([\x20-\x7e]*?)\s*$/.exec(given) ?? [];
  if (key === undefined || value === undefined)
    throw new Unknown(`${name} must be NAME:VALUE, separated by semicolons`);
  return [key.toLowerCase(), value];
}

const commands: Form<string[]> = { form: "EHLO,AUTH", read: (_, given) => given.toUpperCase().split(",") };
/** Line ends as they are, or as a backslash and n. */
const lines: Form<string> = { form: "TEXT", read: (_, given) => given.replaceAll("\\n", "\n") };

const COUNT = { nth: number(1, MOST), every: number(1, MOST), times: number(1, MOST) };
/** What can happen to every request, and what tells an effect from another. */
const ANY = {
  effect: choice([...BREAKS, HALF_CHUNKS]),
  delay: number(0, MOST_MS, "MS"),
  late: number(0, MOST_MS, "MS"),
  order: text,
};

const HTTP_WHICH = { method: methods, path: list, row: list };
const HTTP_ANSWER = {
  status: number(200, 599, "503"),
  "retry-after": number(0, 86_400, "SECONDS"),
  headers,
  body: anything,
};
const HTTP_OTHERS = { stale: number(1, MOST_MS, "MS"), skew: seconds };

const MAIL_WHICH = { command: commands, account: list };
const MAIL_ANSWER = { reply: lines, close: flag };

const DONE = { done: flag };

/** By kind of service: what says which requests, what makes an answer of choice, and each other effect. */
const HTTP = {
  which: HTTP_WHICH,
  answer: { ...HTTP_ANSWER, ...DONE },
  others: { ...ANY, ...HTTP_OTHERS },
  usual: "status",
};
const MAIL = { which: MAIL_WHICH, answer: { ...MAIL_ANSWER, ...DONE }, others: ANY, usual: "reply" };

const VALUES = {
  ...HTTP_WHICH,
  ...MAIL_WHICH,
  ...COUNT,
  ...HTTP_ANSWER,
  ...MAIL_ANSWER,
  ...DONE,
  ...ANY,
  ...HTTP_OTHERS,
};

type Read<F> = { readonly [K in keyof F]?: F[K] extends Form<infer T> ? T : never };
type Values = Read<typeof VALUES>;

export const faultOrders: Readonly<Record<string, Order>> = {
  fault: order({
    target: `<${SERVICES.join("|")}>`,
    summary:
      "disturbs the next request, or those that the values describe: an answer of choice (done=true: after the work), one that does not come or is cut in half, a delay, a late answer, reads that are stale, a clock that is wrong, or another order in the middle; for mail servers command, account and reply (close=true: the last word), CONNECT before TLS and GREETING among the commands; prints its number",
    may: VALUES,
    changes: true,
    prints: true,
    examples: [
      "dataverse status=429 retry-after=2 times=3",
      'google path=/token status=403 headers="content-type: text/html" body="<h1>Blocked</h1>"',
      "dataverse method=POST,PATCH nth=3 effect=lost-answer",
      "dataverse method=PATCH effect=half-answer every=2",
      "dataverse method=PATCH status=502 body= done=true",
      "dataverse stale=4000 times=100",
      "entra skew=-7200",
      'smtp command=RCPT account=anna@northwind.example reply="450 4.2.1 Try again later"',
      'imap command=GREETING reply="* BYE Too busy" close=true every=2',
      "pop3 command=STAT effect=no-answer",
      `dataverse nth=5 order='set role "System Administrator" privileges=prvReadMailbox:Global'`,
    ],
    run: ({ faults }, service, values) => ({ fault: faults.add(faultOf(service, values)).number }),
  }),
  "delete fault": order({
    target: "<number>",
    summary: "ends a fault, which `show faults` lists with how often it matched",
    examples: ["1"],
    run: ({ faults }, given) => faults.remove(wholeNumber("the number", given, 1, Number.MAX_SAFE_INTEGER)),
  }),
};

function faultOf(target: string, { nth, every, times, ...values }: Values): Fault {
  const service = choice(SERVICES).read("service", target);
  const count = {
    ...(nth !== undefined && { nth }),
    ...(every !== undefined && { every }),
    ...(times !== undefined && { times }),
  };
  if (service === "imap" || service === "pop3" || service === "smtp") {
    requireFit(service, MAIL, values);
    const { command, account } = values;
    return { service, ...(command && { command }), ...(account && { account }), ...count, effect: mailEffect(values) };
  }
  requireFit(service, HTTP, values);
  const { method, path, row } = values;
  const which = { ...(method && { method }), ...(path && { path }), ...(row && { row }) };
  return { service, ...which, ...count, effect: httpEffect(values) };
}

/** Only what the service has, and one effect; some do not go together. */
function requireFit(
  service: string,
  { which, answer, others, usual }: typeof HTTP | typeof MAIL,
  values: Values,
): void {
  const known = [...Object.keys(which), ...Object.keys(answer), ...Object.keys(others)];
  const foreign = Object.keys(values).find((name) => !known.includes(name));
  if (foreign !== undefined)
    throw new Unknown(
      `${foreign} does not go with ${service}; known are ${[...known, ...Object.keys(COUNT)].join(", ")}`,
    );
  const [first, second] = [...Object.keys(others), ...Object.keys(answer)].filter((name) => name in values);
  if (first !== undefined && first in others && second !== undefined)
    throw new Unknown(
      `${first} and ${second} do not go together; give one of ${[...Object.keys(others), usual].join(", ")}, and add the other as a fault of its own`,
    );
}

function anyEffect({ delay, late, order: line }: Values): AnyEffect | undefined {
  if (delay !== undefined) return { delayMs: delay };
  if (late !== undefined) return { lateMs: late };
  return line === undefined ? undefined : { order: line };
}

/** Without any it is the answer 503. */
function httpEffect(values: Values): HttpEffect {
  const { effect, stale, skew } = values;
  if (stale !== undefined) return { staleMs: stale };
  if (skew !== undefined) return { skewMs: skew * 1000 };
  return effect ?? anyEffect(values) ?? answerOf(values);
}

function answerOf({
  status = 503,
  "retry-after": retryAfter,
  headers: given = {},
  done = false,
  body,
}: Values): HttpEffect {
  const told = {
    error: { code: status === 429 ? "0x80072322" : "", message: `The sandbox answers ${status} as it was told to.` },
  };
  return {
    status,
    headers: { ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }), ...given },
    body: body ?? told,
    done,
  };
}

function mailEffect(values: Values): MailEffect {
  const { effect, reply, close = false, done = false } = values;
  if (effect === HALF_CHUNKS) throw new Unknown(`${HALF_CHUNKS} is a matter of HTTP; mail servers have half-answer`);
  const chosen = effect ?? anyEffect(values) ?? (reply !== undefined && { reply, close, done });
  if (!chosen) throw new Unknown(`an effect is missing: give one of ${[...Object.keys(ANY), "reply"].join(", ")}`);
  return chosen;
}
