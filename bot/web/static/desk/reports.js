// For leads: how each guide and store serves, sorted by any column; and whose customers go to whom.
import { call, once, tell } from "./api.js";
import { agreed, field, sheet } from "./sheet.js";

const minutes = (seconds) => (seconds === null || seconds === undefined ? "–" : seconds < 60 ? `${Math.round(seconds)} 秒` : seconds < 3600 ? `${(seconds / 60).toFixed(1)} 分` : `${(seconds / 3600).toFixed(1)} 小时`);
const number = (value) => (value === null || value === undefined ? "–" : String(value));
const stars = (value) => (value === null || value === undefined ? "–" : Number(value).toFixed(1));

const COLUMNS = [
  { key: "name", title: "谁", shown: (value) => value ?? "没分到人" },
  { key: "store", title: "门店", shown: (value) => value ?? "" },
  { key: "taken", title: "接待", shown: number },
  { key: "first_response_s", title: "首次回复", shown: minutes, hint: "从要找人到第一句话，中位数" },
  { key: "answered_s", title: "平均回复", shown: minutes, hint: "顾客说完到回话" },
  { key: "resolution_s", title: "聊完用时", shown: minutes, hint: "从接待到结束" },
  { key: "bot_s", title: "机器人用时", shown: minutes, hint: "人接手之前机器人聊了多久" },
  { key: "breaches", title: "超时", shown: number },
  { key: "rating", title: "评分", shown: stars },
  { key: "rated", title: "评价数", shown: number },
];

const kind = (column) => (["name", "store"].includes(column.key) ? "worded" : "figure");

/** A table whose heads sort it. */
function table(title, rows, total, columns) {
  let by = "taken";
  let up = false;
  const body = el("tbody");
  const value = (row) => row[by] ?? (typeof rows.find((one) => one[by] != null)?.[by] === "string" ? "" : -1);
  const compare = (one, other) => (typeof value(one) === "string" ? value(one).localeCompare(value(other), "zh-CN") : value(one) - value(other));
  const cells = (row) => columns.map((column, index) => el(index ? "td" : "th", { scope: index ? null : "row", class: kind(column), text: column.shown(row[column.key]) }));
  const heads = columns.map((column) => el("th", { scope: "col", class: kind(column), title: column.hint }, el("button", { type: "button", text: column.title, onclick: () => { up = by === column.key ? !up : column.key === "name"; by = column.key; draw(); } })));
  const draw = () => {
    const sorted = [...rows].sort((one, other) => compare(one, other) * (up ? 1 : -1));
    body.replaceChildren(...sorted.map((row) => el("tr", {}, ...cells(row))));
    for (const [index, head] of heads.entries()) {
      if (columns[index].key === by) head.setAttribute("aria-sort", up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  };
  draw();
  const foot = total ? el("tfoot", {}, el("tr", {}, ...cells({ ...total, name: "合计", store: "" }))) : null;
  return el("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": title }, el("table", {}, el("caption", { text: title }), el("thead", {}, el("tr", {}, ...heads)), body, foot));
}

/** The tab with the figures; the list beside it holds what it is about. */
export async function report(box, aside) {
  const days = el("select", { id: "report-days" }, ...[[1, "今天"], [7, "最近 7 天"], [30, "最近 30 天"], [90, "最近 90 天"]].map(([value, text]) => el("option", { value, text, selected: value === 7 })));
  const tables = el("div", { "aria-live": "polite" });
  const export_ = el("a", { class: "button soft", id: "export", download: "", text: "导出表格（CSV）" });
  const look = async () => {
    export_.href = `/api/desk/export?days=${days.value}`;
    try {
      const told = await call(`/api/desk/reports?days=${days.value}`);
      const stores = told.stores.map((one) => ({ ...one, name: one.store ?? "还没分到店" }));
      tables.replaceChildren(
        told.guides.length ? table("按导购", told.guides, told.total, COLUMNS) : el("p", { class: "quiet", text: "这段时间还没有人接待过" }),
        ...(stores.length ? [table("按门店", stores, null, COLUMNS.filter((one) => one.key !== "store").map((one) => (one.key === "name" ? { ...one, title: "门店" } : one)))] : []));
    } catch (error) {
      tables.replaceChildren(el("p", { class: "wrong", text: error.message }));
    }
  };
  days.addEventListener("change", look);
  box.replaceChildren(el("div", { class: "deeds" }, el("label", { class: "unseen", for: "report-days", text: "看多久" }), days, export_), tables);
  aside.replaceChildren(el("p", { class: "quiet", text: "人工接待的时间和机器人聊的时间分开算。点表头可以排序。" }));
  await look();
}

const option = (one) => el("option", { value: one.guide, text: `${one.name}${one.store ? ` · ${one.store}` : ""} · 手上 ${one.load ?? 0} 位` });

/** 在职转交 and 离职继承: said before it is done. */
export async function inherit(changed) {
  const { colleagues } = await call("/api/desk/colleagues");
  const stores = [...new Map(colleagues.filter((one) => one.store).map((one) => [one.store_id ?? one.store, one.store]))];
  const told = await sheet("转交同事的顾客", (close) => {
    const why = el("select", {}, el("option", { value: "left", text: "离职：全部交给别人" }), el("option", { value: "moved", text: "在职：换人跟进" }));
    const from = el("select", { "data-first": true }, ...colleagues.map(option));
    const to = el("select", {}, el("optgroup", { label: "同事" }, ...colleagues.map(option)), el("optgroup", { label: "门店（谁有空谁接）" }, ...stores.map(([store, name]) => el("option", { value: `store:${store}`, text: name }))));
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    return el("form", { onsubmit: (event) => {
      event.preventDefault();
      wrong.textContent = from.value === to.value ? "选两个不一样的人" : "";
      wrong.hidden = from.value !== to.value;
      if (from.value !== to.value) close({ left: why.value === "left", from: from.value, to: to.value, names: [from, to].map((one) => one.selectedOptions[0].textContent.split(" · ")[0]) });
    } }, field("inherit-why", "哪一种", why), field("inherit-from", "谁的顾客", from), field("inherit-to", "交给谁", to), wrong, el("button", { class: "button wide", type: "submit", text: "下一步" }));
  });
  if (!told) return;
  const target = told.to.startsWith("store:") ? { store: told.to.slice(6) } : { to: told.to };
  const load = colleagues.find((one) => one.guide === told.from)?.load ?? 0;
  const words = [
    `${told.names[0]} 名下的所有顾客会归到 ${told.names[1]}；${load ? `手上正在聊的 ${load} 段对话马上转过去，` : "现在手上没有在聊的对话，"}没办的提醒也一起转。`,
    told.left ? `${told.names[0]} 的账号会停用，正在用的导购台马上退出。` : `${told.names[0]} 还在职，以后新的顾客照常派。`,
    "聊天记录、备注和标签都跟着顾客走。这一步会记在案。",
  ];
  if (!(await agreed("确认转交？", words, "全部转交"))) return;
  await once("inherit", async () => {
    const done = await call("/api/desk/inherit", { from: told.from, left: told.left, ...target });
    await changed();
    tell(`转好了：顾客 ${done.customers} 位，对话 ${done.conversations} 段，提醒 ${done.tasks} 条`, "good");
  });
}
