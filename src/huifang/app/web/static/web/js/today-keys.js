/* What the keys of the agent's day do. */

import { obey } from "./keys.js";

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

function outcomes(which) {
  focusOn(document.querySelector(`[data-outcomes="${which}"]`));
}

function jump(selector) {
  const place = document.querySelector(selector);
  place?.focus();
  place?.scrollIntoView({ block: "center" });
}

const press = (selector) => document.querySelector(selector)?.click();

obey({
  next: () => press('[data-key="n"]:not(:disabled)'),
  down: () => move(1),
  up: () => move(-1),
  call: () => (document.querySelector('[data-key="c"]') ?? document.querySelector("[data-dial]"))?.click(),
  question: () => focusOn(open() ?? questions()[0]),
  answer: ({ key }) => Date.now() - lost < LOST || answer(key),
  attitude: () => focusOn(document.querySelector("[data-pick]")),
  words: () => jump("#f-words"),
  preparation: () => press('[data-key="p"]'),
  knowledge: () => jump("#f-answers"),
  reached: () => outcomes("reached"),
  missed: () => outcomes("missed"),
  save: () => press("[data-save]"),
  undo: () => press('.toast [data-key="z"]'),
});
