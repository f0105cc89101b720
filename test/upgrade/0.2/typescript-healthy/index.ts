import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, GoogleOAuthClient, GoogleProject, Mailbox, MailboxActivation } from "pulumi-gmailsync";

const clientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const project = new GoogleProject("project", { projectId: "northwind-mail" });
const google = new GoogleOAuthClient("google", {
  projectId: project.projectId,
  clientId: "123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com",
  clientSecret,
});
const gmail = new EmailServerProfile("gmail", {
  name: "Gmail",
  oauthClientId: google.clientId.apply((id) => id ?? ""),
  oauthClientSecret: clientSecret,
});

const anna = new Mailbox("anna", {
  emailAddress: "anna@northwind.example",
  profileId: gmail.profileId,
  gmail: { imap: true, pop: "allMail" },
});
new MailboxActivation("annaActivation", {
  mailboxId: anna.mailboxId,
  profileId: anna.profileId,
});

const support = new Mailbox("support", {
  emailAddress: "support@northwind.example",
  profileId: gmail.profileId,
});
new MailboxActivation("supportActivation", {
  mailboxId: support.mailboxId,
  profileId: support.profileId,
});
