"use strict";
/* The page of one shopper at a time: reads the control API and redraws when events come; on top of page.js. */

const STATES = ["新会话", "机器人接待", "待接入池", "人工接待", "已结束"];
const FAULTS = {
  late: "回调迟到", double: "回调重复", reorder: "回调乱序", lost: "回调丢失", token_expired: "凭证提前过期",
  freq: "频率超限", busy: "系统繁忙 -1", http_500: "服务器 502", reset: "连接断开", timeout: "发出后无回音",
  slow: "回答变慢", empty_page: "拉取空页", short_page: "拉取短页", send_fail: "发送后失败",
};
const RATES = [0, 0.05, 0.1, 0.2, 0.5, 1];
const KINDS = {
  call: "调用", delivery: "送达", rejected: "拒绝", duplicate: "重复", shopper: "顾客", servicer: "客服", event: "事件",
  callback: "回调", state: "状态", mishap: "故障", fault: "开关", undelivered: "未达", upgrade: "推荐", reset: "重来", staff: "提醒", tags: "标签",
};
const view = { account: "", who: "", state: null, entries: [], pause: 60 };
const shopperPath = (what) => `/shoppers/${encodeURIComponent(view.who)}/${what}`;
const current = () => view.state?.shoppers.find((one) => one.external_userid === view.who);

/* Reading */

async function read() {
  view.state = await ask("GET", `/state?open_kfid=${encodeURIComponent(view.account)}`);
  view.account = view.state.open_kfid;
  if (!current()) view.who = view.state.shoppers[0]?.external_userid || "";
  view.talk = view.who ? await ask("GET", shopperPath(`messages?open_kfid=${encodeURIComponent(view.account)}`)) : null;
  draw();
}

function draw() {
  drawTop();
  drawShoppers();
  drawTalk();
  drawStaff();
  drawFaults();
  drawTotals();
}

function drawTop() {
  const { callback, clock } = view.state;
  const pill = $("callback");
  pill.className = "pill " + (callback.verified ? "good" : callback.url ? "bad" : "");
  pill.textContent = callback.verified ? "回调已接通" : callback.url ? "回调没接通，导购启动了吗？" : "没有设回调";
  pill.title = callback.url;
  view.offset = clock.now - Date.now() / 1000;
  $("advance").hidden = !clock.virtual;
  $("real").hidden = clock.virtual;
  tick();
}
function tick() {
  if (!view.state) return;
  const { clock } = view.state;
  const now = clock.virtual ? clock.now : Date.now() / 1000 + view.offset;
  $("clock").textContent = (clock.virtual ? "虚拟时间 " : "") + timeOf(now);
}
setInterval(tick, 1000);

function drawShoppers() {
  const options = view.state.accounts.map((one) => el("option", { value: one.open_kfid }, one.name));
  $("account").replaceChildren(...options);
  $("account").value = view.account;
  const focused = document.activeElement?.dataset?.who;
  $("shoppers").replaceChildren(...view.state.shoppers.map((one) => el("li", {}, el(
    "button",
    { type: "button", "data-who": one.external_userid, "aria-current": String(one.external_userid === view.who), onclick: () => { view.who = one.external_userid; go("chat"); refresh(); } },
    face(one.nickname),
    el("span", { class: "name" }, one.nickname),
    el("span", { class: `tag s${one.state}` }, one.wrote ? STATES[one.state] : "还没说话"),
    el("span", { class: "sub" }, one.wrote ? `还能发 ${one.quota} 条 · ${left(one.window_left)}` : "机器人现在不能主动发", one.refuses ? " · 拒收" : ""),
  ))));
  if (focused) $("shoppers").querySelector(`[data-who="${CSS.escape(focused)}"]`)?.focus();
  if (!view.state.shoppers.length) $("shoppers").append(el("li", { class: "hint" }, "先添加一位顾客，再替他说话。"));
}
function left(seconds) {
  if (seconds <= 0) return "48 小时已过";
  const hours = Math.floor(seconds / 3600);
  return hours ? `剩 ${hours} 小时` : `剩 ${Math.ceil(seconds / 60)} 分钟`;
}

/* The phone */

