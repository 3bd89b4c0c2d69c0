// One talk on a page: its lines, what is being written, what waits to leave. The chat alone, a room and a private talk are all one of these.
import { call, mention } from "./api.js";
import { called, gone, lineOf } from "./line.js";
import { Post } from "./post.js";
import { Standing } from "./standing.js";
import { Wire } from "./wire.js";

const PULSE = 3000;
const EARLIER = 50;
const trace = new URLSearchParams(location.search).get("trace") === "1";

export class Talk {
  last = 0;
  #first = 0;
  #more = false;
  #loading = false;
  #pulsed = 0;
  #known = new Map();

  /**
   * ``root`` holds the parts (data-part). ``told``: unsent (where unsent words are kept), open() → {conversation, token}, place() the
   * same or null, lost(error), gone(error); of a talk of two also standing (who speaks: place, button, mark); of a room also me(), people(),
   * assistant, state(told), extras(text) and heard(message, fresh).
   */
  constructor(root, told) {
    this.root = root;
    this.told = told;
    this.part = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
    this.scene = {
      get me() { return told.me?.() ?? null; },
      mine: (message) => message.from === "shopper" && (!told.me || message.by === told.me()),
      people: () => told.people?.() ?? [],
      assistant: told.assistant ?? "",
      group: Boolean(told.me),
      trace,
      choose: (option) => this.say(option.label, { option: option.id }),
      tapped: (sku) => mention(told.place(), "events", { sku, kind: "click" }),
      seek: (id) => this.seek(id),
    };
    const away = (yes) => { this.part.offline.hidden = !yes; };
    this.post = new Post({ key: told.unsent, open: told.open, lost: told.lost, away, echo: (one) => this.#echo(one), mark: (one, words) => this.#mark(one, words), sent: (one, ref) => this.#sent(one, ref) });
    this.wire = new Wire({
      last: () => this.last,
      trace,
      hear: {
        began: (messages, more) => this.#began(messages, more), message: (message) => this.show(message, true), state: (state) => this.#state(state),
        typing: (told) => this.typing(told.on, told.names), recalled: ({ ids }) => ids.forEach((id) => this.#takeBack(id)), own: told.own, gone: told.gone, away,
      },
    });
    this.standing = told.standing ? new Standing({ ...told.standing, ask: () => this.say("转人工") }) : null;
    this.#hands();
  }

  /** Show what waits, and listen where there is a place. */
  start() {
    for (const one of this.post.unsent) this.#echo(one);
    if (this.told.place()) this.wire.listen(this.told.place());
    if (this.post.unsent.length) this.post.flush();
  }

  message(id) {
    return this.#known.get(String(id));
  }

  // --- showing -------------------------------------------------------------------------------------------------

  get atEnd() {
    return this.part.scroll.scrollHeight - this.part.scroll.scrollTop - this.part.scroll.clientHeight < 120;
  }

  toEnd() {
    this.part.scroll.scrollTop = this.part.scroll.scrollHeight;
    this.#arrived();
  }

  /** At the end there is nothing newer below. */
  #arrived() {
    this.part.newer.hidden = true;
    this.part.newer.classList.remove("calls-me");
    this.seen();
  }

  /** What is on the screen of somebody who looks counts as read. */
  seen() {
    if (this.told.seen && this.last && this.atEnd && !document.hidden && this.part.scroll.offsetParent) this.told.seen.set(this.last);
  }

  #state(state) {
    this.told.state?.(state);
    this.standing?.tell(state);
    if (this.standing?.owner === "human") this.typing(false);
  }

  #began(messages, more) {
    this.#more = more;
    const read = this.told.seen?.get() ?? null;
    const newest = messages.findIndex((one) => read !== null && Number(one.id) > read && !this.scene.mine(one));
    messages.forEach((message, place) => {
      if (place === newest && place > 0) this.#divide();
      this.show(message, false);
    });
    const line = this.part.talk.querySelector(".unread");
    if (!line) return this.toEnd();
    line.scrollIntoView({ block: "center" });
    if (this.atEnd) this.seen();
    else this.part.newer.hidden = false;
  }

