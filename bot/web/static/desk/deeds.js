// What a guide does with a talk besides writing: hand on, hand back, end, note, tag, remind.
import { call, calm, once, tell } from "./api.js";
import { field, agreed, rows, sheet } from "./sheet.js";
import { desk } from "./store.js";
import { deed, refresh } from "./talk.js";
import { newTask } from "./tasks.js";
import { orders } from "./orders.js";
import { macros, products, scripts } from "./pickers.js";
import { profile } from "./profile.js";
import { reload } from "./list.js";

const STATES = { on: "在岗", break: "休息", off: "下班" };

export async function claim() {
  await deed("claim");
  if (desk.told?.place.mine) document.getElementById("words").focus({ preventScroll: true });
}

export async function handBack() {
  if (await agreed("交回给机器人？", "机器人会接着聊，你说过的它都看得到。你随时可以再接过来。", "交回")) await deed("hand_back");
}

export async function end() {
  if (await agreed("结束这段对话？", "顾客再发消息会重新由机器人接待。没办的提醒还在。", "结束")) await deed("close");
}

/** One colleague as a row: whoever is not there can still be chosen, but it is said. */
function colleague(one) {
  const state = one.state === "on" && one.present === false ? "在岗，没开导购台" : STATES[one.state] ?? "";
  const full = one.capacity && one.load >= one.capacity;
  const rating = one.rating ? `评分 ${Number(one.rating).toFixed(1)}` : "";
  return { text: one.name, more: [one.store, `手上 ${one.load ?? 0}${one.capacity ? `/${one.capacity}` : ""} 位`, rating, (one.skills ?? []).join("、")].filter(Boolean).join(" · "), mark: full ? "满了" : state, kind: one.state !== "on" || full ? "warm" : one.present === false ? "" : "good", value: { guide: one.guide, name: one.name, away: one.state !== "on" } };
}

/** Colleagues and stores that fit what is typed: whoever is there first, and among them the nearest as the server has them. */
async function receivers(sought, close) {
  const { colleagues } = await call(`/api/desk/colleagues?${new URLSearchParams({ q: sought })}`);
  const others = colleagues.filter((one) => one.guide !== desk.listed.me?.guide);
  const order = (one) => (one.state === "on" ? 0 : 2) + (one.present ? 0 : 1);
  const stores = [...new Map(others.filter((one) => one.store_id).map((one) => [one.store_id, one.store]))];
  return [
    el("h3", { text: "同事" }),
    rows(others.sort((one, other) => order(one) - order(other)).map(colleague), close, "没有这样的同事"),
    el("h3", { text: "整个门店，谁有空谁接" }),
    rows(stores.map(([store, name]) => ({ text: name, value: { store, name } })), close, "没有别的门店"),
  ];
}

export async function pass() {
  const note = el("input", { maxlength: "200", placeholder: "例如：要退的那瓶已经看过图了" });
  const chosen = await sheet("转给谁？", (close) => {
    const sought = el("input", { type: "search", maxlength: "40", placeholder: "同事或门店的名字", "aria-label": "找同事或门店" });
    const box = el("div", { class: "found", "aria-live": "polite" }, el("p", { class: "quiet", text: "正在看谁在…" }));
    const look = async () => {
      const asked = sought.value.trim();
      const found = await receivers(asked, close).catch((error) => [el("p", { class: "wrong", text: error.message })]);
      if (sought.value.trim() === asked) box.replaceChildren(...found);
    };
    sought.addEventListener("input", calm(200, look));
    look();
    return [field("pass-note", "给同事带句话（顾客看不到）", note), sought, box];
  }, { tall: true });
  if (!chosen) return;
  if (chosen.away && !(await agreed(`${chosen.name} 现在不在岗`, "对方回来才看得到，顾客可能要等。", "还是转给 TA"))) return;
  const body = chosen.guide ? { guide: chosen.guide } : { store: chosen.store };
  if (chosen.away) body.force = true;
  if (note.value.trim()) body.note = note.value.trim();
  if (await deed("transfer", body)) tell(`已转给 ${chosen.name}`, "good");
}

export async function newNote() {
  const conversation = desk.open;
  const words = await sheet("内部备注", (close) => {
    const box = el("textarea", { rows: "4", maxlength: "1000", "data-first": true, class: "noted" });
    return el("form", { onsubmit: (event) => { event.preventDefault(); if (box.value.trim()) close(box.value.trim()); } },
      field("note-words", "只有同事看得到，顾客看不到", box), el("button", { class: "button wide", type: "submit", text: "记下" }));
  });
  if (!words) return;
  await once("note", async () => {
    await call(`/api/desk/${conversation}/notes`, { text: words });
    await refresh();
  });
}

export async function tagging() {
  const conversation = desk.open;
  const { tags = [], families = [] } = await call(`/api/desk/${conversation}/profile`);
  const has = (tag, value) => tags.some((one) => one.tag === tag && one.value === value);
  const one = await sheet("打标签", (close) => (families.length ? families : [{ tag: "", label: "还没有可以打的标签", values: [] }]).flatMap(({ tag, label, values }) => [
    el("h3", { text: label }),
    el("div", { class: "chips" }, ...values.map((value) => el("button", { type: "button", text: value, "aria-pressed": String(has(tag, value)), onclick: () => close({ tag, value, retract: has(tag, value) }) }))),
  ]), { tall: true });
  if (!one) return;
  await once("tag", async () => {
    await call(`/api/desk/${conversation}/tags`, one);
    tell(one.retract ? `去掉了“${one.value}”` : `记下了“${one.value}”`, "good");
    await profile(conversation);
  });
}

export async function more() {
  const chosen = await sheet("还可以", (close) => rows([
    { text: "转接", more: "给同事，或者别的门店", value: pass },
    { text: "交回机器人", more: "让机器人接着聊", value: handBack },
    { text: "结束对话", more: "聊完了", value: end },
    { text: "快捷操作", more: "一点做几件事", value: () => macros(changed) },
  ], close, ""));
  if (chosen) await chosen();
}

const changed = async () => {
  await refresh();
  if (document.getElementById("places")) await reload();
};

const TOOLS = { scripts, products, note: newNote, task: () => newTask(desk.open, changed), tags: tagging, more };

/** Wire every button of the talk. */
export function prepare() {
  const quietly = (run) => () => Promise.resolve(run()).catch((error) => tell(error.message));
  for (const [id, run] of Object.entries({ claim, hand: handBack, end, pass, orders })) document.getElementById(id).addEventListener("click", quietly(run));
  for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", quietly(TOOLS[button.dataset.tool]));
}
