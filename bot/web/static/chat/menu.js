// What one can do with a message: by a long touch, by the right button, or by the small button that a hover or the keyboard shows.
const LONG = 450;
const STIR = 12;

export class Menu {
  #row = null;
  #back = null;

  /** ``deeds(message)`` → [[words, deed]…]; ``message(id)`` finds what a line shows. */
  constructor({ place, lines, message, deeds }) {
    Object.assign(this, { place, lines, message, deeds });
    place.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => {
      if (!place.hidden && !place.contains(event.target)) this.close();
    });
    lines.addEventListener("contextmenu", (event) => {
      const row = event.target.closest("li[data-id]");
      if (!row || event.target.closest("a")) return;
      event.preventDefault();
      this.open(row, event.clientX, event.clientY);
    });
    this.#touch();
  }

  /** A line gets its small button. */
  dress(row, message) {
    if (message.recalled || message.from === "system") return;
    const button = el("button", { class: "more", type: "button", "aria-label": "引用、撤回等", "aria-haspopup": "menu", text: "⋯" });
    button.addEventListener("click", () => {
      const at = button.getBoundingClientRect();
      this.open(row, at.left, at.bottom, button);
    });
    row.querySelector(".bubble")?.after(button);
  }

  open(row, x, y, back = null) {
    const message = this.message(row.dataset.id);
    if (!message || message.recalled || message.from === "system") return;
    this.close();
    this.#row = row;
    this.#back = back;
    row.classList.add("chosen");
    const buttons = this.deeds(message).map(([words, deed]) => el("button", {
      type: "button", role: "menuitem", text: words,
      onclick: () => {
        this.close();
        deed();
      },
    }));
    this.place.replaceChildren(...buttons);
    this.place.hidden = false;
    const { offsetWidth, offsetHeight } = this.place;
    this.place.style.left = `${Math.max(8, Math.min(x, innerWidth - offsetWidth - 8))}px`;
    this.place.style.top = `${Math.max(8, Math.min(y, innerHeight - offsetHeight - 8))}px`;
    buttons[0]?.focus({ preventScroll: true });
  }

  close() {
    this.place.hidden = true;
    this.#row?.classList.remove("chosen");
    this.#row = null;
  }

  #key(event) {
    const buttons = [...this.place.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      this.close();
      this.#back?.focus();
    } else return;
    event.preventDefault();
  }

  #touch() {
    let timer = 0;
    let from = null;
    const stop = () => clearTimeout(timer);
    this.lines.addEventListener("pointerdown", (event) => {
      stop();
      const row = event.target.closest("li[data-id]");
      if (event.pointerType === "mouse" || !row || !event.target.closest(".bubble")) return;
      from = [event.clientX, event.clientY];
      timer = setTimeout(() => this.open(row, ...from), LONG);
    });
    this.lines.addEventListener("pointermove", (event) => {
      if (from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > STIR) stop();
    });
    for (const end of ["pointerup", "pointercancel"]) this.lines.addEventListener(end, stop);
  }
}
