"use strict";
// The guide's page: who waits, and one open talk; made for a thumb between two customers.
const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf]").content;
const CHANNELS = { web: "网页", wecom_kf: "微信客服" };
const LEAVING = { pending: "发送中…", sending: "发送中…", held: "平台条数用完，等顾客再开口会自动发出", failed: "没有送达" };
const OUTCOMES = { silent: "没有回答", failed: "没答上", handed_over: "交给人工" };
let tab = "people";
let listed = { places: [] };
let open = null;
let shown = 0;
let unsettled = 0;
let visit = 0;
let source = null;
const busy = new Set();
const attempts = new Map();

// --- calls ---------------------------------------------------------------------------------------------------

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("网络不通，请再试一次");
  }
  if (answer.status === 401) location.assign("/login");
  if (answer.status === 204) return {};
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error?.message ?? "系统忙，请再试一次");
  return told;
}

function tell(words) {
  $("tell").textContent = words;
  $("tell").hidden = !words;
}

/** Do something once: a second tap while it runs is no second deed, but other deeds are not in its way. */
async function once(what, deed) {
  if (busy.has(what)) return;
  busy.add(what);
  document.body.classList.add("busy");
  tell("");
  try {
    await deed();
  } catch (error) {
    tell(error.message);
  } finally {
    busy.delete(what);
    document.body.classList.toggle("busy", busy.size > 0);
  }
}

// --- the list ------------------------------------------------------------------------------------------------

const called = (place) => place.name || (place.group ? "群聊" : `顾客 ${place.conversation.slice(-4)}`);

function row(place) {
  const waits = place.owner === "waiting";
  const marks = [];
  if (waits && place.urgency >= 2) marks.push(el("span", { class: "pill hot", text: "紧急" }));
  else if (waits && place.urgency === 1) marks.push(el("span", { class: "pill warm", text: "尽快" }));
  if (waits) marks.push(el("span", { class: "pill", "data-since": place.since, "data-before": "等了 ", text: `等了 ${since(place.since)}` }));
  if (place.owner === "human" && !place.mine) marks.push(el("span", { class: "pill", text: `${place.guide} 接待中` }));
  if (place.mine && place.unread) marks.push(el("span", { class: "count", text: String(place.unread), "aria-label": `${place.unread} 条新消息` }));
  if (place.wanted) marks.push(el("span", { class: "pill warm", text: `点名 ${place.wanted}` }));
  return el(
    "button",
    { type: "button", class: `place ${open === place.conversation ? "chosen" : ""}`, "data-conversation": place.conversation, onclick: () => enter(place.conversation) },
    el("span", { class: "top" }, el("strong", { text: called(place) }), el("small", { text: [CHANNELS[place.channel] ?? place.channel, place.store].filter(Boolean).join(" · ") }), el("time", { datetime: place.last_at, text: place.last_at ? clock(place.last_at) : "" })),
    place.reason && place.owner !== "bot" ? el("span", { class: "why", text: place.reason }) : null,
    el("span", { class: "last", text: place.last || "（还没有文字）" }),
    marks.length ? el("span", { class: "marks" }, ...marks) : null,
  );
}

function group(title, places, empty) {
  if (!places.length && !empty) return [];
  return [el("h2", { text: `${title}${places.length ? ` ${places.length}` : ""}` }), ...(places.length ? places.map(row) : [el("p", { class: "quiet", text: empty })])];
}

function list() {
  const places = listed.places ?? [];
  const box = $("places");
  const held = document.activeElement?.dataset?.conversation;
  if (tab === "people") {
    box.replaceChildren(
      ...group("我接待的", places.filter((place) => place.mine)),
      ...group("等人接待", places.filter((place) => place.owner === "waiting"), "现在没有人在等，喝口水吧"),
      ...group("同事在接待", places.filter((place) => place.owner === "human" && !place.mine)),
    );
  } else if (tab === "bot") {
    box.replaceChildren(...group("机器人正在聊", listed.bot ?? [], "最近没有机器人在聊的顾客"));
  } else {
    box.replaceChildren(...failures());
  }
  box.querySelector(`[data-conversation="${CSS.escape(held ?? "-")}"]`)?.focus();
  const waiting = places.filter((place) => place.owner === "waiting").length;
  document.title = waiting ? `（${waiting}）导购台` : "导购台";
  if ($("failures")) $("failures").textContent = listed.failed?.length ? ` ${listed.failed.length}` : "";
}

