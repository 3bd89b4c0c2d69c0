// The page of a group room: the door, the talk, its people, and one's own talk with the assistant, wired together.
import { At, mentioned } from "./at.js";
import { call, why } from "./api.js";
import * as door from "./door.js";
import { gist } from "./line.js";
import { Menu } from "./menu.js";
import { Own } from "./own.js";
import { People } from "./people.js";
import { drop, find, put, reading, watch } from "./rooms.js";
import { Talk } from "./talk.js";

const RECALL = 120000;
const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const assistant = document.body.dataset.assistant;
let room = null;
let reply = null;
let tab = "room";
let talk;
let own;

// --- the two talks ---------------------------------------------------------------------------------------------

function show(which) {
  tab = which;
  for (const one of ["room", "own"]) {
    $(`pane-${one}`).hidden = one !== which;
    $(`tab-${one}`).setAttribute("aria-selected", String(one === which));
    $(`tab-${one}`).tabIndex = one === which ? 0 : -1;
  }
  if (which === "own") own.opened();
  else talk.seen();
}

function hint(opened) {
  const place = $("hint");
  place.replaceChildren(opened ? "这件事涉及您个人的信息，我们在这里单独说，群里的人看不到。" : "有件事涉及您个人的信息，小窗里单独说。");
  if (!opened) place.append(el("button", { class: "button soft", type: "button", text: "去看看", onclick: () => { show("own"); place.hidden = true; } }));
  place.append(el("button", { class: "icon", type: "button", "aria-label": "知道了", text: "×", onclick: () => { place.hidden = true; } }));
  place.hidden = false;
}

// --- quoting, taking back --------------------------------------------------------------------------------------

function quote(message) {
  reply = message ? { id: String(message.id), told: `${message.from === "bot" ? assistant : (message.as ?? "")}：${gist(message)}`.slice(0, 120) } : null;
  $("reply").hidden = !reply;
  $("reply-words").textContent = reply?.told ?? "";
  if (reply) talk.part.words.focus();
}

async function recall(message) {
  try {
    await call(`/api/chat/${room.conversation}/messages/${message.id}/recall`, { token: room.token, body: {} });
  } catch (error) {
    toast(why(error, "网络不太好，没有撤回"));
  }
}

function deeds(message) {
  const mine = talk.scene.mine(message);
  const person = !mine && people.list.find((one) => one.id === (message.from === "bot" ? "bot" : message.by) || (message.from === "guide" && one.guide && one.name === message.as));
  return [
    ["引用", () => quote(message)],
    ...(person ? [[`@${person.name}`, () => at.put(person)]] : []),
    ...(message.text ? [["复制", () => copy(message.text, "已复制")]] : []),
    ...(mine && Date.now() - new Date(message.at) < RECALL ? [["撤回", () => recall(message)]] : []),
  ];
}

async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
    toast(told);
  } catch {
    toast("浏览器不让复制，请长按选中");
  }
}

let fading = 0;
function toast(words) {
  clearTimeout(fading);
  $("toast").textContent = words;
  $("toast").hidden = false;
  fading = setTimeout(() => { $("toast").hidden = true; }, 3000);
}

// --- who is there ----------------------------------------------------------------------------------------------

const people = new People({
  place: () => room, drawer: $("people"), shade: $("shade"), opener: $("who"), closer: $("people-close"), names: $("names"),
  told: ({ name, members }) => {
    const count = members.filter((one) => !one.assistant && !String(one.id).startsWith("guide:")).length;
    $("name").textContent = name || "群聊";
    $("count").textContent = `${count} 人`;
    $("people-count").textContent = `群成员 ${count}`;
    document.title = `${name || "群聊"} · ${document.body.dataset.brand}`;
  },
  changed: () => talk?.redraw((message) => /[@＠]/.test(message.text ?? "")),
  pick: (person) => {
    people.close();
    show("room");
    at.put(person);
  },
});

const at = new At({ box: $("words"), list: $("at"), people: () => people.list, look: () => people.look() });

async function invite() {
  const { url } = await call(`/api/chat/${room.conversation}/invitation`, { token: room.token });
  $("address").value = url;
  $("invitation").showModal();
  $("address").select();
}

async function leave() {
  try {
    await call(`/api/chat/${room.conversation}/leave`, { token: room.token, body: {} });
    out(put(room.conversation, { left: true }));
  } catch (error) {
    toast(why(error));
  }
}