  /** From here on it is new. */
  #divide() {
    this.part.talk.querySelector(".unread")?.remove();
    this.part.talk.append(el("li", { class: "unread", role: "separator", text: "以下是新消息" }));
  }

  show(message, fresh) {
    if (Number(message.id) <= this.last) return;
    const mine = this.scene.mine(message);
    const follow = (this.atEnd && !document.hidden) || mine;
    if (fresh && this.told.seen && !mine && document.hidden && this.atEnd && !this.part.talk.querySelector(".unread")) this.#divide();
    this.last = Number(message.id);
    this.#first ||= this.last;
    this.#known.set(String(message.id), message);
    const echo = message.ref && this.part.talk.querySelector(`[data-ref="${CSS.escape(message.ref)}"]`);
    for (const old of this.part.talk.querySelectorAll(".chips button")) old.disabled = true;
    const row = this.#line(message);
    echo?.remove(); // the server's order counts: what is not yet on it stands below
    this.part.talk.append(row, ...this.part.talk.querySelectorAll("li[data-client]"));
    if (this.part.starters) this.part.starters.hidden = true;
    if (mine) this.part.talk.querySelector(".unread")?.remove();
    if (message.from === "bot" || (message.from !== "shopper" && !this.scene.group)) this.typing(false);
    if (follow) this.toEnd();
    else if (fresh) this.#below(message);
    this.told.heard?.(message, fresh);
  }

  #below(message) {
    const me = called(message, this.scene);
    this.part.newer.hidden = false;
    if (me) this.part.newer.classList.add("calls-me");
    this.part.newer.textContent = this.part.newer.classList.contains("calls-me") ? "有人@你 ↓" : "有新消息 ↓";
  }

  /** Draw again what somebody's name or standing has changed. */
  redraw(which) {
    for (const [id, message] of this.#known) {
      if (!which(message)) continue;
      const old = this.#row(id);
      if (!old) continue;
      const row = this.#line(message);
      for (const button of old.querySelector(".chips button:disabled") ? row.querySelectorAll(".chips button") : []) button.disabled = true;
      old.replaceWith(row);
    }
  }

  #line(message) {
    const row = lineOf(message, this.scene);
    this.told.dress?.(row, message);
    return row;
  }

  #row(id) {
    return this.part.talk.querySelector(`[data-id="${CSS.escape(String(id))}"]`);
  }

  /** Scroll to a message, going back in the talk if need be, and let it shine for a moment. */
  async seek(id) {
    for (let tries = 0; !this.#row(id) && this.#more && Number(id) < this.#first && tries < 20; tries += 1) await this.#earlier();
    const row = this.#row(id);
    if (!row) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    row.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    row.classList.remove("sought");
    void row.offsetWidth; // begin the shine anew
    row.classList.add("sought");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }

  async #earlier() {
    const place = this.told.place();
    if (this.#loading || !this.#more || !this.#first || !place) return;
    this.#loading = true;
    try {
      const found = await call(`/api/chat/${place.conversation}/messages?before=${this.#first}&limit=${EARLIER}`, { token: place.token });
      this.#more = found.messages.length === EARLIER;
      const from = this.part.scroll.scrollHeight - this.part.scroll.scrollTop;
      const rows = found.messages.map((message) => {
        this.#known.set(String(message.id), message);
        const row = this.#line(message);
        for (const old of row.querySelectorAll(".chips button")) old.disabled = true;
        return row;
      });
      this.#first = Number(found.messages[0]?.id ?? this.#first);
      this.part.talk.prepend(...rows);
      this.part.scroll.scrollTop = this.part.scroll.scrollHeight - from;
    } catch {
      // The next scroll tries again.
    } finally {
      this.#loading = false;
    }
  }

  #takeBack(id) {
    const message = this.message(id);
    if (!message || message.recalled) return;
    const now = { ...message, recalled: true, text: "" };
    this.#known.set(String(id), now);
    this.#row(id)?.replaceWith(gone(now, this.scene));
    for (const other of this.#known.values()) if (other.quote?.id === String(id)) other.quote = { ...other.quote, text: "", recalled: true };
    this.redraw((other) => other.quote?.id === String(id));
    this.told.recalled?.(String(id));
  }

  typing(on, names) {
    const follow = this.atEnd;
    this.part.typing.hidden = !on;
    if (this.part.writers && names) {
      this.part.writers.textContent = names.length ? `${names.slice(0, 2).join("、")}${names.length > 2 ? ` 等 ${names.length} 人` : ""}正在输入…` : "";
    }
    if (on && follow) this.part.scroll.scrollTop = this.part.scroll.scrollHeight;
  }

  // --- speaking ------------------------------------------------------------------------------------------------

  say(text, extras = {}) {
    for (const old of this.part.talk.querySelectorAll(".chips button")) old.disabled = true;
    this.post.say(text, { ...this.told.extras?.(text), ...extras });
  }

  #echo(one) {
    const inside = el("div", { class: "bubble" }, one.quote ? el("span", { class: "quoted", text: one.quote }) : null, words(one.text));
    this.part.talk.append(el("li", { class: "line me unsent", "data-client": one.id }, inside));
    if (this.part.starters) this.part.starters.hidden = true;
    this.toEnd();
  }

  #mark(one, told) {
    const row = this.part.talk.querySelector(`[data-client="${CSS.escape(one.id)}"]`);
    row?.querySelector(".retry")?.remove();
    if (row && told) row.append(el("button", { class: "retry", type: "button", text: told, onclick: () => this.post.again(one) }));
    if (told) this.toEnd();
  }

  #sent(one, ref) {
    this.part.offline.hidden = true;
    const row = this.part.talk.querySelector(`[data-client="${CSS.escape(one.id)}"]`);
    if (this.part.talk.querySelector(`[data-ref="${CSS.escape(ref)}"]`)) {
      row?.remove(); // the line was faster than the call, and tells by itself whether an answer is under way
      return;
    }
    if (row) {
      row.classList.remove("unsent");
      row.dataset.ref = ref;
    }
    if (this.standing?.waits) this.typing(true);
  }

  // --- hands ---------------------------------------------------------------------------------------------------

  /** Others see that somebody writes; told every few seconds at most. */
  #writing() {
    if ((this.standing && this.standing.owner !== "human") || Date.now() - this.#pulsed < PULSE) return;
    this.#pulsed = Date.now();
    mention(this.told.place(), "typing", {});
  }

  #hands() {
    this.#form();
    this.part.newer.addEventListener("click", () => this.toEnd());
    this.part.scroll.addEventListener("scroll", () => {
      if (this.atEnd) this.#arrived();
      if (this.part.scroll.scrollTop < 80) this.#earlier();
    }, { passive: true });
    document.addEventListener("visibilitychange", () => this.seen());
    keepsEnd(this.part.scroll);
  }

  #form() {
    const { say: form, words: box } = this.part;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = box.value.trim();
      if (!text) return box.focus();
      box.value = "";
      grow(box);
      this.say(text);
      box.focus();
    });
    box.addEventListener("input", () => {
      grow(box);
      if (box.value.trim()) this.#writing();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }
}
