import pulumi
import pulumi_gmailsync as gmailsync

secret = pulumi.Config().require_secret("googleClientSecret")
google = gmailsync.GoogleOAuthClient(
    "google",
    project_id="northwind-mail",
    client_id="123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com",
    client_secret=secret,
)
gmail = gmailsync.EmailServerProfile("gmail", oauth_client_id=google.client_id, oauth_client_secret=secret)
anna = gmailsync.Mailbox("anna", email_address="anna@northwind.example", profile_id=gmail.profile_id)
activation = gmailsync.MailboxActivation("anna", mailbox_id=anna.mailbox_id, profile_id=anna.profile_id)
pulumi.export("status", activation.status)
