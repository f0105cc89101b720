import type { AssumedService } from "./assumption.ts";
import { ENTRA } from "./entra.ts";
import { GMAIL } from "./gmail.ts";
import { GOOGLE_APIS } from "./google-apis.ts";
import { GOOGLE_SIGN_IN } from "./google-sign-in.ts";
import { MAILBOXES } from "./mailboxes.ts";
import { POLLING } from "./polling.ts";
import { REQUESTS } from "./requests.ts";
import { TEST_AND_ENABLE } from "./test-and-enable.ts";
import { WRITES } from "./writes.ts";

/** All assumptions. The code refers to each by its id in a comment, which `npm run check` holds against this table. */
export const ASSUMPTIONS: readonly AssumedService[] = [
  { service: "Dynamics 365: Test & Enable and the sign-in", assumptions: TEST_AND_ENABLE },
  { service: "Dynamics 365: fetching mail", assumptions: POLLING },
  { service: "Dynamics 365: mailboxes, profiles and users", assumptions: MAILBOXES },
  { service: "Dataverse Web API: requests and queries", assumptions: REQUESTS },
  { service: "Dataverse Web API: writes", assumptions: WRITES },
  { service: "Microsoft Entra: signing in of applications", assumptions: ENTRA },
  { service: "Google: sign-in and tokens", assumptions: GOOGLE_SIGN_IN },
  { service: "Google: APIs and Workspace", assumptions: GOOGLE_APIS },
  { service: "Gmail: IMAP, POP3 and SMTP", assumptions: GMAIL },
];
