// Comfort only: the page works without. Keeps answers while they are given, sends a form once, lets a finger sign.
const form = document.querySelector("[data-survey]");
let timer, sent = false;

async function keep() {
  const data = new FormData(form);
  data.set("go", "keep");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
    document.querySelector("[data-kept]").hidden = answer.status !== 204;
  } catch { document.querySelector("[data-kept]").hidden = true; }
}

form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 1200); });
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (sent) event.preventDefault();
  sent = true;
});
addEventListener("pageshow", () => { sent = false; });
document.getElementById("wrong")?.focus();

for (const field of document.querySelectorAll("[data-signature]")) {
  const pad = document.createElement("canvas"), clear = document.createElement("button");
  pad.width = 600; pad.height = 240;
  pad.setAttribute("role", "img"); pad.setAttribute("aria-label", field.dataset.signature);
  clear.type = "button"; clear.className = "tool"; clear.textContent = field.dataset.clear;
  field.after(pad, clear);
  const pen = pad.getContext("2d");
  let line = [], down = false;
  const at = (event) => [Math.round(event.offsetX * 600 / pad.clientWidth), Math.round(event.offsetY * 240 / pad.clientHeight)];
  pen.lineWidth = 3; pen.lineCap = "round";
  pad.addEventListener("pointerdown", (event) => { down = true; line.push(`M${at(event)}`); pen.beginPath(); pen.moveTo(...at(event)); });
  pad.addEventListener("pointermove", (event) => {
    if (!down || line.join("").length > 3900) return;
    line.push(`L${at(event)}`); pen.lineTo(...at(event)); pen.stroke();
  });
  addEventListener("pointerup", () => { if (down) { down = false; field.value = line.join(""); keep(); } });
  clear.addEventListener("click", () => { line = []; field.value = ""; pen.clearRect(0, 0, 600, 240); });
}