function drawTalk() {
  const one = current();
  const account = view.state.accounts.find((each) => each.open_kfid === view.account);
  $("chat-title").textContent = one ? `${account.name}` : "还没有顾客";
  for (const node of [$("words"), $("plus"), $("enter"), ...$("say").querySelectorAll("button")]) node.disabled = !one;
  const talk = view.talk;
  const standing = talk ? [
    el("span", {}, "顾客 ", el("b", {}, one.nickname)),
    el("span", { class: `tag s${talk.state}` }, talk.wrote ? STATES[talk.state] : "还没说话", talk.state === 3 ? ` ${talk.servicer}` : ""),
    el("span", {}, "还能发 ", el("b", {}, `${talk.quota} 条`)),
    el("span", {}, left(talk.window_left)),
  ] : [];
  /* Only a change is spoken by a screen reader. */
  if (standing.map((part) => part.textContent).join("") !== $("standing").textContent) $("standing").replaceChildren(...standing);
  drawBubbles(one, account, talk);
}

function drawBubbles(one, account, talk) {
  const list = $("bubbles");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const shown = JSON.stringify([view.who, view.account, talk?.messages]);
  if (shown === view.shown) return;
  const changed = view.shownWho !== view.who;
  view.shown = shown;
  view.shownWho = view.who;
  list.replaceChildren(...(talk?.messages || []).map((message) => bubble(message, one, account)));
  if (!list.children.length) list.append(el("li", { class: "empty" }, one ? "点右上角「进入会话」，或者直接说一句。" : "先在「顾客」里添加一位。"));
  if (atEnd || changed) list.scrollTop = list.scrollHeight;
}

/* Staff, faults, ledger */

function drawStaff() {
  const account = view.state.accounts.find((one) => one.open_kfid === view.account);
  const chosen = $("servicer").value;
  $("servicer").replaceChildren(...account.servicers.map((one) => el("option", { value: one.userid }, one.userid + (one.serving ? "" : "（停止接待）"))));
  if (account.servicers.some((one) => one.userid === chosen)) $("servicer").value = chosen;
  const me = account.servicers.find((one) => one.userid === $("servicer").value);
  $("serving").textContent = me?.serving === false ? "开始接待" : "停止接待";
  const one = current();
  const words = ["顾客还没说话。", "机器人在接待；转到待接入池以后，客服才能接入。", "顾客在待接入池里等着，可以接入。", "会话在人工手里，机器人不能说话。", "会话已结束；客服再写一句会重新打开。"];
  drawTold(view.state.told);
  $("staff-hint").textContent = one ? `${one.nickname}：${one.wrote ? words[view.talk.state === 0 ? 1 : view.talk.state] : words[0]}` : "先添加一位顾客。";
}

function drawFaults() {
  const form = $("faults");
  if (!form.children.length) {
    for (const [name, words] of Object.entries(FAULTS)) {
      const choice = el("select", { name, id: `fault-${name}`, onchange: putFaults }, ...RATES.map((rate) => el("option", { value: rate }, rate ? `${rate * 100}%` : "关")));
      form.append(el("label", { for: `fault-${name}` }, words, choice));
    }
  }
  for (const choice of form.querySelectorAll("select")) {
    const rate = String(view.state.faults[choice.name]);
    if (![...choice.options].some((option) => option.value === rate)) choice.append(el("option", { value: rate }, `${rate * 100}%`));
    choice.value = rate;
    choice.classList.toggle("on", Number(rate) > 0);
  }
}
function putFaults() {
  const rates = { ...view.state.faults };
  for (const choice of $("faults").querySelectorAll("select")) rates[choice.name] = Number(choice.value);
  act(() => ask("PUT", "/faults", rates));
}

