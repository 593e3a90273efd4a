/* The agent's day: keys, drafts, the running call, and the place in the list. */

import { now } from "./clock.js";
import { currentKey, forget, restore, say, send, state, touched } from "./draft.js";
import "./list.js";
import "./today-keys.js";

let leaving = ""; // the draft that ends with what was just sent: it is saved, or thrown away
let scrolled = 0;

function ready() {
  document.querySelector(".queue [aria-current]")?.scrollIntoView({ block: "nearest" });
  const queue = document.getElementById("queue");
  if (queue && scrolled) queue.scrollTop = scrolled;
  document.querySelector(".queue [aria-current]")?.scrollIntoView({ block: "nearest" });
  restore();
  const wrong = document.querySelector(".question .wrong, #outcome > .wrong, #problems");
  if (wrong) {
    const field = wrong.closest(".question, #outcome")?.querySelector("input, textarea") ?? wrong;
    field.focus();
    field.scrollIntoView({ block: "center" });
  }
}

function clock() {
  const hidden = document.querySelector("[data-since]");
  if (!hidden) return;
  const seconds = Math.max(0, Math.round(now() / 1000 - Number(hidden.dataset.since)));
  hidden.value = String(seconds);
  const place = document.querySelector("[data-clock]");
  if (place) place.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const ends = ({ path, parameters }) => path.endsWith("/save/") || "throw_away" in parameters;

document.addEventListener("input", (event) => event.target.closest("#record") && touched());
document.addEventListener("change", (event) => {
  if (!event.target.matches("#record input[type=file]")) return;
  event.stopPropagation(); // the questions are drawn anew with the file
  send().then(() => event.target.form.requestSubmit());
}, true);
document.addEventListener("change", (event) => {
  // an answer that comes while what follows from an earlier one is on its way must not be painted over
  const asked = event.target.closest("#questions[hx-post]");
  if (asked) window.htmx.trigger(asked, "htmx:abort");
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-retry]")) send();
  const sure = event.target.closest("[data-sure]");
  if (sure && !window.confirm(sure.dataset.sure)) event.preventDefault();
});
document.addEventListener("change", (event) => {
  // chosen beside the buttons: the agreed time is asked for far from there
  if (event.target.id === "outcome-callback") document.querySelector(".callback")?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("focusin", (event) => {
  if (event.target.name === "callback_at") {
    const other = document.querySelector('input[name="callback"][value="other"]');
    if (other) other.checked = true;
  }
});
document.addEventListener("htmx:beforeRequest", (event) => {
  scrolled = document.getElementById("queue")?.scrollTop ?? 0;
  if (ends(event.detail.requestConfig)) leaving = currentKey();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (!ends(requestConfig)) return; // the list looks after itself meanwhile
  if (xhr.status === 200) forget(leaving);
  leaving = "";
});
document.addEventListener("htmx:sendError", () => {
  state(0);
  say("local");
});
document.addEventListener("htmx:responseError", (event) => state(event.detail.xhr.status));
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt, target, xhr } = event.detail; // neither target nor xhr where the browser goes back
  if (target?.id === "today" || document.getElementById("today") === elt) {
    ready();
    if (!xhr) return;
    const toasts = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelectorAll("#toasts .toast");
    document.getElementById("toasts").append(...toasts);
  }
});
addEventListener("online", send);
addEventListener("offline", () => state(0));
setInterval(clock, 1000);
ready();
