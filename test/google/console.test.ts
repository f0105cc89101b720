import { expect, test } from "vitest";
import { authorizedDomainProblem, clientUris } from "../../provider/google/console.ts";

test.each([
  ["contoso.crm.dynamics.com", "dynamics.com"],
  ["contoso.crm4.dynamics.com", "dynamics.com"],
  ["x.crm.microsoftdynamics.us", "microsoftdynamics.us"],
  ["x.crm.appsplatform.us", "appsplatform.us"],
  ["x.crm.dynamics.cn", "dynamics.cn"],
  ["crm.contoso.co.uk", "contoso.co.uk"],
  ["crm.contoso.com.au", "contoso.com.au"],
  ["crm.northwind.example", "northwind.example"],
  ["127.0.0.1", "127.0.0.1"],
  ["[::1]", "[::1]"],
  ["localhost", "localhost"],
])("the authorised domain of %s is %s", (host, domain) => {
  expect(clientUris(`https://${host}`).authorizedDomain).toBe(domain);
});

test.each([
  ["contoso.co.uk", undefined],
  ["Contoso.CO.UK", undefined],
  ["co.uk", "is co.uk, a public suffix, which Google does not take: give contoso.co.uk"],
  ["uk", "is uk, a public suffix, which Google does not take: give contoso.co.uk"],
  ["northwind.example", "the redirect URI of the environment https://crm.contoso.co.uk is not below it"],
  ["toso.co.uk", "the redirect URI of the environment https://crm.contoso.co.uk is not below it"],
])("of a consent screen for crm.contoso.co.uk the authorised domain %s is judged: %s", (domain, problem) => {
  const told = authorizedDomainProblem(domain, "https://crm.contoso.co.uk");
  if (problem === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(problem);
});
