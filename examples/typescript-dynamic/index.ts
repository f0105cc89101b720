import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, GoogleOAuthClient, Mailbox, MailboxActivation } from "pulumi-gmailsync/dynamic";

const clientSecret = new pulumi.Config().requireSecret("googleClientSecret");

const google = new GoogleOAuthClient("google", {
  projectId: "northwind-mail",
  clientId: "123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com",
  clientSecret,
});

const gmail = new EmailServerProfile("gmail", {
  name: "Gmail",
  oauthClientId: google.clientId.apply((id) => id ?? ""),
  oauthClientSecret: clientSecret,
});

const activations = ["anna", "bert", "support"].map((user) => {
  const mailbox = new Mailbox(user, { emailAddress: `${user}@northwind.example`, profileId: gmail.profileId });
  const { mailboxId, profileId } = mailbox;
  return new MailboxActivation(user, { mailboxId, profileId });
});

export const redirectUri = google.redirectUri;
export const statuses = activations.map(({ status }) => status);