function drawTotals() {
  const t = view.state.totals;
  const rows = [["顾客说", t["shopper.send"]], ["送达", t.delivery], ["客服说", t.servicer], ["拒绝", t.rejected, true], ["重复被拦", t.duplicate, true], ["发送后失败", t.undelivered, true], ["API 调用", t.call], ["回调成功", t["callback.ok"]], ["回调放弃", t["callback.gave up"], true]];
  $("totals").replaceChildren(...rows.map(([name, number = 0, bad]) => el("div", { class: bad && number ? "bad" : "" }, el("dt", {}, name), el("dd", {}, String(number)))));
}
function line(entry) {
  const detail = Object.entries(entry).filter(([key, value]) => !["n", "kind", "at", "open_kfid"].includes(key) && value !== "" && value != null)
    .map(([key, value]) => `${key}=${spelled(value)}`).join("  ");
  const bad = ["rejected", "duplicate", "undelivered", "mishap"].includes(entry.kind) || (entry.kind === "call" && entry.code !== 0);
  return el("li", { class: bad ? "bad" : "" }, el("time", {}, timeOf(entry.at)), el("span", {}, KINDS[entry.kind] || entry.kind), el("span", {}, detail));
}
function spelled(value) {
  const name = view.state?.shoppers.find((one) => one.external_userid === value)?.nickname;
  if (name) return name;
  if (typeof value !== "object") return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== 0 && part !== "");
  return parts.length === 1 && typeof parts[0][1] === "string" ? `「${parts[0][1]}」` : JSON.stringify(Object.fromEntries(parts));
}
function drawEntries() {
  $("ledger").replaceChildren(...view.entries.slice(-120).reverse().map(line));
}
async function readLedger() {
  const { last } = await ask("GET", "/ledger?limit=1");
  view.entries = (await ask("GET", `/ledger?since=${Math.max(0, last - 120)}`)).entries;
  drawEntries();
}

/* Acting */

$("account").addEventListener("change", () => { view.account = $("account").value; refresh(); });
$("servicer").addEventListener("change", drawStaff);
$("arrive").addEventListener("submit", (event) => {
  event.preventDefault();
  act(async () => {
    const made = await ask("POST", "/shoppers", { nickname: $("nickname").value.trim(), refuses: $("refuses").checked });
    view.who = made.external_userid;
    $("nickname").value = "";
    $("refuses").checked = false;
    go("chat");
  });
});
$("enter").addEventListener("click", () => act(async () => {
  const { welcome_code: code } = await ask("POST", shopperPath("enter"), { open_kfid: view.account, scene: "sandbox_page" });
  tell(code ? "进来了，20 秒内可以收到欢迎语" : "进来了；这次没有欢迎语资格");
}));
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("words").value;
  act(async () => {
    await ask("POST", shopperPath("messages"), { open_kfid: view.account, msgtype: "text", text: { content: words } });
    $("words").value = "";
  });
});
$("plus").addEventListener("click", () => {
  $("more").hidden = !$("more").hidden;
  $("plus").setAttribute("aria-expanded", String(!$("more").hidden));
  $("bubbles").scrollTop = $("bubbles").scrollHeight;
});
for (const button of document.querySelectorAll("[data-send]")) button.addEventListener("click", () => act(async () => {
  await ask("POST", shopperPath("messages"), { open_kfid: view.account, msgtype: button.dataset.send });
  $("plus").click();
}));
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => act(async () => {
  const userid = $("servicer").value;
  const account = view.state.accounts.find((one) => one.open_kfid === view.account);
  const body = { open_kfid: view.account, external_userid: view.who };
  if (button.dataset.act === "transfer") body.to = account.servicers.find((one) => one.userid !== userid)?.userid || "";
  if (button.dataset.act === "serving") body.on = !account.servicers.find((one) => one.userid === userid).serving;
  await ask("POST", `/servicers/${encodeURIComponent(userid)}/${button.dataset.act}`, body);
}));
$("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  act(async () => {
    await ask("POST", `/servicers/${encodeURIComponent($("servicer").value)}/reply`, { open_kfid: view.account, external_userid: view.who, text: $("staff-words").value });
    $("staff-words").value = "";
  });
});
for (const button of document.querySelectorAll("[data-advance]")) button.addEventListener("click", () => act(() => ask("POST", "/clock/advance", { seconds: Number(button.dataset.advance) })));
$("reset").addEventListener("click", () => { if (confirm("顾客、会话和账目都会清空，确定吗？")) act(async () => { await ask("POST", "/reset", {}); view.who = ""; await readLedger(); }); });

/* Live */

const live = new EventSource(`${API}/events`);
live.onmessage = (event) => {
  const entry = JSON.parse(event.data);
  if (entry.kind === "reset") view.entries = [];
  view.entries.push(entry);
  if (view.entries.length > 400) view.entries.splice(0, 200);
  clearTimeout(live.timer);
  live.timer = setTimeout(drawEntries, 80);
  soon();
};
live.addEventListener("lost", () => { readLedger(); soon(); });
live.onopen = () => { readLedger().catch((error) => tell(error.message)); refresh(); };

go(document.body.dataset.tab);
