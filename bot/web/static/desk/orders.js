// A group's orders (接龙): open one, see who takes what, set right what is wrong, end it, take it away as Excel.
import { call, speak } from "./api.js";
import { catalogue, ending, sent, yuan } from "./campaign.js";
import { field, sheet } from "./sheet.js";
import { desk, now } from "./store.js";

const LOOK = 4000;
const STATES = { open: "接龙中", closed: "已截单", cancelled: "已取消" };
const HALVES = new Set(["斤", "公斤", "千克", "kg"]);
const SAMPLE = "一行写一样，例如：\n阳光玫瑰 箱 68 限20\n土鸡蛋（柴鸡蛋） 35元/板\n鲜牛奶 66/箱";
const shown = (value) => String(Math.round(value * 1000) / 1000);

/** The sheet of the open group: its running campaign, or a form for a new one. */
export async function orders() {
  const conversation = desk.open;
  let timer = 0;
  await sheet("接龙", (close, made) => {
    made.classList.add("orders");
    const box = el("div", { class: "board" }, el("p", { class: "quiet", text: "正在看…" }));
    const view = { conversation, box, told: null, busy: 0, waiting: new Map(), put: new Map(), picked: null };
    home(view);
    timer = setInterval(() => look(view), LOOK);
    return [box];
  }, { tall: true });
  clearInterval(timer);
}

async function home(view) {
  try {
    const { campaigns, open } = await call(`/api/desk/${view.conversation}/campaigns`);
    if (open) await enter(view, open);
    else begin(view, campaigns);
  } catch (error) {
    view.box.replaceChildren(el("p", { class: "wrong", role: "alert", text: error.message }));
  }
}

async function enter(view, id) {
  view.id = id;
  draw(view, await call(`/api/desk/campaigns/${id}`));
}

/** What changed meanwhile; never under somebody's fingers. */
async function look(view) {
  if (!view.id || view.busy || view.waiting.size || document.hidden || view.box.querySelector("form :focus")) return;
  try {
    const told = await call(`/api/desk/campaigns/${view.id}`);
    if (view.id && !view.busy && !view.waiting.size && JSON.stringify(told) !== JSON.stringify(view.told)) draw(view, told);
  } catch { /* the next look may do */ }
}

/** A deed on the campaign; its answer is the ledger. Somebody was faster: say so and show what there is now. */
async function deed(view, path, body) {
  view.busy += 1;
  try {
    const told = await call(`/api/desk/campaigns/${view.id}${path}`, body);
    view.busy -= 1;
    view.told = told;
    idle(view);
    return told;
  } catch (error) {
    view.busy -= 1;
    if (error.told?.code === "changed") await enter(view, view.id).catch(() => {});
    else if (view.told) draw(view, view.told);
    say(view, error.message, "wrong");
    throw error;
  }
}

/** Show the ledger as it is now, unless something is still on its way or under a finger. */
function idle(view) {
  if (!view.busy && !view.waiting.size) draw(view, view.told);
}

function say(view, text, kind = "good", more = null) {
  const place = view.box.querySelector("[data-say]");
  if (!place) return speak(text);
  place.replaceChildren(...[text, more].filter(Boolean));
  place.dataset.kind = kind;
  place.hidden = !text;
  clearTimeout(view.fading);
  if (text && kind === "good") view.fading = setTimeout(() => say(view, ""), more ? 12000 : 6000);
  return undefined;
}

// ---- a new campaign

function begin(view, past) {
  view.id = null;
  const title = el("input", { maxlength: "60", required: true, "data-first": true, value: `${new Date(now()).getMonth() + 1}月${new Date(now()).getDate()}日团购` });
  const menu = el("textarea", { rows: "6", maxlength: "10000", placeholder: SAMPLE });
  const faults = el("ul", { class: "faults", role: "alert", hidden: true });
  const [when, chips] = ending();
  const least = el("input", { type: "number", min: "0", step: "any", inputmode: "decimal", placeholder: "不限" });
  const since = el("select", {}, ...[["0", "从现在起说的算"], ["10", "前 10 分钟说的也算"], ["60", "前 1 小时说的也算"]].map(([value, text]) => el("option", { value, text })));
  const announce = el("input", { type: "checkbox", id: "orders-announce", checked: true });
  const form = el("form", { onsubmit: async (event) => {
    event.preventDefault();
    const body = { title: title.value.trim(), text: menu.value, since_minutes: Number(since.value), announce: announce.checked, terms: least.value ? { minimum_amount: Number(least.value) } : {} };
    if (when.value) body.deadline = new Date(when.value).toISOString();
    await sent(form, faults, async () => {
      const told = await call(`/api/desk/${view.conversation}/campaigns`, body);
      view.id = told.campaign.id;
      draw(view, told);
      say(view, announce.checked ? "开好了，菜单马上发到群里" : "开好了，群里说的会自动记上");
    });
  } },
    field("orders-title", "叫什么", title),
    field("orders-menu", "卖什么，一行一样：品名 单位 价格", menu, "有限量就写「限20」，有别的叫法写在括号里"),
    faults, catalogue(menu),
    el("div", { class: "field" }, el("label", { for: "orders-when", text: "什么时候截单" }), chips, when),
    el("details", {}, el("summary", { text: "更多设置" }), field("orders-least", "满多少元成团", least), field("orders-since", "从什么时候算起", since)),
    el("p", { class: "tick" }, announce, el("label", { for: "orders-announce", text: "在群里发一条菜单" })),
    el("button", { class: "button wide", type: "submit", text: "开始接龙" }));
  when.id = "orders-when";
  view.box.replaceChildren(form, ...earlier(view, past));
  title.focus();
  title.select();
}

