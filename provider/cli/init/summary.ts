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

/** Who has come into the file, who has not and why, and what to do next. */
export function summary({ entries, left }: Chosen, isNew: boolean, asked: Asked): readonly string[] {
  const { output, verbose } = asked;
  const reasons = Map.groupBy(left, ({ reason }) => reason);
  const count = `${mailboxes(entries.length)} added`;
  return [
    output === "-" ? count : isNew ? `${output}: ${count}` : `${output}: nothing is new`,
    ...domainsOf(entries, asked),
    ...[...reasons].map(([reason, all]) => `left out: ${all.length} ${REASONS[reason]}: ${namesOf(all, verbose)}`),
    ...(isNew && output !== "-"
      ? [
          `Then: fill in \`clients\`, which \`gmailsync guide ${output}\` helps to make; \`gmailsync lock ${output}\`, \`gmailsync check ${output}\``,
        ]
      : []),
  ];
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
