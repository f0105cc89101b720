import { Fault, remoteText } from "../fault.ts";
import type { HttpResponse } from "./network.ts";

const SOMEBODY_ELSE =
  "Something on the way has answered, and not the service: a proxy, a firewall, a gateway or a login page. Look there, then run it again.";

/**
 * The error for a page of HTML where the service would speak JSON; undefined where the answer is none. Nothing is known then of what the
 * service has done. `check`: what else may be wrong, as a sentence.
 */
export function pageFault(what: string, answer: HttpResponse, check = ""): Fault | undefined {
  const page = pageIn(answer);
  if (page === undefined) return undefined;
  const { status } = answer;
  return new Fault({
    kind: status >= 500 || status === 429 ? "unavailable" : "unexpected",
    what,
    reason: page,
    status,
    hint: `${SOMEBODY_ELSE} ${check}`.trim(),
  });
}

/** In words, with its title. */
function pageIn({ headers, text }: Pick<HttpResponse, "headers" | "text">): string | undefined {
  const isHtml = /^\s*text\/html\b/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype html|html)\b/i.test(text);
  if (!isHtml || !/^\s*</.test(text)) return undefined;
  const [, title = ""] = /<title[^<>]*>([^<]*)</i.exec(text.slice(0, 20_000)) ?? [];
  const words = remoteText(title).slice(0, 80);
  return words ? `a page of HTML came back, titled "${words}"` : "a page of HTML came back";
}
