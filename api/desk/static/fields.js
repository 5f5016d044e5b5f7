// Small helps in fields: a look at the password, six digits that send themselves only by Enter, words put in by a click.

export function fields() {
  const peek = document.querySelector("[data-peek]");
  if (peek) {
    peek.hidden = false;
    peek.addEventListener("click", () => {
      const field = peek.parentElement.querySelector("input");
      const open = field.type === "password";
      field.type = open ? "text" : "password";
      peek.setAttribute("aria-pressed", String(open));
    });
  }
  const digits = document.querySelector("[data-otp] input");
  digits?.addEventListener("input", () => { digits.value = digits.value.replace(/\D/g, "").slice(0, 6); });
  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-insert]");
    const field = words?.form?.querySelector("textarea");
    if (!field) return;
    field.value += words.dataset.insert;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("change", (event) => {
    // the paper shows what is chosen now: its address carries the choices of the sheet
    const pick = event.target.closest("form.act [name=outcome], [data-redraw]");
    if (!pick) return;
    const at = new URL(location.href);
    const asked = pick.form.querySelectorAll("[data-redraw]");
    for (const field of asked.length ? asked : [pick]) {
      // another choice brings its own number of days
      if (field !== pick && field.matches(".days input") && !pick.matches(".days input")) at.searchParams.delete(field.name);
      else if (field.type !== "radio" || field.checked) at.searchParams.set(field.name, field.value);
    }
    at.searchParams.delete("done");
    document.dispatchEvent(new CustomEvent("desk:keep"));
    const link = document.createElement("a");
    link.href = at.href;
    link.dataset.swap = "";
    document.body.append(link);
    link.click();
    link.remove();
  });
  document.addEventListener("input", (event) => mirror(event.target.closest("[data-slot]")));
  document.addEventListener("desk:drawn", () => mirror(document.querySelector("[data-slot]")));
  mirror(document.querySelector("[data-slot]"));
}

// What is typed stands in the paper at once.
function mirror(field) {
  const place = field && document.querySelector("[data-slot-here]");
  if (!place) return;
  place.dataset.empty ??= place.textContent;
  place.textContent = field.value.trim() ? field.value : place.dataset.empty;
}
