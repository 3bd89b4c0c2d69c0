// One message as a line of the talk: who says it, what it quotes, whom it names. Everything goes in as text, never as markup.
const HUES = 8;
const KINDS = { image: "[图片]", voice: "[语音]", video: "[视频]", file: "[文件]", location: "[位置]", link: "[链接]" };

/** What can be said of a message in one line. */
export const gist = (message) => message.text || KINDS[message.kind] || "[消息]";

/** The first thing one would draw of a name: a whole character or emoji. */
function initial(name) {
  const parts = globalThis.Intl?.Segmenter ? new Intl.Segmenter("zh").segment(name)[Symbol.iterator]().next().value?.segment : [...name][0];
  return parts || "·";
}

function hue(id) {
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  return sum % HUES;
}

/** The round sign of somebody, for the eye only. */
function face(id, name, kind = "") {
  return el("span", { class: `face ${kind}`, "data-hue": hue(id), "aria-hidden": "true", text: kind === "bot" ? "AI" : initial(name) });
}

/** What marks the shop's own: ``guide`` and ``bot``; nothing for others. */
export function mark(kind) {
  return kind === "guide" ? el("span", { class: "pill good", text: "导购" }) : kind === "bot" ? el("span", { class: "pill", text: "AI 助手" }) : null;
}

/** Somebody of the list of members: their sign, their name and their mark. */
export function person(one) {
  const kind = one.assistant ? "bot" : one.guide ? "guide" : "";
  return [face(one.id, one.name, kind), el("span", { class: "called", text: one.name }), mark(kind)];
}

/** The name of whoever speaks, with a mark for the shop's own. */
const sign = (name, kind) => el("span", { class: "name" }, name, mark(kind));

/** Where in a text somebody of these names is called: [from, to, person], the longest name wins, none twice. */
export function calls(text, people) {
  const found = [];
  const longest = [...people].filter((one) => one.name).sort((one, other) => other.name.length - one.name.length);
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== "@" && text[at] !== "＠") continue;
    const one = longest.find((person) => text.startsWith(person.name, at + 1));
    if (!one) continue;
    found.push([at, at + 1 + one.name.length, one]);
    at += one.name.length;
  }
  return found;
}

/** Words with links, and the names that are called made visible. */
function spoken(text, people, me) {
  const made = words(text);
  for (const node of [...made.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE)) {
    const parts = [];
    let from = 0;
    for (const [start, end, one] of calls(node.data, people)) {
      parts.push(node.data.slice(from, start), el("span", { class: one.id === me ? "at me-called" : "at", text: node.data.slice(start, end) }));
      from = end;
    }
    if (parts.length) node.replaceWith(...parts, node.data.slice(from));
  }
  return made;
}

/** What a message quotes, as a line that leads to it. */
function quoted(quote, assistant, seek) {
  const who = quote.from === "bot" ? assistant : quote.as;
  const told = quote.recalled ? "引用的消息已撤回" : `${who ? `${who}：` : ""}${quote.text || "[消息]"}`;
  return el("button", { class: "quoted", type: "button", "aria-label": `引用 ${told}，看原文`, text: told, onclick: () => seek(quote.id) });
}

const kindOf = (message) => (message.from === "guide" || message.guide ? "guide" : message.from === "bot" ? "bot" : "");

/** ``scene``: me, mine(message), people(), assistant, group, trace, choose(option), tapped(sku), seek(id). */
export function lineOf(message, scene) {
  const ids = { "data-id": message.id, "data-ref": message.ref };
  if (message.recalled) return gone(message, scene);
  if (message.from === "system") return el("li", { class: "line system", ...ids }, el("div", { class: "bubble" }, el("p", { class: "words", text: message.text })));
  const mine = scene.mine(message);
  const kind = kindOf(message);
  const calling = scene.group && !mine && called(message, scene);
  const row = el("li", { class: `line ${mine ? "me" : message.from}${kind === "guide" ? " guide" : ""}${calling ? " calls-me" : ""}`, ...ids, "data-by": message.by });
  if (scene.group && !mine) row.append(face(message.by ?? message.as ?? message.from, message.as ?? "", kind), sign(message.from === "bot" ? scene.assistant : (message.as ?? "群友"), kind));
  else if (message.from === "guide") row.append(el("span", { class: "name", text: message.as ?? "导购" }));
  row.append(inside(message, scene));
  if (message.options?.length) row.append(choices(message.options, scene.choose));
  if (scene.trace && message.trace) row.append(story(message.trace, "为什么这样回答"));
  if (message.at) row.append(el("time", { datetime: message.at, text: clock(message.at) + (message.from === "bot" ? " · AI 回答" : "") }));
  return row;
}

/** Whether I am named: by the message's own list, or by an @ with my name. */
export function called(message, scene) {
  if (!scene.me || message.recalled) return false;
  if (message.mentions?.includes(scene.me)) return true;
  return calls(message.text ?? "", scene.people()).some(([, , one]) => one.id === scene.me);
}

function inside(message, scene) {
  const bubble = el("div", { class: "bubble" });
  if (message.quote) bubble.append(quoted(message.quote, scene.assistant, scene.seek));
  const text = message.text || (message.items?.length ? "" : KINDS[message.kind] ?? "");
  if (text) bubble.append(scene.group ? spoken(text, scene.people(), scene.me) : words(text));
  for (const item of message.items ?? []) bubble.append(followed(card(item), item.sku, scene.tapped));
  return bubble;
}

/** A message that was taken back leaves a line in its place. */
export function gone(message, scene) {
  const who = scene.mine(message) ? "你" : message.as;
  const told = scene.group ? `${who ?? "有人"} 撤回了一条消息` : "已撤回";
  return el("li", { class: "line system", "data-id": message.id, "data-ref": message.ref }, el("div", { class: "bubble" }, el("p", { class: "words", text: told })));
}

/** A tap on a card is told to the shop, which learns from it; the link opens in any case. */
function followed(shown, sku, tapped) {
  if (sku && shown.href) shown.addEventListener("click", () => tapped(sku));
  return shown;
}

function choices(options, choose) {
  const group = el("div", { class: "chips", role: "group", "aria-label": "可以点选" });
  for (const option of options) group.append(el("button", { type: "button", text: option.label, onclick: () => choose(option) }));
  return group;
}
