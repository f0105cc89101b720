import { isExpression } from "../google/attributes.ts";
import type { WorkloadProvider } from "../google/state.ts";
import { Unknown } from "../order.ts";
import type { World } from "../world.ts";
import { type Form, found, list, type Order, order, requireNew, text } from "./order.ts";

const expression: Form<string> = {
  form: "CEL",
  read(name, given) {
    if (!isExpression(given))
      throw new Unknown(`${name} must be an expression: assertion.repository == 'northwind/mail'`);
    return given;
  },
};
const condition: Form<string | null> = {
  form: "CEL|null",
  read: (name, given) => (given === "null" ? null : expression.read(name, given)),
};
/** As `gcloud` takes it: a comma before each attribute but the first. */
const mapping: Form<Record<string, string>> = {
  form: "google.subject=CEL,attribute.NAME=CEL",
  read: (name, given) => Object.fromEntries(given.split(/,(?=google\.|attribute\.)/).map((one) => mapped(name, one))),
};

function mapped(name: string, given: string): [string, string] {
  const [, attribute, value] = /^((?:google|attribute)\.[a-z_0-9]+)=(.+)$/.exec(given) ?? [];
  if (attribute === undefined || value === undefined) throw new Unknown(`${name} must be ${mapping.form}`);
  return [attribute, expression.read(name, value)];
}

const VALUES = { allowedAudiences: list, mapping, condition };
const TARGET = "<id>";

/** Providers of workload identity pools: whose tokens Google takes, and what it makes of them. */
export const workloadProviderOrders: Readonly<Record<string, Order>> = {
  "add workload-provider": order({
    target: "<audience>",
    summary: "lets a workload identity pool take tokens of an issuer",
    needs: { issuer: text },
    may: VALUES,
    examples: [
      "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/other/providers/gitlab-com issuer=https://gitlab.com",
    ],
    run: ({ world }, audience, { issuer, ...values }) => {
      if (
        !/^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/.test(
          audience,
        )
      )
        throw new Unknown(`"${audience}" is no provider of a pool: //iam.googleapis.com/projects/…/providers/…`);
      const { workloadProviders } = world().google;
      requireNew(workloadProviders, "provider", audience, (known) => known.audience === audience);
      const blank = {
        allowedAudiences: [],
        attributeMapping: { "google.subject": "assertion.sub" },
        attributeCondition: null,
      };
      workloadProviders.push(withValues({ audience, issuer, ...blank }, values));
    },
  }),
  "set workload-provider": order({
    target: TARGET,
    summary:
      "changes whose tokens a provider takes, by its id or its whole audience: allowed audiences, mapping of attributes, condition",
    may: { issuer: text, ...VALUES },
    changes: true,
    examples: [`github condition="assertion.repository_owner == 'northwind'"`],
    run: ({ world }, id, { issuer, ...values }) => {
      withValues(Object.assign(providerOf(world(), id), issuer !== undefined && { issuer }), values);
    },
  }),
  "delete workload-provider": order({
    target: TARGET,
    summary: "deletes a provider of a workload identity pool",
    examples: ["gitlab"],
    run: ({ world }, id) => {
      const { google } = world();
      const gone = providerOf(world(), id);
      google.workloadProviders = google.workloadProviders.filter((known) => known !== gone);
    },
  }),
};

function providerOf({ google }: World, id: string): WorkloadProvider {
  const is = ({ audience }: WorkloadProvider) => audience === id || audience.endsWith(`/providers/${id}`);
  return found(google.workloadProviders, "provider", id, is);
}

interface Values {
  readonly allowedAudiences?: string[];
  readonly mapping?: Record<string, string>;
  readonly condition?: string | null;
}

function withValues(provider: WorkloadProvider, { allowedAudiences, mapping: given, condition: only }: Values) {
  if (allowedAudiences !== undefined) provider.allowedAudiences = allowedAudiences;
  if (given !== undefined) provider.attributeMapping = given;
  if (only !== undefined) provider.attributeCondition = only;
  return provider;
}
