/* What every page does: close toasts and menus, lead back, show the open tab. */

import { clock } from "./clock.js";

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest(".toast")?.remove();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A file's name is the browser's, the words where there is none are ours. */
document.documentElement.dataset.scripted = "";
document.addEventListener("change", (event) => {
  if (event.target.type === "file") event.target.closest(".file")?.toggleAttribute("data-chosen", event.target.files.length > 0);
}, true);

/* The clock where the customer is goes on. */
setInterval(() => {
  for (const place of document.querySelectorAll("[data-there]")) place.textContent = clock(place.dataset.there);
}, 10_000);

/* The way back from a page that could not be shown. */
for (const back of document.querySelectorAll("[data-back]")) {
  back.hidden = history.length < 2;
  back.addEventListener("click", () => history.back());
}

/* Where tabs are wider than the screen, the one that is open is seen. */
const tabs = new ResizeObserver((boxes) => {
  for (const { target: box } of boxes) {
    const tab = box.querySelector("[aria-current]");
    if (tab) box.scrollLeft = tab.offsetLeft - box.offsetLeft - (box.clientWidth - tab.offsetWidth) / 2;
  }
});
for (const box of document.querySelectorAll(".tabs")) tabs.observe(box);

/* A table wider than its box is moved by the arrow keys. */
const wide = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll(".table-box:not([tabindex])")) wide.observe(box);

/* What is said last replaces what was said before. A toast goes by itself, one that can be undone later, and neither while somebody is at it.
   It covers nothing one works with: its height is kept free at the foot of what scrolls, and on a phone it stands on what stands fast there. */
const toasts = document.getElementById("toasts");

function tidy() {
  for (const toast of toasts.querySelectorAll(".toast:not([data-seen])")) {
    toast.dataset.seen = "";
    const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 3000) : toast.remove());
    setTimeout(go, "undo" in toast.dataset ? 20000 : 6000);
  }
}

function place() {
  const height = Math.ceil(toasts.getBoundingClientRect().height);
  const { style } = document.documentElement;
  style.setProperty("--toasts", `${height}px`);
  if (!height) return;
  const links = document.querySelector(".bar")?.getBoundingClientRect();
  const end = links?.height ? links.top : innerHeight;
  const foot = document.querySelector(".work-foot")?.getBoundingClientRect();
  const over = foot?.height && foot.top < end && foot.bottom > end - height;
  style.setProperty("--below", `${innerHeight - (over ? foot.top : end)}px`);
}

if (toasts) {
  tidy();
  new MutationObserver((changes) => {
    const fresh = new Set(changes.flatMap((change) => [...change.addedNodes]));
    if (fresh.size) for (const toast of [...toasts.children]) if (!fresh.has(toast)) toast.remove();
    tidy();
  }).observe(toasts, { childList: true });
  const foot = new ResizeObserver(place);
  const watch = () => {
    foot.disconnect();
    for (const each of document.querySelectorAll("#toasts, .work-foot")) foot.observe(each);
  };
  watch();
  document.addEventListener("htmx:afterSettle", watch);
  addEventListener("resize", place);
  document.addEventListener("scroll", place, { passive: true, capture: true });
}

/* One box that chooses all, where there is somebody to tick for. */
for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const each of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) each.checked = all.checked;
  });
}
