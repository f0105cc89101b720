import { remoteText } from "../../fault.ts";
import { domainOf } from "../../schema/address.ts";
import { mailboxes } from "../amount.ts";
import { type Chosen, type LeftOut, REASONS } from "./candidate.ts";

/** Most who are named for one reason, unless all are asked for. */
const NAMED = 10;

interface Asked {
  readonly output: string;
  readonly domains: readonly string[];
  readonly verbose: boolean;
}

/** What has become of the file. */
type Written = "printed" | "made" | "grown" | "as it was";

/** Who has come into the file, who has not and why, and what to do next. */
export function summary({ entries, left }: Chosen, written: Written, asked: Asked): readonly string[] {
  const { output, verbose } = asked;
  const reasons = Map.groupBy(left, ({ reason }) => reason);
  const count = `${mailboxes(entries.length)} added`;
  return [
    {
      printed: count,
      made: `${output}: ${count}`,
      grown: `${output}: ${count}`,
      "as it was": `${output}: nothing is new`,
    }[written],
    ...domainsOf(entries, asked),
    ...[...reasons].map(([reason, all]) => `left out: ${all.length} ${REASONS[reason]}: ${namesOf(all, verbose)}`),
    ...nextAfter(written, output),
  ];
}

function nextAfter(written: Written, output: string): readonly string[] {
  const always = `\`gmailsync lock ${output}\`, \`gmailsync check ${output}\``;
  if (written === "made")
    return [`Then: fill in \`clients\`, which \`gmailsync guide ${output}\` helps to make; ${always}`];
  return written === "grown" ? [`Then: ${always}`] : [];
}

/** Several domains of which nobody has spoken are rarely meant. */
function domainsOf(entries: Chosen["entries"], { domains }: Asked): readonly string[] {
  const found = Map.groupBy(entries, ({ address }) => domainOf(address));
  if (domains.length > 0 || found.size < 2) return [];
  const counts = [...found].map(([domain, all]) => `${all.length} of ${remoteText(domain)}`);
  return [`of several domains: ${counts.slice(0, NAMED).join(", ")}; \`--domain\` takes those of one`];
}

function namesOf(left: readonly LeftOut[], all: boolean): string {
  const shown = all ? left : left.slice(0, NAMED);
  const names = shown.map(({ name, detail }) => (detail === undefined ? name : `${name} (${detail})`));
  return [...names, ...(shown.length < left.length ? [`and ${left.length - shown.length} more (--verbose)`] : [])].join(
    ", ",
  );
}
