import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Step } from "../../schema/step.ts";
import { DIRECTIONS, type Direction, directionsOf, STATUS, statusOf } from "./status.ts";

/** What Dataverse shows for each direction. `expected` names directions that were on before, and should be still. */
export function results(row: MailboxRow, expected: readonly Direction[] = []): Step[] {
  const on = directionsOf(row);
  return DIRECTIONS.map((direction): Step => {
    const step = { id: direction, label: `${direction} mail` };
    if (!on.includes(direction)) {
      return expected.includes(direction)
        ? {
            ...step,
            status: "failed",
            code: "DELIVERY_SWITCHED_OFF",
            message: `${direction} mail of ${row.emailaddress} was switched off after it had been tested`,
            hint: "Run `pulumi up` to set it as declared and test again.",
          }
        : { ...step, status: "skipped", message: "not switched on" };
    }
    if (row.testemailconfigurationscheduled) {
      return {
        ...step,
        status: "unknown",
        code: "TEST_RUNNING",
        message: `Test & Enable of ${row.emailaddress} is running, and what Dynamics shows for ${direction} mail is from before`,
        hint: "Run `pulumi up` to wait for its end.",
      };
    }
    switch (statusOf(row, direction)) {
      case STATUS.success:
        return { ...step, status: "ok" };
      case STATUS.failure:
        return {
          ...step,
          status: "failed",
          code: "TEST_FAILED",
          message: `Dynamics shows Failure for ${direction} mail of ${row.emailaddress}`,
          hint: "The alerts of the mailbox say why; after mending it run `pulumi up` again.",
        };
      default:
        return {
          ...step,
          status: "unknown",
          code: "NOT_RUN",
          message: `Dynamics shows no result for ${direction} mail of ${row.emailaddress}`,
          hint: "Run `pulumi up` to test it.",
        };
    }
  });
}
