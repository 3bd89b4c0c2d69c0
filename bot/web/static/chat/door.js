// The room's door: making a room, coming in by invitation, standing before a room that one cannot enter, coming back.
import { call, why } from "./api.js";
import { find, put } from "./rooms.js";

const NICK = "daogou.nick";
const $ = (id) => document.getElementById(id);

/** Show one of the door's faces: make, join, left, shut. */
function face(name) {
  for (const one of document.querySelectorAll("#door [data-face]")) one.hidden = one.dataset.face !== name;
  $("door").hidden = false;
  $("inside").hidden = true;
}

export function inside() {
  $("door").hidden = true;
  $("inside").hidden = false;
}

/** The form with one press at a time; what is refused is said beside it. */
function form(id, deed) {
  const made = $(id);
  const wrong = made.querySelector(".wrong");
  const button = made.querySelector("button[type=submit]");
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    wrong.textContent = "";
    try {
      await deed();
    } catch (error) {
      refused(made, wrong, error);
    } finally {
      button.disabled = false;
    }
  });
}

function refused(made, wrong, error) {
  wrong.textContent = why(error);
  const nick = made.querySelector("[name=nick]");
  if (error.suggestion) {
    wrong.append(" ", el("button", { class: "button soft", type: "button", text: `叫“${error.suggestion}”`, onclick: () => {
      nick.value = error.suggestion;
      made.requestSubmit();
    } }));
  }
  nick?.focus();
}

async function enter(conversation, name, nick, told) {
  const made = await call(`/api/chat/${conversation}/members`, { body: { name: nick, ...told } });
  keep(NICK, nick);
  return put(conversation, { token: made.token, member: made.member, name, left: false });
}

/** A new room; once it is made, another nickname does not make a second one. */
export function make(done) {
  let room = null;
  face("make");
  $("make").querySelector("[name=nick]").value = stored(NICK, "");
  form("make", async () => {
    const name = $("make").querySelector("[name=name]").value.trim();
    room ??= await call("/api/chat", { body: { group: true, name } });
    const { join } = await call(`/api/chat/${room.conversation}/invitation`, { token: room.token });
    done(await enter(room.conversation, name, $("make").querySelector("[name=nick]").value.trim(), { join }));
  });
}

/** By invitation; ``state`` is the code (活码) by which one came. */
export async function join(conversation, invitation, state, done) {
  let told;
  try {
    told = await call(`/api/chat/${conversation}/room?${new URLSearchParams({ join: invitation })}`);
  } catch (error) {
    return shut(error.passing ? "网络不太好，请刷新再试" : "这个邀请不对，请找群里的人再要一个");
  }
  face("join");
  $("join-name").textContent = told.name || "群聊";
  $("join-people").textContent = told.people ? `已有 ${told.people} 人在群里` : "你是第一个进来的";
  $("join").querySelector("[name=nick]").value = stored(NICK, "");
  form("join", async () => done(await enter(conversation, told.name, $("join").querySelector("[name=nick]").value.trim(), { join: invitation, ...(state ? { state } : {}) })));
  return $("join").querySelector("[name=nick]").focus();
}

export function shut(words) {
  face("shut");
  $("shut-words").textContent = words;
}

/** Somebody who left may come back under their name. */
export function left(room, done) {
  face("left");
  $("left-name").textContent = room.name || "群聊";
  const button = $("back");
  button.onclick = async () => {
    button.disabled = true;
    $("left-wrong").textContent = "";
    try {
      await call(`/api/chat/${room.conversation}/return`, { token: room.token, body: {} });
      done(put(room.conversation, { left: false }));
    } catch (error) {
      $("left-wrong").textContent = why(error);
    } finally {
      button.disabled = false;
    }
  };
}

/** Who one is in this room: asked of the server, which also knows whether one left. */
export async function mine(conversation) {
  const kept = find(conversation);
  if (!kept) return null;
  const told = await call(`/api/chat/${conversation}/room`, { token: kept.token });
  return put(conversation, { name: told.name, nick: told.you?.name, left: Boolean(told.you?.left) });
}
