import { fleet } from "pulumi-gmailsync";

const { summary, mailboxes } = fleet("fleet", { file: "mailboxes.yaml" });

export { mailboxes, summary };
