/** Search and filters of the page of a report: runs in browsers, on what the page holds. */
export const FILTER = `
const all = [...document.querySelectorAll(".mailbox")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
const control = (id) => document.getElementById(id);
function filter() {
  const words = control("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = ["status", "client"].map((name) => [name, control(name)?.value ?? ""]).filter(([, value]) => value !== "");
  let found = 0;
  for (const { node, text } of all) {
    node.hidden = !words.every((word) => text.includes(word)) || !wanted.every(([name, value]) => node.dataset[name] === value);
    if (!node.hidden) found++;
  }
  control("found").textContent = found === all.length ? all.length + " mailboxes" : found + " of " + all.length + " mailboxes";
}
for (const id of ["search", "status", "client"]) control(id)?.addEventListener("input", filter);
filter();
`;
