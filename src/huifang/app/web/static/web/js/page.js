/* What every page does: close toasts and menus. */

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

/* A toast that says all is well goes by itself; one that came with a part of a page is taken over from it. */
function tidy(toasts) {
  for (const toast of toasts.querySelectorAll(".toast:not([data-seen])")) {
    toast.dataset.seen = "";
    setTimeout(() => toast.remove(), 6000);
  }
}
const toasts = document.getElementById("toasts");
if (toasts) {
  tidy(toasts);
  new MutationObserver(() => tidy(toasts)).observe(toasts, { childList: true });
}
