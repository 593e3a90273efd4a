/* One key decides: 1 complaint, 2 suggestion, 3 praise, 0 nothing; T goes to the topic. Not while somebody types or composes. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target.matches("input, textarea, [contenteditable]")) return;
  const form = document.querySelector("[data-decide]");
  if (!form) return;
  if (event.key.toLowerCase() === "t" && !event.target.matches("select")) {
    event.preventDefault();
    form.querySelector("select").focus();
    return;
  }
  form.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
});
