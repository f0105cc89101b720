import { duration } from "../../network/deadline.ts";
import type { HttpResponse } from "../../network/network.ts";
import type { Look } from "../../resource/looks.ts";
import { type Finding, found, good, skipped } from "../../schema/step.ts";
import { asking, type Surroundings } from "./surroundings.ts";

/** Clocks may differ by so much until it is said, in milliseconds: Entra and Google refuse from five minutes on. */
const CLOCK_LIMIT_MS = 120_000;

/** Hosts of Google that everybody needs: the proof of clients, and tokens for own logins. */
const GOOGLE = ["oauth2.googleapis.com", "accounts.google.com"] as const;

/** Every host that is spoken to by HTTPS, and what their clocks say. */
export function networkLooks(surroundings: Surroundings): readonly Look[] {
  const { services, declared } = surroundings;
  const hosts = [
    new URL(services.authority).host,
    new URL(services.environmentUrl).host,
    ...GOOGLE,
    ...(services.mailCredential?.serviceAccountEmail ? ["iamcredentials.googleapis.com"] : []),
    ...(declared?.mailboxes.some(({ gmail }) => gmail) ? ["gmail.googleapis.com"] : []),
    ...(declared?.projects.length ? ["cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com"] : []),
  ];
  const seen = hosts.map((host) => greeted(host, surroundings));
  return [
    { id: "proxy", look: () => proxyFinding(services.network.proxy) },
    ...seen.map(({ host, finding }): Look => ({ id: "host", of: host, look: () => finding })),
    { id: "clock", look: async () => clockFinding((await Promise.all(seen.map(({ ahead }) => ahead))).flat()) },
  ];
}

function proxyFinding(proxy: string | undefined): Finding {
  if (proxy === undefined) return skipped("NOT_NEEDED", "none is set: HTTPS and mail go out directly");
  return good({ message: `HTTPS goes through ${proxy}, unless NO_PROXY excepts a host; mail goes out directly` });
}

interface Greeted {
  readonly host: string;
  readonly finding: Promise<Finding>;
  /** Milliseconds by which the server's clock is ahead of this machine's; nothing where it does not say. */
  readonly ahead: Promise<readonly number[]>;
}

/** Any answer will do: nobody is signed in yet, and pages differ. */
function greeted(host: string, { services: { network }, deadline }: Surroundings): Greeted {
  const begun = Date.now();
  const answer = network.request({ effect: "reads", method: "GET", url: `https://${host}/` }, deadline);
  const { host: way, port } = network.resolve(host, 443);
  const detour = way === host ? "" : `, at ${way}:${port} by the connect-to map`;
  return {
    host,
    finding: asking(async () => {
      await answer;
      return good({ message: `answers, certificate verified${detour}`, ms: Date.now() - begun });
    }),
    ahead: answer.then((given) => aheadOf(given, begun)).catch(() => []),
  };
}

/** A date is cut to whole seconds (RFC 9110, section 5.6.7), and was written about half way between request and answer. */
function aheadOf({ headers }: HttpResponse, begun: number): readonly number[] {
  const date = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) ? [] : [date + 500 - (begun + Date.now()) / 2];
}

/** What most servers say counts: one of them may be wrong itself. */
function clockFinding(ahead: readonly number[]): Finding {
  const median = ahead.toSorted((a, b) => a - b)[Math.floor(ahead.length / 2)];
  if (median === undefined) return found("NOT_SEEN", { message: "no server has told the time" });
  const difference = duration(Math.abs(median));
  if (Math.abs(median) < CLOCK_LIMIT_MS)
    return good({ message: Math.abs(median) < 1000 ? "as the servers'" : `${difference} from the servers'` });
  return found("CLOCK_WRONG", {
    message: `this machine's clock is ${difference} ${median > 0 ? "behind" : "ahead of"} the servers'`,
  });
}
