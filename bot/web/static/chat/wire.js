// The line of one talk: what was said before, then what is said; comes back by itself, loses nothing, tells nothing twice.
import { call } from "./api.js";

const AGAIN = 3000;
const PAGE = 100;

export class Wire {
  #source = null;
  #place = null;

  /** ``last()`` is the newest message that is shown; ``hear`` has message, state, typing, recalled, own, began, gone, away. */
  constructor({ last, trace, hear }) {
    this.last = last;
    this.trace = trace;
    this.hear = hear;
  }

  /** What was said lately, then everything from there on. */
  async listen(place) {
    this.close();
    this.#place = place;
    if (this.last() === 0 && !(await this.#lately(place))) return;
    if (this.#place === place) this.#follow(place);
  }

  close() {
    this.#source?.close();
    this.#source = null;
    this.#place = null;
  }

  async #lately(place) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (this.trace) query.set("trace", "1");
    try {
      const found = await call(`/api/chat/${place.conversation}/messages?${query}`, { token: place.token });
      if (this.#place !== place) return false;
      this.hear.began(found.messages, found.messages.length === PAGE);
      this.hear.state(found.state);
      return true;
    } catch (error) {
      if (this.#place !== place) return false;
      this.#away(error);
      return false;
    }
  }

  #follow(place) {
    const query = new URLSearchParams({ token: place.token, after: String(this.last()) });
    if (this.trace) query.set("trace", "1");
    const mine = new EventSource(`/api/chat/${place.conversation}/events?${query}`);
    this.#source = mine;
    const hears = (name, hear) => mine.addEventListener(name, (event) => hear(JSON.parse(event.data)));
    mine.onmessage = (event) => this.hear.message(JSON.parse(event.data));
    for (const name of ["state", "typing", "recalled"]) hears(name, (told) => this.hear[name]?.(told));
    hears("private", (told) => this.hear.own?.(told));
    mine.onopen = () => this.hear.away(false);
    mine.onerror = () => {
      if (mine.readyState === EventSource.CLOSED) this.#revive(mine);
      else if (!navigator.onLine) this.hear.away(true);
    };
  }

  /** A line that the browser gave up: look whether the talk is still ours, then listen again. */
  async #revive(closed) {
    await pause(AGAIN);
    const place = this.#place;
    if (this.#source !== closed || !place) return;
    try {
      await call(`/api/chat/${place.conversation}/messages?limit=1`, { token: place.token });
    } catch (error) {
      if (this.#source === closed) this.#away(error);
      return;
    }
    if (this.#source === closed) this.#follow(place);
  }

  #away(error) {
    const place = this.#place;
    if ([401, 403, 404].includes(error.status)) {
      this.close();
      this.hear.gone(error);
      return;
    }
    this.hear.away(true);
    setTimeout(() => {
      if (this.#place === place && place) this.listen(place);
    }, AGAIN);
  }
}
