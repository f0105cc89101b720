import { printable } from "./shown.ts";

type Show = (value: unknown, row: object) => string;

/** A column of a table: its heading, where its content comes from, and how it is written. */
interface Column {
  readonly heading: string;
  readonly member: string;
  readonly show?: Show;
}

const words =
  (...names: string[]): Show =>
  (value) =>
    (typeof value === "number" ? names[value] : undefined) ?? String(value ?? "");
const shortId: Show = (value) => (typeof value === "string" ? `${value.slice(0, 8)}…` : "–");
const status = words("not run", "success", "failure");
const method = words("none", "Outlook", "server-side", "forward");

function columns(...members: string[]): Column[] {
  return members.map((member) => ({ heading: member, member }));
}

function pairs(value: unknown): string[] {
  return Object.entries(Object(value)).map(([name, inner]) => `${name}:${inner}`);
}

const TABLES: Readonly<Record<string, readonly Column[]>> = {
  mailboxes: [
    { heading: "address", member: "emailaddress" },
    { heading: "name", member: "name" },
    { heading: "profile", member: "_emailserverprofile_value", show: shortId },
    { heading: "incoming", member: "incomingemaildeliverymethod", show: method },
    { heading: "outgoing", member: "outgoingemaildeliverymethod", show: method },
    {
      heading: "approval",
      member: "emailrouteraccessapproval",
      show: words("empty", "approved", "pending", "rejected"),
    },
    { heading: "signed in", member: "isoauthrefreshtokenset" },
    { heading: "in test", member: "incomingemailstatus", show: status },
    { heading: "out test", member: "outgoingemailstatus", show: status },
  ],
  profiles: [
    { heading: "name", member: "name" },
    { heading: "id", member: "emailserverprofileid" },
    {
      heading: "type",
      member: "servertype",
      show: words("Exchange", "POP3/SMTP", "Exchange hybrid", "Exchange Online", "IMAP/SMTP"),
    },
    { heading: "incoming", member: "incomingserverlocation" },
    { heading: "outgoing", member: "outgoingserverlocation" },
    { heading: "client secret set", member: "isoauthclientsecretset" },
  ],
  organizations: [
    { heading: "name", member: "name" },
    { heading: "default profile", member: "_defaultemailserverprofileid_value" },
  ],
  users: columns("fullname", "internalemailaddress", "isdisabled", "applicationid", "systemuserid"),
  queues: [
    ...columns("name", "emailaddress", "queueid"),
    { heading: "state", member: "statecode", show: words("active", "inactive") },
  ],
  roles: [
    ...columns("name", "holders"),
    { heading: "privileges", member: "privileges", show: (value) => pairs(value).join(" ") },
  ],
  applications: columns("name", "clientId", "user", "roles", "secrets", "certificates", "federatedCredentials"),
  pipelines: columns("name", "issuer", "subject", "audience", "lifetimeSeconds", "granted"),
  accounts: columns("address", "imap", "pop", "condition", "unit", "aliases"),
  clients: columns("clientId", "name", "projectId", "state", "secrets"),
  projects: columns("projectId", "number", "state", "audience", "publishingStatus", "verified", "testUsers", "users"),
  units: columns("path", "imap", "pop"),
  "service-accounts": columns("email", "delegatedScopes", "tokenCreators", "workloadIdentityUsers"),
  "workload-providers": [
    ...columns("audience", "issuer", "allowedAudiences"),
    { heading: "mapping", member: "attributeMapping", show: (value) => pairs(value).join(" ") },
    { heading: "condition", member: "attributeCondition" },
  ],
  secrets: columns("what", "of", "secret", "state"),
  alerts: [
    { heading: "when", member: "modifiedon" },
    { heading: "level", member: "level", show: words("", "information", "warning", "error") },
    { heading: "text", member: "text" },
    { heading: "details", member: "errordetails" },
  ],
  faults: [
    ...columns("number", "service", "method", "path", "row", "command", "account", "nth", "every", "times"),
    {
      heading: "effect",
      member: "effect",
      show: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
    },
    ...columns("matched", "disturbed"),
  ],
  requests: columns("service", "method", "path", "body"),
};

export function columnsOf(table: string): readonly Column[] | undefined {
  return Object.hasOwn(TABLES, table) ? TABLES[table] : undefined;
}

/** An aligned table for the terminal. */
export function render(columns: readonly Column[], rows: unknown): string {
  const objects = Array.isArray(rows) ? rows.filter((row) => typeof row === "object" && row !== null) : [];
  const cells = objects.map((row: object) =>
    columns.map(({ member, show = String }) => {
      const value: unknown = Reflect.get(row, member);
      return value === null || value === undefined ? "–" : printable(show(value, row));
    }),
  );
  return aligned([columns.map(({ heading }) => heading), ...cells]);
}

/** Lines of cells, each as wide as its column. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const [first = []] = lines;
  const widths = first.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
