import type { ConsentScreen } from "../../google/consent-screen.ts";
import type { GoogleOAuthClientInputs } from "./definition.ts";

export type DeclaredScreen = Pick<
  Partial<GoogleOAuthClientInputs>,
  "projectId" | "audience" | "publishingStatus" | "verified" | "testUsers" | "organizationDomains"
>;

/** What a program declares about the consent screen of a client, with the defaults of the definition. */
export function screenOf(inputs: DeclaredScreen): ConsentScreen {
  const { projectId = "PROJECT", audience = "internal", publishingStatus = "production", verified = false } = inputs;
  const { testUsers, organizationDomains } = inputs;
  return { projectId, audience, publishingStatus, verified, testUsers, organizationDomains };
}
