import type { ComponentResource, Output } from "@pulumi/pulumi";
import type { PlannedMailbox } from "../../fleet/plan.ts";
import { OUTCOMES } from "../../resources/fleet/functions.ts";
import { info, invoke } from "../pulumi.ts";
import type { MadeMailbox } from "./children.ts";
import type { FleetCounts, FleetMailbox, FleetSummary, WaitingMailbox } from "./outputs.ts";

/** A mailbox of the file with what became of it. */
export interface Registered {
  readonly planned: PlannedMailbox;
  readonly made: MadeMailbox;
}

interface Seen {
  readonly client: string;
  readonly status: keyof Omit<FleetCounts, "mailboxes">;
  readonly causes: readonly string[];
}

interface Result extends Seen {
  readonly codes: readonly string[];
}

/** A fleet in numbers, and who waits; known, and told in a line, when all mailboxes are through. `mailboxes`: those that are there. */
export function summarized(
  fleet: ComponentResource,
  registered: readonly Registered[],
  mailboxes: Output<Readonly<Record<string, FleetMailbox>>>,
): Output<{ readonly summary: FleetSummary; readonly waiting: readonly WaitingMailbox[] }> {
  return mailboxes.apply(async (there) => {
    const seen = registered.map(({ planned: { key, emailAddress, client }, made: { causes } }) => {
      const { status = "failure", webUrl = "" } = there[key] ?? {};
      return { address: emailAddress.toLowerCase(), client, status: countedAs(status), webUrl, causes };
    });
    const bad = seen.filter(({ status }) => status === "waiting" || status === "failed");
    const remembered = await outcomesOf(fleet, [...new Set(bad.flatMap(({ causes }) => causes))]);
    const results = seen.map((one) => ({ ...one, codes: codesOf(one, remembered) }));
    await info(line(results), fleet).catch(() => {});
    const waiting = results.filter(({ status }) => status === "waiting");
    return {
      summary: summaryOf(results),
      waiting: waiting.map(({ address, webUrl, codes }) => ({ address, webUrl, codes })),
    };
  });
}

function countedAs(status: string): Result["status"] {
  return status === "success" || status === "waiting" || status === "notActivated" ? status : "failed";
}

type Remembered = ReadonlyMap<string, { readonly status: string; readonly codes: readonly string[] }>;

/** What the provider's process knows: of what failed, the program has no outputs. Nothing where the engine listens no more. */
async function outcomesOf(fleet: ComponentResource, urns: readonly string[]): Promise<Remembered> {
  if (urns.length === 0) return new Map();
  const answer: unknown = await invoke(OUTCOMES, { urns: [...urns] }, { parent: fleet }).catch(() => undefined);
  const outcomes = Object.entries(Object(Reflect.get(Object(answer), "outcomes")));
  return new Map(
    outcomes.map(([urn, outcome]) => {
      const codes: unknown = Reflect.get(Object(outcome), "codes");
      const status = String(Reflect.get(Object(outcome), "status"));
      return [urn, { status, codes: Array.isArray(codes) ? codes.map(String) : [] }];
    }),
  );
}

/** Of the nearest resource that did not come through. None: the run has not come to it. */
function codesOf({ status, causes }: Seen, remembered: Remembered): readonly string[] {
  if (status === "waiting") return remembered.get(causes[0] ?? "")?.codes ?? [];
  if (status !== "failed") return [];
  const failed = causes.flatMap((urn) => remembered.get(urn) ?? []).find((one) => one.status !== "success");
  return failed?.codes ?? [];
}

function countsOf(results: readonly Result[]): FleetCounts {
  const count = (status: Result["status"]) => results.filter((one) => one.status === status).length;
  return {
    mailboxes: results.length,
    success: count("success"),
    waiting: count("waiting"),
    failed: count("failed"),
    notActivated: count("notActivated"),
  };
}

function summaryOf(results: readonly Result[]): FleetSummary {
  const byClient = Map.groupBy(results, ({ client }) => client);
  const codes = results.flatMap((one) => one.codes);
  const byCode = Map.groupBy(codes, (code) => code);
  return {
    ...countsOf(results),
    byClient: Object.fromEntries([...byClient].map(([client, some]) => [client, countsOf(some)])),
    byCode: Object.fromEntries([...byCode].map(([code, some]) => [code, some.length])),
  };
}

/** `223 success, 5 waiting, 2 failed of 230` */
function line(results: readonly Result[]): string {
  const { mailboxes, success, waiting, failed, notActivated } = countsOf(results);
  const missed = results.filter(({ status, codes }) => status === "failed" && codes.length === 0).length;
  const counts = { success, waiting, failed: failed - missed, "not activated": notActivated };
  const said = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  const all = `${said.join(", ") || "0 success"} of ${mailboxes}`;
  return missed === 0 ? all : `${all}; ${mailboxes - missed} of ${mailboxes} reached`;
}
