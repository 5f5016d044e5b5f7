// Links and forms marked data-swap change the page in place: XHR parses the answer as a document (no HTML string is
// ever put into the page), and only <main>, the tabs and the strip of keys are exchanged. When anything fails, the browser does it the plain way.

const PARTS = ["main", ".bar nav", ".bar .who", ".keys", ".allkeys"];
let running = null; // the page being fetched; a newer one takes its place, a form being sent is never dropped
let leaving = false;

function ask(method, url, body) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    if (method === "GET") running = xhr;
    xhr.open(method, url);
    xhr.responseType = "document";
    xhr.timeout = 15000;
    xhr.setRequestHeader("X-Requested-With", "desk");
    xhr.onload = () => (xhr.response && xhr.response.querySelector("main.work") ? resolve(xhr) : reject(xhr));
    xhr.onerror = xhr.ontimeout = () => reject(xhr);
    xhr.send(body);
  });
}

function exchange(fresh) {
  const keep = new Map([...document.querySelectorAll("main .scroll, main .check")].map((el, i) => [i, el.scrollTop]));
  for (const part of PARTS) {
    const [now, next] = [document.querySelector(part), fresh.querySelector(part)];
    if (now && next) now.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
  [...document.querySelectorAll("main .scroll, main .check")].forEach((el, i) => { el.scrollTop = keep.get(i) || 0; });
  const chosen = document.querySelector("main [aria-selected=true]");
  if (chosen) chosen.scrollIntoView({ block: "nearest" });
  const first = document.querySelector("main [autofocus]");
  const said = document.querySelector("main [role=alert]");
  (first || said)?.focus?.({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("desk:drawn"));
}

export async function go(url, { push = true } = {}) {
  running?.abort();
  try {
    const xhr = await ask("GET", url, null);
    exchange(xhr.response);
    if (push) history.pushState(null, "", xhr.responseURL);
  } catch (xhr) {
    if (leaving) return;
    if (xhr.readyState === 4 && xhr.status === 0 && !navigator.onLine) offline();
    else if (xhr.readyState !== 0) location.assign(url);
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  const busy = button?.dataset.busy;
  const before = button && [...button.childNodes];
  if (button) {
    button.setAttribute("aria-busy", "true");
    if (busy) button.replaceChildren(busy);
  }
  try {
    const url = form.getAttribute("action") || location.href;
    const xhr = await ask("POST", url, body);
    if (xhr.status < 400) document.dispatchEvent(new CustomEvent("desk:sent", { detail: form }));
    exchange(xhr.response);
    if (xhr.status < 400) history.replaceState(null, "", xhr.responseURL);
  } catch (xhr) {
    if (button) {
      button.removeAttribute("aria-busy");
      button.replaceChildren(...before);
    }
    if (leaving) return;
    if (xhr.status === 0) {
      offline();
      return;
    }
    // signed out or locked meanwhile: the words are kept as a draft, the plain way leads to the lock page
    document.dispatchEvent(new CustomEvent("desk:keep"));
    location.assign(location.href);
  }
}

export function offline() {
  const old = document.querySelector("[data-net]");
  if (old) return;
  const note = document.createElement("div");
  note.className = "note wait floating";
  note.dataset.net = "";
  note.setAttribute("role", "alert");
  note.append(document.createElement("span"), document.createElement("div"));
  note.lastChild.textContent = "网断了，没有提交。写的都还在，连上了再办。";
  document.querySelector("main").before(note);
  window.addEventListener("online", () => note.remove(), { once: true });
}

function get(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  return `${form.getAttribute("action") || location.pathname}?${body}`;
}

export function forms() {
  window.addEventListener("beforeunload", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.getAttribute("aria-busy")) return;
    if (form.getAttribute("method") !== "post") go(get(form, button));
    else send(form, button);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, form, textarea, select, summary")) return;
    const row = event.target.closest("[data-row]");
    const link = row?.querySelector("[data-pick], [data-open]");
    link?.click();
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && row.dataset.row.startsWith("/")) location.assign(row.dataset.row);
  });
  window.addEventListener("popstate", () => {
    if (!location.hash) go(location.href, { push: false });
  });
}
