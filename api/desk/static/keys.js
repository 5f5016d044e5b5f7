// Keys press what is on the page: [data-key] names them, and every key has a button one can also click.

const FUNCTION = /^F([1-46-9]|10)$/; // never F5, F11, F12

function name(event) {
  if (event.altKey && event.code === "KeyL") return "Alt+L";
  if (event.ctrlKey && event.key === "Enter") return "Ctrl+Enter";
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  if (event.key === "=") return "+";
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

function inField(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

function seen(el) {
  return el.getClientRects().length > 0 && !el.disabled;
}

function find(key) {
  const open = document.querySelector(".allkeys:target");
  const root = open || document;
  // the last on the page wins: what stands open (a paper, a sheet being written) comes after the frame
  return [...root.querySelectorAll("[data-key]")].reverse().find((el) => el.dataset.key.split(" ").includes(key) && seen(el));
}

function press(el) {
  if ("focus" in el.dataset) {
    el.focus();
    el.select?.();
  } else el.click();
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true" || row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  const link = next.querySelector("[data-pick], [data-open]");
  link?.focus();
  const chosen = next.getAttribute("aria-selected") === "true";
  rows.forEach((row) => row.removeAttribute("aria-selected"));
  next.setAttribute("aria-selected", "true"); // at once, so that Enter opens it while the drawer is still on its way
  if (link?.matches("[data-pick]") && !chosen) link.click();
  return true;
}

function openChosen() {
  const row = document.querySelector("[data-rows] [aria-selected=true]");
  if (!row?.dataset.row?.startsWith("/")) return false;
  location.assign(row.dataset.row);
  return true;
}

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = name(event);
    if (!key) return;
    const field = inField(event.target);
    const loose = FUNCTION.test(key) || key === "Alt+L" || key === "Ctrl+Enter" || key === "Escape";
    if (field && !loose) return;
    if (key === "Escape" && field && event.target.matches("input")) { event.target.blur(); return; }
    if (key === "Enter" && event.target.closest("button, summary, a")) {
      if (!event.target.matches("[data-pick]")) return;
    }
    if (key === "Enter" && openChosen()) {
      event.preventDefault();
      return;
    }
    const el = find(key);
    if (el) {
      event.preventDefault();
      press(el);
    } else if (["J", "ArrowDown"].includes(key)) {
      if (step(1)) event.preventDefault();
    } else if (["K", "ArrowUp"].includes(key)) {
      if (step(-1)) event.preventDefault();
    } else if (FUNCTION.test(key)) event.preventDefault();
  });
}
