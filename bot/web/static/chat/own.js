// A member's own talk with the assistant, beside the room: it opens by itself when something personal was moved there.
import { call } from "./api.js";
import { find, put, reading } from "./rooms.js";
import { Talk } from "./talk.js";

export class Own {
  #place = null;
  #talk = null;
  #asking = false;
  #unread = 0;

  /** ``room`` as kept; ``show(which)`` opens ``room`` or ``own``; ``shown()`` tells which; ``busy()`` whether words are being written. */
  constructor({ room, pane, tab, dot, hint, show, shown, busy }) {
    Object.assign(this, { room, pane, tab, dot, hint, show, shown, busy });
  }

  /** Whether there is such a talk; ``told``: the room's line just said so. */
  async look(told = false) {
    if (this.#place || this.#asking) return;
    this.#asking = true;
    try {
      this.#place = await call(`/api/chat/${this.room.conversation}/private`, { token: this.room.token });
      this.#begin(told);
    } catch {
      // 404 while there is none; anything else is asked again with the next word of the line.
    } finally {
      this.#asking = false;
    }
  }

  stop() {
    this.#talk?.wire.close();
  }

  /** The pane was opened. */
  opened() {
    this.#unread = 0;
    this.#dot();
    this.#talk?.toEnd();
  }

  #begin(told) {
    const isNew = told && find(this.room.conversation)?.private !== this.#place.conversation;
    put(this.room.conversation, { private: this.#place.conversation });
    const seen = reading(this.#place.conversation);
    const from = seen.get() ?? 0;
    const part = (name) => this.pane.querySelector(`[data-part="${name}"]`);
    this.#talk = new Talk(this.pane, {
      unsent: `daogou.unsent.${this.#place.conversation}`,
      open: async () => this.#place,
      place: () => this.#place,
      lost: () => false,
      gone: () => {},
      standing: { place: part("state"), button: part("human"), mark: this.pane },
      seen,
      heard: (message, fresh) => this.#heard(message, fresh, from),
    });
    this.tab.hidden = false;
    this.#talk.start();
    if (isNew) this.#moved();
  }

  #heard(message, fresh, from) {
    if (fresh && message.moved) this.#moved();
    if (message.from === "shopper" || Number(message.id) <= from || this.shown() === "own") return;
    this.#unread += 1;
    this.#dot();
  }

  /** Something of the group goes on here: said kindly, and never over words that somebody is just writing. */
  #moved() {
    if (this.shown() === "own") return;
    if (!this.busy()) this.show("own");
    this.hint(!this.busy());
  }

  #dot() {
    this.dot.hidden = this.#unread === 0;
    this.tab.setAttribute("aria-label", this.#unread ? `${this.tab.dataset.name}，${this.#unread} 条新消息` : this.tab.dataset.name);
  }
}
