import { code, table } from "./generate/markdown.ts";

/** One room of the house: a folder, what it is for, and which others it may import. */
interface Room {
  readonly folder: string;
  readonly what: string;
  readonly imports: readonly string[] | "everything";
}

const CLIENTS = ["provider/dataverse", "provider/google", "provider/mail"];
const WORDS = ["provider", "provider/codes", "provider/redaction", "provider/schema"];

/**
 * Who may import whom, from the ground up: `npm run check` holds every import against it, types included, and CONTRIBUTING's table
 * is made from it. `provider` means the files that stand in it directly. A room may import itself.
 */
const HOUSE: readonly Room[] = [
  {
    folder: "provider",
    what: "errors, JSON, trees of values and files, which everybody speaks",
    imports: ["provider/codes", "provider/redaction"],
  },
  {
    folder: "provider/codes",
    what: "every stable code with its words and hint, names of steps, exit codes",
    imports: [],
  },
  {
    folder: "provider/redaction",
    what: "knows the secrets of the process, and makes the only text that leaves it",
    imports: ["provider"],
  },
  {
    folder: "provider/schema",
    what: "what definitions are made of: properties, forms, durations, steps, credentials, clouds, the validator",
    imports: ["provider", "provider/codes", "provider/redaction"],
  },
  {
    folder: "provider/network",
    what: "the one way out: connect-to map, CA file, proxy, deadlines, what is shared and what waits in line",
    imports: ["provider", "provider/codes", "provider/redaction"],
  },
  { folder: "provider/dataverse", what: "client; knows nothing of resources", imports: [...WORDS, "provider/network"] },
  {
    folder: "provider/google",
    what: "clients of Google's APIs and endpoints",
    imports: [...WORDS, "provider/network"],
  },
  { folder: "provider/mail", what: "logins by IMAP, POP3 and SMTP", imports: [...WORDS, "provider/network"] },
  {
    folder: "provider/resource",
    what: "the frame every resource stands in: handler, context, roster, columns, differences",
    imports: [...WORDS, "provider/network", ...CLIENTS],
  },
  {
    folder: "provider/resources",
    what: "one folder a resource: definition, columns, handler, and what only it needs; `registry.ts` lists them",
    imports: [...WORDS, "provider/network", ...CLIENTS, "provider/resource"],
  },
  {
    folder: "provider/fleet",
    what: "`mailboxes.yaml`: read, checked, assigned to clients, planned; no Pulumi",
    imports: [...WORDS, "provider/google", "provider/resources"],
  },
  {
    folder: "provider/host",
    what: "settings into clients, and the budget of an operation",
    imports: [...WORDS, "provider/network", ...CLIENTS, "provider/resource"],
  },
  {
    folder: "provider/sdk",
    what: "the classes of the package (generated) and the Fleet component",
    imports: ["provider", "provider/fleet", "provider/resources"],
  },
  {
    folder: "provider/dynamic",
    what: "dynamic resources: classes (generated), shims that are serialised, and the operations that they call",
    imports: [...WORDS, "provider/host", "provider/resource", "provider/resources", "provider/sdk"],
  },
  {
    folder: "provider/plugin",
    what: "the engine's protocol: secrets, unknowns, partial state, one method per RPC; Construct",
    imports: [...WORDS, "provider/fleet", "provider/host", "provider/resource", "provider/resources", "provider/sdk"],
  },
  {
    folder: "sandbox",
    what: "Microsoft and Google on loopback; shares no code with its clients",
    imports: [],
  },
  {
    folder: "provider/cli",
    what: "`gmailsync doctor`, `preflight`, `report`, `signin`, `consent`, `check`, `lock`, `export`, `init`, `guide`, `originals`, `completion`, `sandbox`",
    imports: [
      ...[...WORDS, "provider/network", ...CLIENTS, "provider/resource", "provider/resources"],
      ...["provider/fleet", "provider/host", "sandbox"],
    ],
  },
  {
    folder: "scripts",
    what: "`npm start`, `npm test`, the Pulumi CLI, the build; `scripts/generate` makes all generated files",
    imports: [
      "provider/codes",
      "provider/schema",
      "provider/dataverse",
      "provider/resources",
      "provider/fleet",
      "sandbox",
    ],
  },
  { folder: "bench", what: "what things cost, against something measured in the same run", imports: "everything" },
  {
    folder: "test",
    what: "mirrors the source; `engine` drives the real CLI; `chaos` kills it; `upgrade` has what earlier versions wrote; `support` has sandbox and stack",
    imports: "everything",
  },
];

/** The files that a name of the table stands for. */
function pattern(folder: string): string {
  return folder === "provider" ? "^provider/[^/]+$" : `^${folder}/`;
}

/** The table as rules of dependency-cruiser: what is not allowed is forbidden, and so is every circle. */
export function boundaryRules(): object[] {
  const rules = HOUSE.flatMap(({ folder, imports }) =>
    imports === "everything"
      ? []
      : [
          {
            name: `${folder} imports only what CONTRIBUTING allows`,
            severity: "error",
            from: { path: pattern(folder) },
            to: { path: "^(provider|sandbox|scripts|bench|test)/", pathNot: [folder, ...imports].map(pattern) },
          },
        ],
  );
  const unlisted = {
    name: "every folder stands in the table of scripts/boundaries.ts",
    severity: "error",
    from: { path: "^(provider|sandbox|scripts|bench|test)/", pathNot: HOUSE.map(({ folder }) => pattern(folder)) },
    to: {},
  };
  const circle = { name: "no circle of files", severity: "error", from: {}, to: { circular: true } };
  return [...rules, unlisted, circle];
}

/** The table of CONTRIBUTING.md. */
export function houseTable(): string {
  const name = (folder: string) => (folder === "provider" ? "`provider/*.ts`" : code(folder));
  return table(
    ["folder", "what", "may import"],
    HOUSE.map(({ folder, what, imports }) => [
      name(folder),
      what,
      imports === "everything" ? imports : imports.map(name).join(", ") || "–",
    ]),
  );
}
