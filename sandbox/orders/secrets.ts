import { randomBytes } from "node:crypto";
import type { EntraApplication } from "../entra/state.ts";
import type { GoogleClient } from "../google/state.ts";
import { SEED_CLIENT_ID } from "../google/state.ts";
import { Unknown } from "../order.ts";
import { newSecret } from "../world/build-google.ts";
import type { World } from "../world.ts";
import { found, number, type Order, order, text } from "./order.ts";

/** At Google: https://support.google.com/cloud/answer/15549257 */
const MOST_SECRETS = 2;

const TARGET = "<client id>";
const APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const DAYS = number(0, 3650, "DAYS");
const WHICH = { secret: { ...text, form: "VALUE|LAST-4" } };

export const secretOrders: Readonly<Record<string, Order>> = {
  "add secret": order({
    prints: true,
    target: TARGET,
    summary:
      "adds a secret to a Google client, which has at most two, or to an application in Entra, where it may expire; prints it",
    may: { value: text, days: DAYS },
    examples: [SEED_CLIENT_ID, `${APPLICATION} days=180`],
    run: ({ world }, id, { value, days }) => add(world(), id, value, days),
  }),
  "set secret": order({
    target: TARGET,
    summary: "lets a secret of an application in Entra expire after so many days, by `clock`; 0 for now",
    needs: { ...WHICH, days: DAYS },
    examples: [`${APPLICATION} secret=real days=0`],
    run: ({ world }, id, { secret, days }) => {
      const { secrets } = applicationOf(world(), id);
      found(secrets, "secret", secret, ({ value }) => isMeant(value, secret)).endsAt = endOf(world(), days);
    },
  }),
  "disable secret": secretSwitch(false, "Google refuses the secret until it is enabled again"),
  "enable secret": secretSwitch(true, "Google takes a disabled secret again"),
  "delete secret": order({
    target: TARGET,
    summary: "deletes a secret of a Google client, which must be disabled before, or of an application in Entra",
    needs: WHICH,
    examples: [`${SEED_CLIENT_ID} secret=0000`],
    run: ({ world }, id, { secret }) => remove(world(), id, secret),
  }),
};

export function newEntraSecret(): string {
  return `sandbox-entra-secret-${randomBytes(9).toString("base64url")}`;
}

export function applicationOf({ entra }: World, id: string): EntraApplication {
  return found(entra.applications, "application", id, ({ clientId }) => clientId === id.toLowerCase());
}

const DAY_MS = 24 * 3600 * 1000;

/** By the world's clock. */
function endOf({ google }: World, days: number): number {
  return Date.now() + google.clockOffsetMs + days * DAY_MS;
}

function add(world: World, id: string, value: string | undefined, days: number | undefined): unknown {
  const application = world.entra.applications.find(({ clientId }) => clientId === id.toLowerCase());
  if (application) {
    const secret = value ?? newEntraSecret();
    application.secrets.push({ value: secret, endsAt: days === undefined ? null : endOf(world, days) });
    return { clientId: id, secret };
  }
  if (days !== undefined) throw new Unknown("a secret of a Google client does not expire");
  const { secrets } = clientOf(world, id);
  if (secrets.length >= MOST_SECRETS)
    throw new Unknown(`${id} has two secrets, and Google allows no third: disable and delete one first`);
  const secret = value ?? newSecret(randomBytes(8).toString("hex"));
  secrets.push({ value: secret, enabled: true });
  return { clientId: id, secret };
}

function secretSwitch(enabled: boolean, summary: string): Order {
  return order({
    target: TARGET,
    summary,
    needs: WHICH,
    examples: [`${SEED_CLIENT_ID} secret=0000`],
    run: ({ world }, id, { secret }) => {
      if (world().entra.applications.some(({ clientId }) => clientId === id.toLowerCase()))
        throw new Unknown("a secret in Entra cannot be switched; it is valid until it expires or is deleted");
      secretOf(clientOf(world(), id), secret).enabled = enabled;
    },
  });
}

function remove(world: World, id: string, given: string): void {
  const application = world.entra.applications.find(({ clientId }) => clientId === id.toLowerCase());
  if (application) {
    const secret = found(application.secrets, "secret", given, ({ value }) => isMeant(value, given));
    application.secrets = application.secrets.filter((known) => known !== secret);
    return;
  }
  const client = clientOf(world, id);
  const secret = secretOf(client, given);
  if (secret.enabled) throw new Unknown("Google deletes disabled secrets only: disable it first");
  client.secrets = client.secrets.filter((known) => known !== secret);
}

function clientOf({ google }: World, id: string): GoogleClient {
  return found(google.clients, "client", id, ({ clientId }) => clientId === id);
}

function secretOf({ secrets }: GoogleClient, given: string): GoogleClient["secrets"][number] {
  return found(secrets, "secret", given, ({ value }) => isMeant(value, given));
}

function isMeant(value: string, given: string): boolean {
  return value === given || value.slice(-4) === given;
}
