import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { Fault, messageOf } from "../fault.ts";
import { objectIn } from "../json.ts";
import { maskData } from "../redaction/secrets.ts";
import { attribution } from "./attribution.ts";
import { wasNeverSent } from "./transport-fault.ts";

/** The variable that names the file. */
const FILE = "GMAILSYNC_RECORD";

/** Where services of pipelines have the commit that they work on. */
const COMMITS = ["GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION", "BITBUCKET_COMMIT", "CIRCLE_SHA1", "GIT_COMMIT"];

/** Lines are added at the end, never through a link; a pipe that nobody reads is no reason to wait. */
const AT_THE_END =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const OWNER_ONLY = 0o600;

/** What was done, of a write or a test. */
export interface Deed {
  /** Host of the service. */
  readonly organization: string;
  /** A row, as `mailboxes(1f…)`; of other services what their URL names. */
  readonly row: string;
  readonly [fact: string]: string | number | readonly string[] | undefined;
}

interface Write {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/**
 * A record of what was done, for audits: a JSON line for each write that may have reached a service, and for each test. Names of columns
 * stand in it, never their values. What cannot be written ends no run: people are told once.
 */
export class Journal {
  readonly #file: string;
  readonly #commit: string | undefined;
  /** Ids of organizations, by host. */
  readonly #organizations = new Map<string, string>();
  #told = false;
  /** A disk that is full may have taken a part of a line. */
  #torn = false;

  private constructor(file: string, commit: string | undefined) {
    this.#file = file;
    this.#commit = commit;
  }

  /** Undefined where nobody asks for a record. */
  static of(environment: NodeJS.ProcessEnv): Journal | undefined {
    const file = environment[FILE]?.trim();
    const commit = COMMITS.flatMap((name) => environment[name] ?? []).find((value) => /^[0-9a-f]{7,64}$/i.test(value));
    return file ? new Journal(file, commit) : undefined;
  }

  /** Which organization is behind an environment's URL from now on: a URL may change hands. */
  entered(environmentUrl: string, organizationId: string): void {
    this.#organizations.set(new URL(environmentUrl).host, organizationId);
  }

  /** Sends a write, and notes it with the answer's status; without one, if it may have arrived. */
  async sending<T extends { readonly status: number }>(request: Write, send: () => Promise<T>): Promise<T> {
    try {
      const response = await send();
      this.note({ ...deedOf(request), status: response.status });
      return response;
    } catch (error) {
      if (!(error instanceof Fault && (error.undone || wasNeverSent(error)))) this.note(deedOf(request));
      throw error;
    }
  }

  note(deed: Deed): void {
    const { urn, why, warn } = attribution() ?? {};
    const organizationId = this.#organizations.get(deed.organization);
    const at = new Date().toISOString();
    const line = JSON.stringify({ at, ...deed, organizationId, why, urn, commit: this.#commit });
    try {
      this.#append(`${maskData(line)}\n`);
    } catch (error) {
      if (this.#told || !warn) return;
      this.#told = true;
      warn(
        `${FILE}: ${this.#file} cannot be written, so what is done from now on may be missing in it: ${messageOf(error)}`,
      );
    }
  }

  #append(line: string): void {
    const handle = openSync(this.#file, AT_THE_END, OWNER_ONLY);
    try {
      if (!fstatSync(handle).isFile()) throw new Error("it is no regular file");
      const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
      const written = writeSync(handle, bytes);
      this.#torn = written < bytes.length;
      if (this.#torn) throw new Error("there is no room for it");
    } finally {
      closeSync(handle);
    }
  }
}

const WEB_API = "/api/data/v9.2/";

function deedOf({ method, url, body }: Write): Deed {
  const { host, pathname } = new URL(url);
  const columns = objectIn(body ?? "") ?? {};
  const path = decodeURI(pathname);
  const row = path.startsWith(WEB_API) ? path.slice(WEB_API.length) : path;
  // A row that is made has its id in its key, which is called after the table; the set is its plural: emailserverprofiles.
  const id = columns[`${row.replace(/s$/, "")}id`];
  return {
    organization: host,
    row: typeof id === "string" ? `${row}(${id})` : row,
    method,
    columns: Object.keys(columns).map((name) => name.replace(/@odata\.bind$/, "")),
  };
}
