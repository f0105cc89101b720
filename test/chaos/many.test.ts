import { matrix } from "./matrix.ts";
import { EVERY_TENTH } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { LARGE_SHAPES } from "./world.ts";

const KILLS = ["kill -9 of the plugin", "kill -9 of the CLI", "kill -9 of all"] as const;
const COMMANDS = ["up", "destroy"] as const;

/** Resource by resource and as a fleet in turns. */
const cases = COMMANDS.flatMap((command) =>
  KILLS.flatMap((how, row) =>
    Object.entries(EVERY_TENTH[command]).flatMap(([where, point], column) =>
      MOMENTS.map((moment, turn) => {
        const shape = LARGE_SHAPES[(row + column + turn) % LARGE_SHAPES.length] ?? "20 single";
        const given = { command, strike: STRIKES[how], point, moment, shape };
        return [`${shape}, ${how} ${moment} ${where} of ${command}`, given] as const;
      }),
    ),
  ),
);
const groupOf = (name: string) => name.replace(/^.*, (.*) (before|after) .* of (.*)$/, "20 mailboxes, $3: $1");

matrix("20 mailboxes whose command is killed", cases, groupOf, async (run, { command, strike, point, moment }) => {
  if (command === "destroy") await run.up();
  await run.struck(command, point, strike, moment);
  await run.converges();
  await run.restores();
});
