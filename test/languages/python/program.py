"""program.py up|preview|destroy: a program with the Python SDK, run by the Automation API. Prints one JSON object."""

import json
import os
import sys

import pulumi
import pulumi_gmailsync as gmailsync
from pulumi import automation

CLIENT_ID = os.environ["GOOGLE_CLIENT_ID"]
CLIENT_SECRET = os.environ["GOOGLE_CLIENT_SECRET"]


def program() -> None:
    secret = pulumi.Output.secret(CLIENT_SECRET)
    explicit = gmailsync.Provider("explicit", max_concurrent_tests=10) if "EXPLICIT" in os.environ else None
    options = pulumi.ResourceOptions(provider=explicit)
    profile = gmailsync.EmailServerProfile(
        "gmail",
        protocol=gmailsync.MailProtocol.IMAP,
        oauth_client_id=CLIENT_ID,
        oauth_client_secret=secret,
        opts=options,
    )
    mailbox = gmailsync.Mailbox(
        "anna", email_address="anna@northwind.example", profile_id=profile.profile_id, opts=options
    )
    activation = gmailsync.MailboxActivation(
        "anna", mailbox_id=mailbox.mailbox_id, profile_id=profile.profile_id, opts=options
    )
    fleet = gmailsync.Fleet(
        "fleet",
        spec={
            "clients": {
                "north": {"projectId": "northwind-mail", "clientId": CLIENT_ID, "clientSecret": secret}
            },
            "mailboxes": [{"address": "bert@northwind.example"}],
        },
        opts=pulumi.ResourceOptions(providers=[explicit] if explicit else None),
    )
    calling = pulumi.InvokeOptions(provider=explicit)
    found = gmailsync.get_mailbox(email_address="anna@northwind.example", opts=calling)
    told = gmailsync.get_email_server_profile_output(
        profile_id=profile.profile_id, opts=pulumi.InvokeOutputOptions(provider=explicit, depends_on=[profile])
    )
    pulumi.export("name", profile.name)
    pulumi.export("status", activation.status)
    pulumi.export("success", fleet.summary.success)
    pulumi.export("kind", found.kind)
    pulumi.export("profile", told.name)


def main(command: str) -> dict:
    stack = automation.create_or_select_stack(
        stack_name="test", project_name="languages", program=program, work_dir=os.getcwd()
    )
    if command == "up":
        result = stack.up()
        return {"outputs": {name: output.value for name, output in result.outputs.items()}}
    if command == "preview":
        return {"changes": stack.preview().change_summary}
    return {"changes": stack.destroy().summary.resource_changes}


print(json.dumps(main(sys.argv[1])))
