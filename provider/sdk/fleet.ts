import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { Fault } from "../fault.ts";
import { type LoadedFleet, loadFleet, type Surroundings } from "../fleet/load-fleet.ts";
import type { PlannedMailbox } from "../fleet/plan.ts";
import { makeClient, makeMailbox, type Told } from "./fleet/children.ts";
import { surroundingsOf } from "./fleet/surroundings.ts";
import type { FleetValue } from "./fleet-value.ts";
import { all, ComponentResource, makeOutput, ResourceError, rpcKeepAlive } from "./pulumi.ts";

/** Either a file or the same as a value. */
export interface FleetArgs {
  /** Path of `mailboxes.yaml`, seen from the folder of the program. */
  readonly file?: string | undefined;
  /** Default: `mailboxes.lock` beside the file. */
  readonly lockFile?: string | undefined;
  readonly spec?: FleetValue | undefined;
}

/** One mailbox of a fleet. */
export interface FleetMailbox {
  readonly mailboxId: string;
  /** The client that it uses. */
  readonly client: string;
  /** Whose mailbox it is. */
  readonly kind: string;
  /** The mailbox's page, where its user signs in to Gmail. */
  readonly webUrl: string;
  /** `success` when it was tested and enabled, `notActivated` where that is not wanted. */
  readonly status: string;
}

export interface FleetSummary {
  readonly mailboxes: number;
  readonly activated: number;
  readonly byClient: Readonly<Record<string, number>>;
}

interface FleetOutputs {
  readonly profiles: Output<Readonly<Record<string, string>>>;
  readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  readonly summary: Output<FleetSummary>;
}

/** A fleet wherever it was loaded from. The plugin makes one for programs in other languages. */
export class FleetComponent extends ComponentResource<FleetOutputs> {
  /** Ids of the profiles, by client. */
  declare readonly profiles: Output<Readonly<Record<string, string>>>;
  /** By address. */
  declare readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  declare readonly summary: Output<FleetSummary>;

  /** @internal */
  constructor(name: string, load: Load, options: ComponentResourceOptions = {}) {
    super("gmailsync:index:Fleet", name, { name, load }, options);
    const outputs = makeOutput(this.getData());
    this.profiles = outputs.profiles;
    this.mailboxes = outputs.mailboxes;
    this.summary = outputs.summary;
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

/** A child that fails takes nothing along but what depends on it; the outputs leave it out. */
async function build(fleet: FleetComponent, name: string, loaded: LoadedFleet): Promise<FleetOutputs> {
  const profiles = new Map(
    loaded.clients.map((client) => [client.name, makeClient(fleet, name, client, loaded)] as const),
  );
  const made = await Promise.all(
    loaded.mailboxes.map(async (planned) => {
      const profile = await profiles.get(planned.client);
      const told = profile && (await makeMailbox(fleet, planned, profile));
      return told ? [{ planned, told }] : [];
    }),
  );
  const through = made.flat();
  const ids: Record<string, Output<string>> = {};
  for (const [client, profile] of profiles) {
    const { failed, resource } = await profile;
    if (!failed) ids[client] = resource.profileId;
  }
  return {
    profiles: makeOutput(ids),
    mailboxes: together(through),
    summary: makeOutput(summaryOf(through.map(({ planned }) => planned))),
  };
}

/** One output for all, as every level of outputs costs promises. */
function together(
  made: readonly { readonly planned: PlannedMailbox; readonly told: Told }[],
): Output<Record<string, FleetMailbox>> {
  return all(made.flatMap(({ told }) => told)).apply((values) =>
    Object.fromEntries(
      made.map(({ planned: { address, client } }, index): [string, FleetMailbox] => {
        const [mailboxId = "", kind = "", webUrl = "", status = ""] = values.slice(4 * index, 4 * index + 4);
        return [address, { mailboxId, client, kind, webUrl, status }];
      }),
    ),
  );
}

function summaryOf(mailboxes: readonly PlannedMailbox[]): FleetSummary {
  const byClient: Record<string, number> = {};
  for (const { client } of mailboxes) byClient[client] = (byClient[client] ?? 0) + 1;
  const activated = mailboxes.filter(({ activation }) => activation !== undefined).length;
  return { mailboxes: mailboxes.length, activated, byClient };
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
