import { capacityOf, isTesting, type ProjectUsers, USER_CAP } from "../google/consent-screen.ts";
import { type DeclaredScreen, screenOf } from "../resources/google-oauth-client/consent-screen.ts";

/** From so many places on people are warned, as it takes days to make another project. */
const WARN_FROM = 90;

/** The room in a project whose users Google counts. */
export interface Room {
  readonly project: string;
  /** The first client of the project in the file. */
  readonly client: string;
  readonly isTesting: boolean;
  readonly taken: number;
  /** Of those, by people who are no mailbox of the file. */
  readonly others: number;
  readonly left: number;
  readonly isNearlyFull: boolean;
}

/** Of each project once; those that anybody may join have no room to tell of. */
export function roomsIn(
  { clients }: { readonly clients: Readonly<Record<string, DeclaredScreen>> },
  users: ProjectUsers,
): readonly Room[] {
  const rooms = new Map<string, Room>();
  for (const [client, declared] of Object.entries(clients)) {
    const screen = screenOf(declared);
    const { projectId: project } = screen;
    if (!Number.isFinite(capacityOf(screen)) || rooms.has(project)) continue;
    const taken = users.taken(project);
    rooms.set(project, {
      project,
      client,
      isTesting: isTesting(screen),
      taken,
      others: users.gone(project),
      left: Math.max(USER_CAP - taken, 0),
      isNearlyFull: taken >= WARN_FROM,
    });
  }
  return [...rooms.values()];
}

/** How many may still come: `northwind-mail: 93 of 100 places are taken, 12 by people who have gone and keep them; 7 left`. */
export function roomText({ project, isTesting: inTesting, taken, others, left }: Room): string {
  const who = inTesting ? "by test users without a mailbox here" : "by people who have gone and keep them";
  const whose = others === 0 ? "" : `, ${others} ${who}`;
  return `${project}: ${taken} of ${USER_CAP} places are taken${whose}; ${left} left`;
}
