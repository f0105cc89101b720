import { wordsOf } from "../../provider/fault.ts";
import { withBudget } from "../../provider/host/budget.ts";
import type { Services } from "../../provider/host/configuration.ts";
import type { Deadline } from "../../provider/network/deadline.ts";
import type { Context } from "../../provider/resource/context.ts";
import type { LiveTrees, Resource } from "../../provider/resource/resource.ts";
import { tokenOf } from "../../provider/schema/define.ts";
import type { Failure } from "../../provider/schema/validator.ts";
import { pathText, type Tree } from "../../provider/values.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured, resourceNamed } from "./configured.ts";
import { atEnd, temporaryDirectory } from "./sandbox.ts";

/** What the environment of a run has beside the sandbox's own. */
export type Environment = Readonly<Record<string, string>>;

/** The life of one resource without the CLI: its handler with the real clients, driven as the engine drives it. */
export async function lifeOf(name: string, sandbox: Sandbox, environment: Environment = {}): Promise<Life> {
  return new Life(await resourceNamed(name), new Deployment(sandbox, environment));
}

/** What one process of the provider shares among its resources. Every command of the engine starts another. */
class Deployment {
  readonly #environment: Environment;
  services: Services;

  constructor(sandbox: Sandbox, environment: Environment) {
    this.#environment = { ...sandbox.environment, PULUMI_HOME: temporaryDirectory(), ...environment };
    this.services = this.#configure();
  }

  restart(): void {
    this.services = this.#configure();
  }

  #configure(): Services {
    const services = configured(this.#environment);
    atEnd(() => services.network.close());
    return services;
  }
}

export class Life {
  readonly #resource: Resource;
  readonly #deployment: Deployment;
  readonly #urn: string;
  #state: LiveTrees | undefined;
  /** What people were told so far: `warning: …`. */
  readonly logs: string[] = [];
  /** Every line of progress so far. */
  readonly progress: string[] = [];
  /** Seconds that an operation may take, as by `customTimeouts`. */
  timeoutSeconds: number | undefined;
  /** Its pauses are as long as they are for users. */
  isPatient = false;

  constructor(resource: Resource, deployment: Deployment) {
    this.#resource = resource;
    this.#deployment = deployment;
    const { name } = resource.definition;
    this.#urn = `urn:pulumi:test::test::${tokenOf(name)}::${name}`;
  }

