import { issue } from "../entra/token.ts";
import { Unknown } from "../order.ts";
import { idToken } from "../pipelines/id-token.ts";
import { PIPELINE_KINDS, type Pipeline, type PipelineKind } from "../pipelines/kinds.ts";
import type { World } from "../world.ts";
import { choice, type Form, flag, number, type Order, order, text } from "./order.ts";
import { applicationOf } from "./secrets.ts";

const TARGET = `<${PIPELINE_KINDS.join("|")}>`;

const issuer: Form<string> = {
  form: "URL",
  read(name, given) {
    if (!/^https:\/\/\S+$/.test(given) || !URL.canParse(given)) throw new Unknown(`${name} must begin with https://`);
    return given;
  },
};
const claims: Form<Record<string, string>> = {
  form: "NAME:VALUE,…",
  read: (name, given) =>
    Object.fromEntries(
      given
        .split(",")
        .filter(Boolean)
        .map((one): [string, string] => {
          const at = one.indexOf(":");
          if (at < 1) throw new Unknown(`${name} must be NAME:VALUE, separated by commas`);
          return [one.slice(0, at), one.slice(at + 1)];
        }),
    ),
};

/** What the platforms of pipelines say of the job that runs. */
export const pipelineOrders: Readonly<Record<string, Order>> = {
  "set pipeline": order({
    target: TARGET,
    summary:
      "changes what a platform says of its job in tokens, to the letter; lifetime in seconds; claims beside those that are there; granted=false: a job without `id-token: write`, a stage without a reference to the service connection",
    may: { issuer, subject: text, audience: text, lifetime: number(1, 86_400, "SECONDS"), granted: flag, claims },
    changes: true,
    examples: ["github subject=repo:northwind/mail:environment:production", "azure-devops granted=false"],
    run: ({ world }, kind, { lifetime, claims: given, ...values }) => {
      const pipeline = pipelineOf(world(), kind);
      Object.assign(pipeline, values, lifetime !== undefined && { lifetimeSeconds: lifetime });
      Object.assign(pipeline.claims, given);
    },
  }),
  "add id-token": order({
    prints: true,
    target: TARGET,
    summary: "prints a token of the job as its platform gives it, for an audience of choice",
    may: { audience: text },
    examples: ["gitlab audience=api://AzureADTokenExchange"],
    run: ({ world }, kind, { audience }) => idToken(pipelineOf(world(), kind), audience),
  }),
  "add azure-token": order({
    prints: true,
    target: "<client id>",
    summary: "prints an access token for the environment as `az account get-access-token` does",
    examples: ["aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"],
    run: async ({ world }, id) => {
      const { entra, environmentUrl } = world();
      const { token, expiresAt } = await issue(entra, applicationOf(world(), id), environmentUrl, "1");
      const expiresOn = new Date(expiresAt - new Date(expiresAt).getTimezoneOffset() * 60_000);
      return {
        accessToken: token,
        // Of the machine's own time zone.
        expiresOn: expiresOn.toISOString().replace("T", " ").replace("Z", "000"),
        expires_on: Math.floor(expiresAt / 1000),
        tenant: entra.tenantId,
        tokenType: "Bearer",
      };
    },
  }),
};

function pipelineOf({ pipelines }: World, given: string): Pipeline {
  const kind: PipelineKind = choice(PIPELINE_KINDS).read("the pipeline", given);
  return pipelines[kind];
}
