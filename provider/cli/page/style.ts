/** The one stylesheet of all pages: light and dark, from 320 pixels on, and on paper. Contrasts are 4.5:1 or more (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fff, #15181c);
  --raised: light-dark(#f4f6f8, #1f242a);
  --line: light-dark(#c9d0d6, #3c444d);
  --text: light-dark(#1b1f23, #e8eaed);
  --quiet: light-dark(#535a62, #a9b1ba);
  --link: light-dark(#0b57d0, #8ab4f8);
  --ok: light-dark(#137333, #7ddc9a);
  --failed: light-dark(#b3261e, #ff9c94);
  --unknown: light-dark(#8a4600, #f2bd63);
  --waiting: light-dark(#8a4600, #f2bd63);
  --notActivated: light-dark(#535a62, #a9b1ba);
  font: 1rem/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); }
body > header, main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
body > header { padding-bottom: 0; }
.product { margin: 0; color: var(--quiet); font-weight: 600; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; overflow-wrap: anywhere; }
h3 { margin: 1rem 0 .25rem; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: .25rem 0 .75rem; overflow-wrap: anywhere; }
a { color: var(--link); overflow-wrap: anywhere; }
code { font: .9em/1.5 ui-monospace, monospace; background: var(--raised); border-radius: .25rem; padding: .1em .3em; overflow-wrap: anywhere; }
ul, ol { padding-left: 1.5rem; }
li { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.mark { display: inline-block; min-width: 1.25em; font-weight: 700; }
[data-status] > .mark, .cause > h3 > .mark, [data-status] > summary .mark, .mark[data-status] { color: var(--status); }
[data-status=ok] { --status: var(--ok); }
[data-status=failed] { --status: var(--failed); }
[data-status=unknown] { --status: var(--unknown); }
[data-status=waiting] { --status: var(--waiting); }
[data-status=notActivated], [data-status=skipped] { --status: var(--notActivated); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; margin: 1rem 0; list-style: none; }
.counts li { flex: 1 1 7rem; padding: .5rem .75rem; background: var(--raised); border-left: .3rem solid var(--status); border-radius: .25rem; }
.counts strong { display: block; font-size: 1.6rem; line-height: 1.2; }
.cause { margin: .75rem 0; padding: .25rem 1rem .5rem; border: 1px solid var(--line); border-left: .3rem solid var(--status); border-radius: .25rem; }
.cause ul { margin: .25rem 0; }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
meter, progress { width: 8rem; max-width: 100%; vertical-align: middle; }
progress { width: 100%; accent-color: var(--ok); }
.tools { display: flex; flex-wrap: wrap; gap: .75rem; margin: .5rem 0; align-items: end; }
.tools label { display: grid; gap: .15rem; flex: 1 1 10rem; color: var(--quiet); font-size: .875rem; }
input[type=search], select { font: inherit; width: 100%; min-height: 2.75rem; padding: .25rem .5rem; color: var(--text); background: var(--ground); border: 1px solid var(--quiet); border-radius: .25rem; }
button { flex: none; font: inherit; min-height: 1.75rem; padding: 0 .6rem; color: var(--text); background: var(--raised); border: 1px solid var(--quiet); border-radius: .25rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.mailbox { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.5rem; }
.mailbox > summary { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .4rem 0; cursor: pointer; }
.mailbox > summary .address { flex: 1 1 14rem; overflow-wrap: anywhere; }
.mailbox > div { padding: 0 0 .75rem 2rem; }
.steps { list-style: none; padding: 0; margin: .25rem 0; }
.console { list-style: none; padding: 0; counter-reset: step; }
.console > li { counter-increment: step; margin: .75rem 0; padding: .5rem .75rem; border: 1px solid var(--line); border-left: .3rem solid var(--status, var(--line)); border-radius: .25rem; }
.console > li > .title { display: flex; gap: .5rem; align-items: baseline; font-weight: 600; }
.console > li > .title > .number { flex: none; }
.console > li > .title > .number::before { content: counter(step) "."; }
.console input { inline-size: 1.25rem; block-size: 1.25rem; flex: none; align-self: center; accent-color: var(--ok); }
.facts { margin: .5rem 0 0; }
.facts dt { color: var(--quiet); font-size: .875rem; }
.facts dd { margin: 0 0 .5rem; display: flex; gap: .5rem; align-items: center; }
.facts dd code { overflow-x: auto; overflow-wrap: normal; white-space: nowrap; padding: .3rem .5rem; }
.walk { padding-left: 1.75rem; }
.walk > li { margin: 1rem 0; }
.walk > li::marker { font-size: 1.25rem; font-weight: 700; }
.walk h2 { margin: 0; }
.people { list-style: none; margin: .5rem 0; padding: 0; }
.people li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body > header, main { max-width: none; padding: 0; }
  .tools, button, noscript { display: none; }
  .counts li, .cause { break-inside: avoid; }
  .mailbox { break-inside: avoid; content-visibility: visible; }
  .mailbox:is([data-status=failed], [data-status=unknown])::details-content { content-visibility: visible; block-size: auto; }
  .cause details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; }
  a { color: inherit; }
  * { print-color-adjust: exact; }
}
`;
