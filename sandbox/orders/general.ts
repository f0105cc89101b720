import { wholeNumber } from "../order.ts";
import { type Form, type Order, order } from "./order.ts";

const DAY_MS = 24 * 3600 * 1000;
const days: Form<number> = {
  form: "+DAYS",
  read: (name, given) => wholeNumber(name, given.replace(/^\+/, ""), 1, 3650),
};

/** What is no thing of the world. */
export const generalOrders: Readonly<Record<string, Order>> = {
  clock: order({
    action: "move-clock",
    target: "+DAYS",
    summary:
      "moves the clock of Google and Entra ahead: secrets and certificates end when their time is over, consents given in testing end after 7 days, unused consents and clients after 6 months; a round of fetching mail that is due by then comes at once",
    examples: ["+8"],
    run: ({ world }, given) => {
      world().google.clockOffsetMs += days.read("the number of days", given) * DAY_MS;
    },
  }),
  reset: order({
    summary: "makes everything as it was at the start: world, clock, behaviour, faults, record of requests",
    examples: [""],
    run: ({ reset }) => reset(),
  }),
  stop: order({
    summary: "ends the running sandbox",
    examples: [""],
    run: ({ stop }) => {
      setImmediate(stop);
    },
  }),
};
