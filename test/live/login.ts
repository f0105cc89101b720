import { type Dialogue, openDialogue } from "./dialogue.ts";
import type { Lab } from "./lab.ts";

export type Mechanism = "XOAUTH2" | "OAUTHBEARER";

export interface Login {
  readonly greeting: string;
  /** What a refusing server says before its verdict, decoded. */
  readonly challenge?: string;
  /** The last reply to the login, all its lines. */
  readonly verdict: string;
  readonly dialogue: Dialogue;
}

interface Protocol {
  /** Up to the point where a login may come; answers with the greeting. */
  prepare(dialogue: Dialogue, endpoint: string): Promise<string>;
  command(mechanism: Mechanism, initialResponse: string): string;
  readonly continuation: string;
}

export const endpoints = ["imap.gmail.com:993", "pop.gmail.com:995", "smtp.gmail.com:465", "smtp.gmail.com:587"];

const protocols: Readonly<Record<string, Protocol>> = {
  imap: {
    prepare: (dialogue) => dialogue.readLine(),
    command: (mechanism, initialResponse) => `a AUTHENTICATE ${mechanism} ${initialResponse}`,
    continuation: "+ ",
  },
  pop: {
    prepare: (dialogue) => dialogue.readLine(),
    command: (mechanism, initialResponse) => `AUTH ${mechanism} ${initialResponse}`,
    continuation: "+ ",
  },
  smtp: {
    async prepare(dialogue, endpoint) {
      const greeting = await dialogue.readLine();
      await ask(dialogue, "EHLO client.northwind.example");
      if (endpoint.endsWith(":587")) {
        await ask(dialogue, "STARTTLS");
        await dialogue.secure();
        await ask(dialogue, "EHLO client.northwind.example");
      }
      return greeting;
    },
    command: (mechanism, initialResponse) => `AUTH ${mechanism} ${initialResponse}`,
    continuation: "334 ",
  },
};

/** RFC 7628 section 3.1, and Google's "OAuth 2.0 Mechanism" page. The answer to a challenge is fixed, too. */
const mechanisms: Readonly<
  Record<Mechanism, { initialResponse(user: string, token: string): string; readonly onChallenge: string }>
> = {
  XOAUTH2: {
    initialResponse: (user, token) => `user=${user}\x01auth=Bearer ${token}\x01\x01`,
    onChallenge: "",
  },
  OAUTHBEARER: {
    initialResponse: (user, token) => `n,a=${user},\x01auth=Bearer ${token}\x01\x01`,
    onChallenge: "AQ==",
  },
};

/** Logs in at Gmail's "host:port" with an access token, on plain sockets. The caller closes the dialogue. */
export async function login(
  lab: Lab,
  endpoint: string,
  mechanism: Mechanism,
  user: string,
  token: string,
): Promise<Login> {
  const protocol = protocols[endpoint.split(".")[0] ?? ""];
  if (protocol === undefined) throw new Error(`no protocol is known for ${endpoint}`);
  const dialogue = await openDialogue(lab, endpoint);
  try {
    const greeting = await protocol.prepare(dialogue, endpoint);
    const { initialResponse, onChallenge } = mechanisms[mechanism];
    const encoded = Buffer.from(initialResponse(user, token)).toString("base64");
    const reply = await ask(dialogue, protocol.command(mechanism, encoded));
    if (!reply.startsWith(protocol.continuation)) return { greeting, verdict: reply, dialogue };
    const challenge = Buffer.from(reply.slice(protocol.continuation.length), "base64").toString("utf8");
    return { greeting, challenge, verdict: await ask(dialogue, onChallenge), dialogue };
  } catch (error) {
    dialogue.close();
    throw error;
  }
}

/** Sends a line and reads the reply: past IMAP's untagged lines, to the last line of an SMTP reply. */
export async function ask(dialogue: Dialogue, line: string): Promise<string> {
  dialogue.send(line);
  const lines: string[] = [];
  for (;;) {
    const next = await dialogue.readLine();
    lines.push(next);
    if (!/^(\* |\d{3}-)/.test(next)) return lines.join("\n");
  }
}
