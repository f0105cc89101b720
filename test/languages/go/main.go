// program up|preview|destroy: a program with the Go SDK, run by the Automation API. Prints one JSON object.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/gmailsync/pulumi-gmailsync/sdk/go/gmailsync"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	// Programs of documents need it, which are compiled as part of this module.
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

var (
	clientID     = os.Getenv("GOOGLE_CLIENT_ID")
	clientSecret = os.Getenv("GOOGLE_CLIENT_SECRET")
)

func program(ctx *pulumi.Context) error {
	secret := pulumi.ToSecret(pulumi.String(clientSecret)).(pulumi.StringOutput)
	var options []pulumi.ResourceOption
	var component []pulumi.ResourceOption
	var calling []pulumi.InvokeOption
	if _, explicit := os.LookupEnv("EXPLICIT"); explicit {
		provider, err := gmailsync.NewProvider(ctx, "explicit", &gmailsync.ProviderArgs{
			MaxConcurrentTests: pulumi.Int(10),
		})
		if err != nil {
			return err
		}
		options = append(options, pulumi.Provider(provider))
		component = append(component, pulumi.Providers(provider))
		calling = append(calling, pulumi.Provider(provider))
	}
	profile, err := gmailsync.NewEmailServerProfile(ctx, "gmail", &gmailsync.EmailServerProfileArgs{
		Protocol:          gmailsync.MailProtocolImap,
		OauthClientId:     pulumi.String(clientID),
		OauthClientSecret: secret,
	}, options...)
	if err != nil {
		return err
	}
	mailbox, err := gmailsync.NewMailbox(ctx, "anna", &gmailsync.MailboxArgs{
		EmailAddress: pulumi.String("anna@northwind.example"),
		ProfileId:    profile.ProfileId,
	}, options...)
	if err != nil {
		return err
	}
	activation, err := gmailsync.NewMailboxActivation(ctx, "anna", &gmailsync.MailboxActivationArgs{
		MailboxId: mailbox.MailboxId,
		ProfileId: profile.ProfileId,
	}, options...)
	if err != nil {
		return err
	}
	fleet, err := gmailsync.NewFleet(ctx, "fleet", &gmailsync.FleetArgs{Spec: pulumi.Map{
		"clients": pulumi.Map{"north": pulumi.Map{
			"projectId":    pulumi.String("northwind-mail"),
			"clientId":     pulumi.String(clientID),
			"clientSecret": secret,
		}},
		"mailboxes": pulumi.Array{pulumi.Map{"address": pulumi.String("bert@northwind.example")}},
	}}, component...)
	if err != nil {
		return err
	}
	found, err := gmailsync.LookupMailbox(ctx, &gmailsync.LookupMailboxArgs{
		EmailAddress: pulumi.StringRef("anna@northwind.example"),
	}, calling...)
	if err != nil {
		return err
	}
	told := gmailsync.LookupEmailServerProfileOutput(ctx, gmailsync.LookupEmailServerProfileOutputArgs{
		ProfileId: profile.ProfileId,
	}, append(calling, pulumi.DependsOn([]pulumi.Resource{profile}))...)
	ctx.Export("name", profile.Name)
	ctx.Export("status", activation.Status)
	ctx.Export("success", fleet.Summary.Success())
	ctx.Export("kind", pulumi.String(found.Kind))
	ctx.Export("profile", told.Name())
	return nil
}

func run(ctx context.Context, command string) (map[string]any, error) {
	stack, err := auto.UpsertStackInlineSource(ctx, "test", "languages", program, auto.WorkDir("."))
	if err != nil {
		return nil, err
	}
	switch command {
	case "up":
		result, err := stack.Up(ctx)
		outputs := map[string]any{}
		for name, output := range result.Outputs {
			outputs[name] = output.Value
		}
		return map[string]any{"outputs": outputs}, err
	case "preview":
		result, err := stack.Preview(ctx)
		return map[string]any{"changes": result.ChangeSummary}, err
	default:
		result, err := stack.Destroy(ctx)
		return map[string]any{"changes": result.Summary.ResourceChanges}, err
	}
}

func main() {
	told, err := run(context.Background(), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		panic(err)
	}
}