function failures() {
  const failed = listed.failed ?? [];
  if (!failed.length) return [el("p", { class: "quiet", text: "没有漏掉的消息" })];
  return failed.map((one) =>
    el("button", { type: "button", class: "place", onclick: () => enter(one.conversation) },
      el("span", { class: "top" }, el("strong", { text: one.name || `顾客 ${one.conversation.slice(-4)}` }), el("time", { datetime: one.at, text: clock(one.at) })),
      el("span", { class: "last", text: one.text }), el("span", { class: "why", text: one.reason ?? "" })));
}

// --- the open talk -------------------------------------------------------------------------------------------

async function enter(conversation) {
  keepDraft();
  open = conversation;
  shown = unsettled = 0;
  visit += 1;
  $("talk").replaceChildren();
  $("leaving").replaceChildren();
  $("brief").replaceChildren();
  $("words").value = sessionStorage.getItem(`draft.${conversation}`) ?? "";
  grow();
  $("open").hidden = false;
  document.body.classList.add("inside");
  if (history.state?.open !== conversation) history.pushState({ open: conversation }, "");
  tell("");
  list();
  await refresh();
  listen();
}

function leave() {
  keepDraft();
  open = null;
  visit += 1;
  $("open").hidden = true;
  document.body.classList.remove("inside");
  list();
  listen();
}

async function refresh() {
  const asked = visit;
  if (!open) return;
  try {
    const told = await call(`/api/desk/${open}?after=${unsettled ? unsettled - 1 : shown}`);
    if (visit === asked) talkOf(told);
  } catch (error) {
    if (visit === asked) tell(error.message);
  }
}

function talkOf({ place, brief, openings, messages, leaving }) {
  const scroll = $("scroll");
  const follow = shown === 0 || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
  $("title").textContent = called(place);
  $("standing").textContent = [standing(place), place.store, CHANNELS[place.channel] ?? place.channel].filter(Boolean).join(" · ");
  $("brief").replaceChildren(...summary(place, brief));
  for (const message of messages) {
    if (Number(message.id) > shown) $("talk").append(bubble(message));
    else if (message.from === "shopper") $("talk").querySelector(`[data-id="${message.id}"]`)?.replaceWith(bubble(message));
    shown = Math.max(shown, Number(message.id));
  }
  // How a shopper's message ended is known later than the message: look again from the first that is still open.
  unsettled = Number(messages.slice(-20).find((message) => message.from === "shopper" && !message.outcome)?.id ?? 0);
  $("leaving").replaceChildren(...leaving.map(underWay));
  $("claim").hidden = place.mine || place.owner === "human";
  $("say").hidden = !place.mine;
  $("hand").hidden = $("end").hidden = !place.mine;
  $("openings").hidden = !place.mine || messages.some((message) => message.from === "guide") || document.querySelector("#talk .guide, #leaving .guide") !== null;
  $("openings").replaceChildren(...openings.map((text) => el("button", { type: "button", text, onclick: () => speak(text) })));
  if (follow) scroll.scrollTop = scroll.scrollHeight;
}

function standing(place) {
  if (place.mine) return "我在接待";
  if (place.owner === "human") return `${place.guide} 在接待`;
  if (place.owner === "waiting") return `等了 ${since(place.since)}`;
  return place.owner === "closed" ? "已结束" : "机器人在聊";
}

const LINES = { wanted: "想要", want: "想要", told: "已经说过", said: "已经说过", hurt: "要留心", promised: "答应过", risk: "要留心", tags: "已知" };

function summary(place, brief) {
  const lines = Object.keys(LINES).map((name) => [name, brief?.[name]]).filter(([, value]) => value && String(value).length);
  if (!lines.length && !place.reason) return [];
  const rows = el("dl");
  if (place.reason) rows.append(el("dt", { text: "为什么找人" }), el("dd", { text: place.reason }));
  for (const [name, value] of lines) rows.append(el("dt", { text: LINES[name] }), el("dd", { text: Array.isArray(value) ? value.join("；") : typeof value === "object" ? line(value) : value }));
  return [el("section", { class: "brief", "aria-label": "来龙去脉" }, rows)];
}

