"use strict";
// The shopper's page. What is written stays here until the server has it; the same id is sent again after a fault.
const ROOM = "daogou.room";
const UNSENT = "daogou.unsent";
const $ = (id) => document.getElementById(id);
const talk = $("talk");
const scroll = $("scroll");
const trace = new URLSearchParams(location.search).get("trace") === "1";
let room = stored(ROOM, null);
let unsent = stored(UNSENT, []);
let last = 0;
let source = null;
let sending = false;

/** Another tab may have written meanwhile: change what is stored, not what we remember of it. */
function waits(change) {
  unsent = change(unsent);
  const kept = change(stored(UNSENT, [])).filter((one) => !one.refused);
  keep(UNSENT, kept.length ? kept : null);
}

// --- showing -------------------------------------------------------------------------------------------------

function atEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  $("newer").hidden = true;
}

function bubble(message) {
  const side = message.from === "shopper" ? "me" : message.from;
  const inside = el("div", { class: "bubble" });
  if (message.text) inside.append(words(message.text));
  for (const item of message.items ?? []) inside.append(followed(card(item), item.sku));
  const row = el("li", { class: `line ${side}`, "data-id": message.id, "data-ref": message.ref });
  if (message.from === "guide") row.append(el("span", { class: "name", text: message.as ?? "导购" }));
  row.append(inside);
  if (message.options?.length) row.append(choices(message.options));
  if (trace && message.trace) row.append(story(message.trace, "为什么这样回答"));
  if (message.at) row.append(el("time", { datetime: message.at, text: clock(message.at) + (side === "bot" ? " · AI 回答" : "") }));
  return row;
}

/** A tap on a card is told to the shop, which learns from it; the link opens in any case. */
function followed(shown, sku) {
  if (sku && shown.href) shown.addEventListener("click", () => tapped(sku));
  return shown;
}

const tapped = (sku) => mention("events", { sku, kind: "click" });

