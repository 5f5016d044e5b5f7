// The call display: reads the board again when the queue moves and every 15 s, and says each call once.
import { speaker } from "./voice.js";

const POLL = 15000;
const PATIENCE = 8000;
const LONGEST_WAIT = 30000;
const OLD = 60000; // a call of more than a minute ago is not said after a break
const FRESH = 6000;

const away = document.getElementById("away");
const said = new Set();
let ahead = 0; // what the house's clock is ahead of this machine's
let tries = 0;
let reading = false;
let again = false;
let last = "";

const voice = speaker(document.getElementById("sound"), document.getElementById("voice"));
const board = () => document.getElementById("board");
const two = (n) => String(n).padStart(2, "0");
const shanghai = (ms) => new Date(ms + 8 * 3600 * 1000);

function hour(ms) {
  const wall = shanghai(ms);
  return `${wall.getUTCHours()}:${two(wall.getUTCMinutes())}`;
}

function tick() {
  const at = Date.now() + ahead;
  const wall = shanghai(at);
  board().querySelector("[data-clock]").textContent = hour(at);
  const day = `${wall.getUTCMonth() + 1}月${wall.getUTCDate()}日 星期${"日一二三四五六"[wall.getUTCDay()]}`;
  board().querySelector("[data-day]").textContent = day;
}

function calls(first) {
  const at = Date.parse(board().dataset.at);
  const found = [...document.querySelectorAll("#calls li")].reverse(); // the oldest is said first
  for (const { dataset: call } of found) {
    const key = `${call.ticket}:${call.calls}`;
    if (said.has(key)) continue;
    said.add(key);
    if (!first && at - Date.parse(call.at) <= OLD) voice.call(call);
  }
  const newest = found[found.length - 1];
  const key = newest ? `${newest.dataset.ticket}:${newest.dataset.calls}` : "";
  if (!first && key && key !== last) {
    const now = board().querySelector(".now");
    now.classList.add("fresh");
    setTimeout(() => now.classList.remove("fresh"), FRESH);
  }
  last = key;
}

function lost() {
  away.textContent = `正在重新连接，这是 ${hour(Date.parse(board().dataset.at))} 的情况`;
  away.hidden = false;
}

function fetched() {
  // XMLHttpRequest gives a parsed document; nothing is ever written as HTML here
  return new Promise((done, failed) => {
    const ask = new XMLHttpRequest();
    ask.open("GET", location.pathname);
    ask.responseType = "document";
    ask.timeout = PATIENCE;
    ask.onload = () => {
      const fresh = ask.status === 200 && ask.response && ask.response.getElementById("board");
      if (fresh) done(fresh); else failed();
    };
    ask.onerror = ask.ontimeout = failed;
    ask.send();
  });
}

async function read() {
  if (reading) { again = true; return; }
  reading = true;
  do {
    again = false;
    try {
      const fresh = await fetched();
      board().replaceWith(document.adoptNode(fresh));
      ahead = Date.parse(board().dataset.at) - Date.now();
      away.hidden = true;
      tick();
      calls(false);
    } catch {
      again = false;
      lost();
    }
  } while (again);
  reading = false;
}

function listen() {
  const source = new EventSource(document.body.dataset.events);
  source.addEventListener("hello", () => { if (tries) void read(); tries = 0; });
  source.addEventListener("reread", () => void read());
  source.onerror = () => {
    source.close();
    tries += 1;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(tries - 1, 5));
    setTimeout(listen, wait * (0.75 + Math.random() / 2));
  };
}

ahead = Date.parse(board().dataset.at) - Date.now();
tick();
calls(true);
setInterval(tick, 1000);
setInterval(() => void read(), POLL);
window.addEventListener("online", () => void read());
window.addEventListener("offline", lost);
if (window.EventSource) listen();
