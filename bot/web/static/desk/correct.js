// "It should have said this": a correction of one answer, which ops see and later publishes must keep to.
import { call, calm, once, tell } from "./api.js";
import { sheet } from "./sheet.js";

const KINDS = [["entry", "应该用这一条"], ["reply", "我写个对的"], ["handover", "该转人工"], ["silent", "不该回"]];

/** Choose what would have been right, and tell the server. */
export async function correct(conversation, message) {
  const told = await sheet("应该这样回", (close) => form(conversation, message, close), { tall: true });
  if (!told) return;
  await once("correct", async () => {
    const answer = await call(`/api/desk/${conversation}/correct`, { message: message.id, ...told });
    const words = answer.conflict ? `记下了。和之前记的 ${answer.conflict.length} 条说法不一样，运营会来看以哪个为准。` : "记下了，谢谢。以后上新内容会先拿这一句来试。";
    tell(words, "good");
  });
}

function form(conversation, message, close) {
  const parts = { entry: entryPart(conversation), reply: replyPart(), handover: plain("这样的话以后直接请同事接。"), silent: plain("这样的话以后机器人不出声。") };
  let kind = "entry";
  const box = el("div");
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const choose = (name) => {
    kind = name;
    wrong.hidden = true;
    box.replaceChildren(parts[name].shown);
    for (const button of kinds.children) button.setAttribute("aria-pressed", String(button.dataset.kind === name));
  };
  const kinds = el("div", { class: "chips", role: "group", "aria-label": "怎么才对" }, ...KINDS.map(([name, text]) => el("button", { type: "button", "data-kind": name, text, onclick: () => choose(name) })));
  choose("entry");
  const give = (event) => {
    event.preventDefault();
    const found = parts[kind].given();
    wrong.textContent = found.fault ?? "";
    wrong.hidden = !found.fault;
    if (!found.fault) close({ kind, ...found });
  };
  return el("form", { class: "correct", onsubmit: give },
    el("p", { class: "quoted", text: `机器人说的：${message.text || "（商品）"}` }), kinds, box, wrong,
    el("button", { class: "button wide", type: "submit", text: "记下来" }));
}

const plain = (text) => ({ shown: el("p", { class: "quiet", text }), given: () => ({}) });

function replyPart() {
  const words = el("textarea", { rows: "4", maxlength: "600", id: "right", placeholder: "对的说法，像你平时说的那样" });
  return { shown: el("div", { class: "field" }, el("label", { for: "right", text: "这样说才对" }), words), given: () => (words.value.trim() ? { reply: words.value.trim() } : { fault: "写一句对的说法" }) };
}

function entryPart(conversation) {
  let chosen = null;
  const list = el("ul", { class: "choices", role: "radiogroup", "aria-label": "知识条目" });
  const sought = el("input", { type: "search", id: "entry-sought", maxlength: "60", placeholder: "搜一搜：退货、保质期…" });
  const pick = (one) => {
    chosen = one.id;
    for (const row of list.querySelectorAll("[role=radio]")) row.setAttribute("aria-checked", String(row.dataset.entry === chosen));
  };
  const row = (one) => el("li", {}, el("button", { type: "button", class: "choice", role: "radio", "aria-checked": String(one.id === chosen), "data-entry": one.id, onclick: () => pick(one) },
    el("span", { class: "text" }, el("strong", { text: one.question }), el("small", { text: one.answer ?? "" }))));
  const look = async () => {
    const asked = sought.value.trim();
    const told = await call(`/api/desk/entries?${new URLSearchParams({ q: asked, conversation })}`).catch((error) => ({ wrong: error.message }));
    if (sought.value.trim() !== asked) return;
    const found = told.entries ?? [];
    list.replaceChildren(...(found.length ? found.map(row) : [el("li", { class: "quiet", text: told.wrong ?? "没有这样的条目，可以自己写一句对的" })]));
  };
  sought.addEventListener("input", calm(200, look));
  look();
  return { shown: el("div", { class: "field" }, el("label", { for: "entry-sought", text: "哪一条才对" }), sought, list), given: () => (chosen ? { entry: chosen } : { fault: "选一条，或者自己写一句" }) };
}
