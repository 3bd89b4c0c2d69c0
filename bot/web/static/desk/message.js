// One line of a talk: a bubble with what the bot did, a note that only colleagues see, words that wait or did not arrive.
import { correct } from "./correct.js";
import { call, once, tell } from "./api.js";
import { keep } from "./own.js";
import { desk } from "./store.js";

const OUTCOMES = { silent: "没有回答", failed: "没答上", handed_over: "交给人工" };
const LEAVING = { pending: "发送中…", sending: "发送中…", held: "平台条数用完，等顾客再开口会自动发出", failed: "没有送达", offered: "等你点一下才发" };
const KINDS = { image: "图片", voice: "语音", video: "视频", file: "文件", location: "位置", link: "链接", event: "动作" };
const HOLD = 550;
const WORTH = 6; // characters: “好的” needs no script

const why = (trace) => (trace.intent ? `听成“${named(trace.intent)}”，为什么这样答` : "机器人为什么这样答");

/** A message as the desk shows it; a bot's can be corrected. */
export function bubble(message, conversation) {
  const side = { guide: "guide me", bot: "bot me" }[message.from] ?? message.from;
  const inside = el("div", { class: "bubble" }, message.text ? words(message.text) : null, ...(message.items ?? []).map(card));
  if (message.kind && !message.text) inside.append(el("p", { class: "words", text: `［${KINDS[message.kind] ?? message.kind}］` }));
  const foot = [clock(message.at), { bot: "机器人", guide: message.as }[message.from] ?? message.as, OUTCOMES[message.outcome] && [OUTCOMES[message.outcome], message.reason].filter(Boolean).join("：")].filter(Boolean).join(" · ");
  const options = message.options?.length ? el("p", { class: "quiet small", text: `可点：${message.options.map((option) => option.label).join(" / ")}` }) : null;
  const made = el("li", { class: `line ${side} ${message.recalled ? "recalled" : ""}`, "data-id": message.id, "data-ref": message.ref, "data-at": message.at },
    inside, options, message.trace ? story(message.trace, why(message.trace)) : null,
    el("p", { class: "foot" }, el("time", { datetime: message.at, text: foot })),
    message.failure ? el("span", { class: "wrong", text: `没有送达：${message.failure}` }) : null);
  if (message.from === "bot" && !message.recalled) correctable(made, inside, message, conversation);
  if (mine(message)) made.querySelector(".foot").append(el("button", { type: "button", class: "fix", text: "存成我的话术", onclick: () => keep({ text: message.text }) }));
  return made;
}

/** Words of this guide that are worth saying again. */
const mine = (message) => message.from === "guide" && !message.recalled && message.text?.length >= WORTH && (!desk.listed.me?.name || message.as === desk.listed.me.name);
/** A button for every pointer and key, and a long press for a thumb. */
function correctable(made, inside, message, conversation) {
  const open = () => correct(conversation, message);
  made.querySelector(".foot").append(el("button", { type: "button", class: "fix", text: "应该这样回", onclick: open }));
  let timer = 0;
  inside.addEventListener("pointerdown", (event) => { if (event.pointerType === "touch") timer = setTimeout(open, HOLD); });
  for (const name of ["pointerup", "pointercancel", "pointerleave", "pointermove"]) inside.addEventListener(name, () => clearTimeout(timer));
}

/** A note between colleagues; whoever wrote it may take it away. */
export function noteLine(note, conversation, changed) {
  const away = () => once(`note ${note.id}`, async () => {
    await call(`/api/desk/${conversation}/notes/${note.id}`, undefined, "DELETE");
    await changed();
  });
  return el("li", { class: "line inner", "data-note": note.id, "data-at": note.at },
    el("div", { class: "bubble" }, el("span", { class: "lock", text: "内部备注 · 顾客看不到" }), words(note.text)),
    el("time", { datetime: note.at }, `${note.author} · ${clock(note.at)}`, note.mine === false ? null : el("button", { type: "button", class: "undo", text: "删掉", "aria-label": `删掉备注：${note.text}`, onclick: away })));
}

/** What the server is still bringing to the platform. */
export function underWay(one) {
  const failed = one.state === "failed";
  return el("li", { class: `line ${one.author} me unsent` }, el("div", { class: "bubble" }, words(one.text)),
    el("time", { class: failed ? "wrong" : "", text: failed ? `没有送达：${one.reason ?? "平台没有收"}` : LEAVING[one.state] ?? "发送中…" }));
}

/** Words that wait for the guide's tap, where the guide's own message is the only one that the platform allows. */
export function offeredLine(one, { send, dismiss }) {
  return el("li", { class: "line bot me waits", "data-offer": one.id },
    el("div", { class: "bubble" }, el("span", { class: "lock", text: "等你点一下才发给顾客" }), one.text ? words(one.text) : null, ...(one.cards ?? []).map(card)),
    el("p", { class: "deeds" }, el("button", { type: "button", class: "button", text: "发给顾客", onclick: () => send(one) }), el("button", { type: "button", class: "button bare", text: "不发", onclick: () => dismiss(one) })),
    one.expires_at ? el("time", { text: `${clock(one.expires_at)} 前有效` }) : null);
}

/** Words of this device that have not reached the server. */
export function waitingLine(one, { again, edit, drop }) {
  const state = one.refused ?? (one.stale ? "写了有一会儿了，还要发吗？" : one.tried ? "没网，连上以后自动发出" : "发送中…");
  const asks = one.refused || one.stale;
  return el("li", { class: "line guide me unsent mine", "data-unsent": one.id },
    el("div", { class: "bubble" }, one.text ? words(one.text) : null, ...(one.items ?? []).map((item) => el("p", { class: "small", text: `商品：${item.name}` }))),
    el("time", { class: asks ? "wrong" : "", text: state }),
    asks ? el("p", { class: "deeds" },
      el("button", { type: "button", class: "button soft", text: "再发一次", onclick: () => again(one) }),
      el("button", { type: "button", class: "button bare", text: "改一改", onclick: () => edit(one) }),
      el("button", { type: "button", class: "button bare", text: "不发了", onclick: () => drop(one) })) : null);
}

/** Go to the messages that a clause rests on, and mark them for a moment. */
export function point(ids) {
  const lines = [...document.querySelectorAll("#talk .line")].filter((line) => ids.some((id) => line.dataset.id === String(id)));
  if (!lines.length) return tell("那句话在更早的记录里，这里没有显示", "good");
  const calmly = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  lines[0].scrollIntoView({ block: "center", behavior: calmly });
  for (const line of document.querySelectorAll("#talk .pointed")) line.classList.remove("pointed");
  for (const line of lines) line.classList.add("pointed");
  setTimeout(() => { for (const line of lines) line.classList.remove("pointed"); }, 4000);
  return undefined;
}
