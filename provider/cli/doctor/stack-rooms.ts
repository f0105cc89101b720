import { type Room, roomsIn } from "../../fleet/rooms.ts";
import { isTesting, ProjectUsers } from "../../google/consent-screen.ts";
import { type Json, textOf } from "../../json.ts";
import { screenOf } from "../../resources/google-oauth-client/consent-screen.ts";
import { googleOAuthClient } from "../../resources/google-oauth-client/definition.ts";
import { accountOf } from "../../schema/address.ts";
import { soundPart } from "../../schema/validator.ts";
import { isTree } from "../../values.ts";
import { exportedResources } from "../stack-export.ts";

/** The places in the projects of a stack's clients, as far as it knows: who has gone is in no state. */
export function stackRooms(state: Json | undefined): readonly Room[] {
  const of = (name: string) => exportedResources(state, [name]) ?? [];
  const clients = of("GoogleOAuthClient").map(({ inputs }) =>
    soundPart(googleOAuthClient.inputs, isTree(inputs) ? inputs : {}),
  );
  const projects = new Map(clients.map(({ clientId, projectId }) => [clientId, projectId]));
  const profiles = new Map(
    of("EmailServerProfile").map(({ inputs, outputs }) => [
      textOf(outputs, "profileId"),
      projects.get(textOf(inputs, "oauthClientId")),
    ]),
  );
  const users = new ProjectUsers();
  for (const screen of clients.map(screenOf))
    if (isTesting(screen))
      for (const user of screen.testUsers ?? []) users.occupy(screen.projectId, accountOf(user), true);
  for (const { address, inputs } of of("Mailbox")) {
    const project = profiles.get(textOf(inputs, "profileId"));
    if (project !== undefined && address !== "") users.occupy(project, accountOf(address), false);
  }
  return roomsIn({ clients: Object.fromEntries(clients.map((client) => [client.clientId ?? "", client])) }, users);
}
