import type { Code } from "../codes/codes.ts";
import type { MailboxRow } from "../dataverse/tables.ts";
import { type ConsentScreen, ProjectUsers } from "../google/consent-screen.ts";
import { Kept } from "../network/kept.ts";
import { Canaries } from "./canaries.ts";
import { Generations } from "./generations.ts";
import { Holders } from "./holders.ts";
import { Outcomes } from "./outcomes.ts";
import { Places } from "./places.ts";
import { Sightings } from "./sightings.ts";

/** Longest time for asking whether alerts can be read, in milliseconds. */
const ALERTS_LIMIT_MS = 30_000;
/** Longest time for a look at all mailboxes, in milliseconds. */
const SIGHTING_LIMIT_MS = 60_000;

/**
 * What the resources of one run have told about themselves so far, for those that depend on them: the engine goes through
 * a program in the order of its dependencies, and shows a resource nothing of the others but their outputs.
 */
export class Roster {
  /** By client id. */
  readonly #screens = new Map<string, ConsentScreen>();
  /** Client ids by profile id. */
  readonly #clients = new Map<string, string>();
  /** By project id. */
  readonly #projectNumbers = new Map<string, string>();
  readonly #users = new ProjectUsers();
  /** URNs of the program, as far as the engine has come. */
  readonly declared = new Set<string>();
  /** URNs of the state, where it is read before anything else is done. */
  readonly inState = new Set<string>();
  /** `revision` of profiles, by id: of now, or what stands for the one to come. */
  readonly revisions = new Map<string, string>();
  /** What a test of a mailbox is about once this run has written it, by the id of its row in lower case. */
  readonly mailboxBases = new Map<string, string>();
  readonly profiles = new Generations();
  /** Of mailboxes, by the id of the row. */
  readonly mailboxes = new Holders();
  readonly outcomes = new Outcomes();
  /** Tests with a profile, by its revision; spared is what would fail like the first one, with its code and address. */
  readonly canaries = new Canaries<{ readonly code: Code; readonly address: string }>();
  /** Addresses of fleets that no mailbox has. */
  readonly missing = new Set<string>();
  /** Whether alerts can be read. */
  readonly alerts = new Kept<true>(ALERTS_LIMIT_MS);
  /** Mailboxes as they were seen a moment ago. */
  readonly sightings = new Sightings<MailboxRow>();
  readonly sightingAll = new Kept<true>(SIGHTING_LIMIT_MS);
  readonly places: Places;

  constructor(places = new Places()) {
    this.places = places;
  }

  /** A client with what its program declares about the consent screen. */
  declareClient(clientId: string, screen: ConsentScreen): void {
    this.#screens.set(clientId, screen);
  }

  /** A profile with its client, also before it exists. */
  declareProfile(profileId: string, clientId: string | undefined): void {
    if (clientId !== undefined) this.#clients.set(profileId, clientId);
  }

  /** The client id of a profile, as the program declares it. */
  clientOf(profileId: string): string | undefined {
    return this.#clients.get(profileId);
  }

  /** Of the profiles that were declared so far. */
  get profileIds(): Iterable<string> {
    return this.#clients.keys();
  }

  /** Whether a profile exists, or comes with this run. */
  knows(profileId: string): boolean {
    return this.#clients.has(profileId);
  }

  declareProject(projectId: string, number: string): void {
    this.#projectNumbers.set(projectId, number);
  }

  projectNumber(projectId: string): string | undefined {
    return this.#projectNumbers.get(projectId);
  }

  /** Counts the user of a mailbox among those of its client. Why its user cannot consent, as far as the declarations tell. */
  joinMailbox(address: string, profileId: string): string | undefined {
    const screen = this.#screens.get(this.#clients.get(profileId) ?? "");
    return screen && this.#users.join(screen, address)?.problem;
  }
}
