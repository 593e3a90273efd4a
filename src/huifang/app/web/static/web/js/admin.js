/* Supervisor's and manager's pages: printing, files dropped onto the page, a choice that sends its form. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector('input[type="file"]');
  const over = (event, on) => {
    event.preventDefault();
    drop.classList.toggle("drop-over", on);
  };
  drop.addEventListener("dragover", (event) => over(event, true));
  drop.addEventListener("dragleave", (event) => over(event, false));
  drop.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      drop.closest("form").requestSubmit();
    }
  });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
});