function bubble(message) {
  const side = { guide: "guide me", bot: "bot me" }[message.from] ?? message.from;
  const inside = el("div", { class: "bubble" }, message.text ? words(message.text) : null, ...(message.items ?? []).map(card));
  if (message.kind && !message.text) inside.append(el("p", { class: "words", text: `［${message.kind}］` }));
  const foot = [clock(message.at), { bot: "机器人", guide: message.as }[message.from] ?? message.as, OUTCOMES[message.outcome] && `${OUTCOMES[message.outcome]}：${message.reason}`].filter(Boolean).join(" · ");
  const options = message.options?.length ? el("p", { class: "quiet small", text: `可点：${message.options.map((option) => option.label).join(" / ")}` }) : null;
  return el("li", { class: `line ${side}`, "data-id": message.id }, inside, options, message.trace ? story(message.trace, "机器人为什么这样答") : null, el("time", { datetime: message.at, text: foot }), message.failure ? el("span", { class: "wrong", text: message.failure }) : null);
}

function underWay(one) {
  return el("li", { class: `line ${one.author} me unsent` }, el("div", { class: "bubble" }, words(one.text)), el("time", { text: one.state === "failed" ? `没有送达：${one.reason ?? ""}` : LEAVING[one.state] }));
}

// --- deeds ---------------------------------------------------------------------------------------------------

function speak(text) {
  const conversation = open;
  const what = `${conversation} ${text}`;
  // The same words after a fault keep their id: what arrived although we did not hear of it is not said twice.
  const id = attempts.get(what) ?? fresh();
  attempts.set(what, id);
  return once(what, async () => {
    await call(`/api/desk/${conversation}/reply`, { id, text });
    attempts.delete(what);
    if (open === conversation && $("words").value.trim() === text) $("words").value = "";
    keepDraft();
    grow();
    await refresh();
  });
}

function deed(name) {
  return once("deed", async () => {
    try {
      await call(`/api/desk/${open}/${name}`, {});
    } finally {
      await refresh();
      await reload();
    }
  });
}

async function reload() {
  listed = await call(`/api/desk/queue${tab === "bot" ? "?with=bot" : ""}`);
  list();
}

function keepDraft() {
  if (!open) return;
  const text = $("words").value;
  if (text) sessionStorage.setItem(`draft.${open}`, text);
  else sessionStorage.removeItem(`draft.${open}`);
}

function grow() {
  const box = $("words");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
}

// --- listening -----------------------------------------------------------------------------------------------

function listen() {
  source?.close();
  const query = new URLSearchParams();
  if (open) query.set("conversation", open);
  if (tab === "bot") query.set("with", "bot");
  const mine = new EventSource(`/api/desk/events?${query}`);
  source = mine;
  mine.addEventListener("queue", (event) => { listed = JSON.parse(event.data); list(); });
  mine.addEventListener("talk", refresh);
  mine.onopen = () => { $("line").textContent = "在线"; $("line").className = "pill good"; };
  mine.onerror = () => {
    $("line").textContent = "重连中";
    $("line").className = "pill warm";
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (source === mine) call("/api/me").then(listen, () => listen()); }, 3000);
  };
}

$("claim").addEventListener("click", () => deed("claim"));
$("hand").addEventListener("click", () => { if (confirm("交回给机器人接着聊？")) deed("hand_back"); });
$("end").addEventListener("click", () => { if (confirm("结束这段对话？顾客再发消息会重新由机器人接待。")) deed("close"); });
$("back").addEventListener("click", () => history.back());
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (text) speak(text);
});
$("words").addEventListener("input", grow);
$("words").addEventListener("keydown", (event) => {
  // With a keyboard Enter sends and Shift+Enter breaks the line; a thumb's Enter breaks the line, the button sends.
  const sends = event.ctrlKey || event.metaKey || (!event.shiftKey && matchMedia("(hover: hover) and (pointer: fine)").matches);
  if (event.key !== "Enter" || event.isComposing || !sends) return;
  event.preventDefault();
  $("say").requestSubmit();
});
$("out").addEventListener("click", () => call("/api/logout", {}).finally(() => location.assign("/login")));
for (const button of document.querySelectorAll("[data-tab]")) {
  button.addEventListener("click", () => {
    tab = button.dataset.tab;
    for (const other of document.querySelectorAll("[data-tab]")) other.setAttribute("aria-pressed", String(other === button));
    reload().catch((error) => tell(error.message));
    listen();
  });
}
window.addEventListener("popstate", (event) => (event.state?.open ? enter(event.state.open) : leave()));
window.addEventListener("pagehide", keepDraft);
setInterval(() => {
  for (const mark of document.querySelectorAll("[data-since]")) mark.textContent = mark.dataset.before + since(mark.dataset.since);
}, 15000);
if (history.state?.open) enter(history.state.open);
else listen();
