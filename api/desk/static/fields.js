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
    // the paper of a decision shows what is chosen now
    const pick = event.target.closest("form.act [name=outcome]");
    if (!pick) return;
    const at = new URL(location.href);
    at.searchParams.set("outcome", pick.value);
    at.searchParams.delete("done");
    const link = document.createElement("a");
    link.href = at.href;
    link.dataset.swap = "";
    document.body.append(link);
    link.click();
    link.remove();
  });
}
