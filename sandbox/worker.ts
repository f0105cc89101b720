import { randomUUID } from "node:crypto";
import { type Cell, type DataverseState, findRow, now, type Row, rowsOf, touch } from "./dataverse/state.ts";
import type { LoginResult, LoginTarget } from "./gmail/login.ts";
import { mailLogin } from "./gmail/login.ts";

export interface WorkerOptions {
  readonly state: () => DataverseState;
  /** Milliseconds between the scheduling of a test and its run. */
  readonly delayMs: number;
  /** Exchanges the mailbox's refresh token for an access token, as the service does. */
  readonly accessToken: (
    client: { id: string; secret: string },
    refreshToken: string,
  ) => Promise<{ token: string } | { error: string }>;
  readonly connect: (host: string, port: number) => { host: string; port: number };
  readonly ca: string;
}

type Direction = "incoming" | "outgoing";
const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing"];
const LOGIN_TIMEOUT_MS = 10_000;
/** Option of `incomingcredentialretrieval` and `outgoingcredentialretrieval`. */
const GMAIL_OAUTH = 5;

interface Problem {
  readonly text: string;
  readonly code: number;
  readonly details?: string;
}

/**
 * Runs Test & Enable in the background as the service does: some time after the flag was raised it logs in to the mail
 * servers with what the mailbox and its profile hold, and sets statuses and alerts.
 * Assumption: test-order-of-checks. Assumption: test-moment-on-failure. Assumption: test-alerts.
 */
export class TestWorker {
  readonly #options: WorkerOptions;
  /** By the row itself, not its id: after a reset the row of the same mailbox is another one. */
  readonly #timers = new Map<Row, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Finds the mailboxes whose test is scheduled. */
  look(): void {
    for (const row of rowsOf(this.#options.state(), "mailboxes")) {
      if (this.#closed || row["testemailconfigurationscheduled"] !== true || this.#timers.has(row)) continue;
      this.#timers.set(
        row,
        setTimeout(() => this.#start(row), this.#options.delayMs),
      );
    }
  }

  /** Forgets what is scheduled: the world was reset. */
  reset(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.reset();
    await Promise.allSettled(this.#running);
  }

  #start(row: Row): void {
    const run = this.#run(row).finally(() => {
      this.#timers.delete(row);
      this.#running.delete(run);
      this.look();
    });
    this.#running.add(run);
  }

  /** Never throws: what goes wrong here is a failed test, as it is at the service. */
  async #run(row: Row): Promise<void> {
    const state = this.#options.state();
    const profile = findRow(
      state,
      "emailserverprofiles",
      "emailserverprofileid",
      String(row["_emailserverprofile_value"]),
    );
    const blocked = precondition(row, profile, state);
    const on = DIRECTIONS.filter((direction) => row[`${direction}emaildeliverymethod`] === 2);
    const results = await Promise.all(
      on.map(async (direction) => ({
        direction,
        problem: blocked ?? (profile ? await this.#login(direction, row, profile).catch(unexpected) : undefined),
      })),
    );
    // Meanwhile the world may have been reset, the mailbox deleted with its queue, or the flag taken down.
    if (this.#closed || !rowsOf(this.#options.state(), "mailboxes").includes(row)) return;
    if (row["testemailconfigurationscheduled"] !== true) return;
    for (const { direction, problem } of results) {
      row[`${direction}emailstatus`] = problem ? 2 : 1;
      row[`enabledfor${direction}email`] = !problem;
      alert(state, row, direction, problem);
    }
    row["actstatus"] = 0;
    row["mailboxstatus"] = results.length === 0 ? 0 : results.some(({ problem }) => problem) ? 2 : 1;
    row["testmailboxaccesscompletedon"] = new Date().toISOString();
    row["testemailconfigurationscheduled"] = false;
    touch(state, row);
  }

  async #login(direction: Direction, row: Row, profile: Row): Promise<Problem | undefined> {
    const client = { id: String(profile["oauthclientid"]), secret: String(profile["oauthclientsecret"]) };
    // Assumption: test-gmail-oauth-only.
    if (profile[`${direction}credentialretrieval`] !== GMAIL_OAUTH) {
      return { code: 64, text: CREDENTIALS, details: `${direction}credentialretrieval is not Gmail OAuth (5).` };
    }
    const refreshToken = row["oauthrefreshtoken"];
    if (typeof refreshToken !== "string") {
      return { code: 64, text: CREDENTIALS, details: "The mailbox has no OAuth refresh token." };
    }
    const exchanged = await this.#options.accessToken(client, refreshToken);
    if ("error" in exchanged) return { code: 64, text: CREDENTIALS, details: exchanged.error };
    const host = String(profile[`${direction}serverlocation`]);
    const port = Number(profile[`${direction}portnumber`]);
    const target: LoginTarget = {
      protocol: direction === "outgoing" ? "smtp" : profile["servertype"] === 1 ? "pop3" : "imap",
      host,
      port,
      connect: this.#options.connect(host, port),
      ca: this.#options.ca,
      user: String(row["emailaddress"]),
      accessToken: exchanged.token,
      timeoutMs: LOGIN_TIMEOUT_MS,
    };
    return problemOf(await mailLogin(target), direction, host);
  }
}

