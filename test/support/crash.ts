/** What is told when the plugin or the program around it ends by itself. */
const CRASHES = ["exited prematurely", "triggerUncaughtException", "A defect in gmailsync"];

/** No test passes on a crash, whatever else it expects. */
export function refuseCrash(what: string, output: string): void {
  const crash = CRASHES.find((sign) => output.includes(sign));
  if (crash !== undefined) throw new Error(`${what} told of a crash ("${crash}"):\n${output}`);
}
