import { type ConsentScreen, capacityProblem, consentProblem } from "../google/consent-screen.ts";

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
  /** Addresses in lower case, by project id. */
  readonly #users = new Map<string, Set<string>>();
  /** `revision` of profiles, by id: of now, or what stands for the one to come. */
  readonly revisions = new Map<string, string>();

  /** A client with what its program declares about the consent screen. */
  client(clientId: string, screen: ConsentScreen): void {
    this.#screens.set(clientId, screen);
  }

  /** A profile with its client, also before it exists. */
  profile(profileId: string, clientId: string | undefined): void {
    if (clientId !== undefined) this.#clients.set(profileId, clientId);
  }

  /** Whether a profile exists, or comes with this run. */
  knows(profileId: string): boolean {
    return this.#clients.has(profileId);
  }

  project(projectId: string, number: string): void {
    this.#projectNumbers.set(projectId, number);
  }

  projectNumber(projectId: string): string | undefined {
    return this.#projectNumbers.get(projectId);
  }

  /** A mailbox with its profile. Why its user cannot consent, as far as the declarations tell. */
  mailbox(address: string, profileId: string): string | undefined {
    const screen = this.#screens.get(this.#clients.get(profileId) ?? "");
    if (!screen) return undefined;
    const users = this.#users.get(screen.projectId) ?? new Set();
    this.#users.set(screen.projectId, users.add(address.toLowerCase()));
    return consentProblem(screen, address) ?? capacityProblem(screen, users.size);
  }
}
