// A slash in the box: commands and scripts, found by words or by the initials of their pinyin, by keys or by touch.
import { call, calm } from "./api.js";
import { put } from "./compose.js";
import { desk } from "./store.js";

const $ = (id) => document.getElementById(id);
const COMMANDS = [
  { word: "/交回", more: "让机器人接着聊" },
  { word: "/结束", more: "这段对话聊完了" },
  { word: "/转 ", more: "转给哪位同事：/转 小林" },
  { word: "/备注 ", more: "只有同事看得到" },
  { word: "/提醒 ", more: "例如：/提醒 明天10点 问问小样" },
];
let choices = [];
let at = 0;

const command = (text) => COMMANDS.find((one) => text.startsWith(one.word) || text === one.word.trim());

export function shut() {
  choices = [];
  $("palette").hidden = true;
  $("palette").replaceChildren();
  $("words").setAttribute("aria-expanded", "false");
  $("words").removeAttribute("aria-activedescendant");
}

function mark(index) {
  at = (index + choices.length) % choices.length;
  for (const [place, row] of [...$("palette").children].entries()) {
    row.setAttribute("aria-selected", String(place === at));
    if (place === at) row.scrollIntoView({ block: "nearest" });
  }
  $("words").setAttribute("aria-activedescendant", `choice-${at}`);
}

function show(found) {
  choices = found;
  if (!found.length) return shut();
  $("palette").replaceChildren(...found.map((one, index) => el("li", { role: "option", id: `choice-${index}`, "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => take(index) }, el("strong", { text: one.title }), el("span", { text: one.more }))));
  $("palette").hidden = false;
  $("words").setAttribute("aria-expanded", "true");
  return mark(0);
}

function take(index) {
  const one = choices[index];
  shut();
  put(one.text);
}

const seek = calm(150, async (text) => {
  const sought = text.slice(1).trim();
  const told = await call(`/api/desk/scripts?q=${encodeURIComponent(sought)}&conversation=${desk.open}`).catch(() => ({ scripts: [] }));
  if ($("words").value !== text) return;
  const scripts = told.scripts.slice(0, 12).map((one) => ({ title: one.title ?? one.family ?? "", more: one.text, text: one.text }));
  show([...scripts, ...commands(text)]);
});

const commands = (text) => COMMANDS.filter((one) => one.word.startsWith(text)).map((one) => ({ title: one.word.trim(), more: one.more, text: one.word }));

/** What the box holds changed. */
export function looked() {
  const text = $("words").value;
  if (!text.startsWith("/") || text.includes("\n") || command(text)) return shut();
  if (text.length > 1 || $("palette").hidden) show(commands(text));
  return seek(text);
}

/** True where the key was meant for the list. */
export function keyed(event) {
  if ($("palette").hidden || event.isComposing) return false;
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) mark(at + moves[event.key]);
  else if (event.key === "Enter" || event.key === "Tab") take(at);
  else if (event.key === "Escape") shut();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
