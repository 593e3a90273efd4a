/* Single keys, whenever nobody is typing and no input method is composing. */

const typing = (place) => place.matches?.("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const seen = (element) => element.offsetParent !== null;

function move(step) {
  const lines = all("[data-line]").filter(seen);
  if (!lines.length) return;
  const at = lines.indexOf(document.activeElement.closest?.("[data-line]"));
  const from = at >= 0 ? at : lines.findIndex((line) => line.hasAttribute("aria-current"));
  const line = lines[Math.min(lines.length - 1, Math.max(0, from + step))];
  line.focus();
  line.scrollIntoView({ block: "nearest" });
}

const questions = () => all("[data-question]").filter(seen);
const open = () => questions().find((question) => !question.querySelector("input:checked"));

let lost = 0; // when a key last found no place to go to, as while the next customer is on the way: the digit behind it is not for others
const LOST = 1000;

function focusOn(question) {
  const first = question?.querySelector("input:checked") ?? question?.querySelector("input");
  if (!first) lost = Date.now();
  first?.focus();
  question?.scrollIntoView({ block: "nearest" });
}

function answer(digit) {
  const question = document.activeElement.closest?.("[data-question], [data-pick]") ?? open();
  const choice = question?.querySelector(`input[data-digit="${digit}"]:not(:disabled)`);
  if (!choice) return false;
  choice.click();
  choice.focus();
  if (choice.type === "radio" && question.matches("[data-question]")) {
    const rest = questions();
    const next = rest[rest.indexOf(question) + 1];
    if (next) focusOn(next);
  }
  if (choice.value === "callback") document.querySelector(".callback input")?.focus();
  return true;
}

export function outcomes(which) {
  focusOn(document.querySelector(`[data-outcomes="${which}"]`));
}

const jump = (selector) => {
  const place = document.querySelector(selector);
  place?.focus();
  place?.scrollIntoView({ block: "center" });
  return Boolean(place);
};

const help = () => {
  const dialog = document.getElementById("keys");
  if (!dialog.open) dialog.showModal();
  return true;
};

const SINGLE = {
  j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
  n: () => document.querySelector('[data-key="n"]:not(:disabled)')?.click(),
  c: () => (document.querySelector('[data-key="c"]') ?? document.querySelector("[data-dial]"))?.click(),
  q: () => focusOn(open() ?? questions()[0]),
  a: () => focusOn(document.querySelector("[data-pick]")),
  w: () => jump("#f-words"),
  p: () => document.querySelector('[data-key="p"]')?.click(),
  f: () => jump("#f-answers"),
  o: () => outcomes("reached"),
  u: () => outcomes("missed"),
  z: () => document.querySelector('.toast:last-of-type [data-key="z"]')?.click(),
  "?": help, "？": help,
};

export function onKey(event) {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    document.querySelector("[data-save]")?.click();
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (typing(event.target)) return;
  const inGroup = event.target.matches?.("input[type=radio]") && event.key.startsWith("Arrow");
  if (inGroup) return;
  if (/^[0-9]$/.test(event.key)) {
    if (Date.now() - lost < LOST || answer(event.key)) event.preventDefault();
    return;
  }
  const act = SINGLE[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}
