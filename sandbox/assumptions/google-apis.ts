import type { Assumption } from "./assumption.ts";

const IMAP_POLICY = "https://support.google.com/a/answer/105694";

export const GOOGLE_APIS: readonly Assumption[] = [
  {
    id: "sts-refusals",
    what: "The Security Token Service refuses an unknown audience with `invalid_target`, a token that the condition does not allow with `unauthorized_client`, and all others with `invalid_grant`; issuer, audience, time, signature, mapping and condition are checked in this order.",
    why: "The page shows the request and the good answer; codes and words are those of public logs, as far as there are any.",
    page: "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token",
    matters: "What the error of keyless delegation in a pipeline quotes.",
    see: "POST to `https://sts.googleapis.com/v1/token` with a pool that does not exist, then with a token of another issuer.",
  },
  {
    id: "unknown-service-account",
    what: "A service account that does not exist is refused like one that may not be used: 403, and the text says that it may not exist.",
    why: "The text hints at it; that both cases are the same is not said.",
    page: "https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt",
    matters:
      "Whether a mistyped service account is told from a missing role. A 403 is explained by the role, for the account that was asked for.",
    see: "`POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/nobody@<project id>.iam.gserviceaccount.com:signJwt`.",
  },
  {
    id: "project-rights",
    what: "Every caller with the scope `cloud-platform` may read, create and change every project.",
    why: "Rights follow IAM roles at each project and folder, which the sandbox does not keep.",
    page: "https://cloud.google.com/resource-manager/reference/rest/v3/projects",
    matters:
      "A `GoogleProject` that works here may be refused for missing roles: `resourcemanager.projects.create`, `serviceusage.services.enable`.",
    see: "`gcloud projects get-iam-policy <project id>`, and a preview as the identity of the pipeline.",
  },
  {
    id: "known-apis",
    what: "There are sixteen of Google's APIs, those of mail among them. Any other one is refused, read or enabled: 403, not found or permission denied.",
    why: "Google has hundreds, and shows some to certain callers only; the refusal is as public logs have it.",
    page: "https://cloud.google.com/service-usage/docs/reference/rest/v1/services/get",
    matters: "A `GoogleProject` with another API is unhealthy here and not there; a mistyped one is in both.",
    see: "`GET https://serviceusage.googleapis.com/v1/projects/<project id>/services/gmial.googleapis.com`.",
  },
  {
    id: "administrators-switch",
    what: "What the administrator has switched off cannot be switched on by the Gmail API: 403. Writing it off is accepted.",
    why: "The API describes the user's setting and does not speak of the administrator's.",
    page: "https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings/updateImap",
    matters: "Whether `Mailbox.gmail` fails at once where the policy forbids IMAP or POP, or only the login does.",
    see: "Switch IMAP off for an organisational unit, and `PUT https://gmail.googleapis.com/gmail/v1/users/me/settings/imap` with `enabled` true as a user of it.",
  },
  {
    id: "unit-allows-again",
    what: "What the administrator allows again for an organisational unit is on for its users.",
    why: "Whether users find their own switch as it was before is not said.",
    page: IMAP_POLICY,
    matters: "Whether mailboxes work again once the administrator has allowed IMAP, or each user has to switch it on.",
    see: "Switch POP on as a user, forbid and allow it for the unit, and read `GET https://gmail.googleapis.com/gmail/v1/users/me/settings/pop` after each.",
  },
];
