/* Nothing typed is lost: at once to this computer, every few seconds to the server. */

const PAUSE = 2500;
const KEEP = 24 * 3600 * 1000;
let timer = 0;

const page = () => document.getElementById("today");
const form = () => document.getElementById("record");
const key = () => page()?.dataset.keep || "";

export function say(word, time = "") {
  const place = document.getElementById("kept");
  if (place) place.textContent = word ? `${place.dataset[word]}${time ? ` ${time}` : ""}` : "";
}

function values() {
  const kept = {};
  for (const [name, value] of new FormData(form())) {
    if (name === "csrfmiddlewaretoken" || name === "fence" || name === "token") continue;
    (kept[name] ??= []).push(value);
  }
  return kept;
}

function put(kept) {
  for (const field of form().elements) {
    if (!field.name || field.type === "hidden") continue;
    const given = kept[field.name] ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else if (field.tagName !== "BUTTON") field.value = given[0] ?? "";
  }
}

/** What was typed here and never reached the server comes back. */
export function restore() {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith("huifang.draft.")) continue;
    const kept = JSON.parse(localStorage.getItem(name) || "{}");
    if (!kept.at || Date.now() - kept.at > KEEP) localStorage.removeItem(name);
  }
  if (!form() || !key()) return;
  const kept = JSON.parse(localStorage.getItem(key()) || "null");
  const server = Number(page().dataset.keptAt || 0) * 1000;
  if (kept && kept.at > server + 1500) {
    put(kept.values);
    send();
  }
}

/** Something was typed or chosen. */
export function touched() {
  if (!form() || !key()) return;
  localStorage.setItem(key(), JSON.stringify({ at: Date.now(), values: values() }));
  say("typing");
  clearTimeout(timer);
  timer = setTimeout(send, PAUSE);
}

export async function send() {
  clearTimeout(timer);
  const there = form();
  if (!there || !key()) return;
  const name = key();
  const sent = Date.now();
  try {
    const answer = await fetch(there.dataset.draft, { method: "POST", body: new FormData(there), headers: { "X-Part": "1" }, credentials: "same-origin" });
    state(answer.status);
    if (answer.status === 204) {
      const kept = JSON.parse(localStorage.getItem(name) || "null");
      if (kept && kept.at <= sent) localStorage.removeItem(name);
      say("kept", new Date().toTimeString().slice(0, 5));
    } else if (answer.status === 409) say("lost");
    else say("local");
  } catch {
    state(0);
    say("local");
  }
}

/** 0: no connection; 401, or 403 for a form without its session: signed out. */
export function state(status) {
  const offline = document.getElementById("offline");
  const out = document.getElementById("signed-out");
  if (offline) offline.hidden = status !== 0;
  if (out) out.hidden = !(status === 401 || status === 403);
}

/** The form was taken: nothing to keep. */
export function forget(name) {
  clearTimeout(timer);
  if (name) localStorage.removeItem(name);
}

export const currentKey = key;
