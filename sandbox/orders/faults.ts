import { BREAKS, type Effect, type Fault, METHODS, SERVICES } from "../faults/fault.ts";
import { Unknown, wholeNumber } from "../order.ts";
import { choice, type Form, flag, list, number, type Order, order, text } from "./order.ts";

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

const WHICH = {
  method: methods,
  path: list,
  row: list,
  nth: number(1, MOST),
  every: number(1, MOST),
  times: number(1, MOST),
};
const ANSWER = {
  status: number(200, 599, "503"),
  "retry-after": number(0, 86_400, "SECONDS"),
  headers,
  body: anything,
  done: flag,
};
const OTHERS = {
  effect: choice(BREAKS),
  delay: number(0, MOST_MS, "MS"),
  stale: number(1, MOST_MS, "MS"),
  skew: seconds,
  order: text,
};

type Read<F> = { readonly [K in keyof F]?: F[K] extends Form<infer T> ? T : never };

export const faultOrders: Readonly<Record<string, Order>> = {
  fault: order({
    target: `<${SERVICES.join("|")}>`,
    summary:
      "disturbs the next request, or those that the values describe: an answer of choice (done=true: after the work), one that does not come or is cut in half, a delay, reads that are stale, a clock that is wrong, or another order in the middle; prints its number",
    may: { ...WHICH, ...ANSWER, ...OTHERS },
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
      `dataverse nth=5 order='set role "System Administrator" privileges=prvReadMailbox:Global'`,
    ],
    run: ({ faults }, service, { method, path, row, nth, every, times, ...effect }) => {
      const fault: Fault = {
        service: choice(SERVICES).read("service", service),
        ...(method && { method }),
        ...(path && { path }),
        ...(row && { row }),
        ...(nth !== undefined && { nth }),
        ...(every !== undefined && { every }),
        ...(times !== undefined && { times }),
        effect: effectOf(effect),
      };
      return { fault: faults.add(fault).number };
    },
  }),
  "delete fault": order({
    target: "<number>",
    summary: "ends a fault, which `show faults` lists with how often it matched",
    examples: ["1"],
    run: ({ faults }, given) => faults.remove(wholeNumber("the number", given, 1, Number.MAX_SAFE_INTEGER)),
  }),
};

/** One effect; without any it is the answer 503. */
function effectOf(values: Read<typeof ANSWER & typeof OTHERS>): Effect {
  const others = Object.keys(OTHERS).filter((name) => name in values);
  const answer = Object.keys(ANSWER).filter((name) => name in values);
  const [first, second] = [...others, ...answer];
  if (others.length > 0 && second !== undefined)
    throw new Unknown(
      `${first} and ${second} do not go together; give one of ${[...Object.keys(OTHERS), "status"].join(", ")}, and add the other as a fault of its own`,
    );
  const { effect, delay, stale, skew, order: line } = values;
  if (effect !== undefined) return effect;
  if (delay !== undefined) return { delayMs: delay };
  if (stale !== undefined) return { staleMs: stale };
  if (skew !== undefined) return { skewMs: skew * 1000 };
  return line === undefined ? answerOf(values) : { order: line };
}

function answerOf(values: Read<typeof ANSWER>): Effect {
  const { status = 503, "retry-after": retryAfter, headers: given = {}, done = false } = values;
  const told = {
    error: { code: status === 429 ? "0x80072322" : "", message: `The sandbox answers ${status} as it was told to.` },
  };
  return {
    status,
    headers: { ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }), ...given },
    body: values.body ?? told,
    done,
  };
}
