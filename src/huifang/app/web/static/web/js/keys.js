/* The keys of a page: its list of keys says which do what (page_keys.py), its script how. No input method may be composing. */

const typing = (place) => place.matches?.("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");
const list = document.getElementById("keys");

function leave({ target }) {
  if (typing(target)) target.blur();
  return false;
}

function help() {
  if (!list.open) list.showModal();
}

/** Obey the list: `actions` by their names there. An action says false where the key is not for it: then the browser has it. */
export function obey(actions) {
  if (!list) return;
  const all = { leave, help, ...actions };
  const rows = new Map();
  for (const { dataset } of list.querySelectorAll("[data-does]")) {
    if (!all[dataset.does]) throw new Error(`no action: ${dataset.does}`);
    for (const press of dataset.press.split(" ")) rows.set(press, dataset);
  }
  for (const name of Object.keys(actions)) if (!list.querySelector(`[data-does="${name}"]`)) throw new Error(`not listed: ${name}`);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
    const key = event.key === "？" ? "?" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const row = rows.get(`${event.ctrlKey || event.metaKey ? "Control+" : ""}${event.altKey ? "Alt+" : ""}${key}`);
    if (!row || (typing(event.target) && !("typing" in row))) return;
    if (event.target.matches?.("input[type=radio]") && event.key.startsWith("Arrow")) return; // from one choice to the next
    if (all[row.does](event) !== false) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) help();
  });
}
