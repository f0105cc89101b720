"""Signs in to Microsoft Entra by MSAL for Python, with what the environment has, and prints what came of it as JSON."""

import json
import os
import sys

import msal
import requests
import urllib3.util.connection as connection

ENV = os.environ
CONNECT_TO = dict(pair.split("=") for pair in ENV["GMAILSYNC_CONNECT_TO"].split(","))


def connect_to(address, *rest, create=connection.create_connection, **options):
    """Connects where GMAILSYNC_CONNECT_TO leads."""
    host, port = CONNECT_TO.get(f"{address[0]}:{address[1]}", f"{address[0]}:{address[1]}").rsplit(":", 1)
    if not host.startswith("127."):
        raise OSError(f"{host} is not of the sandbox")
    return create((host, int(port)), *rest, **options)


def certificate():
    with open(ENV["AZURE_CLIENT_CERTIFICATE_PATH"], encoding="ascii") as file:
        pem = file.read()
    key, marker, public = pem.partition("-----BEGIN CERTIFICATE-----")
    return {"private_key": key, "public_certificate": marker + public}


def federated_token():
    with open(ENV["AZURE_FEDERATED_TOKEN_FILE"], encoding="ascii") as file:
        return file.read()


CREDENTIALS = {
    "secret": lambda: ENV["AZURE_CLIENT_SECRET"],
    "certificate": certificate,
    "gitlab": lambda: {"client_assertion": ENV["ARM_OIDC_TOKEN"]},
    "aks": lambda: {"client_assertion": federated_token},
}


def sign_in(kind, client):
    url = ENV["GMAILSYNC_ENVIRONMENT_URL"]
    if kind not in CREDENTIALS:
        identity = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=client)
        return identity.acquire_token_for_client(resource=url)
    application = msal.ConfidentialClientApplication(
        ENV["AZURE_CLIENT_ID"],
        authority=f"https://login.microsoftonline.com/{ENV['AZURE_TENANT_ID']}",
        client_credential=CREDENTIALS[kind](),
        http_client=client,
    )
    return application.acquire_token_for_client([f"{url}/.default"])


connection.create_connection = connect_to
session = requests.Session()
session.verify = ENV["GMAILSYNC_CA_FILE"]
answer = sign_in(sys.argv[1], session)
print(json.dumps({"token": answer.get("access_token"), "error": answer.get("error_description") or answer.get("error")}))
