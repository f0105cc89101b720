package main

import (
	"github.com/gmailsync/pulumi-gmailsync/sdk/go/gmailsync"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		secret := config.RequireSecret(ctx, "googleClientSecret")
		google, err := gmailsync.NewGoogleOAuthClient(ctx, "google", &gmailsync.GoogleOAuthClientArgs{
			ProjectId:    pulumi.String("northwind-mail"),
			ClientId:     pulumi.String("123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com"),
			ClientSecret: secret,
		})
		if err != nil {
			return err
		}
		gmail, err := gmailsync.NewEmailServerProfile(ctx, "gmail", &gmailsync.EmailServerProfileArgs{
			OauthClientId:     google.ClientId,
			OauthClientSecret: secret,
		})
		if err != nil {
			return err
		}
		anna, err := gmailsync.NewMailbox(ctx, "anna", &gmailsync.MailboxArgs{
			EmailAddress: pulumi.String("anna@northwind.example"),
			ProfileId:    gmail.ProfileId,
		})
		if err != nil {
			return err
		}
		activation, err := gmailsync.NewMailboxActivation(ctx, "anna", &gmailsync.MailboxActivationArgs{
			MailboxId: anna.MailboxId,
			ProfileId: anna.ProfileId,
		})
		if err != nil {
			return err
		}
		ctx.Export("status", activation.Status)
		return nil
	})
}
