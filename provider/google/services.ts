import { textOf } from "../json.ts";
import type { GoogleApi } from "./google-api.ts";

export const SERVICES = "https://serviceusage.googleapis.com/v1";

/** Whether an API is enabled in a project (Service Usage API, `services.get`). */
export async function isEnabled(projectId: string, service: string, api: GoogleApi): Promise<boolean> {
  const what = `Reading the state of ${service} in the Google project ${projectId}`;
  const answer = await api.call(what, "GET", `${SERVICES}/projects/${projectId}/services/${service}`);
  return textOf(answer, "state") === "ENABLED";
}
