import type { MailboxRow } from "../../dataverse/tables.ts";
import { type Finding, found, good, type Step, skipped } from "../../schema/step.ts";
import { DIRECTIONS, type Direction, directionsOf, STATUS, statusOf } from "../mailbox/status.ts";

/** What Dataverse shows for each direction. `expected` names directions that were on before, and should be still. */
export function results(row: MailboxRow, expected: readonly Direction[] = []): Step[] {
  const on = directionsOf(row);
  return DIRECTIONS.map((direction): Step => {
    const finding = on.includes(direction)
      ? resultOf(row, direction)
      : expected.includes(direction)
        ? found("DELIVERY_SWITCHED_OFF", {
            message: `${direction} mail of ${row.emailaddress} was switched off after it had been tested`,
          })
        : skipped("NOT_SWITCHED_ON");
    return { id: direction, ...finding };
  });
}

function resultOf(row: MailboxRow, direction: Direction): Finding {
  const mail = `${direction} mail of ${row.emailaddress}`;
  if (row.testemailconfigurationscheduled)
    return found("TEST_RUNNING", {
      message: `Test & Enable of ${row.emailaddress} is running, and what Dynamics shows for ${direction} mail is from before`,
    });
  switch (statusOf(row, direction)) {
    case STATUS.success:
      return good();
    case STATUS.failure:
      return found("TEST_FAILED", { message: `Dynamics shows Failure for ${mail}` });
    default:
      return found("NOT_RUN", { message: `Dynamics shows no result for ${mail}` });
  }
}
