import { PolicyPack, type PolicyResource } from "@pulumi/policy";

const MAILBOX = "gmailsync:index:Mailbox";
const ACTIVATION = "gmailsync:index:MailboxActivation";
const PROFILE = "gmailsync:index:EmailServerProfile";
const PROVIDER = "pulumi:providers:gmailsync";

const GMAIL_HOSTS = ["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"];
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** What the provider's process finds in its environment, and an explicit provider would write into the state. */
const CREDENTIALS = [
  "clientSecret",
  "clientCertificate",
  "clientCertificatePassword",
  "oidcToken",
  "oidcRequestToken",
  "mailCredential",
];
/** Properties that are stored encrypted. */
const ENCRYPTED = ["oauthClientSecret", "clientSecret", "previousClientSecret", "credentialsJson", "credential"];
/** A client secret, a refresh token and an access token of Google's, a private key. */
const SECRET = /GOCSPX-|\b1\/\/0|\bya29\.|-----BEGIN [A-Z ]*PRIVATE KEY/;

new PolicyPack("gmailsync", {
  enforcementLevel: "mandatory",
  policies: [
    {
      name: "delete-mail",
      description:
        "Mail is deleted from Gmail only where the pack's configuration says so: `mayDelete`, a list of addresses.",
      configSchema: { properties: { mayDelete: { type: "array", items: { type: "string" }, default: [] } } },
      validateResource: ({ type, props, getConfig }, reportViolation) => {
        const { mayDelete } = getConfig<{ mayDelete: readonly string[] }>();
        const { emailAddress, processAndDeleteEmails } = props;
        if (type === MAILBOX && processAndDeleteEmails === true && !mayDelete.includes(emailAddress))
          reportViolation(`processAndDeleteEmails deletes the mail of ${emailAddress}, which mayDelete does not name.`);
      },
    },
    {
      name: "gmail-hosts",
      description: "Profiles name Gmail's own servers, and no others get a token.",
      validateResource: ({ type, props }, reportViolation) => {
        if (type !== PROFILE) return;
        for (const host of [props["incomingServerLocation"], props["outgoingServerLocation"]])
          if (typeof host === "string" && !GMAIL_HOSTS.includes(host.toLowerCase()))
            reportViolation(`${host} is none of ${GMAIL_HOSTS.join(", ")}.`);
      },
    },
    {
      name: "secret-literal",
      description: "Credentials come from the environment, and no secret stands where it is not stored encrypted.",
      validateResource: ({ type, props }, reportViolation) => {
        if (type === PROVIDER) {
          const given = CREDENTIALS.filter((name) => props[name] !== undefined);
          if (given.length > 0) reportViolation(`${given.join(", ")} of the provider would be stored in the state.`);
        } else if (type.startsWith("gmailsync:")) {
          for (const [name, value] of Object.entries(props))
            if (!ENCRYPTED.includes(name) && SECRET.test(JSON.stringify(value) ?? ""))
              reportViolation(`${name} looks like a secret, and is stored as it is.`);
        }
      },
    },
    {
      name: "mailbox-activated",
      description: "Every mailbox is tested by an activation.",
      validateStack: ({ resources }, reportViolation) => {
        const activations = resources.filter(({ type }) => type === ACTIVATION);
        for (const mailbox of resources.filter(({ type }) => type === MAILBOX))
          if (!activations.some((activation) => isOf(activation, mailbox)))
            reportViolation(`No MailboxActivation tests ${mailbox.props["emailAddress"]}.`, mailbox.urn);
      },
    },
    {
      name: "test-week",
      description: "No mailbox was tested more than a week ago.",
      validateStack: ({ resources }, reportViolation) => {
        for (const { type, props, urn } of resources) {
          const { testedOn, emailAddress } = type === ACTIVATION ? props : {};
          if (typeof testedOn === "string" && Date.now() - Date.parse(testedOn) > WEEK_MS)
            reportViolation(`${emailAddress} was tested on ${testedOn}; retest: 7d tests again in time.`, urn);
        }
      },
    },
  ],
});

/** By what it depends on while its mailbox is not there yet. */
function isOf({ props, propertyDependencies }: PolicyResource, mailbox: PolicyResource): boolean {
  return (
    (props["mailboxId"] !== undefined && props["mailboxId"] === mailbox.props["mailboxId"]) ||
    (propertyDependencies["mailboxId"] ?? []).some(({ urn }) => urn === mailbox.urn)
  );
}
