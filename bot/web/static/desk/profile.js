// Who the shopper is: tags with their grounds, what they own, what they did, talks before, what is to do. A column or a sheet.
import { call, once, tell } from "./api.js";
import { sheet } from "./sheet.js";
import { desk } from "./store.js";
import { taskRow } from "./tasks.js";
import { refresh } from "./talk.js";

const EVENTS = { view: "看了", click: "点了", cart: "加购", buy: "买了", order: "下单", refund: "退了", favorite: "收藏", share: "分享", coupon: "领券", return: "退货" };
const SOURCES = { said: "自己说的", guide: "导购记的", wecom: "企微标签", event: "看过、买过的", record: "档案里的" };
const STATES = { open: "没办", done: "办好了", cancelled: "不用了" };
const wide = () => matchMedia("(min-width: 1200px)").matches;

const percent = (share) => (typeof share === "number" ? `${Math.round(share * 100)}%` : "");

function tagLine(one, conversation) {
  const away = () => once(`tag ${one.tag} ${one.value}`, async () => {
    await call(`/api/desk/${conversation}/tags`, { tag: one.tag, value: one.value, retract: true });
    await profile(conversation);
  });
  const grounds = [one.grounds && `“${one.grounds}”`, SOURCES[one.source] ?? one.source, percent(one.confidence) && `把握 ${percent(one.confidence)}`, one.at && clock(one.at)].filter(Boolean).join(" · ");
  return el("li", {}, el("span", {}, el("small", { text: one.label ?? one.tag }), el("strong", { text: ` ${one.shown ?? one.value}` })),
    el("small", { class: "quiet", text: grounds }),
    el("button", { type: "button", class: "undo", text: "不对", "aria-label": `去掉标签 ${one.value}`, onclick: away }));
}

/** What the shopper said of being left alone, and the way to note what they said elsewhere. */
function quietLines(quiet, conversation) {
  if (!quiet) return [];
  const line = (name, on, off, undo) => {
    const since = quiet[name];
    const turn = () => once(`quiet ${name}`, async () => {
      await call(`/api/desk/${conversation}/quiet`, { [name]: !since });
      await profile(conversation);
    });
    return el("li", {}, el("span", { text: since ? on : off }), since ? el("small", { class: "quiet", text: `${clock(since)} 起` }) : null,
      el("button", { type: "button", class: "undo", text: since ? undo : "改", "aria-label": `${since ? undo : "改成"}：${since ? off : on}`, onclick: turn }));
  };
  return [line("opted_out", "已退订，不主动发消息", "可以主动发消息", "恢复"), line("hushed", "群里不要 @", "群里可以 @", "恢复")];
}

function talkLine(one) {
  const stars = one.rating ? `${"★".repeat(one.rating)}${"☆".repeat(Math.max(0, 5 - one.rating))}` : "";
  return el("li", {}, el("span", { text: one.reason || "聊过" }), el("small", { class: "quiet", text: [clock(one.at), one.guide, stars].filter(Boolean).join(" · ") }));
}

function part(title, lines, empty = "") {
  if (!lines.length && !empty) return [];
  return [el("h3", { text: title }), lines.length ? el("ul", { class: "facts" }, ...lines) : el("p", { class: "quiet", text: empty })];
}

const worded = (one, text) => el("li", {}, el("span", { text }), one.at ? el("small", { class: "quiet", text: clock(one.at) }) : null);

function order(one) {
  return worded(one, typeof one === "string" ? one : [one.id ?? one.number, one.text ?? one.title ?? one.name, one.state ?? one.status, one.amount && `¥${one.amount}`].filter(Boolean).join(" · "));
}

/** The parts of the profile, each only where there is something in it. */
function parts(told, conversation) {
  const tasks = desk.told?.tasks ?? told.tasks ?? [];
  const changed = async () => { await refresh(); await profile(conversation); };
  return [
    el("header", { class: "person" }, el("span", { class: "face", "aria-hidden": "true", text: (told.name ?? "客").slice(0, 1) }),
      el("div", {}, el("h2", { text: told.name || "还不知道名字" }), el("p", { class: "quiet", text: [told.level, told.store, told.guide && `专属导购 ${told.guide}`, told.since && `${clock(told.since)} 认识`].filter(Boolean).join(" · ") }))),
    ...part("标签", (told.tags ?? []).map((one) => tagLine(one, conversation)), "还没有标签，聊到了点下面的“标签”记一下"),
    ...(tasks.length ? [el("h3", { text: "提醒" }), el("ul", { class: "tasks" }, ...tasks.map((task) => ((task.state ?? "open") === "open" ? taskRow(task, { changed }) : worded(task, `${task.text}（${STATES[task.state]}）`))))] : []),
    ...part("打扰", quietLines(told.quiet, conversation)),
    ...part("买过", (told.owned ?? []).map((one) => worded(one, one.name ?? one.sku))),
    ...part("订单", (told.orders ?? []).map(order)),
    ...part("优惠券", (told.coupons ?? []).map(order)),
    ...part("最近在看", (told.events ?? []).slice(0, 12).map((one) => worded(one, `${EVENTS[one.kind] ?? one.kind} ${one.name ?? one.sku ?? ""}`))),
    ...part("以前聊过", (told.talks ?? []).filter((one) => !one.open).map(talkLine)),
  ];
}

/** Fill the third column, where there is room for one. */
export async function profile(conversation) {
  const box = document.getElementById("profile");
  box.hidden = !wide() || document.body.classList.contains("sidebar");
  if (box.hidden) return;
  if (box.dataset.conversation !== conversation) box.replaceChildren(el("p", { class: "quiet", text: "正在看资料…" }));
  box.dataset.conversation = conversation;
  try {
    const told = await call(`/api/desk/${conversation}/profile`);
    if (desk.open === conversation) box.replaceChildren(...parts(told, conversation));
  } catch (error) {
    if (desk.open === conversation) box.replaceChildren(el("p", { class: "quiet", text: error.message }));
  }
}

/** The same as a sheet on a narrow screen. */
export async function profileSheet() {
  const conversation = desk.open;
  try {
    const told = await call(`/api/desk/${conversation}/profile`);
    await sheet("顾客资料", () => el("div", { class: "profiled" }, ...parts(told, conversation)), { tall: true });
  } catch (error) {
    tell(error.message);
  }
}