/** Something that need not arrive, told beside the talk. */
function mention(what, body) {
  if (!room) return;
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${room.token}` };
  fetch(`/api/chat/${room.conversation}/${what}`, { method: "POST", keepalive: true, headers, body: JSON.stringify(body) }).catch(() => {});
}

function choices(options) {
  const group = el("div", { class: "chips", role: "group", "aria-label": "可以点选" });
  for (const option of options) {
    group.append(el("button", { type: "button", text: option.label, onclick: () => say(option.label, { option: option.id }) }));
  }
  return group;
}

function show(message) {
  if (Number(message.id) <= last) return;
  last = Number(message.id);
  const follow = atEnd() || message.from === "shopper";
  const echo = message.ref && talk.querySelector(`[data-ref="${CSS.escape(message.ref)}"]`);
  for (const old of talk.querySelectorAll(".chips button")) old.disabled = true;
  const row = bubble(message);
  echo?.remove(); // the server's order counts: what is not yet on it stands below
  talk.append(row, ...talk.querySelectorAll("li:not([data-id])"));
  $("starters").hidden = true;
  if (message.from !== "shopper") typing(false);
  if (follow) toEnd();
  else $("newer").hidden = false;
}

function echoOf(one) {
  const row = el("li", { class: "line me unsent", "data-client": one.id }, el("div", { class: "bubble" }, words(one.text)));
  talk.append(row);
  $("starters").hidden = true;
  toEnd();
  return row;
}

function mark(one, words) {
  const row = talk.querySelector(`[data-client="${one.id}"]`);
  row?.querySelector(".retry")?.remove();
  if (row && words) row.append(el("button", { class: "retry", type: "button", text: words, onclick: () => { one.refused = false; window.dispatchEvent(new Event("online")); } }));
  toEnd();
}

function typing(on) {
  const follow = atEnd();
  $("typing").hidden = !on;
  if (on && follow) toEnd();
}

const STATES = {
  waiting: () => "已为您呼叫人工导购，请稍候",
  human: (state) => `${state.guide ?? "导购"} 正在为您服务（真人）`,
};

function state(told) {
  const place = $("state");
  place.textContent = STATES[told.owner]?.(told) ?? place.dataset.bot;
  document.body.dataset.owner = told.owner;
  $("human").disabled = told.owner === "waiting" || told.owner === "human";
  $("human").textContent = told.owner === "human" ? "人工中" : told.owner === "waiting" ? "呼叫中" : "转人工";
  if (told.owner === "human") typing(false);
}

// --- speaking ------------------------------------------------------------------------------------------------

function say(text, extras = {}) {
  const one = { id: fresh(), text, ...extras };
  waits((all) => [...all, one]);
  for (const old of talk.querySelectorAll(".chips button")) old.disabled = true;
  echoOf(one);
  flush();
}

async function call(path, body) {
  const headers = { "Content-Type": "application/json" };
  if (room) headers.Authorization = `Bearer ${room.token}`;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.ok) return answer.json();
  const error = new Error("refused");
  error.status = answer.status;
  error.wait = Number(answer.headers.get("Retry-After")) || 0;
  throw error;
}

/** Send what waits, one after the other, in the order in which it was written. */
async function flush() {
  if (sending) return;
  sending = true;
  let wait = 1000;
  for (let one = next(); one; one = next()) {
    try {
      if (!room) await open();
      mark(one, "");
      const { id } = await call(`/api/chat/${room.conversation}/messages`, { id: one.id, text: one.text, option: one.option });
      sent(one, id);
      wait = 1000;
    } catch (error) {
      const again = await failed(one, error, wait);
      if (!again) break;
      wait = Math.min(wait * 2, 15000);
    }
  }
  sending = false;
}

const next = () => unsent.find((one) => !one.refused);

function sent(one, ref) {
  waits((all) => all.filter((other) => other.id !== one.id));
  $("offline").hidden = true;
  const row = talk.querySelector(`[data-client="${one.id}"]`);
  if (talk.querySelector(`[data-ref="${CSS.escape(ref)}"]`)) {
    row?.remove(); // the line was faster than the call, and tells by itself whether an answer is under way
    return;
  }
  if (row) {
    row.classList.remove("unsent");
    row.dataset.ref = ref;
  }
  if (!["human", "waiting"].includes(document.body.dataset.owner)) typing(true);
}

/** Whether to try again by ourselves; the message stays with a mark in any case. */
async function failed(one, error, wait) {
  if (error.status === 401 || error.status === 403 || error.status === 404) {
    forget();
    mark(one, "重新连接中…");
    await pause(wait);
    return wait < 8000;
  }
  const passing = error.status === undefined || error.status >= 500 || error.status === 429;
  mark(one, passing ? "未送达，点此重发" : "发不出去，点此重试");
  if (!passing) {
    one.refused = true;
    waits((all) => all.map((other) => (other.id === one.id ? one : other)));
    return true;
  }
  $("offline").hidden = error.status === 429;
  await Promise.race([pause(Math.max(wait, (error.wait ?? 0) * 1000)), online()]);
  return true;
}

const online = () => new Promise((done) => window.addEventListener("online", done, { once: true }));

// --- listening -----------------------------------------------------------------------------------------------

async function open() {
  room = stored(ROOM, null) ?? (await call("/api/chat", {}));
  keep(ROOM, room);
  last = 0;
  listen();
}

function forget() {
  source?.close();
  source = null;
  if (stored(ROOM, null)?.token === room?.token) keep(ROOM, null);
  room = null;
}

function listen() {
  source?.close();
  const query = new URLSearchParams({ token: room.token, after: String(last) });
  if (trace) query.set("trace", "1");
  source = new EventSource(`/api/chat/${room.conversation}/events?${query}`);
  source.onmessage = (event) => show(JSON.parse(event.data));
  source.addEventListener("state", (event) => state(JSON.parse(event.data)));
  source.addEventListener("typing", (event) => typing(JSON.parse(event.data).on));
  source.onopen = () => { $("offline").hidden = true; };
  source.onerror = () => {
    if (source?.readyState === EventSource.CLOSED) revive(source);
    else if (!navigator.onLine) $("offline").hidden = false;
  };
}

/** A line that the browser gave up: look whether the room is still ours, then listen again. */
async function revive(closed) {
  await pause(3000);
  if (source !== closed) return;
  try {
    const answer = await fetch(`/api/chat/${room.conversation}/messages?limit=1`, { headers: { Authorization: `Bearer ${room.token}` } });
    if ([401, 403, 404].includes(answer.status)) return forget();
  } catch {
    $("offline").hidden = false;
  }
  if (room) listen();
}

// --- hands ---------------------------------------------------------------------------------------------------

let pulsed = 0;

/** A person who serves sees that the shopper writes. */
function writing() {
  if (document.body.dataset.owner !== "human" || Date.now() - pulsed < 3000) return;
  pulsed = Date.now();
  mention("typing", {});
}

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) return $("words").focus();
  $("words").value = "";
  grow($("words"));
  say(text);
  $("words").focus();
});
$("words").addEventListener("input", () => {
  grow($("words"));
  if ($("words").value.trim()) writing();
});
$("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("say").requestSubmit();
  }
});
$("human").addEventListener("click", () => {
  $("human").disabled = true; // until the state is told: a double tap calls once
  say("转人工");
});
$("newer").addEventListener("click", toEnd);
for (const starter of document.querySelectorAll("#starters button")) {
  starter.addEventListener("click", () => say(starter.textContent));
}
window.addEventListener("online", () => flush());
window.addEventListener("storage", (event) => {
  if (event.key !== ROOM || room) return;
  room = stored(ROOM, null); // the same shopper began to talk in another tab
  if (room) listen();
});

for (const one of unsent) echoOf(one);
if (room) listen();
if (unsent.length) flush();
