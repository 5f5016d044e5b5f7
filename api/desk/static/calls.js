// The queue moves by itself: told that it changed, the page asks for its live parts and exchanges them. A field one is
// choosing in, and the ticket being sent, stay as they are until one is done.

const EVERY = 30000; // ms: the minutes waited go on without any verb
let asked = false;
let again = false; // several verbs in one moment are one more reading

function address() {
  return document.querySelector("main[data-calls]")?.dataset.calls;
}

function busy(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("select, input, textarea")
    || part.querySelector("[aria-busy=true]") !== null;
}

function same(part) {
  const at = document.activeElement;
  if (!part.contains(at)) return null;
  const key = at.dataset.key, href = at.getAttribute("href"), label = at.getAttribute("aria-label");
  return (el) => (key && el.dataset.key === key) || (href && el.getAttribute("href") === href)
    || (label && el.getAttribute("aria-label") === label);
}

function exchange(fresh) {
  for (const part of document.querySelectorAll("main [data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || busy(part)) continue;
    const focused = same(part);
    const top = part.scrollTop;
    part.replaceWith(document.adoptNode(next));
    next.scrollTop = top;
    if (focused) [...next.querySelectorAll("a, button")].find(focused)?.focus({ preventScroll: true });
  }
}

function read() {
  const url = address();
  if (!url || document.hidden) return;
  if (asked) {
    again = true;
    return;
  }
  asked = true;
  const xhr = new XMLHttpRequest();
  xhr.open("GET", url);
  xhr.responseType = "document";
  xhr.timeout = 10000;
  xhr.onload = () => {
    // one may have gone to another ticket or line meanwhile: that answer is no longer the page
    if (xhr.status === 200 && xhr.response && url === address()) exchange(xhr.response);
    else if (xhr.status === 200 && address()) again = true;
  };
  xhr.onloadend = () => {
    asked = false;
    if (again) {
      again = false;
      read();
    }
  };
  xhr.send();
}

export function calls() {
  if (!address()) return;
  document.addEventListener("desk:queue", read);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) read(); });
  setInterval(read, EVERY);
}
