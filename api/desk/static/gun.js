// The scanner is a fast keyboard: a prefix (`), then the code, then Enter. Its digits never tick a standard.

const PREFIX = "`";
const SLOW = 150; // ms between two keys of one burst

export function gun() {
  let burst = null;
  let last = 0;
  window.addEventListener("keydown", (event) => {
    const now = performance.now();
    if (burst !== null && now - last > SLOW) burst = null;
    last = now;
    if (event.key === PREFIX) {
      burst = "";
    } else if (burst === null) return;
    else if (event.key === "Enter") {
      const code = burst;
      burst = null;
      if (code) take(code);
    } else if (event.key.length === 1) burst += event.key;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}

function take(code) {
  const here = document.querySelector("main .scanbox [name=q]") || document.querySelector(".bar .find [name=q]");
  here.value = code;
  here.form.requestSubmit();
}
