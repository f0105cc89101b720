/**
 * What a Fleet costs: `up` and a preview without changes of 500 mailboxes in a Fleet, against the same resources written one
 * by one in Pulumi YAML; and the bytes that a resource takes in the state, as a plugin's and as a dynamic one. Against the sandbox,
 * with the real CLI. `node bench/fleet.ts [--mailboxes 500] [--rounds 1] [--json]`
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { installedPackage } from "../scripts/installed-package.ts";
import { pulumiCli } from "../scripts/pulumi-cli.ts";
import { pulumiEnvironment } from "../scripts/workspace.ts";
import { benchSandbox, median, timed } from "./sandbox.ts";

const { values: options } = parseArgs({
  options: {
    mailboxes: { type: "string", default: "500" },
    rounds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const ROOT = join(import.meta.dirname, "..");
const MAILBOXES = Number(options.mailboxes);
const ADDRESSES = Array.from(
  { length: MAILBOXES },
  (_, i) => `user${String(i + 1).padStart(4, "0")}@northwind.example`,
);

const cli = await pulumiCli({ root: ROOT, log: () => {} });
const sandbox = await benchSandbox("--users", String(MAILBOXES), "--test-delay", "20");

const HEAD = `name: bench
runtime: yaml
plugins:
  providers:
    - {name: gmailsync, path: ${join(ROOT, "bin")}}
config:
  googleClientSecret: {type: string, secret: true}
resources:
`;

const CLIENT = `    projectId: northwind-mail
    clientId: ${SEED_CLIENT_ID}
`;

const VARIANTS: Readonly<Record<"fleet" | "single", (folder: string) => void>> = {
  fleet(folder) {
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `${HEAD}  fleet: {type: "gmailsync:Fleet", properties: {file: mailboxes.yaml}}\n`,
    );
    const entries = ADDRESSES.map((address) => `  - address: ${address}\n`).join("");
    const clients = `clients:\n  north:\n${CLIENT}    clientSecret: {config: googleClientSecret}\n`;
    writeFileSync(join(folder, "mailboxes.yaml"), `${clients}mailboxes:\n${entries}`);
  },
  single(folder) {
    const resource = (name: string, type: string, properties: string) =>
      `  ${name}:\n    type: gmailsync:${type}\n    properties: {${properties}}\n`;
    const shared = [
      resource(
        "google",
        "GoogleOAuthClient",
        `projectId: northwind-mail, clientId: ${SEED_CLIENT_ID}, clientSecret: "$\{googleClientSecret}"`,
      ),
      resource(
        "gmail",
        "EmailServerProfile",
        `name: Gmail, oauthClientId: "$\{google.clientId}", oauthClientSecret: "$\{google.clientSecret}"`,
      ),
    ];
    const each = ADDRESSES.flatMap((address, index) => [
      resource(`m${index}`, "Mailbox", `emailAddress: ${address}, profileId: "$\{gmail.profileId}"`),
      resource(
        `a${index}`,
        "MailboxActivation",
        `mailboxId: "$\{m${index}.mailboxId}", profileId: "$\{m${index}.profileId}"`,
      ),
    ]);
    writeFileSync(join(folder, "Pulumi.yaml"), HEAD + [...shared, ...each].join(""));
  },
};

interface Figures {
  readonly upMs: number;
  readonly previewMs: number;
  readonly bytesPerResource: number;
}

function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...sandbox.environment,
    PATH: [cli.directory, join(ROOT, "node_modules", "@pulumi", "pulumi"), process.env["PATH"]].join(delimiter),
    ...pulumiEnvironment(join(folder, "home"), join(folder, "state")),
  };
}

async function measure(variant: keyof typeof VARIANTS): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "gmailsync-bench-"));
  const env = environment(folder);
  VARIANTS[variant](folder);
  const pulumi = (args: string[], input?: string) =>
    execFileSync("pulumi", [...args, "--non-interactive"], {
      cwd: folder,
      env,
      input,
      maxBuffer: 1 << 28,
      stdio: ["pipe", "pipe", "inherit"],
    });
  pulumi(["stack", "init", "bench"]);
  pulumi(["config", "set", "--secret", "googleClientSecret"], SEED_CLIENT_SECRET);
  const upMs = await timed(async () => pulumi(["up", "--yes", "--skip-preview"]));
  const previewMs = await timed(async () => pulumi(["preview", "--expect-no-changes"]));
  const { bytes, resources } = stateOf(folder, "bench", "bench");
  pulumi(["destroy", "--yes", "--skip-preview"]);
  rmSync(folder, { recursive: true, force: true });
  return { upMs, previewMs, bytesPerResource: bytes / resources };
}

function stateOf(folder: string, project: string, stack: string): { bytes: number; resources: number } {
  const text = readFileSync(join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`), "utf8");
  return { bytes: text.length, resources: JSON.parse(text).checkpoint.latest.resources.length };
}

/** The same small program with the plugin and with dynamic resources. */
async function stateBytes(from: "pulumi-gmailsync" | "pulumi-gmailsync/dynamic"): Promise<number> {
  await installedPackage();
  const folder = mkdtempSync(join(ROOT, ".gmailsync", "package", "bench-"));
  const env = environment(folder);
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: bench\nruntime: nodejs\nmain: index.mjs\nplugins: {providers: [{name: gmailsync, path: ${join(ROOT, "bin")}}]}\n`,
  );
  writeFileSync(
    join(folder, "index.mjs"),
    `import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, Mailbox } from "${from}";
const oauthClientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const { profileId } = new EmailServerProfile("gmail", { name: "Gmail", oauthClientId: "${SEED_CLIENT_ID}", oauthClientSecret });
for (const emailAddress of ${JSON.stringify(ADDRESSES.slice(0, 20))}) new Mailbox(emailAddress, { emailAddress, profileId });
`,
  );
  const driver = join(ROOT, "test", "support", "run-program.ts");
  const run = (...args: string[]) => {
    const line =
      execFileSync(process.execPath, [driver, folder, ...args], { env })
        .toString()
        .trim()
        .split("\n")
        .at(-1) ?? "";
    if (!JSON.parse(line).ok) throw new Error(JSON.parse(line).stdout);
  };
  run("up", `googleClientSecret=${SEED_CLIENT_SECRET}`);
  const { bytes, resources } = stateOf(folder, "bench", "test");
  run("destroy");
  rmSync(folder, { recursive: true, force: true });
  return bytes / resources;
}

const figures: Record<keyof typeof VARIANTS, Figures[]> = { fleet: [], single: [] };
for (let round = 0; round < Number(options.rounds); round++) {
  for (const variant of ["single", "fleet"] as const) {
    sandbox.command("reset");
    figures[variant].push(await measure(variant));
  }
}
sandbox.command("reset");
const plugin = await stateBytes("pulumi-gmailsync");
sandbox.command("reset");
const dynamic = await stateBytes("pulumi-gmailsync/dynamic");
await sandbox.stop();

const middle = (variant: keyof typeof VARIANTS, name: keyof Figures) =>
  median(figures[variant].map((one) => one[name]));
const ratio = (name: keyof Figures) => middle("fleet", name) / middle("single", name);
const result = {
  mailboxes: MAILBOXES,
  up: { fleetMs: middle("fleet", "upMs"), singleMs: middle("single", "upMs"), ratio: ratio("upMs") },
  preview: {
    fleetMs: middle("fleet", "previewMs"),
    singleMs: middle("single", "previewMs"),
    ratio: ratio("previewMs"),
  },
  bytesPerResource: {
    fleet: middle("fleet", "bytesPerResource"),
    single: middle("single", "bytesPerResource"),
    plugin,
    dynamic,
  },
};
if (options.json) console.log(JSON.stringify(result));
else {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  for (const name of ["up", "preview"] as const) {
    const { fleetMs, singleMs, ratio } = result[name];
    console.log(
      `${name.padEnd(8)} ${MAILBOXES} mailboxes: Fleet ${seconds(fleetMs)}, one by one ${seconds(singleMs)}, ratio ${ratio.toFixed(2)}`,
    );
  }
  const { fleet, single } = result.bytesPerResource;
  console.log(`state    bytes per resource: Fleet ${fleet.toFixed(0)}, one by one ${single.toFixed(0)}`);
  console.log(
    `         without activations, in TypeScript: plugin ${plugin.toFixed(0)}, dynamic ${dynamic.toFixed(0)}`,
  );
}
