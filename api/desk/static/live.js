// News: nothing moves by itself. What has come is counted in a line; N draws the list anew.

let count = 0;
let missed = false;

function show() {
  const line = document.querySelector("[data-news]");
  if (!line) return;
  line.hidden = count === 0 && !missed;
  line.textContent = count ? `新到 ${count} 件，按 N 看` : "断过线，可能有新的，按 N 看";
}

function online(yes) {
  const said = document.querySelector("[data-online]");
  if (said) said.textContent = yes ? "已联网" : "没有连上，正在重连";
}

// The queue of the hall moved, or may have while the line was down.
function queue() {
  document.dispatchEvent(new CustomEvent("desk:queue"));
}

export function live() {
  const address = document.body.dataset.events;
  if (!address || !window.EventSource) return;
  const source = new EventSource(address);
  source.addEventListener("hello", () => { online(true); queue(); });
  source.addEventListener("news", () => { count += 1; show(); });
  source.addEventListener("reread", () => { missed = true; show(); queue(); });
  source.addEventListener("queue", queue);
  source.addEventListener("over", () => source.close());
  source.onerror = () => online(false);
  window.addEventListener("pagehide", () => source.close());
  document.addEventListener("desk:drawn", () => { show(); online(source.readyState === 1); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-news]")) { count = 0; missed = false; } });
}
