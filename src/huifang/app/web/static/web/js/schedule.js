/* The week's board: contacts are dragged, or chosen and moved with Alt and the arrow keys. Both fill in the form that moves them. */

import { obey } from "./keys.js";

const board = () => document.querySelector("[data-board][data-editable]");
let back = ""; // the contact that had the focus before it was moved

/** Send the contacts to a cell: ``person_day``. */
function send(form, ids, cell) {
  const [staff, day] = cell.split("_");
  for (const box of form.querySelectorAll('input[name="contact"]')) box.checked = ids.includes(box.value);
  form.elements.staff.value = staff;
  form.elements.day.value = day;
  form.requestSubmit();
}

/** What moves: the chosen ones, and the one in hand. */
function moving(form, own) {
  const chosen = [...form.querySelectorAll('input[name="contact"]:checked')].map((box) => box.value);
  return chosen.includes(own) ? [...new Set(chosen)] : [own];
}

document.addEventListener("dragstart", (event) => {
  const chip = event.target.closest?.("[data-contact]");
  if (!chip || !board()) return;
  event.dataTransfer.setData("text/plain", chip.dataset.contact);
  event.dataTransfer.effectAllowed = "move";
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const cell = event.target.closest?.("[data-cell]");
    const form = board();
    if (!cell || !form) return;
    event.preventDefault();
    cell.classList.toggle("week-drop", kind === "dragover");
    if (kind !== "drop") return;
    const own = event.dataTransfer.getData("text/plain");
    if (/^\d+$/.test(own)) send(form, moving(form, own), cell.dataset.cell);
  });
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The next cell in that direction into which contacts may be moved. */
function neighbour(form, at, [down, right]) {
  const rows = [...form.querySelectorAll(".week tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const href = (cell) => cell.dataset.cell ?? new URL(cell.querySelector("a")?.href ?? "?", location.href).searchParams.get("cell");
  let row = rows.findIndex((cells) => cells.some((cell) => href(cell) === at));
  if (row < 0) return "";
  let column = rows[row].findIndex((cell) => href(cell) === at);
  for (;;) {
    row += down;
    column += right;
    const cell = rows[row]?.[column];
    if (!cell) return "";
    if (cell.dataset.cell) return cell.dataset.cell;
  }
}

obey({
  move(event) {
    const box = event.target.closest?.('input[name="contact"]');
    const form = board();
    if (!box || !form) return false;
    const cell = neighbour(form, box.dataset.at, STEPS[event.key]);
    if (cell) {
      back = box.value;
      send(form, moving(form, box.value), cell);
    }
    return true;
  },
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!back || event.detail.requestConfig?.verb !== "post") return; // other parts of the page look after themselves meanwhile
  const box = document.querySelector(`[data-board] input[value="${CSS.escape(back)}"]`);
  back = "";
  (box ?? document.querySelector(".week-figure"))?.focus();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const xhr = event.detail.xhr;
  if (xhr.status !== 200 || event.detail.requestConfig.verb !== "post") return;
  const said = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelectorAll("#toasts .toast");
  for (const toast of said) document.getElementById("toasts").append(document.adoptNode(toast));
});
