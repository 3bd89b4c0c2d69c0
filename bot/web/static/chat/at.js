// Naming somebody: @ opens the list of those who are there, by keyboard and by thumb. A name ends with U+2005, as in WeChat.
import { calls, person } from "./line.js";

const MOST = 8;
const SPACE = "\u2005";
const HEAD = /(?:^|[^A-Za-z0-9._])[@＠]([^\s@＠\u2005]{0,40})$/;

/** Ids of those whom a text names. */
export const mentioned = (text, people) => [...new Set(calls(text, people).map(([, , one]) => one.id))];

export class At {
  #shown = [];
  #chosen = 0;

  /** ``people()``: whom one may name, as {id, name, guide?, assistant?, you?}; ``look()`` is told when somebody looks for a name. */
  constructor({ box, list, people, look }) {
    Object.assign(this, { box, list, people, look });
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-autocomplete", "list");
    box.addEventListener("input", () => this.#offer());
    box.addEventListener("click", () => this.#offer());
    box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the keyboard
  }

  get open() {
    return !this.list.hidden;
  }

  close() {
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
    this.box.setAttribute("aria-expanded", "false");
  }

  /** Put a name where the caret is, in place of what was begun of it. */
  put(person) {
    const box = this.box;
    const before = box.value.slice(0, box.selectionStart);
    const after = box.value.slice(box.selectionEnd);
    const begun = HEAD.exec(before);
    const head = begun ? before.slice(0, before.length - begun[1].length - 1) : before;
    const told = `${head}@${person.name}${SPACE}`;
    box.value = told + after;
    box.setSelectionRange(told.length, told.length);
    this.close();
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #offer() {
    const begun = this.box.selectionStart === this.box.selectionEnd && HEAD.exec(this.box.value.slice(0, this.box.selectionStart));
    if (!begun) return this.close();
    this.look?.();
    const wanted = begun[1].toLowerCase();
    const fits = this.people().filter((one) => !one.you && one.name.toLowerCase().includes(wanted));
    fits.sort((one, other) => Number(other.name.toLowerCase().startsWith(wanted)) - Number(one.name.toLowerCase().startsWith(wanted)));
    if (!fits.length) return this.close();
    this.#shown = fits.slice(0, MOST);
    this.#chosen = 0;
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(
      ...this.#shown.map((one, place) =>
        el("li", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": String(place === this.#chosen), onclick: () => this.put(one) }, ...person(one))),
    );
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.box.setAttribute("aria-activedescendant", `${this.list.id}-${this.#chosen}`);
    this.list.children[this.#chosen]?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (!this.open || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#chosen = (this.#chosen + step + this.#shown.length) % this.#shown.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.put(this.#shown[this.#chosen]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
