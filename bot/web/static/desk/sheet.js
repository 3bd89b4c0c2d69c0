// Sheets: from below on a phone, in the middle of a wide screen. A dialog keeps the focus and closes on Esc and 返回.

/** Open a sheet with a title; `close(value)` ends it, and the promise gives the value (undefined: dismissed). */
export function sheet(title, fill, { tall = false } = {}) {
  const before = document.activeElement;
  return new Promise((done) => {
    let value;
    const head = el("h2", { id: "sheet-title", text: title, tabindex: "-1" });
    const made = el("dialog", { class: `sheet ${tall ? "tall" : ""}`, "aria-labelledby": "sheet-title" });
    const close = (told) => { value = told; made.close(); };
    made.append(
      el("header", {}, head, el("button", { type: "button", class: "shut", "aria-label": "关闭", text: "×", onclick: () => close() })),
      el("div", { class: "inside" }, ...[fill(close, made)].flat()),
    );
    made.addEventListener("click", (event) => { if (event.target === made) close(); });
    made.addEventListener("close", () => {
      made.remove();
      before?.focus?.();
      done(value);
    });
    document.body.append(made);
    made.showModal();
    (made.querySelector("[data-first]") ?? head).focus();
  });
}

/** Ask before something that is hard to take back; true if agreed. */
export async function agreed(title, words, yes) {
  return Boolean(await sheet(title, (close) => [
    ...[words].flat().map((text) => el("p", { text })),
    el("p", { class: "two" },
      el("button", { type: "button", class: "button soft", text: "先不了", onclick: () => close(false) }),
      el("button", { type: "button", class: "button", id: "yes", "data-first": true, text: yes, onclick: () => close(true) })),
  ]));
}

/** One of several rows; each is {text, more?, mark?, value, off?}. */
export function rows(choices, close, empty) {
  if (!choices.length) return el("p", { class: "quiet", text: empty });
  return el("ul", { class: "choices" }, ...choices.map((one) =>
    el("li", {}, el("button", { type: "button", class: "choice", disabled: one.off, onclick: () => close(one.value) },
      el("span", { class: "text" }, el("strong", { text: one.text }), one.more ? el("small", { text: one.more }) : null),
      one.mark ? el("span", { class: `pill ${one.kind ?? ""}`, text: one.mark }) : null))));
}

/** A field with its label. */
export function field(id, label, control, hint = "") {
  control.id = id;
  return el("div", { class: "field" }, el("label", { for: id, text: label }), control, hint ? el("small", { class: "quiet", text: hint }) : null);
}
