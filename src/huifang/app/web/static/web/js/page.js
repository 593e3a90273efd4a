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

/* A toast that says all is well goes by itself, one that can be undone later, and neither while somebody is at it;
   one that came with a part of a page is taken over from it. */
function tidy(toasts) {
  for (const toast of toasts.querySelectorAll(".toast:not([data-seen])")) {
    toast.dataset.seen = "";
    const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 3000) : toast.remove());
    setTimeout(go, "undo" in toast.dataset ? 20000 : 6000);
  }
}
const toasts = document.getElementById("toasts");
if (toasts) {
  tidy(toasts);
  new MutationObserver(() => tidy(toasts)).observe(toasts, { childList: true });
}

/* One box that chooses all, where there is somebody to tick for. */
for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const each of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) each.checked = all.checked;
  });
}
