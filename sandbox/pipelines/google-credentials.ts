import { join } from "node:path";
import { MAIL_SCOPE } from "../google/state.ts";
import type { World } from "../world.ts";
import { writeWhole } from "../write-whole.ts";
import { idToken } from "./id-token.ts";
import { GITHUB_REQUEST_URL, type PipelineKind } from "./kinds.ts";

interface Place {
  readonly world: () => World;
  readonly directory: string;
  readonly jobToken: string;
}

/**
 * By what a pipeline's job is somebody to Google, as the platforms' own ways set it up (google-auth-library: "external_account"): a file
 * of credentials, and the service account that mailboxes are delegated to. Nothing where no provider takes its tokens.
 */
export async function googleCredentials(place: Place, kind: PipelineKind): Promise<Readonly<Record<string, string>>> {
  const { workloadProviders, serviceAccounts } = place.world().google;
  const provider = workloadProviders.find(({ audience }) => audience.endsWith(`/providers/${kind}`));
  const mail = serviceAccounts.find(({ delegatedScopes }) => delegatedScopes.includes(MAIL_SCOPE));
  if (!provider || !mail || !place.world().pipelines[kind].granted) return {};
  const asked = provider.allowedAudiences[0] ?? `https:${provider.audience}`;
  const deployer = serviceAccounts.find(({ workloadIdentityUsers = [] }) => workloadIdentityUsers.length > 0);
  const file = join(place.directory, `google-${kind}.json`);
  const credentials = {
    type: "external_account",
    audience: provider.audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: "https://sts.googleapis.com/v1/token",
    ...(deployer && {
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${deployer.email}:generateAccessToken`,
    }),
    credential_source: kind === "github" ? gitHubSource(place, asked) : await fileSource(place, kind, asked),
  };
  writeWhole(file, JSON.stringify(credentials, null, 2));
  return {
    GOOGLE_APPLICATION_CREDENTIALS: file,
    GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountEmail: mail.email }),
  };
}

/** As google-github-actions/auth writes it: a new token for each use. */
function gitHubSource({ jobToken }: Place, audience: string): object {
  return {
    url: `${GITHUB_REQUEST_URL}&audience=${encodeURIComponent(audience)}`,
    headers: { Authorization: `Bearer ${jobToken}` },
    format: { type: "json", subject_token_field_name: "value" },
  };
}

/** Of the others the library cannot ask: the job has written the token into a file. */
async function fileSource({ world, directory }: Place, kind: PipelineKind, audience: string): Promise<object> {
  const file = join(directory, `google-${kind}-token`);
  writeWhole(file, await idToken(world().pipelines[kind], audience));
  return { file };
}
