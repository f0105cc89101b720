import { expect, test } from "vitest";
import { configure } from "../../provider/host/configuration.ts";

test.each([
  "https://contoso.crm.dynamics.com/main.aspx",
  "http://contoso.crm.dynamics.com",
  "contoso.crm.dynamics.com",
])("an environment URL that is none is refused with the variable that has it, and with the form: %s", (url) => {
  expect(() => configure({}, { GMAILSYNC_ENVIRONMENT_URL: url })).toThrow(
    /environmentUrl \(from the environment variable GMAILSYNC_ENVIRONMENT_URL\) must be https:\/\/ and the host, without a path/,
  );
});
