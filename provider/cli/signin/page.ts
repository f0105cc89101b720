import { documentOf } from "../page/document.ts";
import { html, link, type Markup } from "../page/markup.ts";
import { isAsked, type Person } from "./person.ts";

/** A page for those who have to sign in: what to click in which order, and what they will see. One file, which loads nothing. */
export function pageOf(people: readonly Person[]): Generator<string> {
  const asked = people.filter(isAsked);
  return documentOf({
    title: "Sign in to Gmail for Dynamics 365",
    lead: html`<p>Dynamics 365 is going to send and receive the mail of your account. Google asks you once whether it may; nobody else can answer for you. It takes two minutes, on a phone, too.</p>`,
    main: [asked.length === 0 ? html`<p role="status">${nobody(people)}</p>` : steps(asked)],
    script: asked.length === 0 ? "" : SEARCH,
  });
}

function nobody(people: readonly Person[]): string {
  return people.every(({ standing }) => standing === "signedIn")
    ? "Everybody has signed in. There is nothing left to do."
    : "Nobody can sign in yet who has not done so. Come back when you are asked to.";
}

function steps(asked: readonly Person[]): Markup {
  return html`<ol class="walk">
<li><h2>Open the page of your mailbox</h2>
<div class="tools"><label>Your address<input type="search" id="search" autocomplete="email" inputmode="email"></label></div>
<p id="found" class="quiet" role="status">${asked.length} of those who are asked</p>
<ul class="people">
${asked.map(personOf)}</ul>
<p>It opens in Dynamics 365; sign in there with your usual account if you are asked to.</p></li>
<li><h2>Choose “Sign in to Gmail”</h2>
<p>It stands above the mailbox's settings; on a narrow screen behind the three dots. A window of Google's opens. Allow the browser to open it if it asks.</p></li>
<li><h2>Choose the account of the mailbox</h2>
<p>Google lists the accounts that you use in this browser. Choose the one with <strong>exactly the address of the mailbox</strong>, and no other: with another one the mail of that account would go into this mailbox. If it is not listed, choose “Use another account”.</p></li>
<li><h2>Choose “Continue”</h2>
<p>Google shows the name of the app, and that it wants to read, compose, send and delete your mail in Gmail: that is what Dynamics 365 needs. If Google says first that it has not verified the app, choose “Advanced”, then “Go to …”.</p></li>
<li><h2>Done</h2>
<p>The page says that you are signed in to Gmail. Close it. Nothing else changes for you.</p></li>
</ol>
<section><h2>If something else happens</h2>
<ul>
<li>“Access blocked”, or another page that does not let you go on: send a picture of it to those who asked you. You have done nothing wrong.</li>
<li>You have chosen the wrong account: open the page of your mailbox again, and begin with step 2.</li>
<li>Nobody needs your password, and nobody will ask you for it.</li>
</ul></section>`;
}

function personOf({ address, name, webUrl }: Person): Markup {
  return html`<li>${link(webUrl, address)}${name !== address && html` <span class="quiet">${name}</span>`}</li>
`;
}

/** Finds people in the list: runs in browsers. */
const SEARCH = `
const people = [...document.querySelectorAll(".people li")];
const search = document.getElementById("search");
search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  for (const one of people) one.hidden = !one.textContent.toLowerCase().includes(wanted);
  const found = people.filter((one) => !one.hidden).length;
  document.getElementById("found").textContent = found === 0
    ? "Nobody with this address is asked to sign in: it may be done already."
    : found + " of those who are asked";
});
`;
