"""Looks at anna's mail with Python's own clients, by the real host names. What they saw goes to standard output as JSON.

Arguments: access token, CA file, and where each service is, for example imap.gmail.com:993=127.0.0.1:40993.
"""

import base64
import imaplib
import json
import poplib
import smtplib
import socket
import ssl
import sys

ANNA = "anna@northwind.example"
TOKEN, CA_FILE, *SERVICES = sys.argv[1:]
AT = {service: int(at.split(":")[1]) for service, at in (pair.split("=") for pair in SERVICES)}
RESPONSE = f"user={ANNA}\x01auth=Bearer {TOKEN}\x01\x01"
TLS = ssl.create_default_context(cafile=CA_FILE)
MESSAGE = f"From: {ANNA}\r\nTo: {ANNA}\r\nSubject: by Python\r\n\r\n.dot\r\nbody\r\n"

resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, port, *rest, **named: resolve("127.0.0.1", AT[f"{host}:{port}"], *rest, **named)


def send():
    with smtplib.SMTP_SSL("smtp.gmail.com", 465, context=TLS) as client:
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: RESPONSE)
        client.sendmail(ANNA, [ANNA], MESSAGE)
    with smtplib.SMTP("smtp.gmail.com", 587) as client:
        client.starttls(context=TLS)
        client.ehlo()
        client.auth("XOAUTH2", lambda challenge=None: RESPONSE)
        client.sendmail(ANNA, [ANNA], MESSAGE)


def by_imap():
    with imaplib.IMAP4_SSL("imap.gmail.com", ssl_context=TLS) as client:
        client.authenticate("XOAUTH2", lambda _: RESPONSE.encode())
        folders = len(client.list()[1])
        count = client.select()[1][0].decode()
        found = client.uid("SEARCH", None, "HEADER", "Subject", '"BY python"')[1][0].decode()
        message = client.fetch("1", "(RFC822)")[1][0][1].decode()
        appended = client.append("[Gmail]/Drafts", r"\Draft", None, b"Subject: draft\r\n\r\nx\r\n")[0]
        copied = client.copy("1", "[Gmail]/Trash")[0]
        client.store("1", "+FLAGS", r"\Deleted")
        expunged = client.expunge()[1][0].decode()
        left = client.search(None, "ALL")[1][0].decode()
    return locals() | {"client": None}


def by_pop3():
    client = poplib.POP3_SSL("pop.gmail.com", context=TLS)
    client._shortcmd("AUTH XOAUTH2 " + base64.b64encode(RESPONSE.encode()).decode())
    count, octets = client.stat()
    message = "".join(line.decode() + "\r\n" for line in client.retr(1)[1])
    ids = len(client.uidl()[1])
    header = client.top(1, 0)[1][-1].decode()
    client.dele(1)
    client.quit()
    return locals() | {"client": None}


send()
print(json.dumps({"message": MESSAGE, "imap": by_imap(), "pop3": by_pop3()}))
