// The list: mine, offered to me, waiting, with colleagues; the bot's talks; what leads look after.
import { call, calm, tell } from "./api.js";
import { desk, drafted, leads, now, unsent } from "./store.js";
import { board } from "./tasks.js";
import { report } from "./reports.js";

const $ = (id) => document.getElementById(id);
export const CHANNELS = { web: "网页", wecom_kf: "微信客服", wecom: "企业微信", wecom_group: "客户群", wecom_contact: "企微单聊",
  dingtalk: "钉钉", feishu: "飞书", wecom_aibot: "企微机器人" };
const BREACHES = { take: "没人接", first_response: "首次回复", answer: "回复", resolution: "处理" };
let enter = () => {};
let found = null;

export const called = (place) => place.name || (place.group ? "群聊" : `顾客 ${place.conversation.slice(-4)}`);

/** A span of seconds as one says it, down to the second below ten minutes. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  if (whole < 3600) return `${Math.floor(whole / 60)} 分钟`;
  return whole < 86400 ? `${Math.floor(whole / 3600)} 小时` : `${Math.floor(whole / 86400)} 天`;
}

/** The words of a clock that runs: {kind: "waited"|"left"|"handed", at}. */
function ticked(kind, at, what = "") {
  const seconds = (Date.parse(at) - now()) / 1000;
  if (kind === "waited") return -seconds < 60 ? "刚来" : `等了 ${span(-seconds)}`;
  if (kind === "handed") return seconds > 0 ? `${span(seconds)} 后转给同事` : "正在转给同事";
  return seconds > 0 ? `还剩 ${span(seconds)}` : `${what}超时 ${span(-seconds)}`;
}

function ticking(kind, at, what) {
  return el("span", { class: "pill", "data-tick": kind, "data-at": at, "data-what": what, text: ticked(kind, at, what) });
}

/** Every running clock on the page, once a second. */
export function tick() {
  for (const mark of document.querySelectorAll("[data-tick]")) {
    const words = ticked(mark.dataset.tick, mark.dataset.at, mark.dataset.what);
    if (mark.textContent !== words) mark.textContent = words;
    mark.classList.toggle("warm", mark.dataset.tick === "left" && !words.includes("超时"));
    mark.classList.toggle("hot", words.includes("超时") || mark.dataset.tick === "handed");
  }
}

function marks(place) {
  const waits = place.owner === "waiting";
  const made = [];
  if (place.mine && place.unread && place.conversation !== desk.open) made.push(el("span", { class: "count", text: String(place.unread), "aria-label": `${place.unread} 条新消息` }));
  if (waits && place.urgency >= 2) made.push(el("span", { class: "pill hot", text: "紧急" }));
  else if (waits && place.urgency === 1) made.push(el("span", { class: "pill warm", text: "尽快" }));
  if (place.offered && place.take_by) made.push(ticking("handed", place.take_by));
  if (waits) made.push(ticking("waited", place.since));
  const due = place.due_at && (waits ? "first_response" : place.mine ? "answer" : "");
  if (due) made.push(ticking("left", place.due_at, BREACHES[due]));
  for (const one of (place.breaches ?? []).filter((breach) => breach !== due)) made.push(el("span", { class: "pill over", text: `${BREACHES[one] ?? ""}超时` }));
  if (place.owner === "human" && !place.mine) made.push(el("span", { class: "pill", text: `${place.guide} 接待中` }));
  if (waits && place.assigned && !place.offered) made.push(el("span", { class: "pill", text: `派给了 ${place.assigned}` }));
  if (place.wanted) made.push(el("span", { class: "pill warm", text: `点名 ${place.wanted}` }));
  if (place.tasks) made.push(el("span", { class: "pill", text: `提醒 ${place.tasks}` }));
  if (unsent().some((one) => one.conversation === place.conversation)) made.push(el("span", { class: "pill warm", text: "有话没发出去" }));
  else if (place.mine && drafted(place.conversation)) made.push(el("span", { class: "pill", text: "写了一半" }));
  return made;
}

function row(place) {
  const shown = marks(place);
  const where = [CHANNELS[place.channel] ?? place.channel, place.store].filter(Boolean).join(" · ");
  const kind = [desk.open === place.conversation ? "chosen" : "", place.owner === "waiting" && place.urgency >= 2 ? "urgent" : "", place.offered ? "offered" : ""];
  return el("button", { type: "button", class: `place ${kind.join(" ")}`, "data-conversation": place.conversation, "aria-current": desk.open === place.conversation ? "true" : null, onclick: () => enter(place.conversation) },
    el("span", { class: "face", "aria-hidden": "true", text: place.group ? "群" : called(place).slice(0, 1) }),
    el("span", { class: "top" },
      el("strong", { text: called(place) }),
      place.level ? el("span", { class: "level", text: place.level }) : null,
      el("small", { text: where }),
      el("time", { datetime: place.last_at, text: place.last_at ? clock(place.last_at) : "" })),
    place.reason && place.owner !== "bot" ? el("span", { class: "why", text: place.reason }) : null,
    el("span", { class: "last", text: place.last || "（还没有文字）" }),
    shown.length ? el("span", { class: "marks" }, ...shown) : null);
}

