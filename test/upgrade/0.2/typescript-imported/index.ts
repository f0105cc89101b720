import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, GoogleOAuthClient, GoogleProject, Mailbox, MailboxActivation } from "pulumi-gmailsync";

const clientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const project = new GoogleProject("project", { projectId: "northwind-mail" }, { import: "northwind-mail" });
const google = new GoogleOAuthClient("google", {
  projectId: project.projectId,
  clientId: "123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com",
  clientSecret,
}, { import: "123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com" });
const gmail = new EmailServerProfile("gmail", {
  name: "Gmail",
  oauthClientId: google.clientId.apply((id) => id ?? ""),
  oauthClientSecret: clientSecret,
}, { import: "522bbfc3-93f4-5d65-800d-1f835a2b9998" });

const anna = new Mailbox("anna", {
  emailAddress: "anna@northwind.example",
  profileId: gmail.profileId,
  gmail: { imap: true, pop: "allMail" },
}, { import: "6e3ebe0e-d8a9-40b1-8742-ea5f1ed183f9" });
new MailboxActivation("annaActivation", {
  mailboxId: anna.mailboxId,
  profileId: anna.profileId,
}, { import: "6e3ebe0e-d8a9-40b1-8742-ea5f1ed183f9" });

const support = new Mailbox("support", {
  emailAddress: "support@northwind.example",
  profileId: gmail.profileId,
}, { import: "e266f3f1-0745-404c-87b5-d19204191285" });
new MailboxActivation("supportActivation", {
  mailboxId: support.mailboxId,
  profileId: support.profileId,
}, { import: "e266f3f1-0745-404c-87b5-d19204191285" });
