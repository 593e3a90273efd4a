/* What every page does: close toasts and menus, tell when the network or the session is gone. */

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest(".toast, dialog")?.remove?.();
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

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-forget]")) {
    for (const key of Object.keys(localStorage)) if (key.startsWith("huifang.")) localStorage.removeItem(key);
  }
});
