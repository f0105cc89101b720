import type { Assumption } from "./assumption.ts";

const ERRORS = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes";
const CERTIFICATES = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";
const FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations";

export const ENTRA: readonly Assumption[] = [
  {
    id: "federation-refusals",
    what: "A token of another issuer that no federated credential names is refused with 401, `invalid_client`, and AADSTS700211, 700212, 700213 or 7002138.",
    why: "The codes are listed and quoted in public; their status and OAuth error are not, and older logs show `invalid_request` and AADSTS70021.",
    page: ERRORS,
    matters: "Nothing but the status that is told: gmailsync goes by the code.",
    see: "`az login --service-principal --federated-token` with a token of another subject, and `--debug`.",
  },
  {
    id: "order-of-assertion-checks",
    what: "An assertion whose issuer is a URL is taken for another issuer's; of it issuer, audience, subject, time and signature are checked, in this order. Of one that the application has signed: thumbprint, time of the certificate, signature, application, audience, time.",
    why: "The checks are described, which of several faults is told first is not.",
    page: FEDERATION,
    matters: "Which of two mistakes a run names first; the other one shows in the next run.",
    see: "Sign in with a token that has another subject and has expired, too.",
  },
  {
    id: "assertion-clock-skew",
    what: "The time of an assertion may be five minutes off.",
    why: "That it has a range of time is said, what is allowed on top is not.",
    page: CERTIFICATES,
    matters: "How long after its end a pipeline's token still signs in. gmailsync asks for a new one before.",
    see: "Sign in with a token of GitHub Actions six and eleven minutes after it was given.",
  },
  {
    id: "token-without-tenant",
    what: "Applications that ask `common` or `organizations` for a token are refused with AADSTS50059.",
    why: "An application's token is of one tenant; which code says so is not documented.",
    page: ERRORS,
    matters: "The words of the error for a `tenantId` that is no tenant.",
    see: "`POST https://login.microsoftonline.com/common/oauth2/v2.0/token` with an application's id and secret.",
  },
  {
    id: "id-token-refusals",
    what: "A runner that may have no token gets 401 from GitHub; from Azure DevOps 400 with the reason in `value`, and with a wrong token 401, or a page to sign in without `X-TFS-FedAuthRedirect: Suppress`.",
    why: "The words are quoted in public logs; the statuses are not documented.",
    page: "https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create",
    matters: "The status in the error of a pipeline without permission. Its hint is the same for each.",
    see: "Ask `$SYSTEM_OIDCREQUESTURI` in a stage that does not reference the service connection, with `curl -i`.",
  },
  {
    id: "managed-identity-refusals",
    what: "An identity that the machine does not have is refused with 400, `invalid_request` and the words Identity not found.",
    why: "The status is documented, the body is not.",
    page: "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token",
    matters: "The words of the error for a wrong `clientId` beside `useMsi`.",
    see: "On a virtual machine ask its metadata endpoint for a token with a client id that is not assigned.",
  },
];
