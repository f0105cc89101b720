import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";
import { type Asked, consentUrl, newTies, redeemed } from "../google/user-consent.ts";
import { Deadline } from "../network/deadline.ts";
import { Network } from "../network/network.ts";
import { learn } from "../redaction/secrets.ts";
import { addressProblem } from "../schema/address.ts";
import { tryWhole, writeWhole } from "../write-whole.ts";
import { commandLine, telling, timeLimit } from "./command-line.ts";
import { type Answer, listen } from "./consent/loopback.ts";
import { print } from "./output.ts";
import { setSecret, trySecrets } from "./stack-state.ts";
import { written } from "./write-masked.ts";

const HELP = `gmailsync consent: a refresh token for the own logins of a mailbox, by its user's consent in a browser

Usage: gmailsync consent <address> --client-id ID (--config NAME [--stack NAME] | --file FILE) [--port PORT] [--timeout MINUTES]

For those without domain-wide delegation: an activation with \`credential: {refreshToken, clientId, clientSecret}\` logs in to IMAP
and SMTP itself. This is not Dynamics' own consent, for which \`gmailsync signin\` is. The client's secret comes from the
environment variable GOOGLE_CLIENT_SECRET. A client of the type "Desktop app", of the same project, may come back to any port; one
of the type "Web application" has to list http://127.0.0.1:PORT as a redirect URI, with that --port.

The user opens the page on this machine and consents there. The token is kept only if it is of that very account, and is never
shown. Where it goes:

  --config    a secret of the stack's configuration (\`pulumi config set --secret\`)
  --stack     of another stack than the selected one
  --file      a file that its owner alone may read; Windows knows no such mode: there it has the access of its folder

  --client-id the OAuth client
  --port      the port on 127.0.0.1 (default: a free one)
  --timeout   how long the user has, in minutes (default 10)

Examples:
  gmailsync consent anna@northwind.example --client-id 1234-abc.apps.googleusercontent.com --config annaRefreshToken
  gmailsync consent anna@northwind.example --client-id 1234-abc.apps.googleusercontent.com --port 8976 --file anna.token

${exitCodes("consent")}`;

export const OPTIONS = {
  "client-id": { type: "string" },
  config: { type: "string" },
  stack: { type: "string" },
  file: { type: "string" },
  port: { type: "string", default: "0" },
  timeout: { type: "string", default: "10" },
} as const;

interface Options extends Omit<Asked, "redirectUri"> {
  readonly port: number;
  readonly timeoutMs: number;
  /** Where the token is told to be. */
  readonly place: string;
  /** An error where it could not be kept, before anybody is asked for it. */
  tryKeeping(): Promise<void>;
  keep(token: string): Promise<void>;
}

/** `gmailsync consent …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("consent", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const network = new Network({ readOnly: true }, process.env);
  const deadline = Deadline.after(options.timeoutMs, stop.signal);
  try {
    return await telling("consent", async () => {
      await ask(options, network, deadline);
      print(`The refresh token of ${options.address} is in ${options.place}.`);
      return EXIT.ok;
    });
  } finally {
    deadline[Symbol.dispose]();
    await network.close();
  }
}

async function ask(options: Options, network: Network, deadline: Deadline): Promise<void> {
  const { address, port } = options;
  await options.tryKeeping();
  const loopback = await listen(port).catch((error: unknown) => {
    throw new Fault({
      kind: "failed-precondition",
      what: `Port ${port} of 127.0.0.1: ${messageOf(error)}`,
      cause: error,
    });
  });
  try {
    const asked = { ...options, redirectUri: loopback.redirectUri };
    const ties = newTies();
    print(`Open this page in a browser on this machine, and consent as ${address}:\n${consentUrl(asked, ties)}`);
    const answer = await deadline.race(loopback.answer(ties.state), `Waiting for ${address} to consent`);
    try {
      await options.keep(await redeemed(codeOf(answer, address), asked, ties, network, deadline));
      answer.tell("Thank you", `The consent of ${address} has arrived. You can close this page.`);
    } catch (error) {
      answer.tell("That did not work", error instanceof Fault ? error.message : "The window of the command says why.");
      throw error;
    }
  } finally {
    await loopback.close();
  }
}

function codeOf({ code, error }: Answer, address: string): string {
  if (code !== undefined) return code;
  throw new Fault({
    kind: "failed-precondition",
    what: `${address} has not consented`,
    said: remoteText(error ?? "no code"),
    hint: "Run it again, and choose Continue.",
  });
}

function parse(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { "client-id": clientId = "", config, stack, file } = values;
  const [address = "", ...others] = positionals;
  const port = Number(values.port);
  const problem = addressProblem(address);
  if (problem || others.length > 0) throw new TypeError("one mail address is needed");
  if (clientId.trim() === "") throw new TypeError("--client-id is needed");
  if ((config === undefined) === (file === undefined)) throw new TypeError("either --config or --file is needed");
  if (stack !== undefined && config === undefined) throw new TypeError("--stack is for --config");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError("--port must be a port, up to 65535");
  const timeoutMs = timeLimit(values.timeout, "minutes", 1440);
  const clientSecret = process.env["GOOGLE_CLIENT_SECRET"]?.trim() ?? "";
  if (clientSecret === "") throw new TypeError("the environment variable GOOGLE_CLIENT_SECRET is needed");
  learn(clientSecret);
  const asked = { address, clientId: clientId.trim(), clientSecret, port, timeoutMs };
  if (config !== undefined)
    return {
      ...asked,
      place: `the secret ${config} of the stack's configuration`,
      tryKeeping: () => trySecrets(stack),
      keep: (token) => setSecret(stack, config, token),
    };
  const place = file ?? "";
  return {
    ...asked,
    place,
    tryKeeping: async () => written(place, () => tryWhole(place)),
    // Not masked, as the secret is what is wanted here.
    keep: async (token) => written(place, () => writeWhole(place, `${token}\n`, 0o600)),
  };
}
