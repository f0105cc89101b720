import { credentialOrders } from "./credentials.ts";
import { dataverseOrders } from "./dataverse.ts";
import { faultOrders } from "./faults.ts";
import { generalOrders } from "./general.ts";
import { googleOrders } from "./google.ts";
import type { Order } from "./order.ts";
import { peopleOrders } from "./people.ts";
import { pipelineOrders } from "./pipelines.ts";
import { roleOrders } from "./roles.ts";
import { secretOrders } from "./secrets.ts";
import { workloadProviderOrders } from "./workload-providers.ts";

/** Everything that can be done to a running sandbox, by name: `add user`. */
export const ORDERS: ReadonlyMap<string, Order> = new Map(
  Object.entries({
    ...peopleOrders,
    ...dataverseOrders,
    ...roleOrders,
    ...googleOrders,
    ...secretOrders,
    ...credentialOrders,
    ...pipelineOrders,
    ...workloadProviderOrders,
    ...faultOrders,
    ...generalOrders,
  }),
);

/** What an order is called in the path of its request: `add-user`. */
export function actionOf(name: string, { action = name.replaceAll(" ", "-") }: Order): string {
  return action;
}
