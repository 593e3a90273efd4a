/* The playbook editor: line numbers, the line one is on, lines to mend; what is typed or chosen is sent and checked by itself. */

import { obey } from "./keys.js";

const PAUSE = 600;
const LINE = 20;
const form = document.getElementById("editor");
const area = () => document.getElementById("text");
const gutter = document.getElementById("gutter");
let timer = 0;
document.documentElement.classList.add("scripted");

/** How many lines of the text stand before those that are shown. */
const before = () => Number(form.elements["lines-before"].value);

function here() {
  return before() + area().value.slice(0, area().selectionStart).split("\n").length;
}

/** Numbers beside the text: the current line, and those that something is said about. */
function draw() {
  const wrong = new Map();
  for (const one of document.querySelectorAll("#problems [data-line]")) {
    if (wrong.get(one.dataset.line) !== "error") wrong.set(one.dataset.line, one.dataset.severity);
  }
  const first = before() + 1;
  const end = first + area().value.split("\n").length;
  const now = here();
  const numbers = [];
  for (let number = first; number < end; number += 1) {
    const span = document.createElement("span");
    span.textContent = number;
    const said = wrong.get(String(number));
    if (said) span.className = `gutter-${said}`;
    else if (number === now) span.className = "gutter-here";
    numbers.push(span);
  }
  gutter.replaceChildren(...numbers);
  gutter.scrollTop = area().scrollTop;
}

/** Show a line of the text; with `take` the caret goes there. One that is not among those shown is shown in the whole text. */
function go(line, take) {
  const rows = area().value.split("\n");
  const row = line - before();
  if (row < 1 || row > rows.length) {
    if (take) location.assign(`${form.getAttribute("action")}#line-${line}`);
    return draw();
  }
  const start = rows.slice(0, row - 1).join("\n").length + (row > 1 ? 1 : 0);
  if (take) {
    area().focus();
    area().setSelectionRange(start, start + rows[row - 1].length);
  }
  area().scrollTop = Math.max(0, (row - 4) * LINE);
  return draw();
}

function send(side, event) {
  clearTimeout(timer);
  form.elements.side.value = side;
  window.htmx.trigger(form, event);
}

form.addEventListener("input", (event) => {
  if (event.target.id !== "text") return;
  draw();
  clearTimeout(timer);
  timer = setTimeout(() => send("text", "typed"), PAUSE);
});

form.addEventListener("change", (event) => {
  if (event.target.id === "text" || event.target.name?.startsWith("new:")) return;
  send("redraw" in event.target.dataset ? "" : "form", "changed");
});

obey({
  apply({ target }) {
    if (target.tagName !== "INPUT" || target.form !== form) return false;
    if (target.name?.startsWith("new:")) target.nextElementSibling.click();
    else target.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  },
});

/* A button acts on both sides. After a row is asked for, one writes in it. */
let asked = "";
form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (button) form.elements.side.value = "";
  if (button) asked = button.value.startsWith("add:") ? button.value : "";
  const link = event.target.closest("[data-go]");
  if (link) go(Number(link.dataset.go), true);
}, true);

for (const name of ["keyup", "click", "scroll", "select"]) {
  document.addEventListener(name, (event) => {
    if (event.target.id === "text") name === "scroll" ? (gutter.scrollTop = event.target.scrollTop) : draw();
  }, true);
}

/* The text comes anew from the server: the place one looks at stays, or goes to the part that is open. */
let place = 0;
document.body.addEventListener("htmx:beforeRequest", () => { place = area().scrollTop; });
document.body.addEventListener("htmx:afterSettle", () => {
  area().scrollTop = place;
  draw();
});

/** Into the first field of the last row, just above the button that asked for it. */
function enter(button) {
  const rows = button?.closest(".editor-rows").querySelectorAll(":scope > .editor-row") ?? [];
  const field = rows[rows.length - 1]?.querySelector("input:not([type=hidden]), select, textarea");
  field?.focus();
  if (field?.select) field.select();
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return; // another part of the page looks after itself meanwhile
  if (asked) enter(document.querySelector(`#form-part button[value="${CSS.escape(asked)}"]`));
  asked = "";
});

const wanted = /^#line-(\d+)$/.exec(location.hash)?.[1];
const first = document.getElementById("form-part")?.dataset.line;
if (wanted) go(Number(wanted), true);
else if (first) go(Number(first), false);
else draw();
addEventListener("hashchange", () => location.reload()); // a part was opened in this page, and now the whole text is asked for