function earlier(view, past) {
  if (!past.length) return [];
  return [el("h3", { text: "以前的接龙" }), el("ul", { class: "choices" }, ...past.slice(0, 10).map((one) => el("li", {}, el("button", { type: "button", class: "choice", onclick: () => enter(view, one.id) },
    el("span", { class: "text" }, el("strong", { text: one.title }), el("small", { text: `${clock(one.opens_at)} · ${one.people} 人` })),
    el("span", { class: "pill", text: STATES[one.state] })))))];
}

// ---- the running ledger

function draw(view, told) {
  const held = document.activeElement?.dataset?.key;
  const kept = view.box.querySelector("[data-say]");
  view.told = told;
  view.put.clear();
  const live = told.campaign.state !== "cancelled";
  view.box.replaceChildren(
    head(view, told), kept ?? el("p", { class: "told", "data-say": true, role: "status", hidden: true }),
    ...doubts(view, told), el("div", { class: "two-sides" }, el("section", { "aria-label": "谁要了什么" }, ...people(view, told, live), ...(live ? [adding(view, told)] : [])), el("section", { "aria-label": "各样合计" }, ...sums(told))),
    foot(view, told));
  if (held) view.box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

function head(view, told) {
  const { campaign, minimum } = told;
  const end = campaign.deadline && campaign.state === "open" ? `${clock(campaign.deadline)} 截单` : campaign.closed_at ? `${clock(campaign.closed_at)} 截的` : "没设截单时间";
  const missing = minimum && !minimum.reached ? `还差 ${[minimum.missing_amount ? yuan(minimum.missing_amount) : "", minimum.missing_n ? `${minimum.missing_n} 份` : ""].filter(Boolean).join("、")}成团` : minimum ? "已成团" : "";
  return el("header", { class: "orders-head" },
    el("p", {}, el("strong", { text: campaign.title }), " ", el("span", { class: `pill ${campaign.state === "open" ? "good" : ""}`, text: STATES[campaign.state] }), missing ? el("span", { class: `pill ${minimum.reached ? "good" : "warm"}`, text: missing }) : null),
    el("p", { class: "quiet", text: `${told.people.length} 人 · 共 ${yuan(told.amount)} · ${end}` }));
}

function doubts(view, told) {
  if (!told.doubts.length) return [];
  return [el("section", { class: "doubts", "aria-label": "要确认的" },
    el("h3", { text: `${told.doubts.length} 句没说清楚` }),
    el("ul", {}, ...told.doubts.map((one) => el("li", {},
      el("p", {}, el("strong", { text: one.name }), ` 「${one.text}」`),
      el("p", { class: "quiet", text: `${one.question}${one.asked_at ? `（${clock(one.asked_at)} 在群里问过）` : "（过一会儿会在群里问）"}` }),
      el("p", { class: "deeds" },
        el("button", { type: "button", class: "button soft", text: "替 TA 记上", "data-key": `fill ${one.id}`, onclick: () => fillIn(view, one) }),
        el("button", { type: "button", class: "button bare", text: "不用确认", "aria-label": `${one.name}的这句不用确认`, "data-key": `settle ${one.id}`, onclick: () => deed(view, `/doubts/${one.id}/settle`, {}).catch(() => {}) }))))))];
}

function fillIn(view, one) {
  const form = view.box.querySelector("form.adding");
  if (!form) return;
  form.elements.who.value = one.name;
  view.picked = one.sender.startsWith("name:") ? null : { name: one.name, sender: one.sender };
  form.scrollIntoView({ block: "center" });
  form.elements.n.focus();
}

function people(view, told, live) {
  if (!told.people.length) return [el("p", { class: "quiet", text: live ? "还没有人接。群里说的会自动记到这里。" : "没有人接。" })];
  return [el("ul", { class: "takers" }, ...told.people.map((person) => el("li", {},
    el("p", { class: "taker" }, el("strong", { text: person.name }), el("span", { text: yuan(person.amount) })),
    ...person.lines.map((line) => row(view, person, line, live)))))];
}

function row(view, person, line, live) {
  const key = `${person.sender} ${line.sku}`;
  const n = view.waiting.get(key)?.n ?? line.n;
  const what = `${person.name}的${line.name}`;
  const step = HALVES.has(line.unit) ? 0.5 : 1;
  const field_ = el("input", { type: "number", min: "0", step: "any", inputmode: "decimal", value: shown(n), "aria-label": `${what}，${line.unit}`, "data-key": `n ${key}`, disabled: !live });
  const put = (value) => {
    field_.value = shown(value);
    set(view, person, line, value);
  };
  field_.addEventListener("change", () => { if (field_.value !== "" && Number(field_.value) >= 0) put(Number(field_.value)); else field_.value = shown(line.n); });
  const by = (change, text) => el("button", { type: "button", text: change > 0 ? "+" : "−", "aria-label": `${what}${text}`, "data-key": `${change > 0 ? "+" : "-"} ${key}`, disabled: !live, onclick: () => put(Math.max(0, Math.round((Number(field_.value || 0) + change) * 1000) / 1000)) });
  const marks = [line.state === "short" ? el("span", { class: "pill hot", text: line.granted > 0 ? `只够 ${shown(line.granted)}${line.unit}` : "没货了" }) : null, line.note ? el("small", { text: line.note }) : null, line.edited ? el("small", { text: "改过" }) : null];
  return el("div", { class: "order-line" }, el("span", { class: "text" }, line.name, " ", ...marks.filter(Boolean)), el("span", { class: "steps" }, by(-step, `减 ${step} ${line.unit}`), field_, by(step, `加 ${step} ${line.unit}`), el("span", { class: "unit", text: line.unit })));
}

/**
 * Taps are gathered for a moment; what the guide saw at the first of them goes along. A tap that comes while the last ones are on
 * their way waits for them, and what they put is what the guide saw: nobody is told of having been faster than themselves.
 */
function set(view, person, line, n) {
  const key = `${person.sender} ${line.sku}`;
  const before = view.waiting.get(key);
  clearTimeout(before?.timer);
  const was = before?.was ?? view.put.get(key)?.n ?? line.n;
  const gather = () => view.waiting.set(key, { n, was, timer: setTimeout(send, 700) });
  const send = async () => {
    if (view.put.get(key)?.away) return gather();
    view.waiting.delete(key);
    if (n === was) return idle(view);
    const put = { n, away: true };
    view.put.set(key, put);
    const done = await change(view, person, line, n, was).catch(() => null);
    put.away = false;
    if (done && n === 0) say(view, `去掉了 ${person.name} 的${line.name} `, "good", el("button", { type: "button", class: "button bare", text: "撤销", onclick: () => { say(view, ""); change(view, person, line, was, 0).catch(() => {}); } }));
    else if (done) speak(`${person.name} ${line.name} ${shown(n)}${line.unit}`);
    return undefined;
  };
  gather();
}

const change = (view, person, line, n, was) => deed(view, "/lines", { sender: person.sender.startsWith("name:") ? undefined : person.sender, name: person.sender.startsWith("name:") ? person.name : undefined, sku: line.sku, n, was, note: line.note, version: view.told.campaign.version });

function adding(view, told) {
  const who = el("input", { name: "who", maxlength: "40", required: true, list: "orders-people", autocomplete: "off", placeholder: "名字" });
  const what = el("select", { name: "what" }, ...told.menu.map((one) => el("option", { value: one.sku, text: `${one.name}（${one.unit}）` })));
  const n = el("input", { name: "n", type: "number", min: "0", step: "any", inputmode: "decimal", required: true, value: "1" });
  const note = el("input", { name: "note", maxlength: "200", placeholder: "可以不写" });
  const form = el("form", { class: "adding", onsubmit: (event) => {
    event.preventDefault();
    const name = who.value.trim();
    const same = told.people.filter((one) => one.name === name);
    const sender = view.picked?.name === name ? view.picked.sender : same.length === 1 && !same[0].sender.startsWith("name:") ? same[0].sender : undefined;
    view.picked = null;
    document.activeElement?.blur();
    deed(view, "/lines", { sender, name: sender ? undefined : name, sku: what.value, n: Number(n.value), note: note.value.trim(), version: undefined }).then(() => say(view, `记上了：${name}`), () => {});
  } },
    el("h3", { text: "替人记一笔" }),
    el("datalist", { id: "orders-people" }, ...told.people.map((one) => el("option", { value: one.name }))),
    field("orders-who", "谁（没说过话的也行）", who), field("orders-what", "要什么", what), field("orders-n", "多少", n), field("orders-note", "备注", note),
    el("button", { class: "button soft", type: "submit", text: "记上" }));
  return form;
}

function sums(told) {
  const cells = (one) => [el("th", { scope: "row", text: one.name }), el("td", { text: `${shown(one.n)}${one.unit}` }), el("td", { text: one.stock === null ? "" : one.left > 0 ? `剩 ${shown(one.left)}` : one.wanted > one.n ? `缺 ${shown(one.wanted - one.n)}` : "没了" }), el("td", { text: yuan(one.amount) })];
  return [el("table", { class: "sums" }, el("caption", { class: "unseen", text: "各样合计" }),
    el("thead", {}, el("tr", {}, ...["商品", "数量", "库存", "金额"].map((text) => el("th", { scope: "col", text })))),
    el("tbody", {}, ...told.menu.map((one) => el("tr", {}, ...cells(one)))),
    el("tfoot", {}, el("tr", {}, el("th", { scope: "row", text: "合计" }), el("td"), el("td"), el("td", { text: yuan(told.amount) }))))];
}

function foot(view, told) {
  const { campaign } = told;
  const state = (to) => deed(view, "", { state: to, version: campaign.version }).catch(() => {});
  const button = (text, run, kind = "soft") => el("button", { type: "button", class: `button ${kind}`, text, "data-key": text, onclick: run });
  const sure = (text, words, to, kind) => button(text, (event) => confirmOnce(event.currentTarget, words, () => state(to)), kind);
  const excel = el("a", { class: "button soft", href: `/api/desk/campaigns/${campaign.id}/export.xlsx`, download: true, text: "Excel", "aria-label": "下载 Excel" });
  if (campaign.state === "open") return el("footer", { class: "orders-foot" }, sure("截单", "确定截单？再点一下", "closed"), button("加商品", () => more(view)), button("改时间", () => later(view)), excel, sure("取消", "整个取消？再点一下", "cancelled", "bare"));
  return el("footer", { class: "orders-foot" }, ...(campaign.state === "closed" ? [button("再开一会儿", () => later(view, true))] : []), excel, button("返回", () => home(view)));
}

/** What is hard to take back needs a second tap on the same button. */
function confirmOnce(button, words, run) {
  if (button.dataset.sure) return run();
  const text = button.textContent;
  button.dataset.sure = "1";
  button.textContent = words;
  setTimeout(() => { button.textContent = text; delete button.dataset.sure; }, 4000);
  return undefined;
}

async function more(view) {
  const text = await sheet("加商品", (close) => {
    const menu = el("textarea", { rows: "5", maxlength: "10000", "data-first": true, placeholder: SAMPLE });
    const faults = el("ul", { class: "faults", role: "alert", hidden: true });
    const form = el("form", { onsubmit: (event) => {
      event.preventDefault();
      sent(form, faults, async () => { draw(view, await call(`/api/desk/campaigns/${view.id}`, { add_text: menu.value })); close(true); });
    } }, field("orders-more", "一行一样：品名 单位 价格", menu), faults, catalogue(menu), el("button", { class: "button wide", type: "submit", text: "加上" }));
    return form;
  });
  if (text) say(view, "加上了");
}

async function later(view, again = false) {
  const { campaign } = view.told;
  const at = await sheet(again ? "再开一会儿" : "改截单时间", (close) => {
    const [when, chips] = ending(!again && campaign.deadline ? new Date(campaign.deadline) : null);
    return el("form", { onsubmit: (event) => { event.preventDefault(); close({ at: when.value ? new Date(when.value).toISOString() : null }); } },
      again ? el("p", { class: "quiet", text: "截单以后说的也会算进来。" }) : null, chips, field("orders-later", "或者自己选时间", when), el("button", { class: "button wide", type: "submit", text: again ? "重新打开" : "改好了" }));
  });
  if (!at) return;
  await deed(view, "", { deadline: at.at, version: campaign.version, ...(again ? { state: "open" } : {}) }).then(() => say(view, "改好了"), () => {});
}
