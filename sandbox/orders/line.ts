import { Malformed } from "../order.ts";
import type { Context } from "./order.ts";
import { ORDERS } from "./orders.ts";

/** An order as it follows `gmailsync sandbox`: `take role "Basic User" from=…`. Throws when there is none of that name. */
export function readOrder(line: string): (context: Context) => unknown {
  const words = [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ""));
  const name = [2, 1].map((length) => words.slice(0, length).join(" ")).find((candidate) => ORDERS.has(candidate));
  const order = ORDERS.get(name ?? "");
  if (name === undefined || !order)
    throw new Malformed(
      `there is no order "${words.slice(0, 2).join(" ")}"; there are ${[...ORDERS.keys()].join(", ")}`,
    );
  const rest = words.slice(name.split(" ").length);
  const target = order.target === undefined ? "" : (rest.shift() ?? "");
  const values = Object.fromEntries(rest.map(pairOf));
  return (context) => order.perform(context, target, values);
}

function pairOf(word: string): [string, string] {
  const at = word.indexOf("=");
  if (at < 1) throw new Malformed(`"${word}" is not of the form key=value`);
  return [word.slice(0, at), word.slice(at + 1)];
}
