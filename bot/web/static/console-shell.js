"use strict";
// The console's shell: words for what went wrong, toasts with a way back, keys, unsent forms that survive, long work as it goes.

// --- toasts --------------------------------------------------------------------------------------------------

/** Words that pass, perhaps with something to tap: {words, undo: address, go: address, label}. */
function toast({ words: said, undo, go, label }) {
  const made = el("div", { class: "toast" }, el("span", { text: said }));
  const close = () => made.remove();
  if (undo) made.append(el("button", { type: "button", class: "link", text: label ?? "撤销", onclick: () => { close(); htmx.ajax("POST", undo, { swap: "none" }); } }));
  if (go) made.append(el("a", { href: go, text: label ?? "去看看" }));
  made.append(el("button", { type: "button", class: "link", "aria-label": "关掉", text: "×", onclick: close }));
  document.getElementById("toasts").append(made);
  setTimeout(close, undo || go ? 15000 : 6000);
}
document.body.addEventListener("toast", (event) => toast(event.detail));

// --- what went wrong -----------------------------------------------------------------------------------------

const refused = new WeakSet();

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const json = (xhr.getResponseHeader("Content-Type") ?? "").includes("json");
  if (xhr.status < 400) return;
  // a refusal that is a part of a page (what is not right yet, who was faster) is shown where it belongs; others are told
  event.detail.shouldSwap = !json && (xhr.status === 409 || xhr.status === 422);
  event.detail.isError = false;
  if (event.detail.shouldSwap) return;
  if (xhr.status === 401) return signIn();
  refused.add(xhr);
  missed(event.detail);
  let said = "系统忙，请再试一次";
  try {
    const { error } = JSON.parse(xhr.responseText);
    said = error.reasons?.join("\n") ?? error.message ?? said;
  } catch {
    // a page of words: the plain sentence will do
  }
  tell(said);
});

/** Whether a call only looks at something: nothing was to be kept by it. */
const looks = ({ verb, path }) => verb === "get" || /(\/findings|\/preview|-preview|\/try|-check|\/look)$/.test(path);
let lost = "";

document.body.addEventListener("htmx:sendError", ({ detail }) => {
  missed(detail);
  lost = looks(detail.requestConfig) ? "网络不通，看到的还是刚才的。连上网再试一次" : "网络不通，刚才的没有存上。写的内容还在，连上网再试一次";
  tell(lost);
});
document.body.addEventListener("htmx:timeout", ({ detail }) => {
  missed(detail);
  lost = looks(detail.requestConfig) ? "等了太久还没有回音，请再试一次" : "等了太久没有回音，刷新看看成了没有";
  tell(lost);
});
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { successful, requestConfig, xhr } = detail;
  if (!successful || refused.has(xhr)) return;
  if (!looks(requestConfig) || (lost && $("tell").textContent === lost)) tell("");
  lost = "";
});

/** A place that was to be filled when the page opened, and was not: words there instead of 正在看 for ever, and a way to ask again. */
function missed({ target, requestConfig }) {
  const { elt, verb, path } = requestConfig;
  if (!elt.matches("[hx-trigger^=load]") || elt.dataset.came) return;
  const waiting = elt.querySelector(":scope > .quiet, :scope > .sheet > .quiet, :scope > .missed");
  const again = () => {
    line.replaceWith(el("p", { class: "quiet missed", text: "正在看，请稍等…" }));
    htmx.ajax(verb.toUpperCase(), path, { source: elt, target });
  };
  const line = el("p", { class: "quiet missed" }, "没看到。", el("button", { type: "button", class: "link", text: "再试一次", onclick: again }));
  if (waiting) waiting.replaceWith(line);
  else elt.append(line);
}
document.body.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.requestConfig) detail.requestConfig.elt.dataset.came = "yes"; });

// --- what is being fetched -----------------------------------------------------------------------------------

// a list that is on its way says so, to eyes (dimmed) and to screen readers (not read out half done)
const fetching = new Map();
const marked = (place) => place.setAttribute("aria-busy", String([...fetching.values()].includes(place)));

document.body.addEventListener("htmx:beforeSend", ({ detail: { xhr, target, requestConfig } }) => {
  if (requestConfig.verb !== "get" || !target) return;
  fetching.set(xhr, target);
  marked(target);
});
document.body.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  const place = fetching.get(xhr);
  if (fetching.delete(xhr)) marked(place);
});

// --- keys ----------------------------------------------------------------------------------------------------

const writing = (target) => target.matches("input, textarea, select, [contenteditable]");

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  (next?.matches("a") ? next : next?.querySelector("a, button"))?.focus();
}

addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const button = document.querySelector("[data-save]:not(:disabled)");
    if (button) {
      event.preventDefault();
      button.click();
    }
    return;
  }
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.menu[open], details.drop[open]")) open.open = false;
    if (writing(event.target)) event.target.blur();
    return;
  }
  if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const box = document.querySelector("[data-search]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  } else if (event.key === "j" || event.key === "ArrowDown") {
    if (document.querySelector("[data-row]") && (event.key === "j" || document.activeElement.closest("[data-row]"))) {
      event.preventDefault();
      step(1);
    }
  } else if (event.key === "k" || event.key === "ArrowUp") {
    if (document.activeElement.closest("[data-row]")) {
      event.preventDefault();
      step(-1);
    }
  }
});

// --- questions before a deed ---------------------------------------------------------------------------------

document.body.addEventListener("htmx:confirm", (event) => {
  const said = event.detail.question;
  if (!said) return;
  event.preventDefault();
  const dialog = el("dialog", { class: "ask", "aria-label": "请确认" }, el("p", { class: "words", text: said }));
  const done = (yes) => () => {
    dialog.close();
    dialog.remove();
    if (yes) event.detail.issueRequest(true);
  };
  dialog.append(el("p", { class: "deeds" }, el("button", { type: "button", class: "button", id: "yes", text: "确定", onclick: done(true) }), el("button", { type: "button", class: "button soft", text: "算了", onclick: done(false) })));
  dialog.addEventListener("cancel", done(false));
  document.body.append(dialog);
  dialog.showModal();
});

// --- long work -----------------------------------------------------------------------------------------------

/** [data-events]: server-sent events of a long work; "progress" is shown in it, "done" loads the element anew. */
function follow(root) {
  for (const box of root.querySelectorAll("[data-events]")) {
    if (box.dataset.followed) continue;
    box.dataset.followed = "yes";
    const line = new EventSource(box.dataset.events);
    const close = () => line.close();
    line.addEventListener("progress", (event) => {
      if (!box.isConnected) return close();
      const told = JSON.parse(event.data);
      const bar = box.querySelector("progress");
      if (bar && told.total) [bar.max, bar.value] = [told.total, told.progress];
      const said = box.querySelector("[data-said]");
      if (said) said.textContent = told.words;
    });
    line.addEventListener("done", () => {
      close();
      if (box.isConnected) htmx.trigger(box, "done");
    });
    addEventListener("pagehide", close);
  }
}

// --- the start -----------------------------------------------------------------------------------------------

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
follow(document);
document.body.addEventListener("htmx:load", (event) => follow(event.detail.elt.parentElement ?? document));
