// The kiosk: back to the first page after a minute without a touch, keys for those who have no keyboard, the paper.

const IDLE = 60000;
const RENEW = 20000; // the first page shows how many wait; it is read again while nobody touches it
const home = document.body.dataset.home;
const start = "start" in document.body.dataset;

let timer = 0;
function touched() {
  clearTimeout(timer);
  const stay = start && !location.search;
  timer = setTimeout(() => location.replace(home), stay ? RENEW : IDLE);
}
for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, touched, { passive: true });
if (home) touched();

for (const form of document.querySelectorAll("[data-once]")) {
  form.addEventListener("submit", () => {
    // after the browser has taken the pressed button's value
    setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; });
  });
}

// a page brought back from the browser's memory would show an old queue
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const keys = document.querySelector(".keys");
if (keys) {
  let field = document.getElementById("code");
  keys.hidden = false;
  for (const input of document.querySelectorAll("#code, #tail")) input.addEventListener("focus", () => { field = input; });
  keys.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  keys.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (!button) return;
    const key = button.dataset.key;
    field.value = key ? (field.value + key).slice(0, field.maxLength) : field.value.slice(0, -1);
    if (field.id === "code" && field.value.length === 3 && key) {
      field = document.getElementById("tail");
      field.focus();
    }
    touched();
  });
}

const print = document.querySelector("[data-print-now]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (new URLSearchParams(location.search).has("new")) {
    history.replaceState(null, "", location.pathname); // read again, it is not printed again
    window.print();
  }
}
