/* Nothing typed is lost: at once to this computer, sealed, and every few seconds to the server. */

import { clock, now } from "./clock.js";
import { keep, keptAt, opened } from "./sealed.js";

const PAUSE = 2500;
const SAME = 2000; // the server tells whole seconds, and its clock came over the network
const KEEP = 24 * 3600 * 1000;
let timer = 0;
let last = 0; // when something was typed
let writing = Promise.resolve();

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
export async function restore() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("huifang.draft.") && now() - keptAt(name) > KEEP) localStorage.removeItem(name);
  }
  const name = key();
  if (!form() || !name) return;
  const server = Number(page().dataset.keptAt || 0) * 1000;
  if (keptAt(name) <= server - SAME) return;
  const kept = await opened(name, page().dataset.seal);
  if (kept && key() === name) {
    put(kept);
    send();
  }
}

/** Something was typed or chosen. */
export function touched() {
  const name = key();
  if (!form() || !name) return;
  const at = now();
  last = at;
  const typed = values();
  const secret = page().dataset.seal;
  writing = writing.then(() => keep(name, secret, at, typed));
  say("typing");
  clearTimeout(timer);
  timer = setTimeout(() => key() === name && send(), PAUSE); // not the form of the next customer
}

export async function send() {
  clearTimeout(timer);
  const there = form();
  if (!there || !key()) return;
  const name = key();
  const sent = now();
  try {
    const answer = await fetch(there.dataset.draft, { method: "POST", body: new FormData(there), headers: { "X-Part": "1" }, credentials: "same-origin" });
    state(answer.status);
    if (answer.status === 204) {
      await writing;
      if (last <= sent) localStorage.removeItem(name);
      if (key() === name) say("kept", clock());
    } else if (answer.status === 409) {
      say("lost");
      lost(await answer.text());
    } else await unsent(name);
  } catch {
    state(0);
    await unsent(name);
  }
}

async function unsent(name) {
  await writing;
  say(localStorage.getItem(name) ? "local" : "unsent");
}

/** The follow-up is no longer in one's hand: say why. */
export function lost(why) {
  const banner = document.getElementById("lost");
  if (!banner) return;
  banner.hidden = !why;
  banner.querySelector("span").textContent = why;
}

/** 0: no connection; 401, or 403 for a form without its session: signed out; 400: more than a form may hold; 500 and above: a fault of the server's. */
export function state(status) {
  const offline = document.getElementById("offline");
  const out = document.getElementById("signed-out");
  const long = document.getElementById("too-long");
  if (offline) offline.hidden = status !== 0;
  if (long) long.hidden = status !== 400;
  const broken = document.getElementById("broken");
  if (broken) broken.hidden = status < 500;
  if (out) out.hidden = !(status === 401 || status === 403);
}

/** The form was taken: nothing to keep. */
export function forget(name) {
  clearTimeout(timer);
  if (!name) return;
  writing = writing.then(() => localStorage.removeItem(name));
}

export const currentKey = key;
