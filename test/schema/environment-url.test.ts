import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { checkFleet } from "../../provider/fleet/read-fleet.ts";
import { checkConfiguration, configure } from "../../provider/host/configuration.ts";
import { environmentUrlProblem } from "../../provider/schema/environment-url.ts";
import schema from "../../schema/mailboxes.schema.json" with { type: "json" };

const CONTOSO = "https://contoso.crm.dynamics.com";
const WEB_API = "https://contoso.api.crm4.dynamics.com";
const WEB_API_SAYS = "is the host of the Web API; leave out `.api`: https://contoso.crm4.dynamics.com";
const OTHER = 'give the environment\'s own, which the admin center shows as "Environment URL"';

describe("the URL of an environment", () => {
  test.each([
    CONTOSO,
    `${CONTOSO}/`,
    "https://CONTOSO.crm.dynamics.com:443",
    "https://contoso.crm97.dynamics.com",
    "https://contoso.crm9.dynamics.com",
    "https://contoso.crm.microsoftdynamics.us",
    "https://make.crm.appsplatform.us",
    "https://contoso.crm.dynamics.cn",
    "https://api.crm.dynamics.com",
    "https://crm.contoso.co.uk",
    "https://crm.api.contoso.co.uk",
    "https://localhost:8443",
  ])("is taken: %s", (url) => {
    expect(environmentUrlProblem(url)).toBeUndefined();
  });

  test.each([
    [WEB_API, WEB_API_SAYS],
    [`${WEB_API}/api/data/v9.2/`, WEB_API_SAYS],
    ["contoso.api.crm4.dynamics.com", WEB_API_SAYS],
    ["https://contoso.api.crm.microsoftdynamics.us", "leave out `.api`: https://contoso.crm.microsoftdynamics.us"],
    ["https://contoso.api.crm.appsplatform.us", "leave out `.api`: https://contoso.crm.appsplatform.us"],
    ["https://contoso.api.crm.dynamics.cn", "leave out `.api`: https://contoso.crm.dynamics.cn"],
    [`${CONTOSO}/main.aspx?appid=1&forceUCI=1`, `without a path; of this address keep ${CONTOSO}`],
    [`${CONTOSO}?x=1`, `without a path; of this address keep ${CONTOSO}`],
    ["https://anna:pw@contoso.crm.dynamics.com", `without a path; of this address keep ${CONTOSO}`],
    ["http://contoso.crm.dynamics.com/main.aspx", `must begin with https://, not http://: ${CONTOSO}`],
    ["contoso.crm.dynamics.com", `must begin with https://: ${CONTOSO}`],
    ["contoso.crm.dynamics.com/main.aspx", `must begin with https://: ${CONTOSO}`],
    ["https://make.powerapps.com/environments/1/home", `is the address of Power Apps; ${OTHER}`],
    ["make.powerapps.com", `is the address of Power Apps; ${OTHER}`],
    ["https://make.gov.powerapps.us", `is the address of Power Apps; ${OTHER}`],
    ["https://make.apps.appsplatform.us", `is the address of Power Apps; ${OTHER}`],
    ["https://admin.powerplatform.microsoft.com/manage", `is the address of the Power Platform admin center; ${OTHER}`],
    ["https://gcc.admin.powerplatform.microsoft.us", `is the address of the Power Platform admin center; ${OTHER}`],
    ["https://admin.appsplatform.us", `is the address of the Power Platform admin center; ${OTHER}`],
    ["https://disco.crm.dynamics.com", `is the address of the discovery service, which lists environments; ${OTHER}`],
    ["https://globaldisco.crm9.dynamics.com/api/discovery/v2.0", "is the address of the discovery service"],
  ])("is told from what people have at hand: %s", (text, says) => {
    expect(environmentUrlProblem(text)).toContain(says);
  });

  test.each([
    "",
    "planted-no-host",
    "1//planted",
    "planted~secret.with.dots",
    "https://",
    "https://planted_host/x",
    "https://planted:99999",
  ])("that is none at all is asked for by an example, and not shown: %s", (text) => {
    expect(environmentUrlProblem(text)).toBe(`must be https:// and the host, without a path: ${CONTOSO}`);
  });
});

describe("what is no environment is refused with the same words", () => {
  test("of a program's settings and of the process's environment", () => {
    expect(checkConfiguration({ environmentUrl: WEB_API })).toEqual([
      { path: ["environmentUrl"], reason: WEB_API_SAYS },
    ]);
    expect(() => configure({}, { GMAILSYNC_ENVIRONMENT_URL: WEB_API })).toThrow(
      `environmentUrl (from the environment variable GMAILSYNC_ENVIRONMENT_URL) ${WEB_API_SAYS}`,
    );
  });

  test.each([
    [WEB_API, WEB_API_SAYS],
    [`${CONTOSO}/main.aspx`, `must be https:// and the host, without a path; of this address keep ${CONTOSO}`],
  ])("of a fleet, once: %s", (environmentUrl, says) => {
    const clients = { north: { projectId: "northwind-mail-1", audience: "internal" } };
    const { problems } = checkFleet({ environmentUrl, clients, mailboxes: [] }, undefined);
    expect(problems.map(({ path, message }) => [path, message])).toEqual([
      [["environmentUrl"], `environmentUrl ${says}`],
    ]);
  });

  test("and editors see a path in a fleet's, by the file's own schema", () => {
    const isFleet = new Ajv({ strict: false }).compile(schema);
    const fleet = (environmentUrl: string) => ({
      environmentUrl,
      clients: { north: { projectId: "northwind-mail-1", audience: "internal" } },
      mailboxes: [],
    });
    expect(isFleet(fleet(CONTOSO))).toBe(true);
    expect(isFleet(fleet(`${CONTOSO}/main.aspx`))).toBe(false);
  });
});
