/** Draws the guide's page, and asks how far it is: runs in browsers. What people have ticked stays as long as the tab. */
export const GUIDE_SCRIPT = `
const make = (name, text, ...children) => {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  node.append(...children.filter(Boolean));
  return node;
};
const classed = (node, name) => {
  node.className = name;
  return node;
};
const linked = (url, ...children) => Object.assign(make("a", "", ...children), { href: url, target: "_blank", rel: "noreferrer" });
const prose = (pieces) => pieces.map(({ is, text }) =>
  is === "code" ? make("code", text) : is === "link" ? linked(text, text) : document.createTextNode(text));
const MARKS = { ok: ["✔", "proven"], failed: ["✘", "failed"], unknown: ["?", "not known"] };
const mark = (status) => {
  const [sign, words] = MARKS[status];
  const node = classed(make("span", sign), "mark");
  node.setAttribute("role", "img");
  node.ariaLabel = words;
  return node;
};
const tick = (key, words) => {
  const box = Object.assign(make("input"), { type: "checkbox", checked: sessionStorage.getItem(key) !== null });
  box.ariaLabel = "Done: " + words;
  box.addEventListener("change", () => {
    if (box.checked) sessionStorage.setItem(key, "");
    else sessionStorage.removeItem(key);
  });
  return box;
};
const copy = (value) => {
  const button = make("button", "Copy");
  button.ariaLabel = "Copy " + value;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value);
    button.textContent = "Copied";
  });
  return button;
};
const step = (client) => ({ id, title, url, values, status, said }) => {
  const words = title.map(({ text }) => text).join("");
  const text = make("span", "", ...(url ? [linked(url, ...prose(title))] : prose(title)));
  const head = classed(make("div", "", status ? mark(status) : tick(client + " " + id, words), classed(make("span"), "number"), text), "title");
  const item = make("li", "", head);
  if (status) item.dataset.status = status;
  head.dataset.status = status ?? "";
  if (values.length > 0) item.append(facts(values, copy));
  if (said) item.append(make("p", "", ...prose(said)));
  return item;
};
const facts = (values, more) => classed(make("dl", "", ...values.flatMap(({ label, value }) =>
  [make("dt", label), make("dd", "", Object.assign(make("code", value), { tabIndex: 0 }), more?.(value))])), "facts");
const section = ({ title, about, steps }) => make("section", "",
  make("h2", title),
  facts(about),
  classed(make("ol", "", ...steps.map(step(title))), "console"));
let drawn = "";
async function look() {
  const told = document.querySelector("#state");
  let state;
  try {
    state = await (await fetch("state")).json();
  } catch {
    told.textContent = "gmailsync has ended; run it again to go on.";
    return;
  }
  const { clients, proven, done } = state;
  const text = JSON.stringify(clients);
  if (text !== drawn) {
    drawn = text;
    document.querySelector("#clients").replaceChildren(...clients.map(section));
  }
  const progress = document.querySelector("#progress");
  Object.assign(progress, { max: Math.max(clients.length, 1), value: proven, hidden: clients.length === 0 });
  const far = proven + " of " + clients.length + (clients.length === 1 ? " client" : " clients") + " proven. ";
  told.textContent = done
    ? far + "All that can be proven is good. This page is done."
    : far + "Looked at " + new Date().toLocaleTimeString() + "; what can be proven is ticked off by itself.";
  if (!done) setTimeout(look, 2000);
}
look();
`;
