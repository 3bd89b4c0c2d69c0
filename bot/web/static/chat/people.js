// Who is in the room: a column on a wide screen, a drawer on a phone.
import { call } from "./api.js";
import { person } from "./line.js";

const OFTEN = 15000;

export class People {
  list = [];
  #asked = 0;
  #asking = null;

  /** ``place()`` is the room; ``changed(before)`` hears when names came or went; ``pick(person)`` names somebody. */
  constructor({ place, drawer, shade, opener, closer, names, told, changed, pick }) {
    Object.assign(this, { place, drawer, shade, opener, closer, names, told, changed, pick });
    opener.addEventListener("click", () => this.open());
    closer.addEventListener("click", () => this.close());
    shade.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && drawer.classList.contains("open")) this.close();
    });
  }

  open() {
    this.drawer.classList.add("open");
    this.shade.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.closer.focus();
    this.look(true);
  }

  close() {
    const had = this.drawer.classList.contains("open");
    this.drawer.classList.remove("open");
    this.shade.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    if (had) this.opener.focus({ preventScroll: true });
  }

  knows(id) {
    return this.list.some((one) => one.id === id);
  }

  /** Ask anew who is there; not more often than need be, unless ``now``. */
  async look(now = false) {
    if (this.#asking) return this.#asking;
    if (!this.place() || (!now && Date.now() - this.#asked < OFTEN)) return undefined;
    this.#asked = Date.now();
    this.#asking = this.#ask();
    return this.#asking;
  }

  async #ask() {
    try {
      const { conversation, token } = this.place();
      const found = await call(`/api/chat/${conversation}/members`, { token });
      const before = new Set(this.list.map((one) => `${one.id} ${one.name}`));
      const news = found.members.some((one) => !before.has(`${one.id} ${one.name}`));
      this.list = found.members;
      this.#draw();
      this.told(found);
      if (news) this.changed();
    } catch {
      // The list stays as it was; the next look asks again.
    } finally {
      this.#asking = null;
    }
  }

  #draw() {
    this.names.replaceChildren(...this.list.map((one) => {
      const told = one.online ? "在线" : "不在线";
      const me = one.you ? el("span", { class: "pill", text: "我" }) : null;
      const inside = [...person(one), me, el("span", { class: one.online ? "lamp on" : "lamp", title: told }, el("span", { class: "unseen", text: told }))];
      const row = one.you ? el("span", { class: "person" }, ...inside) : el("button", { class: "person", type: "button", title: `@${one.name}`, onclick: () => this.pick(one) }, ...inside);
      return el("li", { "data-member": one.id }, row);
    }));
  }
}