  /** Another resource of the same stack: both meet in one roster. */
  async beside(name: string): Promise<Life> {
    return new Life(await resourceNamed(name), this.#deployment);
  }

  /** Goes on in another process, as with the next command: whatever was only remembered is lost. */
  nextRun(): void {
    this.#deployment.restart();
  }

  get exists(): boolean {
    return this.#state !== undefined;
  }

  get id(): string {
    return this.#there().id;
  }

  get inputs(): Tree {
    return this.#there().inputs;
  }

  get outputs(): Tree {
    return this.#there().outputs;
  }

  /** Why it is not as declared; the next update tries again. */
  get problems(): readonly string[] {
    return (this.#there().problems ?? []).map(wordsOf);
  }

  /** The state has these outputs, as another version wrote them. */
  wrote(outputs: Tree): void {
    this.#state = { ...this.#there(), outputs };
  }

  /** The state has these inputs, as another version took them. */
  declared(inputs: Tree): void {
    this.#state = { ...this.#there(), inputs };
  }

  /** What the check says against inputs. */
  failures(inputs: Tree): string[] {
    return sentences(this.#resource.check(inputs, this.#bare()).failures);
  }

  /** Paths of what would change, without looking at the live object. */
  changes(inputs: Tree): string[] {
    return this.#diff(this.#checked(inputs)).map(({ path }) => path);
  }

  /** The outputs that are known before anything is done. */
  preview(inputs: Tree): Promise<Tree> {
    const tree = this.#checked(inputs);
    return this.#run(tree, (context) => this.#resource.preview(tree, context, this.#state));
  }

  async create(inputs: Tree): Promise<void> {
    const tree = this.#checked(inputs);
    const outcome = await this.#run(tree, (context) => this.#resource.create(tree, context));
    this.#state = { inputs: tree, ...outcome };
  }

  /** Takes over what is there, as another command does that has seen nothing yet; what is gone exists no more. */
  async refresh(): Promise<void> {
    const before = this.#there();
    this.#deployment.services.dataverse.forget();
    this.#state = await this.#run({}, (context) => this.#resource.read(before.id, before, context));
  }

  /** Reads the object as an import does; whether there was one. */
  async import(id: string): Promise<boolean> {
    this.#deployment.services.dataverse.forget();
    this.#state = await this.#run({}, (context) => this.#resource.read(id, undefined, context));
    return this.exists;
  }

  /** As `pulumi up` does it: refreshed first, then done what there is to do; what that was. */
  async update(inputs: Tree): Promise<"nothing" | "create" | "update" | "replace"> {
    await this.refresh();
    if (!this.#state) {
      await this.create(inputs);
      return "create";
    }
    const tree = this.#checked(inputs);
    const changes = this.#diff(tree);
    if (changes.length === 0 && this.problems.length === 0) {
      // The engine keeps what was declared, also where the provider sees no change in it.
      this.#state = { ...this.#state, inputs: tree };
      return "nothing";
    }
    if (changes.some(({ replaces }) => replaces)) {
      await this.#replace(inputs);
      return "replace";
    }
    const before = this.#state;
    const outcome = await this.#run(tree, (context) => this.#resource.update(before.id, tree, before, context));
    this.#state = { inputs: tree, ...outcome };
    return "update";
  }

  /** In another process, in which the program does not declare it any more. */
  async destroy(): Promise<void> {
    this.nextRun();
    await this.#delete(this.#there());
    this.#state = undefined;
  }

  async #replace(inputs: Tree): Promise<void> {
    this.nextRun();
    this.#checked(inputs);
    const before = this.#there();
    await this.create(inputs);
    await this.#delete(before);
  }

  #delete(before: LiveTrees): Promise<void> {
    return this.#run({}, (context) => this.#resource.delete(before.id, before, context));
  }

  #checked(inputs: Tree): Tree {
    const { tree, failures } = this.#resource.check(inputs, this.#bare());
    if (failures.length === 0) return tree;
    throw new Error(`the check fails: ${sentences(failures).join("; ")}`);
  }

  #diff(tree: Tree) {
    const before = this.#there();
    return this.#resource.diff(before, tree, { ...this.#bare(), id: before.id });
  }

  /** What there is outside of an operation. */
  #bare() {
    return { urn: this.#urn, ...this.#deployment.services };
  }

  #run<T>(inputs: Tree, operation: (context: Context) => Promise<T>): Promise<T> {
    const pausing = this.isPatient ? (deadline: Deadline) => deadline : impatient;
    return withBudget(this.timeoutSeconds ?? this.#resource.timeoutSeconds(inputs), undefined, (budget) =>
      operation({
        ...this.#bare(),
        deadline: pausing(budget.deadline),
        get finishing() {
          return pausing(budget.finishing);
        },
        log: (severity, message) => this.logs.push(`${severity}: ${wordsOf(message)}`),
        progress: (message) => this.progress.push(message),
      }),
    );
  }

  #there(): LiveTrees {
    if (this.#state) return this.#state;
    throw new Error(`the ${this.#resource.definition.name} of this test does not exist`);
  }
}

/** Longest pause between two looks, in milliseconds: the sandbox is as fast as that. */
const LONGEST_PAUSE_MS = 1;

/** The same budget, in which the pauses of a handler that looks again and again are short. */
export function impatient(deadline: Deadline): Deadline {
  const sleep = deadline.sleep.bind(deadline);
  const sooner = deadline.sooner.bind(deadline);
  deadline.sleep = (milliseconds, what) => sleep(Math.min(milliseconds, LONGEST_PAUSE_MS), what);
  deadline.sooner = (milliseconds) => impatient(sooner(milliseconds));
  return deadline;
}

function sentences(failures: readonly Failure[]): string[] {
  return failures.map(({ path, reason }) => `${pathText(path)} ${reason}`);
}
