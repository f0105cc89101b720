import { findRow, rowsOf, tokenEnd, touch } from "./dataverse/state.ts";
import { html, pageAnswer, redirectAnswer } from "./html.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { World } from "./world.ts";

/** Exchanges a code at Google as Dynamics does; the refresh token, or what Google said. */
export type RedeemCode = (
  client: { id: string; secret: string },
  code: string,
  redirectUri: string,
) => Promise<{ token: string } | { error: string }>;

/** Path of the redirect URI. */
export const MAIL_PAGE = "/_grid/cmds/dlg_gmailoauth.aspx";

/**
 * The two pages of Dynamics with which a user signs in to Gmail: the mailbox's form and the redirect URI. Everybody is
 * signed in to Dynamics here. Assumption: sign-in-pages.
 */
export async function dynamicsPage(
  { method, url }: HttpRequest,
  world: World,
  redeem: RedeemCode,
): Promise<HttpAnswer | undefined> {
  if (method !== "GET") return undefined;
  if (url.pathname === "/main.aspx") return mailboxForm(url, world);
  return url.pathname === MAIL_PAGE ? callback(url, world, redeem) : undefined;
}

function mailboxForm(url: URL, world: World): HttpAnswer {
  const found = mailboxWithProfile(world, url.searchParams.get("id") ?? "");
  if (!found) return pageAnswer("Mailbox", html`<p>Record is unavailable, or it has no email server profile.</p>`, 404);
  const { row, profile } = found;
  const link = redirectAnswer("https://accounts.google.com/o/oauth2/v2/auth", {
    client_id: String(profile["oauthclientid"]),
    redirect_uri: `${url.origin}${MAIL_PAGE}`,
    response_type: "code",
    scope: "https://mail.google.com/",
    access_type: "offline",
    prompt: "consent",
    state: String(row["mailboxid"]),
  }).headers?.["location"];
  const signedIn = row["oauthrefreshtoken"] ? "Signed in to Gmail" : "Not signed in to Gmail";
  return pageAnswer(
    `Mailbox ${row["emailaddress"]}`,
    html`<p role="status">${signedIn}</p><a href="${link ?? ""}">Sign in to Gmail</a>`,
  );
}

async function callback(url: URL, world: World, redeem: RedeemCode): Promise<HttpAnswer> {
  const { code, state = "", error } = Object.fromEntries(url.searchParams);
  const found = mailboxWithProfile(world, state);
  if (!found) return pageAnswer("Gmail", html`<p>This sign-in belongs to no mailbox.</p>`, 400);
  if (!code) return pageAnswer("Gmail", html`<p>Sign-in has failed: ${error ?? "no code"}</p>`, 400);
  const { row, profile } = found;
  const client = { id: String(profile["oauthclientid"]), secret: String(profile["oauthclientsecret"]) };
  const answer = await redeem(client, code, `${url.origin}${MAIL_PAGE}`);
  if ("error" in answer) return pageAnswer("Gmail", html`<p>Sign-in has failed: ${answer.error}</p>`, 400);
  row["oauthrefreshtoken"] = answer.token;
  row["oauthtokenexpireson"] = tokenEnd();
  touch(world.dataverse, row);
  return pageAnswer("Gmail", html`<p role="status">Signed in to Gmail</p>`);
}

function mailboxWithProfile({ dataverse }: World, id: string) {
  const row = rowsOf(dataverse, "mailboxes").find((candidate) => candidate["mailboxid"] === id.toLowerCase());
  const profile =
    row && findRow(dataverse, "emailserverprofiles", "emailserverprofileid", String(row["_emailserverprofile_value"]));
  return profile && { row, profile };
}
