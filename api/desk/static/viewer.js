// Turn, zoom and move the picture before one's eyes. The view of a material is kept while one stays on it.

const views = new Map();
const STEP = 1.25;
const MOST = 8;

function parts() {
  const root = document.querySelector("[data-viewer]");
  if (!root) return null;
  const shots = [...root.querySelectorAll("[data-shot]")];
  const page = Math.max(0, shots.findIndex((shot) => !shot.hidden));
  const img = shots[page]?.querySelector("img") || null;
  return { root, shots, page, img };
}

function state(img) {
  const key = img.getAttribute("src");
  if (!views.has(key)) views.set(key, { turn: 0, zoom: 1, x: 0, y: 0 });
  return views.get(key);
}

// The picture as it lies in its pane before any turn or zoom: whole, in its own proportions.
function size(img, pane) {
  const scale = Math.min(pane.width / (img.naturalWidth || 1), pane.height / (img.naturalHeight || 1));
  return { width: img.naturalWidth * scale, height: img.naturalHeight * scale };
}

function draw(img) {
  const v = state(img);
  const pane = img.parentElement.getBoundingClientRect();
  const shown = size(img, pane);
  const fit = v.turn % 180 ? Math.min(pane.width / shown.height, pane.height / shown.width) : 1;
  img.style.transform = `translate(${v.x}px, ${v.y}px) rotate(${v.turn}deg) scale(${v.zoom * fit})`;
}

const acts = {
  in: (v) => { v.zoom = Math.min(MOST, v.zoom * STEP); },
  out: (v) => { v.zoom = Math.max(1 / MOST, v.zoom / STEP); },
  fit: (v, img) => {
    // whole page, and at the next press the full width from its upper edge
    const pane = img.parentElement.getBoundingClientRect();
    const shown = size(img, pane);
    const wide = pane.width / shown.width;
    const whole = v.zoom === 1 && !v.x && !v.y && v.turn % 180 === 0 && wide > 1.02;
    Object.assign(v, whole ? { zoom: wide, x: 0, y: (shown.height * wide - pane.height) / 2 } : { zoom: 1, x: 0, y: 0 });
  },
  left: (v) => { v.turn -= 90; },
  right: (v) => { v.turn += 90; },
};

function act(what) {
  const p = parts();
  if (!p) return;
  if (what === "full") {
    if (document.fullscreenElement) document.exitFullscreen();
    else p.root.requestFullscreen?.();
  } else if (what === "prev" || what === "next") {
    const to = Math.max(0, Math.min(p.shots.length - 1, p.page + (what === "next" ? 1 : -1)));
    p.shots.forEach((shot, i) => { shot.hidden = i !== to; });
    const said = p.root.querySelector("[data-page]");
    if (said) said.textContent = `${to + 1} / ${p.shots.length}`;
    const img = p.shots[to].querySelector("img");
    if (img) draw(img);
  } else if (p.img) {
    acts[what](state(p.img), p.img);
    draw(p.img);
  }
}

function drag(down) {
  const img = parts()?.img;
  if (!img || !down.target.closest("[data-shot]") || down.button) return;
  const v = state(img);
  const [x, y] = [down.clientX - v.x, down.clientY - v.y];
  const move = (event) => { v.x = event.clientX - x; v.y = event.clientY - y; draw(img); };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", () => document.removeEventListener("pointermove", move), { once: true });
}

function restore() {
  document.querySelectorAll("[data-shot] img").forEach((img) => {
    const ready = () => { if (views.has(img.getAttribute("src"))) draw(img); };
    if (img.complete) ready();
    else img.addEventListener("load", ready, { once: true });
    img.addEventListener("error", () => broken(img), { once: true });
  });
}

function broken(img) {
  const words = document.createElement("p");
  words.className = "grey";
  words.textContent = "这张图没有打开。请刷新；还不行，报障时念办件号。";
  img.replaceWith(words);
}

export function viewer() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (button) act(button.dataset.view);
  });
  document.addEventListener("pointerdown", drag);
  document.addEventListener("wheel", (event) => {
    if (!event.target.closest("[data-shot]") || !parts()?.img) return;
    event.preventDefault();
    act(event.deltaY < 0 ? "in" : "out");
  }, { passive: false });
  document.addEventListener("desk:drawn", restore);
  restore();
}