function group(title, places, empty, kind = "") {
  if (!places.length && !empty) return [];
  const heading = el("h2", {}, title, places.length ? el("span", { text: ` ${places.length}` }) : null);
  return [el("section", { class: `group ${kind}`, "aria-label": title }, heading, ...(places.length ? places.map(row) : [el("p", { class: "quiet", text: empty })]))];
}

function people() {
  const places = desk.listed.places ?? [];
  const waiting = places.filter((place) => place.owner === "waiting");
  const idle = desk.listed.me?.state && desk.listed.me.state !== "on" ? "你现在不在岗，新顾客会先派给同事" : "现在没有人在等，喝口水吧";
  return [
    ...group("派给我的", waiting.filter((place) => place.offered), "", "mine"),
    ...group("我接待的", places.filter((place) => place.mine)),
    ...group("等人接待", waiting.filter((place) => !place.offered), waiting.length ? "" : idle),
    ...group("同事在接待", places.filter((place) => place.owner === "human" && !place.mine)),
  ];
}

function failures() {
  const failed = desk.listed.failed ?? [];
  if (!failed.length) return [el("p", { class: "quiet", text: "没有漏掉的消息" })];
  return failed.map((one) => el("button", { type: "button", class: "place plainly", onclick: () => enter(one.conversation) },
    el("span", { class: "top" }, el("strong", { text: one.name || `顾客 ${one.conversation.slice(-4)}` }), el("small"), el("time", { datetime: one.at, text: clock(one.at) })),
    el("span", { class: "last", text: one.text }), el("span", { class: "why", text: one.reason ?? "" })));
}

function results() {
  if (!found.length) return [el("p", { class: "quiet", text: "没找到。只能搜你自己的顾客。" })];
  return found.map((one) => el("button", { type: "button", class: "place plainly", onclick: () => enter(one.conversation) },
    el("span", { class: "top" }, el("strong", { text: one.name || `顾客 ${one.conversation.slice(-4)}` }), el("small"), el("time", { datetime: one.at, text: one.at ? clock(one.at) : "" })),
    el("span", { class: "last", text: one.text ?? "" })));
}

const count = (number) => (number ? ` ${number}` : "");

/** Draw the list anew; the place that had the focus keeps it. */
export function list() {
  const box = $("places");
  if (!box) return;
  const held = document.activeElement?.dataset?.conversation;
  const rows = { people, bot: () => group("机器人正在聊", desk.listed.bot ?? [], "最近没有机器人在聊的顾客"), failed: failures };
  if (found) box.replaceChildren(...results());
  else if (rows[desk.tab]) box.replaceChildren(...rows[desk.tab]());
  if (held) box.querySelector(`[data-conversation="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  const places = desk.listed.places ?? [];
  const waiting = desk.listed.counts?.waiting ?? places.filter((place) => place.owner === "waiting").length;
  const unread = places.filter((place) => place.mine && place.unread).length;
  document.title = waiting + unread ? `（${waiting + unread}）导购台` : "导购台";
  navigator.setAppBadge?.(waiting + unread).catch(() => {});
  for (const mark of document.querySelectorAll("[data-count]")) mark.textContent = count(mark.dataset.count === "waiting" ? waiting : desk.listed.counts?.[mark.dataset.count]);
  if ($("failures")) $("failures").textContent = count(desk.listed.failed?.length);
  tick();
}

/** The places in the order in which they stand, for the keys j and k. */
export const order = () => [...$("places").querySelectorAll(".place[data-conversation]")].map((one) => one.dataset.conversation);

export async function reload() {
  desk.listed = await call(`/api/desk/queue${desk.tab === "bot" ? "?with=bot" : ""}`);
  list();
}

function show(tab) {
  desk.tab = tab;
  found = null;
  $("sought").value = "";
  for (const other of document.querySelectorAll("[data-tab]")) other.setAttribute("aria-pressed", String(other.dataset.tab === tab));
  document.body.classList.toggle("figured", tab === "reports");
  $("figures").hidden = tab !== "reports";
  if (tab === "tasks") return board($("places"), enter);
  if (tab === "reports" && leads) return report($("figures"), $("places"));
  list();
  return reload();
}

async function seek() {
  const sought = $("sought").value.trim();
  if (!sought) {
    found = null;
    return show(desk.tab);
  }
  const told = await call(`/api/desk/search?q=${encodeURIComponent(sought)}`);
  if ($("sought").value.trim() !== sought) return undefined;
  found = told.results;
  return list();
}

/** Wire the list; `open` enters a talk, `listen` asks for other events. */
export function prepare(open, listen) {
  enter = open;
  const quietly = (deed) => (...told) => Promise.resolve(deed(...told)).catch((error) => tell(error.message));
  for (const button of document.querySelectorAll("[data-tab]")) button.addEventListener("click", quietly(async () => { await show(button.dataset.tab); listen(); }));
  $("sought").addEventListener("input", calm(250, quietly(seek)));
  $("find").addEventListener("submit", (event) => { event.preventDefault(); quietly(seek)(); });
  setInterval(tick, 1000);
}
