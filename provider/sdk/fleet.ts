import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { Fault } from "../fault.ts";
import { type LoadedFleet, loadFleet, type Surroundings } from "../fleet/load-fleet.ts";
import type { PlannedMailbox } from "../fleet/plan.ts";
import { mayBeTold, outputBehind } from "./fleet/child.ts";
import { type MadeClient, type MadeMailbox, makeClient, makeMailbox } from "./fleet/children.ts";
import { missingOf } from "./fleet/missing.ts";
import type { FleetMailbox, FleetSummary, WaitingMailbox } from "./fleet/outputs.ts";
import { type Registered, summarized } from "./fleet/summary.ts";
import { surroundingsOf } from "./fleet/surroundings.ts";
import type { FleetValue } from "./fleet-value.ts";
import { knownYet } from "./known.ts";
import { ComponentResource, makeOutput, ResourceError, rpcKeepAlive, warn } from "./pulumi.ts";

/** Either a file or the same as a value. */
export interface FleetArgs {
  /** Path of `mailboxes.yaml`, seen from the folder of the program. */
  readonly file?: string | undefined;
  /** Default: `mailboxes.lock` beside the file. */
  readonly lockFile?: string | undefined;
  readonly spec?: FleetValue | undefined;
  /** Takes only what these clients have, by their names in the fleet. Default: all of it. */
  readonly clients?: readonly string[] | undefined;
}

interface FleetOutputs {
  readonly profiles: Output<Readonly<Record<string, string>>>;
  readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  readonly summary: Output<FleetSummary>;
  readonly waiting: Output<readonly WaitingMailbox[]>;
}

/** A fleet wherever it was loaded from. The plugin makes one for programs in other languages. */
export class FleetComponent extends ComponentResource<FleetOutputs> {
  /** Ids of the profiles, by client. */
  declare readonly profiles: Output<Readonly<Record<string, string>>>;
  /** By address in lower case; a queue by `address/queue` where a user has the same one. */
  declare readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  /** Complete on a failed run, too. */
  declare readonly summary: Output<FleetSummary>;
  /** The mailboxes that wait, with the page where their users sign in. */
  declare readonly waiting: Output<readonly WaitingMailbox[]>;

  /** @internal */
  constructor(name: string, load: Load, options: ComponentResourceOptions = {}) {
    super("gmailsync:index:Fleet", name, { name, load }, options);
    const outputs = makeOutput(this.getData());
    this.profiles = outputs.profiles;
    this.mailboxes = outputs.mailboxes;
    this.summary = outputs.summary;
    this.waiting = outputs.waiting;
  }

  /** What is wrong with a fleet is for people, so it comes without a stack trace. @internal */
  protected override async initialize({ name, load }: Start): Promise<FleetOutputs> {
    // Between two registrations nothing else would keep the program from ending.
    const done = rpcKeepAlive();
    try {
      const outputs = await build(this, name, await load(await surroundingsOf(this)));
      this.registerOutputs(outputs);
      return outputs;
    } catch (error) {
      throw error instanceof Fault ? new ResourceError(error.message, this, true) : error;
    } finally {
      done();
    }
  }
}

/** How a fleet is loaded, once it is known what surrounds it. */
type Load = (surroundings: Surroundings) => Promise<LoadedFleet>;

interface Start {
  readonly name: string;
  readonly load: Load;
}

/**
 * So many mailboxes are registered at the same time: more than the engine has places for. Each that waits for its answer takes 70 KB of
 * memory with its activation, of which a program keeps a third and the plugin next to nothing.
 */
const AT_ONCE = 500;

/** The work for each, in their order. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const line = items.entries();
  const lane = async () => {
    for (const [index, item] of line) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

/** A child that fails takes nothing along but what depends on it. */
async function build(fleet: FleetComponent, name: string, loaded: LoadedFleet): Promise<FleetOutputs> {
  for (const warning of loaded.warnings) await warn(warning, fleet).catch(() => {});
  const clients = new Map(
    loaded.clients.map((client) => [client.name, makeClient(fleet, name, client, loaded)] as const),
  );
  const missing = await missingOf(fleet, loaded.mailboxes);
  const make = async (planned: PlannedMailbox, behind?: MadeClient): Promise<readonly Registered[]> => {
    const client = behind ?? (await clients.get(planned.client));
    return client ? [{ planned, made: await makeMailbox(fleet, planned, client) }] : [];
  };
  const makeAll = async (some: readonly PlannedMailbox[], behind?: MadeClient) =>
    (await eachOf(some, (planned) => make(planned, behind))).flat();
  // A failure ends a run, so those that will fail come last: the first tells of them all, and the others are kept as they are.
  const there = await makeAll(loaded.mailboxes.filter((planned) => !missing.has(planned)));
  const [first, ...others] = missing;
  const failed = first ? await make(first) : [];
  const registered = [...there, ...failed, ...(await makeAll(others, failed.map(({ made }) => failedClient(made))[0]))];
  const profiles: Record<string, Output<string>> = {};
  for (const [client, made] of clients) {
    const { profile } = await made;
    const profileId = profile.failed ? undefined : profile.resource.profileId;
    if (profileId && mayBeTold(await knownYet(profileId))) profiles[client] = profileId;
  }
  const mailboxes = together(registered);
  const counted = summarized(fleet, registered, mailboxes);
  return {
    profiles: makeOutput(profiles),
    mailboxes,
    summary: counted.apply(({ summary }) => summary),
    waiting: counted.apply(({ waiting }) => waiting),
  };
}

/** Stands for the client of mailboxes that share the fate of one which has failed; undefined where it has not. */
function failedClient({ failed, urn, causes }: MadeMailbox): MadeClient | undefined {
  return failed ? { profile: { urn, failed, skipped: false }, causes } : undefined;
}

/** One output for all. Those that have failed themselves are left out, and those that were passed over. */
function together(registered: readonly Registered[]): Output<Record<string, FleetMailbox>> {
  const there = registered.flatMap(({ planned, made: { told, last } }) => (told ? [{ planned, told, last }] : []));
  const mailboxes = there.map(
    ({ planned: { key, client }, told: { mailboxId, kind, webUrl, status } }): [string, FleetMailbox] => [
      key,
      { mailboxId, client, kind, webUrl, status },
    ],
  );
  const isKnown = there.every(({ told }) => told.isKnown);
  const urns = there.map(({ last }) => last);
  return outputBehind(Object.fromEntries(mailboxes), isKnown, urns);
}

/**
 * A whole fleet from `mailboxes.yaml`, or from the same as a value: clients, profiles, mailboxes and their activation. Names
 * of the children come from the client's name and the address, so an entry may be moved, within a file or to another one,
 * and nothing is made anew.
 */
export class Fleet extends FleetComponent {
  constructor(name: string, args: FleetArgs, options: ComponentResourceOptions = {}) {
    super(name, (surroundings) => loadFleet(args, surroundings), options);
  }
}

/** `new Fleet` for those who prefer a function. */
export function fleet(name: string, args: FleetArgs, options?: ComponentResourceOptions): Fleet {
  return new Fleet(name, args, options);
}
