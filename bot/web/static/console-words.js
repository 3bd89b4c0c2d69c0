"use strict";
// The editor: placeholders at the cursor, lengths as one types, and what was not saved is still there tomorrow.
const form = document.getElementById("words");
const sheet = document.getElementById("sheet");
const key = `daogou.words.${form.dataset.keep}`;
const limits = form.dataset.limits.split(",").map((one) => one.split(":")).map(([id, name, most]) => ({ id, name, most: Number(most) }));
const bytes = (text) => new TextEncoder().encode(text).length;
let begun = "";

// --- lengths -------------------------------------------------------------------------------------------------

/** So many characters, and on which of its channels it is too long. */
function count(box) {
  const place = sheet.querySelector(`[data-count="${box.dataset.n}"]`);
  if (!place) return;
  const named = [...form.querySelectorAll(`[name="${box.name.replace(/text$|answer$/, "channels")}"]:checked`)].map((one) => one.value);
  const size = bytes(box.value);
  const meant = limits.filter((one) => one.most && (!named.length || named.includes(one.id)));
  const over = meant.filter((one) => size > one.most);
  const tightest = meant.reduce((least, one) => (!least || one.most < least.most ? one : least), null);
  const room = tightest ? `${tightest.name}还能写约 ${Math.max(0, Math.floor((tightest.most - size) / 3))} 字` : "";
  place.replaceChildren(`${[...box.value].length} 字${room && !over.length ? ` · ${room}` : ""}`, ...over.map((one) => el("span", { class: "over", text: ` · 在${one.name}里太长了，要少 ${Math.ceil((size - one.most) / 3)} 字左右` })));
}

function counted() {
  for (const box of sheet.querySelectorAll("[data-text]")) {
    count(box);
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 4, 420)}px`;
  }
}

// --- placeholders --------------------------------------------------------------------------------------------

sheet.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  if (!chip) return;
  const box = chip.closest(".variant").querySelector("[data-text]");
  const told = chip.dataset.insert;
  box.focus();
  box.setRangeText(told, box.selectionStart, box.selectionEnd, "end");
  // {称呼|}: the cursor waits where the fall-back is written
  if (told.endsWith("|}")) box.setSelectionRange(box.selectionEnd - 1, box.selectionEnd - 1);
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

sheet.addEventListener("change", (event) => {
  if (event.target.name === "scope.level") event.target.closest(".scope").dataset.scope = event.target.value;
});

// --- exceptions ----------------------------------------------------------------------------------------------

document.getElementById("findings").addEventListener("click", (event) => {
  const button = event.target.closest("[data-except]");
  if (!button) return;
  const reason = button.closest("details").querySelector("[data-reason]").value;
  const sort = form.dataset.keep.split("/")[0];
  htmx.ajax("POST", `/console/edit/${sort}/except`, { source: form, target: "#findings", swap: "innerHTML", values: { "x.rule": button.dataset.rule, "x.words": button.dataset.words, "x.reason": reason } });
});
// Enter in a reason is no save of the whole form
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || event.target.name === "note") return;
  event.preventDefault();
  event.target.closest("details")?.querySelector("[data-except]")?.click();
});

// --- nothing typed is lost -----------------------------------------------------------------------------------

const written = () => [...new FormData(form)].filter(([name]) => !/^(p\.|ask$|take$)/.test(name));
const state = () => JSON.stringify(written().filter(([name]) => !["draft", "version", "base"].includes(name)));
let later = 0;

function keepNow() {
  clearTimeout(later);
  if (state() !== begun) keep(key, { at: Date.now(), fields: written() });
  else keep(key, null);
}

function keepIt() {
  clearTimeout(later);
  later = setTimeout(keepNow, 300);
}

function offer() {
  const kept = stored(key, null);
  const same = kept && JSON.stringify(kept.fields.filter(([name]) => !["draft", "version", "base"].includes(name))) === begun;
  if (!kept || same || form.dataset.writes !== "yes") return;
  const box = document.getElementById("unsent");
  const done = () => { box.hidden = true; };
  box.replaceChildren(
    el("span", { text: `这里有您 ${clock(new Date(kept.at).toISOString())} 写了、还没有保存的内容。` }),
    el("button", { type: "button", class: "link", text: "拿回来", onclick: () => { done(); restore(kept); } }),
    el("button", { type: "button", class: "link", text: "不要了", onclick: () => { done(); keep(key, null); } }),
  );
  box.hidden = false;
}

async function restore(kept) {
  const sort = form.dataset.keep.split("/")[0];
  const body = new URLSearchParams(kept.fields);
  body.set("op", "restore");
  try {
    const answer = await fetch(`/console/edit/${sort}/form`, { method: "POST", headers: { "X-CSRF-Token": csrf, "HX-Request": "true" }, body });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    sheet.innerHTML = await answer.text();
    htmx.process(sheet);
    // on the version that it was written on: whoever saved since is asked about, and not written over
    for (const name of ["draft", "version", "base"]) {
      const field = form.elements[name];
      const before = kept.fields.find(([one]) => one === name);
      if (field && before) field.value = before[1];
    }
    counted();
    keep(key, kept);
    sheet.querySelector("textarea")?.dispatchEvent(new Event("input", { bubbles: true }));
  } catch (error) {
    tell(error.message || "网络不通，请再试一次");
  }
}

form.addEventListener("input", (event) => {
  if (event.target.matches("[data-text]")) count(event.target);
  keepIt();
});
form.addEventListener("change", () => { counted(); keepIt(); });
document.body.addEventListener("saved", () => {
  clearTimeout(later);
  keep(key, null);
  begun = state();
  document.getElementById("clash").replaceChildren();
  document.getElementById("unsent").hidden = true;
});
sheet.addEventListener("htmx:afterSettle", () => { counted(); keepIt(); });

begun = state();
counted();
offer();
// whoever leaves within the moment that a keystroke waits loses nothing either; an untouched form keeps what is offered
addEventListener("pagehide", () => { if (state() !== begun) keepNow(); });
