// What one writes is kept in this tab until it is sent: a lock, a lost line or a conflict loses no word.

const PLACE = `desk:${document.body.dataset.drafts || ""}:`;

function kept() {
  return document.querySelectorAll("[data-keep]");
}

function save(field) {
  sessionStorage.setItem(PLACE + field.dataset.keep, field.value);
  const said = field.closest("label")?.querySelector("[data-saved]");
  const now = new Date();
  if (said) said.textContent = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")} 已存草稿`;
}

function restore() {
  kept().forEach((field) => {
    const old = sessionStorage.getItem(PLACE + field.dataset.keep);
    if (old && !field.value) field.value = old;
  });
}

export function drafts() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-keep]");
    if (field) save(field);
  });
  document.addEventListener("desk:keep", () => kept().forEach(save));
  document.addEventListener("desk:drawn", restore);
  document.addEventListener("desk:sent", (event) => {
    event.detail.querySelectorAll("[data-keep]").forEach((field) => sessionStorage.removeItem(PLACE + field.dataset.keep));
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-lock]")) kept().forEach(save);
    if (event.target.matches("[data-leave]")) sessionStorage.clear();
  });
  restore();
}
