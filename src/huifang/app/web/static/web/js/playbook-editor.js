/* The playbook editor: line numbers, the line one is on, lines to mend; what is typed or chosen is sent and checked by itself. */

const PAUSE = 600;
const LINE = 20;
const form = document.getElementById("editor");
const area = () => document.getElementById("text");
const gutter = document.getElementById("gutter");
let timer = 0;
document.documentElement.classList.add("scripted");

function here() {
  return area().value.slice(0, area().selectionStart).split("\n").length;
}

/** Numbers beside the text: the current line, and those that something is said about. */
function draw() {
  const wrong = new Map();
  for (const one of document.querySelectorAll("#problems [data-line]")) {
    if (wrong.get(one.dataset.line) !== "error") wrong.set(one.dataset.line, one.dataset.severity);
  }
  const count = area().value.split("\n").length;
  const now = here();
  const numbers = [];
  for (let number = 1; number <= count; number += 1) {
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

/** Show a line of the text; with `take` the caret goes there. */
function go(line, take) {
  const rows = area().value.split("\n");
  const start = rows.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  if (take) {
    area().focus();
    area().setSelectionRange(start, start + (rows[line - 1] ?? "").length);
  }
  area().scrollTop = Math.max(0, (line - 4) * LINE);
  draw();
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

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  if (event.target.name?.startsWith("new:")) event.target.nextElementSibling.click();
  else event.target.dispatchEvent(new Event("change", { bubbles: true }));
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

document.body.addEventListener("htmx:afterRequest", () => {
  if (asked) enter(document.querySelector(`#form-part button[value="${CSS.escape(asked)}"]`));
  asked = "";
});

const first = document.getElementById("form-part")?.dataset.line;
if (first) go(Number(first), false);
else draw();
