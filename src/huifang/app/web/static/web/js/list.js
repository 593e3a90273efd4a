/* The list as it is now, every half minute, without losing the agent's place: scroll, focus and folded groups stay. */

import { lost, state } from "./draft.js";

const EVERY = 30000;
const queue = () => document.getElementById("queue");
const lines = (root) => [...root.querySelectorAll("[data-line]")];
const seen = (root) => [...root.querySelectorAll(".queue-group")].map((group) => group.innerHTML).join();

/** The line that must not move: the one in focus, else the open one, else the first in sight. */
function anchor(root) {
  const top = root.getBoundingClientRect().top;
  const focused = document.activeElement?.closest?.("#queue [data-line]");
  return focused ?? root.querySelector("[aria-current]") ?? lines(root).find((line) => line.getBoundingClientRect().bottom > top);
}

function replace(now, next) {
  const still = anchor(now);
  const was = still?.getBoundingClientRect().top;
  const focused = document.activeElement === still;
  for (const group of now.querySelectorAll("[data-group]")) {
    const same = next.querySelector(`[data-group="${group.dataset.group}"]`);
    if (same) same.open = group.open;
  }
  next.scrollTop = now.scrollTop;
  now.replaceWith(next);
  window.htmx.process(next);
  const same = still && next.querySelector(`[data-line="${still.dataset.line}"]`);
  if (!same) return;
  next.scrollTop += same.getBoundingClientRect().top - was;
  if (focused) same.focus({ preventScroll: true });
}

async function refresh() {
  const now = queue();
  if (!now || document.hidden) return;
  const open = document.getElementById("today")?.dataset.open ?? "";
  let answer;
  try {
    answer = await fetch(`${now.dataset.list}?open=${open}`, { headers: { "X-Part": "1" }, credentials: "same-origin" });
  } catch {
    return;
  }
  if (answer.status !== 200) {
    if (answer.status === 401) state(401);
    return;
  }
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue");
  if (!next || queue() !== now) return; // another page has come meanwhile
  lost(next.dataset.lost ?? "");
  if (seen(next) !== seen(now)) replace(now, document.adoptNode(next));
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
