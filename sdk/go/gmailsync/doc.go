// Connects Gmail accounts to Dynamics 365 by OAuth 2.0: profiles, mailboxes and their activation, declared, awaited and looked at
package gmailsync
