// The open talk: who it is, what was said, what waits; drawn anew whenever the server says that something changed.
import { call, once, tell } from "./api.js";
import { summary } from "./brief.js";
import { fill, restore, stow } from "./compose.js";
import { CHANNELS, called, list, reload, span } from "./list.js";
import { bubble, noteLine, offeredLine, underWay, waitingLine } from "./message.js";
import { drop, post, retry, waitingIn } from "./outbox.js";
import { profile } from "./profile.js";
import { desk, now, sidebar } from "./store.js";

const $ = (id) => document.getElementById(id);
const TYPING = 6000;
const deliver = { tap: null }; // sidebar.js: the platform's own client sends
let shown = 0;
let unsettled = 0;
let seen = [];
// That a line did not reach the shopper, or was taken back, is heard after it was drawn: so many are asked for again.
const BACK = 8;
let visit = 0;
let typingUntil = 0;

/** In the sidebar a tap on an offer is given to the platform's client instead of to our server. */
export const deliverBy = (tap) => { deliver.tap = tap; };

export async function enter(conversation) {
  stow();
  desk.open = conversation;
  desk.told = null;
  shown = unsettled = 0;
  seen = [];
  visit += 1;
  for (const id of ["talk", "leaving", "brief"]) $(id).replaceChildren();
  $("title").textContent = "";
  $("standing").textContent = "正在打开…";
  for (const id of ["claim", "say", "tools", "hints", "hand", "end", "pass", "newer", "typing", "orders"]) $(id).hidden = true;
  $("open").hidden = false;
  document.body.classList.add("inside");
  if (!sidebar && history.state?.open !== conversation) history.pushState({ open: conversation }, "");
  tell("");
  restore(conversation);
  waitingLines(conversation);
  list();
  await refresh();
  if (desk.open === conversation) profile(conversation);
}

export function leave() {
  stow();
  desk.open = desk.told = null;
  visit += 1;
  $("open").hidden = true;
  $("profile").hidden = true;
  document.body.classList.remove("inside");
  tell("");
  list();
}

/** Ask what is new in the open talk. */
export async function refresh() {
  const asked = visit;
  if (!desk.open) return;
  try {
    const told = await call(`/api/desk/${desk.open}?after=${Math.min(unsettled || Infinity, seen.at(-BACK) ?? seen[0] ?? 1) - 1}`);
    if (visit === asked) draw(told);
  } catch (error) {
    if (visit !== asked) return;
    tell(error.message);
    if (!desk.told) $("standing").textContent = "没打开，连上网会自动再试";
  }
}

const atEnd = () => $("scroll").scrollHeight - $("scroll").scrollTop - $("scroll").clientHeight < 160;

export function toEnd() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
  $("newer").hidden = true;
}

/** Whoever has read to the end needs no word about what is new. */
export function reached() {
  if (atEnd()) $("newer").hidden = true;
}

function draw(told) {
  const { place, messages } = told;
  const follow = shown === 0 || atEnd();
  const before = shown;
  desk.told = told;
  $("title").textContent = called(place);
  $("standing").textContent = [standing(place), place.level, place.store, CHANNELS[place.channel] ?? place.channel].filter(Boolean).join(" · ");
  $("brief").replaceChildren(...summary(place, told.brief));
  for (const message of messages) say(message);
  // How a shopper's message ended is known later than the message: look again from the first that is still open.
  unsettled = Number(messages.slice(-20).find((message) => message.from === "shopper" && !message.outcome)?.id ?? 0);
  notes(told.notes ?? []);
  $("leaving").replaceChildren(...(told.leaving ?? []).filter((one) => one.state !== "offered").map(underWay), ...(told.offered ?? []).map((one) => offeredLine(one, offers)));
  waitingLines(place.conversation);
  controls(place);
  typing(Boolean(told.typing?.shopper));
  fill(told, shown > before);
  if (follow) toEnd();
  else if (shown > before) $("newer").hidden = false;
}

function say(message) {
  const id = Number(message.id);
  if (id > shown) {
    $("talk").append(bubble(message, desk.open));
    seen.push(id);
  } else {
    const line = $("talk").querySelector(`[data-id="${message.id}"]`);
    const news = message.from === "shopper" || message.recalled || (message.failure && !line?.querySelector(".wrong"));
    if (news) line?.replaceWith(bubble(message, desk.open));
  }
  shown = Math.max(shown, id);
}

/** Notes stand where they were written, between the words of that moment. */
function notes(all) {
  for (const old of $("talk").querySelectorAll("[data-note]")) old.remove();
  for (const note of all) {
    const after = [...$("talk").children].find((line) => Date.parse(line.dataset.at) > Date.parse(note.at));
    $("talk").insertBefore(noteLine(note, desk.open, refresh), after ?? null);
  }
}

/** Words of this device below everything that the server knows of. */
export function waitingLines(conversation) {
  if (conversation !== desk.open) return;
  for (const old of $("leaving").querySelectorAll("[data-unsent]")) old.remove();
  const edit = (one) => { drop(one); restore(conversation, one); };
  $("leaving").append(...waitingIn(conversation).map((one) => waitingLine(one, { again: retry, edit, drop })));
}

const offers = {
  send: (one) => (deliver.tap ? deliver.tap({ text: one.text, items: one.cards ?? [], offer: one.id }) : post(desk.open, { text: one.text ?? "", offer: one.id })),
  dismiss: (one) => once(`offer ${one.id}`, async () => { await call(`/api/desk/${desk.open}/offers/${one.id}/dismiss`, {}); await refresh(); }),
};

function controls(place) {
  const byHand = deliver.tap !== null && place.owner !== "human"; // where only a hand sends, the first word takes the talk
  const speaks = place.mine || byHand || (place.group && deliver.tap === null); // in a group a guide speaks among others, without taking it
  $("claim").hidden = place.mine || byHand || place.owner === "human";
  const take = place.group ? "这个群我来接（助手先不说话）" : "我来接待（机器人会停下）";
  $("claim").textContent = place.owner === "waiting" && !place.group ? "我来接待" : take;
  for (const id of ["say", "tools"]) $(id).hidden = !speaks;
  $("orders").hidden = !place.group;
  for (const id of ["hand", "end", "pass"]) $(id).hidden = !place.mine || sidebar;
  $("open").dataset.owner = place.mine ? "mine" : place.owner;
}

function standing(place) {
  if (place.mine) return "我在接待";
  if (place.owner === "human") return `${place.guide} 在接待`;
  if (place.owner === "waiting") return `等了 ${span((now() - Date.parse(place.since)) / 1000)}`;
  return place.owner === "closed" ? "已结束" : "机器人在聊";
}

/** The shopper writes; without another word of it the dots go by themselves. */
export function typing(on) {
  const follow = atEnd();
  typingUntil = on ? Date.now() + TYPING : 0;
  $("typing").hidden = !on;
  if (on && follow) toEnd();
  if (on) setTimeout(() => { if (Date.now() >= typingUntil) $("typing").hidden = true; }, TYPING + 100);
}

/** One of the deeds that change who speaks. */
export function deed(name, body = {}) {
  const conversation = desk.open;
  return once("deed", async () => {
    try {
      return await call(`/api/desk/${conversation}/${name}`, body);
    } finally {
      if (desk.open === conversation) await refresh();
      if (!sidebar) await reload();
    }
  });
}