// --- coming and going ------------------------------------------------------------------------------------------

function out(kept) {
  talk?.wire.close();
  own?.stop();
  people.close();
  room = null;
  door.left(kept, () => location.reload());
}

/** The server says that we are not in this room: left in another tab, or a token of a server that is no more. */
function gone(error) {
  const kept = find(room?.conversation ?? query.get("room"));
  if (error.code === "left" && kept) return out(put(kept.conversation, { left: true }));
  if (kept) drop(kept.conversation);
  room = null;
  return door.shut("这个群进不去了，请找群里的人要一个邀请链接");
}

function extras(text) {
  const ids = mentioned(text, people.list.filter((one) => !one.you));
  const told = { ...(ids.length ? { mentions: ids.slice(0, 50) } : {}), ...(ids.includes("bot") ? { at_bot: true } : {}), ...(reply ? { reply_to: reply.id, quote: reply.told } : {}) };
  quote(null);
  return told;
}

function heard(message, fresh) {
  const moves = ["member_joined", "member_left"].includes(message.kind);
  const stranger = message.from === "guide" ? !people.list.some((one) => one.guide && one.name === message.as) : message.by && !people.knows(message.by);
  if (fresh && (moves || stranger)) people.look(true);
}

function begin(entered) {
  room = entered;
  history.replaceState(null, "", `/chat?room=${encodeURIComponent(room.conversation)}${query.get("trace") ? `&trace=${query.get("trace")}` : ""}`);
  door.inside();
  $("name").textContent = room.name || "群聊";
  let menu;
  talk = new Talk($("pane-room"), {
    unsent: `daogou.unsent.${room.conversation}`,
    open: async () => room,
    place: () => room,
    lost: (error) => {
      gone(error);
      return false;
    },
    gone,
    me: () => room?.member ?? null,
    people: () => people.list,
    assistant,
    extras,
    seen: reading(room.conversation),
    state: (state) => {
      $("state").textContent = state.owner === "human" ? `导购 ${state.guide ?? ""} 在群里` : state.owner === "waiting" ? "已呼叫导购，请稍候" : $("state").dataset.bot;
      document.body.dataset.owner = state.owner;
    },
    own: ({ conversation }) => conversation && own.look(true),
    dress: (row, message) => menu.dress(row, message),
    recalled: (id) => reply?.id === id && quote(null),
    heard,
  });
  menu = new Menu({ place: $("menu"), lines: talk.part.talk, message: (id) => talk.message(id), deeds });
  own = new Own({ room, pane: $("pane-own"), tab: $("tab-own"), dot: $("dot"), hint, show, shown: () => tab, busy: () => Boolean($("words").value.trim()) });
  people.look(true).then(() => talk.start());
}

async function arrive() {
  const conversation = query.get("room");
  if (conversation === "new") return door.make(begin);
  const invitation = query.get("join");
  let kept;
  try {
    kept = await door.mine(conversation);
  } catch (error) {
    if (error.passing) return door.shut("网络不太好，请刷新再试");
    drop(conversation);
  }
  if (kept?.left) return door.left(kept, begin);
  if (kept) return begin(kept);
  return invitation ? door.join(conversation, invitation, query.get("state"), begin) : door.shut("这个群要有邀请链接才能进，请找群里的人要一个");
}

$("reply-drop").addEventListener("click", () => quote(null));
$("words").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && reply) quote(null);
});
for (const one of ["room", "own"]) $(`tab-${one}`).addEventListener("click", () => show(one));
$("tabs").addEventListener("keydown", (event) => {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key) || $("tab-own").hidden) return;
  show(tab === "room" ? "own" : "room");
  $(`tab-${tab}`).focus();
});
$("invite").addEventListener("click", () => invite().catch((error) => toast(why(error))));
$("copy").addEventListener("click", () => copy($("address").value, "链接已复制，发给朋友就能进群"));
for (const one of document.querySelectorAll("dialog [data-close]")) one.addEventListener("click", () => one.closest("dialog").close());
$("leave").addEventListener("click", () => $("sure").showModal());
$("sure-yes").addEventListener("click", () => {
  $("sure").close();
  leave();
});
watch(() => {
  const kept = room && find(room.conversation);
  if (room && (!kept || kept.left)) out(kept ?? { ...room, left: true });
});
setInterval(() => { if (room && !document.hidden) people.look(); }, 20000);
arrive();
