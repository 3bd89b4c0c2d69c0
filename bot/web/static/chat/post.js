// What is written stays here until the server has it; the same id is sent again after a fault, so that it arrives once.
import { call } from "./api.js";

const online = () => new Promise((done) => window.addEventListener("online", done, { once: true }));

export class Post {
  #sending = false;

  /** ``key``: where it is kept; ``open()`` gives the place to send to; ``lost(error)`` whether a refused place can be had anew. */
  constructor({ key, open, lost, echo, mark, sent, away }) {
    this.key = key;
    this.unsent = stored(key, []);
    Object.assign(this, { open, lost, echo, mark, sent, away });
    window.addEventListener("online", () => this.flush());
  }

  /** Another tab may have written meanwhile: change what is stored, not what we remember of it. */
  #waits(change) {
    this.unsent = change(this.unsent);
    const kept = change(stored(this.key, [])).filter((one) => !one.refused);
    keep(this.key, kept.length ? kept : null);
  }

  say(text, extras = {}) {
    const one = { id: fresh(), text, ...extras };
    this.#waits((all) => [...all, one]);
    this.echo(one);
    this.flush();
  }

  again(one) {
    one.refused = false;
    window.dispatchEvent(new Event("online"));
  }

  /** Send what waits, one after the other, in the order in which it was written. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    let wait = 1000;
    for (let one = this.#next(); one; one = this.#next()) {
      try {
        const place = await this.open();
        this.mark(one, "");
        const { refused, quote, ...body } = one;
        const { id } = await call(`/api/chat/${place.conversation}/messages`, { token: place.token, body });
        this.#waits((all) => all.filter((other) => other.id !== one.id));
        this.sent(one, id);
        wait = 1000;
      } catch (error) {
        if (!(await this.#failed(one, error, wait))) break;
        wait = Math.min(wait * 2, 15000);
      }
    }
    this.#sending = false;
  }

  #next() {
    return this.unsent.find((one) => !one.refused);
  }

  /** Whether to go on by ourselves; the message stays with a mark in any case. */
  async #failed(one, error, wait) {
    if ([401, 403, 404].includes(error.status)) {
      if (this.lost(error)) {
        this.mark(one, "重新连接中…");
        await pause(wait);
        return wait < 8000;
      }
    } else if (error.passing ?? true) {
      this.mark(one, "未送达，点此重发");
      this.away(error.status !== 429);
      await Promise.race([pause(Math.max(wait, (error.wait ?? 0) * 1000)), online()]);
      return true;
    }
    this.mark(one, "发不出去，点此重试");
    one.refused = true;
    this.#waits((all) => all.map((other) => (other.id === one.id ? one : other)));
    return true;
  }
}
