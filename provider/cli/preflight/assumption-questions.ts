import { versionOf } from "../../dataverse/look-around.ts";
import { Fault } from "../../fault.ts";
import type { Services } from "../../host/configuration.ts";
import { type Json, jsonOf, memberOf, textOf } from "../../json.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { HttpRequest } from "../../network/network.ts";
import { isUnanswered } from "../../network/transport-fault.ts";

export type Asked = Pick<Services, "dataverse" | "network"> & { readonly deadline: Deadline };

/** What was seen, in words without names and addresses, and whether the sandbox does the same. */
export interface Seen {
  readonly holds: boolean;
  readonly what: string;
}

/** Reads, or asks for a token that nobody can get. Undefined where the environment has nothing that would show it. */
export type Question = (asked: Asked) => Promise<Seen | undefined>;

/** By the id in the table of what is assumed. What is not here needs a change, or a failure, to be seen. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  "service-version": async ({ dataverse, deadline }) => {
    const version = await versionOf(dataverse, deadline);
    return { holds: version === "9.2.24073.198", what: version };
  },
  "url-too-long": refusal(`mailboxes?$select=mailboxid&$filter=name eq '${"a".repeat(33_000)}'`, "HTTP 414"),
  "key-errors": refusal("mailboxes(name='x')", "HTTP 400 0x80060888"),
  "malformed-paging-cookie": refusal("mailboxes?$select=mailboxid&$skiptoken=x", "HTTP 400 0x80060888"),
  "query-function-values": refusal(
    `mailboxes?$select=mailboxid&$filter=Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=["active"])`,
    "HTTP 400 0x80060888",
  ),
  "preference-syntax": refusal("mailboxes?$select=mailboxid&$top=1", "HTTP 400 0x80060888", {
    prefer: "odata.maxpagesize=none",
  }),
  "order-of-equal-rows": async (asked) => {
    const ids = (await rows("mailboxes?$select=mailboxid&$top=50", asked)).map((row) => textOf(row, "mailboxid"));
    if (ids.length < 3) return undefined;
    const holds = ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ""));
    return { holds, what: holds ? "in the order of their ids" : "in another order than that of their ids" };
  },
  "not-in-without-value": async (asked) => {
    const without = "emailaddress eq null";
    const notIn = `Microsoft.Dynamics.CRM.NotIn(PropertyName='emailaddress',PropertyValues=["x"])`;
    const select = "mailboxes?$select=mailboxid&$top=1&$filter=";
    if ((await rows(`${select}${without}`, asked)).length === 0) return undefined;
    const holds = (await rows(`${select}${without} and ${notIn}`, asked)).length > 0;
    return { holds, what: holds ? "true" : "false" };
  },
  "formatted-values": async (asked) => {
    const annotation = "OData.Community.Display.V1.FormattedValue";
    const path = "mailboxes?$select=createdon&$top=1";
    const [row] = await rows(path, asked, { prefer: `odata.include-annotations="${annotation}"` });
    const text = textOf(row, `createdon@${annotation}`);
    // Of the moment itself nothing is told.
    const what = text.replace(/\d+/g, "9");
    return row && { holds: /^9\/9\/9 9:9 [AP]M$/.test(what), what };
  },
  "privileges-by-names": async ({ dataverse, deadline }) => {
    const { userId } = await dataverse.whoAmI(deadline);
    const call = "Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)";
    const path = `systemusers(${userId})/${call}?@p=["prvReadUser","prvNoSuchThing"]`;
    const told = await code(async () => {
      const { RolePrivileges: held } = await dataverse.ask(WHAT, path, deadline);
      return `HTTP 200, ${Array.isArray(held) ? held.length : "no list of"} entries`;
    });
    return { holds: told === "HTTP 200, 1 entries", what: told };
  },
  "approval-depths": async (asked) => {
    const depths = ["canbebasic", "canbelocal", "canbedeep", "canbeglobal"] as const;
    const filter = "name eq 'prvApproveRejectEmailAddress'";
    const [row] = await rows(`privileges?$select=${depths.join(",")}&$filter=${filter}`, asked);
    const held = depths.filter((depth) => memberOf(row, depth) === true);
    return row && { holds: held.length === depths.length, what: held.join(", ") };
  },
  "token-expiry": async (asked) => {
    const path = "mailboxes?$select=oauthtokenexpireson&$filter=isoauthrefreshtokenset eq true&$top=50";
    const moments = (await rows(path, asked)).map((row) => memberOf(row, "oauthtokenexpireson"));
    const set = moments.filter((moment) => typeof moment === "string").length;
    return moments.length === 0
      ? undefined
      : { holds: set === moments.length, what: `${set} of ${moments.length} mailboxes with a token have a moment` };
  },
  "token-refusal-words": google(
    {
      effect: "signs-in",
      method: "POST",
      url: "https://oauth2.googleapis.com/token",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=x",
    },
    "HTTP 400 unsupported_grant_type: Invalid grant_type: x",
  ),
  "userinfo-refusals": google(
    {
      effect: "reads",
      method: "GET",
      url: "https://openidconnect.googleapis.com/v1/userinfo",
      headers: { authorization: "Bearer x" },
    },
    "HTTP 401 UNAUTHENTICATED",
  ),
};

const WHAT = "Looking at an assumption";

function refusal(path: string, expected: string, headers: Readonly<Record<string, string>> = {}): Question {
  return async ({ dataverse, deadline }) => {
    const what = await code(async () => {
      await dataverse.ask(WHAT, path, deadline, headers);
      return "HTTP 200";
    });
    return { holds: what === expected, what };
  };
}

/** Status and code of a refusal: its words name things. */
async function code(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Fault) || isUnanswered(error)) throw error;
    return [`HTTP ${error.status}`, error.code].filter(Boolean).join(" ");
  }
}

async function rows(
  path: string,
  { dataverse, deadline }: Asked,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Json[]> {
  const { value } = await dataverse.ask(WHAT, path, deadline, headers);
  return Array.isArray(value) ? value : [];
}

/** Google says nothing of the environment to who is nobody, so that its words may be told. */
function google(request: HttpRequest, expected: string): Question {
  return async ({ network, deadline }) => {
    const { status, text } = await network.request(request, deadline);
    const json = jsonOf(text);
    const [error, description] = [textOf(json, "error"), textOf(json, "error_description")];
    const words = [error || textOf(memberOf(json, "error"), "status"), description].filter(Boolean).join(": ");
    const what = `HTTP ${status} ${words}`.trim();
    return { holds: what === expected, what };
  };
}
