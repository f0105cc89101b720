import { expect, it, onTestFinished } from "vitest";
import { describeLive } from "./describe-live.ts";
import { labDomain } from "./lab.ts";
import { endpoints, login, type Mechanism } from "./login.ts";

const alice = `alice@${labDomain}`;
const refusedTokens = ["expired", "other-user", "wrong-scope"] as const;

interface Verdicts {
  readonly accepted: RegExp;
  readonly refused: string;
  readonly providerDown: RegExp;
}

/** What Dovecot 2.3.19 and Postfix 3.7.11 say. */
const imap: Verdicts = {
  accepted: /^a OK \[CAPABILITY IMAP4rev1 .*\] Logged in$/,
  refused: "a NO [AUTHENTICATIONFAILED] Authentication failed.",
  providerDown: /^a NO \[UNAVAILABLE\] Temporary authentication failure\. \[\S+:[-\d]+ [:\d]+\]$/,
};
const pop: Verdicts = {
  accepted: /^\+OK Logged in\.$/,
  refused: "-ERR [AUTH] Authentication failed.",
  providerDown: /^-ERR \[SYS\/TEMP\] Temporary authentication failure\. \[\S+:[-\d]+ [:\d]+\]$/,
};
const smtp: Verdicts = {
  accepted: /^235 2\.7\.0 Authentication successful$/,
  refused: "535 5.7.8 Error: authentication failed: (reason unavailable)",
  // Postfix hides that the failure is temporary: only the missing challenge tells it from a refused token.
  providerDown: /^535 5\.7\.8 Error: authentication failed: \(reason unavailable\)$/,
};

const challenges: Readonly<Record<Mechanism, object>> = {
  XOAUTH2: { status: "401", schemes: "bearer", scope: "mail" },
  OAUTHBEARER: { status: "invalid_token" },
};

const cases = [
  { endpoint: "imap.gmail.com:993", verdicts: imap },
  { endpoint: "pop.gmail.com:995", verdicts: pop },
  { endpoint: "smtp.gmail.com:465", verdicts: smtp },
  { endpoint: "smtp.gmail.com:587", verdicts: smtp },
].flatMap((line) => (["XOAUTH2", "OAUTHBEARER"] as const).map((mechanism) => ({ ...line, mechanism })));

describeLive("login at real servers", (lab) => {
  async function attempt(endpoint: string, mechanism: Mechanism, token: string) {
    const { dialogue, ...outcome } = await login(lab(), endpoint, mechanism, alice, token);
    dialogue.close();
    return outcome;
  }

  it.each(cases)("$endpoint accepts a good token by $mechanism", async ({ endpoint, mechanism, verdicts }) => {
    const outcome = await attempt(endpoint, mechanism, lab().token("good", alice));
    expect(outcome.verdict).toMatch(verdicts.accepted);
    expect(outcome.challenge).toBeUndefined();
  });

  it.each(cases)("$endpoint refuses every other token by $mechanism", async ({ endpoint, mechanism, verdicts }) => {
    const outcomes = await Promise.all(
      refusedTokens.map((kind) => attempt(endpoint, mechanism, lab().token(kind, alice))),
    );
    for (const { challenge, verdict } of outcomes) {
      expect(JSON.parse(challenge ?? "")).toMatchObject(challenges[mechanism]);
      expect(verdict).toBe(verdicts.refused);
    }
  });

  it("is answered without a challenge while the identity provider is down, and works again afterwards", async () => {
    const token = lab().token("good", alice);
    const attemptAll = () =>
      Promise.all(
        cases.map(async ({ endpoint, mechanism, verdicts }) => ({
          verdicts,
          ...(await attempt(endpoint, mechanism, token)),
        })),
      );
    lab().setIdentityProvider("down");
    onTestFinished(() => lab().setIdentityProvider("up"));
    for (const { verdicts, challenge, verdict } of await attemptAll()) {
      expect(verdict).toMatch(verdicts.providerDown);
      expect(challenge).toBeUndefined();
    }
    lab().setIdentityProvider("up");
    for (const { verdicts, verdict } of await attemptAll()) expect(verdict).toMatch(verdicts.accepted);
  });

  it("is limited to 15 connections of one account", async () => {
    const eve = `eve@${labDomain}`;
    const next = async () => {
      const { dialogue, verdict } = await login(lab(), "imap.gmail.com:993", "XOAUTH2", eve, lab().token("good", eve));
      onTestFinished(() => dialogue.close());
      return verdict;
    };
    for (let count = 0; count < 15; count++) expect(await next()).toMatch(imap.accepted);
    expect(await next()).toBe(
      "a NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=15)",
    );
  });

  it("does not begin under a certificate for another name", async () => {
    const token = lab().token("good", alice);
    await lab().useWrongCertificate(true);
    for (const endpoint of endpoints) {
      await expect(attempt(endpoint, "XOAUTH2", token)).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    }
    await lab().useWrongCertificate(false);
    for (const { endpoint, mechanism, verdicts } of cases) {
      expect((await attempt(endpoint, mechanism, token)).verdict).toMatch(verdicts.accepted);
    }
  });
});
