import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import manifest from "../../../package.json" with { type: "json" };
import { SEED_CLIENT_SECRET } from "../../../sandbox/google/state.ts";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../../sandbox/world/northwind.ts";
import { installedPackage, ROOT } from "../package.ts";
import { administer, temporaryDirectory } from "../sandbox.ts";
import { commentServer } from "./comment-server.ts";
import type { Release } from "./release.ts";
import { type PipelineResult, runPipeline } from "./runner.ts";
import type { Occasion, Step, Variables } from "./step.ts";
import type { Place, System } from "./systems.ts";

export const TEMPLATES = join(ROOT, "examples", "pipelines");

const run = promisify(execFile);

/** A repository with a template, set up as its README says: what people set, the trust of Entra, the stack with its secret. */
export class TemplateCopy {
  readonly place: Place;
  /** Variables of the repository, the group or the project. */
  readonly people: Variables;
  /** The folder that holds the state. */
  readonly state = temporaryDirectory();
  /** Of all pipelines that ran. */
  readonly outputs: string[] = [];
  readonly #system: System;
  readonly #machine: Variables;

  private constructor(system: System, place: Place, { checksums, environment }: Release) {
    this.#system = system;
    this.place = place;
    this.people = { ...whatPeopleSet(system, place.sandbox), PULUMI_BACKEND_URL: pathToFileURL(this.state).href };
    this.#machine = { ...bareMachine(place), ...environment };
    for (const part of ["project", system.folder]) cpSync(join(TEMPLATES, part), place.folder, { recursive: true });
    copyFileSync(checksums, join(place.folder, "SHA256SUMS"));
  }

  static async of(system: System, sandbox: Sandbox, release: Release): Promise<TemplateCopy> {
    const [folder, home, comments] = [temporaryDirectory(), temporaryDirectory(), await commentServer()];
    const copy = new TemplateCopy(system, { sandbox, folder, home, comments }, release);
    await copy.#installable();
    await copy.#trust();
    await copy.pulumi("stack", "init", "production");
    await copy.configure("googleClientSecret", SEED_CLIENT_SECRET);
    return copy;
  }

  /** The packed package in the place of the registry's, with the lock file that people commit. */
  async #installable(): Promise<void> {
    const { archive } = await installedPackage();
    this.edit("package.json", `^${manifest.version}`, `file:${archive}`);
    await run("npm", ["install", "--package-lock-only"], { cwd: this.place.folder, env: this.#machine });
  }

  async #trust(): Promise<void> {
    const { sandbox } = this.place;
    const { issuer, subject } = sandbox.world.pipelines[this.#system.kind];
    await administer(sandbox, "delete-federated-credential", APPLICATION_ID, { issuer, subject });
    for (const one of new Set(Object.values(this.#system.subjects)))
      await administer(sandbox, "add-federated-credential", APPLICATION_ID, { issuer, subject: one });
  }

  /** Changes a file of the repository; what it was. */
  edit(file: string, from: string, to: string): string {
    const path = join(this.place.folder, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, before.replace(from, to));
    return before;
  }

  async pulumi(...args: readonly string[]): Promise<string> {
    const env = { ...this.#machine, ...this.people, PULUMI_STACK: "production" };
    return (await run("pulumi", ["--non-interactive", ...args], { cwd: this.place.folder, env })).stdout;
  }

  /** As on a workstation: into the stack's file, encrypted. */
  async configure(name: string, secret: string): Promise<void> {
    await this.pulumi("config", "set", "--secret", "--stack", "production", "--", name, secret);
  }

  /** The steps of a pipeline, and what a job that has this subject sees beside what they set. */
  async play(
    occasion: Occasion,
    subject = this.#system.subjects.deployment,
  ): Promise<{ readonly steps: readonly Step[]; readonly machine: Variables }> {
    await administer(this.place.sandbox, "set-pipeline", this.#system.kind, { subject });
    const { variables, machine } = await this.#system.play(this.place, this.people);
    const steps = this.#system.steps(this.place.folder, occasion, variables);
    return { steps, machine: { ...this.#machine, ...machine } };
  }

  async run(steps: readonly Step[], machine: Variables): Promise<PipelineResult> {
    const { folder } = this.place;
    const result = await runPipeline(steps, { folder, shell: this.#system.shell, machine });
    this.outputs.push(result.output);
    return result;
  }

  async pipeline(occasion: Occasion, subject?: string): Promise<PipelineResult> {
    const { steps, machine } = await this.play(occasion, subject);
    return this.run(steps, machine);
  }
}

function whatPeopleSet({ kind }: System, { world, environment }: Sandbox): Variables {
  const { workloadProviders, serviceAccounts } = world.google;
  const provider = workloadProviders.find(({ audience }) => audience.endsWith(`/providers/${kind}`));
  const mail = serviceAccounts.find(({ delegatedScopes }) => delegatedScopes.length > 0);
  return {
    AZURE_TENANT_ID: world.entra.tenantId,
    AZURE_CLIENT_ID: APPLICATION_ID,
    GMAILSYNC_ENVIRONMENT_URL: environment["GMAILSYNC_ENVIRONMENT_URL"] ?? "",
    GOOGLE_PROVIDER: provider?.audience.replace("//iam.googleapis.com/", "") ?? "",
    MAIL_SERVICE_ACCOUNT: mail?.email ?? "",
  };
}

/** The tools that a machine has, and how it finds the sandbox; of this process nothing but the folders of programs. */
function bareMachine({ sandbox, home }: Place): Variables {
  const { GMAILSYNC_CONNECT_TO = "", GMAILSYNC_CA_FILE = "" } = sandbox.environment;
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "gh"), `#!/bin/sh\nfor file; do :; done\ncp "$file" "$HOME/comment.md"\n`, { mode: 0o755 });
  const roads = GMAILSYNC_CONNECT_TO.split(",").map((road) => `connect-to = "${road.replace("=", ":")}"`);
  writeFileSync(join(home, ".curlrc"), [`cacert = "${GMAILSYNC_CA_FILE}"`, ...roads].join("\n"));
  return {
    PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    // The CLI does not look at HOME, but at the user's entry.
    PULUMI_HOME: join(home, ".pulumi"),
    GMAILSYNC_CONNECT_TO,
    GMAILSYNC_CA_FILE,
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // In the place of a key of a cloud.
    PULUMI_CONFIG_PASSPHRASE: "sandbox-passphrase",
  };
}
