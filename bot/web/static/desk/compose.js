// The box where a guide writes: what is recommended, what is chosen, the draft that outlives everything.
import { call, speak, tell } from "./api.js";
import { keyed, looked, shut } from "./palette.js";
import { post } from "./outbox.js";
import { desk, draft, keepDraft } from "./store.js";

const $ = (id) => document.getElementById(id);
const PULSE = 3000;
let chosen = [];
let asked = "";
let offered = [];
let opening = "";
let pulsed = 0;
let deliver = null; // sidebar.js: a tap on a suggestion is the send

/** In the sidebar a suggestion leaves by the platform's own client. */
export const deliverBy = (tap) => { deliver = tap; };

// --- the draft -----------------------------------------------------------------------------------------------

export function stow() {
  if (desk.open) keepDraft(desk.open, $("words").value, chosen);
}

/** Show the draft of a talk, or take words back that were on their way. */
export function restore(conversation, back = null) {
  const kept = draft(conversation);
  const text = back ? [kept.text, back.text].filter(Boolean).join("\n") : kept.text;
  asked = opening = "";
  offered = [];
  hints();
  put(text, back?.items?.length ? back.items : kept.items, Boolean(back));
  shut();
}

/** Put words into the box; the guide may change them before they leave. */
export function put(text, items = chosen, focus = true) {
  const box = $("words");
  box.value = text;
  chosen = items;
  tray();
  grow(box);
  stow();
  hints();
  if (!focus) return;
  box.focus();
  const gap = text.match(/[{｛][^}｝]*[}｝]/);
  if (gap) box.setSelectionRange(gap.index, gap.index + gap[0].length);
  else box.setSelectionRange(text.length, text.length);
}

// --- products that go with the words -------------------------------------------------------------------------

export const add = (item) => { if (!chosen.some((one) => one.sku === item.sku)) put($("words").value, [...chosen, item]); };

function tray() {
  $("chosen").hidden = !chosen.length;
  $("chosen").replaceChildren(...chosen.map((item) => el("button", { type: "button", class: "pill take", "aria-label": `不发 ${item.name}`, onclick: () => put($("words").value, chosen.filter((one) => one !== item)) }, item.name, el("span", { "aria-hidden": "true", text: " ×" }))));
}

// --- what is recommended -------------------------------------------------------------------------------------

const speaks = (place) => Boolean(place && (place.mine || place.group || (deliver && place.owner !== "human")));

/** Ask for suggestions when the shopper said something new, or when the talk has just become mine. */
export async function fill(told, news) {
  const { place, brief } = told;
  const spoken = document.querySelector("#talk .line.guide, #leaving .line.guide");
  opening = speaks(place) && !spoken ? brief?.opening || told.openings?.[0] || "" : "";
  if (!speaks(place)) {
    offered = [];
    asked = "";
    return hints();
  }
  const conversation = place.conversation;
  if (asked === conversation && !news) return hints();
  asked = conversation;
  const found = await call(`/api/desk/${conversation}/suggestions`).catch(() => ({ replies: [] }));
  if (desk.open !== conversation) return undefined;
  offered = found.replies ?? [];
  return hints();
}

const SOURCES = { script: "话术", entry: "知识", product: "商品", opening: "开场" };

function hints() {
  const all = [...(opening ? [{ id: "opening", source: "opening", text: opening, why: "建议的第一句" }] : []), ...offered.filter((one) => one.text !== opening)];
  const box = $("hints");
  box.hidden = !all.length || !speaks(desk.told?.place);
  box.replaceChildren(...all.map(hint));
}

/** A tap fills the box, a second tap sends; in the sidebar the first tap sends. */
function hint(one) {
  const ready = !deliver && $("words").value === one.text && one.text;
  const about = [one.title && one.title !== one.text ? one.title : "", one.why].filter(Boolean).join(" · ");
  return el("button", { type: "button", class: `hint ${ready ? "ready" : ""}`, "data-hint": one.id, "aria-label": `${SOURCES[one.source] ?? ""}：${one.text}${about ? `（${about}）` : ""}`, title: about, onclick: () => take(one, ready) },
    el("span", { class: "from", text: ready ? "再点发送" : SOURCES[one.source] ?? "推荐" }),
    el("span", { class: "said", text: one.text || one.title }));
}

function take(one, ready) {
  const items = one.card ? [{ sku: one.card.sku, name: one.card.title ?? one.card.name, ...one.card }] : [];
  if (deliver) return deliver({ text: one.text, items });
  if (ready) return send();
  const kept = chosen.filter((item) => !items.some((other) => other.sku === item.sku));
  put(one.text ?? "", [...kept, ...items]);
  return speak("已放进输入框");
}

// --- sending -------------------------------------------------------------------------------------------------

export function send() {
  const text = $("words").value.trim();
  if (!text && !chosen.length) return;
  const gap = text.match(/[{｛]([^}｝]+)[}｝]/);
  if (gap) {
    tell(`“${gap[1]}”还没填`);
    put($("words").value);
    return;
  }
  tell("");
  shut();
  const items = chosen;
  put("", [], matchMedia("(hover: hover)").matches || document.activeElement === $("words"));
  if (deliver) deliver({ text, items });
  else post(desk.open, { text, items });
}

function pulse() {
  if (!desk.open || !$("words").value.trim() || $("words").value.startsWith("/") || Date.now() - pulsed < PULSE) return;
  pulsed = Date.now();
  call(`/api/desk/${desk.open}/typing`, {}).catch(() => {});
}

function key(event) {
  if (keyed(event)) return;
  // With a keyboard Enter sends and Shift+Enter breaks the line; a thumb's Enter breaks the line, the button sends.
  const sends = event.ctrlKey || event.metaKey || (!event.shiftKey && matchMedia("(hover: hover) and (pointer: fine)").matches);
  if (event.key !== "Enter" || event.isComposing || !sends) return;
  event.preventDefault();
  send();
}

export function prepare() {
  $("words").addEventListener("input", () => {
    grow($("words"));
    stow();
    hints();
    looked();
    pulse();
  });
  $("words").addEventListener("keydown", key);
  $("say").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  window.addEventListener("pagehide", stow);
  document.addEventListener("visibilitychange", () => { if (document.hidden) stow(); });
}
