import { exitCodes } from "../codes/exit.ts";
import { Deadline } from "../network/deadline.ts";
import { commandLine, telling } from "./command-line.ts";
import { filesOf, refuseExisting } from "./export/files.ts";
import { look } from "./export/look.ts";
import { OPTIONS, optionsFrom } from "./export/options.ts";
import { tell } from "./export/tell.ts";
import { settings } from "./settings.ts";

const HELP = `gmailsync export: makes code of what is there, with the file that imports it

Usage: gmailsync export [--format fleet|yaml] [--output FILE | -] [--import-file FILE] [--profile NAME] [--domain DOMAIN]
                        [--kind user|queue|forward] [--status success|failure|notRun] [--signed-in | --not-signed-in]
                        [--approved | --not-approved] [--project [NUMBER=]ID]… [--stack-export FILE] [--fleet NAME] [--force] [--json]

Gmail profiles of the environment and their mailboxes become a fleet: mailboxes.yaml, its lock, and import.json for
\`pulumi import --file\`, which takes all of it into the stack as it is. The next preview then shows nothing but the client secrets, which
nobody can read: the command that sets each is printed. Nothing is changed, neither here nor by the import, and no test is
scheduled. Profiles that were there before stay when the stack is destroyed.

A mailbox that is well is tested as part of a deployment from now on; any other one gets \`activate: false\`, with the reason behind it.
Mailboxes with settings that code cannot say are left out and listed.

Settings come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, and a secret in
AZURE_CLIENT_SECRET or another identity (docs/identities.md).

  --format        fleet (default), or yaml: single resources, a part of Pulumi.yaml
  --output        the file (default mailboxes.yaml, or resources.yaml); - prints it, and makes neither lock nor import file
  --import-file   the file for \`pulumi import\` (default import.json beside it)
  --profile       only this profile; the other filters choose among mailboxes
  --project       id of the Google project, which Dynamics does not know; NUMBER=ID for each where there are several
  --stack-export  what \`pulumi stack export\` writes (- is standard input): what that stack has comes along by its former name
                  and with its settings, from single resources, from another fleet, or from dynamic resources
  --fleet         name of the Fleet in the program (default fleet)
  --force         overwrites files
  --json          one object

Examples:
  gmailsync export --project northwind-mail
  gmailsync export --domain northwind.example --signed-in --output sales/mailboxes.yaml
  gmailsync export --format yaml --profile Gmail --output - | less
  pulumi stack export | gmailsync export --stack-export - --project northwind-mail

${exitCodes("export")}`;

/** For all of it, in milliseconds. */
const LOOKING_MS = 600_000;

export { OPTIONS };

/** `gmailsync export …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("export", HELP, argv, () => optionsFrom(argv));
  if (typeof options === "number") return options;
  const services = settings("export");
  if (typeof services === "number") return services;
  const deadline = Deadline.after(LOOKING_MS);
  try {
    return await telling("export", async () => {
      const { filters, holdings, format } = options;
      const found = await look({ services, deadline, filters, holdings, profilesMayShare: format === "yaml" });
      const files = filesOf(found, options);
      refuseExisting(files, options);
      return tell(found, files, options);
    });
  } finally {
    deadline[Symbol.dispose]();
    await services.network.close();
  }
}