const CREDENTIALS =
  "The email message cannot be processed because the credentials specified in the associated email server profile are incorrect or have insufficient permissions.";

function precondition(row: Row, profile: Row | undefined, state: DataverseState): Problem | undefined {
  const name = String(row["name"]);
  if (row["statecode"] === 1) return { code: 19, text: `The mailbox ${name} is inactive.` };
  if (!row["emailaddress"]) return { code: 20, text: `The e-mail address of the mailbox ${name} is missing.` };
  if (profile?.["statecode"] !== 0) {
    return {
      code: 21,
      text: `Email cannot be received because the mailbox ${name} does not have an email server profile associated with it or the email server profile is inactive.`,
      details: "InvalidIncomingEmailServerProfile",
    };
  }
  const organization = rowsOf(state, "organizations")[0];
  const queue = row["regardingobjecttypecode"] === "queue";
  const required = organization?.[queue ? "requireapprovalforqueueemail" : "requireapprovalforuseremail"] !== false;
  if (required && row["emailrouteraccessapproval"] !== 1) {
    return {
      code: 30,
      text: "One or more mailboxes have been disabled for sending/receiving email because their email addresses haven't been approved.",
    };
  }
  return undefined;
}

function problemOf(result: LoginResult, direction: Direction, host: string): Problem | undefined {
  if (result.ok) return undefined;
  if (result.code === "CONNECTION") {
    const which =
      direction === "incoming"
        ? "InvalidIncomingEmailServerProfileConfiguration"
        : "InvalidOutgoingEmailServerProfileConfiguration";
    return { code: 35, text: `Socket returned exception ${which} HostNotFound`, details: `${host}: ${result.message}` };
  }
  return { code: 64, text: CREDENTIALS, details: result.message };
}

function alert(state: DataverseState, row: Row, direction: Direction, problem: Problem | undefined): void {
  const text = problem?.text ?? `The ${direction} email of the mailbox ${row["name"]} was tested and enabled.`;
  const log: Record<string, Cell> = {
    tracelogid: randomUUID(),
    level: problem ? 3 : 1,
    text,
    tracecode: problem?.code ?? 1,
    tracestatus: !problem,
    errordetails: problem?.details ?? null,
    errortypedisplay: problem ? "Permanent" : null,
    createdon: now(),
    _regardingobjectid_value: row["mailboxid"] ?? null,
    regardingobjecttypecode: "mailbox",
  };
  rowsOf(state, "tracelogs").push(log);
  touch(state, log);
}

function unexpected(error: unknown): Problem {
  return {
    code: 1,
    text: "An unexpected error occurred.",
    details: error instanceof Error ? error.message : String(error),
  };
}
