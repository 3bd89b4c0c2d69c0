"use strict";
/* The groups' page: begins plays, shows one group's stream and ledger, and lets a member speak; on top of page.js. */

const STANDINGS = { opening: "正在建群", playing: "正在演", waiting: "等最后的回答", over: "演完了", failed: "没演成" };
const KINDS = { image: "［图片］", sticker: "［表情］" };
const SHOWN = 300;
const view = { group: "", shown: "", house: null, current: null, quote: null, pause: 150 };
const groupPath = (what) => `/groups/${encodeURIComponent(view.group)}${what}`;

/* Reading */

async function read() {
  view.house = await ask("GET", "/groups");
  if (!view.house.groups.some((one) => one.id === view.group)) view.group = view.house.groups[0]?.id || "";
  view.current = view.group ? await ask("GET", groupPath("")) : null;
  draw();
}

function draw() {
  drawHouse();
  drawList();
  drawStream();
  drawLedger();
}
function drawHouse() {
  $("house").textContent = `导购 ${view.house.house}`;
  if (!$("platform").children.length) {
    $("platform").append(...Object.entries(view.house.platforms).map(([id, name]) => el("option", { value: id }, name)));
    $("script").value = view.house.example;
  }
  const needed = view.house.environment[$("platform").value] || [];
  $("needs").hidden = !needed.length;
  $("environment").textContent = needed.map((line) => `export ${line}`).join("\n");
}
function drawList() {
  $("list").replaceChildren(...view.house.groups.map((one) => el("li", {}, el(
    "button", { type: "button", "aria-current": String(one.id === view.group), onclick: () => { view.group = one.id; quote(null); go("chat"); refresh(); } },
    face(one.name), el("span", { class: "name" }, one.name), el("span", { class: "tag" }, STANDINGS[one.standing]),
    el("span", { class: `sub ${one.figures.grave || one.fault ? "bad" : ""}` },
      one.fault || `${view.house.platforms[one.platform]} · ${one.played}/${one.events} · 助手 ${one.figures.replies} 句${one.figures.grave ? ` · 错 ${one.figures.grave}` : ""}`),
  ))));
  if (!view.house.groups.length) $("list").append(el("li", { class: "hint" }, "还没有。先演样例剧本看看。"));
}

/* The stream */

function drawStream() {
  const group = view.current;
  $("group-title").textContent = group ? `${group.name}（${group.people.length}）` : "还没有群";
  $("stop").hidden = !group || !["playing", "waiting", "opening"].includes(group.standing);
  for (const node of $("say").elements) node.disabled = !group || group.standing === "failed";
  const words = group ? [STANDINGS[group.standing], group.events ? `${group.played}/${group.events}` : "", group.fault].filter(Boolean).join(" · ") : "";
  if (words !== $("standing").textContent) $("standing").textContent = words;
  $("who-list").replaceChildren(...(group?.people || []).map((name) => el("option", { value: name })));
  const shown = JSON.stringify([view.group, group?.lines, group?.findings]);
  if (shown === view.shown) return;
  const list = $("bubbles");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || view.shownGroup !== view.group;
  view.shown = shown;
  view.shownGroup = view.group;
  list.replaceChildren(...(group?.lines || []).slice(-SHOWN).map((line) => bubble(line, group)));
  if (!list.children.length) list.append(el("li", { class: "empty" }, group ? "还没人说话。" : "在「开演」里演样例剧本，或者照种子演一个。"));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function bubble(line, group) {
  const who = line.by === "bot" ? "助手" : line.name;
  if (line.kind === "join") return el("li", { class: "note", id: `line-${line.n}` }, `${line.name} 进群了`);
  if (line.kind === "leave") return el("li", { class: "note", id: `line-${line.n}` }, `${line.name} 退群了`);
  if (line.kind === "recall") return el("li", { class: "note", id: `line-${line.n}` }, `${line.name} 撤回了一条消息`);
  const wrongs = group.findings.filter((one) => one.line === line.n);
  const marks = line.by === "bot" ? el("span", { class: `tag ${line.private ? "private" : "bot"}` }, line.private ? `私聊 ${line.to.join("、")}` : "助手")
    : line.by === "guide" ? el("span", { class: "tag guide" }, "店里的人") : null;
  const quoted = line.quote ? group.lines.find((one) => one.n === line.quote) : null;
  const body = el("div", { class: "body" },
    quoted ? el("span", { class: "quote" }, `${quoted.by === "bot" ? "助手" : quoted.name}：${quoted.recalled ? "已撤回" : (quoted.text || KINDS[quoted.kind] || "").slice(0, 60)}`) : null,
    line.recalled ? el("i", {}, "这条撤回了") : line.text || KINDS[line.kind] || "");
  const meta = el("span", { class: "meta" }, metaOf(line));
  if (!line.recalled) meta.append(el("button", { type: "button", onclick: () => quote(line) }, "引用"));
  if (line.by === "member" && !line.recalled) meta.append(el("button", { type: "button", onclick: () => act(() => ask("POST", groupPath("/recall"), { as: line.name, line: line.n })) }, "撤回"));
  const classes = ["bubble", "line", line.private ? "private" : line.by, wrongs.some((one) => one.grave) ? "wrong" : ""];
  return el("li", { class: classes.join(" "), id: `line-${line.n}` },
    face(who, line.by === "bot" ? OURS : line.by === "guide" ? "#23457f" : ""),
    el("span", { class: "from" }, line.by === "bot" ? null : el("span", {}, who), marks), body, meta,
    wrongs.length ? el("span", { class: "wrongs" }, wrongs.map((one) => one.words).join("；")) : null);
}
function metaOf(line) {
  const parts = [timeOf(line.at)];
  if (line.answers.length) parts.push(`答第 ${line.answers.join("、")} 行`);
  if (line.wait != null) parts.push(`${line.wait.toFixed(line.wait < 10 ? 1 : 0)} 秒后答了`);
  if (line.unheard) parts.push("没点名，机器人收不到");
  return `${line.n} · ${parts.join(" · ")} `;
}
function quote(line) {
  view.quote = line;
  $("quoting").hidden = !line;
  if (line) $("quoting").replaceChildren(`引用 ${line.by === "bot" ? "助手" : line.name}：${line.text.slice(0, 30)}`, el("button", { type: "button", onclick: () => quote(null) }, "不引用了"));
}

/* The ledger */

function drawLedger() {
  const group = view.current;
  const told = group?.figures;
  const rows = told ? [["群友说", told.said], ["导购说", told.guides], ["助手说", told.replies], ["私聊", told.private], ["撤回", told.recalled],
    ["该接的", told.due ? `${told.met}/${told.due}` : "—"], ["等（中位）", seconds(told.median_wait)], ["等（最长）", seconds(told.longest_wait)], ["错", told.grave, told.grave > 0]] : [];
  $("totals").replaceChildren(...rows.map(([name, value, bad]) => el("div", { class: bad ? "bad" : "" }, el("dt", {}, name), el("dd", {}, String(value)))));
  const findings = group?.findings || [];
  $("findings").replaceChildren(...findings.map((one) => el("li", { class: one.grave ? "grave" : "" }, el(
    "button", { type: "button", onclick: () => look(one.line) }, el("b", {}, one.grave ? "错" : "看看"), el("span", {}, `第 ${one.line} 行　${one.words}`)))));
  if (group && !findings.length) $("findings").append(el("li", { class: "good" }, "没有毛病：没有重复回答，没有答撤回的话，没有说出谁的号码。"));
}
function seconds(value) { return value == null ? "—" : `${value} 秒`; }
function look(number) {
  go("chat");
  const node = $(`line-${number}`);
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("focus");
  setTimeout(() => node.classList.remove("focus"), 2000);
}

/* Acting */

async function begin(wish) {
  $("faults").replaceChildren();
  try {
    const made = await ask("POST", "/groups", { platform: $("platform").value, speed: Number($("speed").value), ...wish });
    view.group = made.id;
    quote(null);
    go("chat");
    await refresh();
  } catch (error) {
    if (!error.faults) { tell(error.message); return; }
    $("write").open = true;
    $("faults").replaceChildren(...error.faults.map((one) => el("li", {}, `第 ${one.line} 行：${one.words}`)));
  }
}
$("platform").addEventListener("change", drawHouse);
$("example").addEventListener("click", () => begin({ script: view.house.example }));
$("empty").addEventListener("click", () => begin({}));
$("perform").addEventListener("click", () => begin({ script: $("script").value || " " }));
$("seed").addEventListener("submit", (event) => {
  event.preventDefault();
  begin({ seed: Number($("seed-number").value), members: Number($("seed-members").value), minutes: Number($("seed-minutes").value) });
});
$("stop").addEventListener("click", () => act(() => ask("POST", groupPath("/stop"), {})));
$("join").addEventListener("click", () => {
  const name = $("who").value.trim();
  if (!name) { tell("先写谁进群"); $("who").focus(); return; }
  act(() => ask("POST", groupPath("/join"), { as: name }));
});
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("who").value.trim();
  if (!name) { tell("先写是谁说的"); $("who").focus(); return; }
  act(async () => {
    if (!view.current.people.includes(name)) await ask("POST", groupPath("/join"), { as: name });
    await ask("POST", groupPath("/say"), { as: name, text: $("words").value, ...(view.quote ? { line: view.quote.n } : {}) });
    $("words").value = "";
    quote(null);
  });
});

/* Live */

const live = new EventSource(`${API}/events?kind=group,reset`);
live.onmessage = soon;
live.addEventListener("lost", soon);
live.onopen = () => { refresh(); };
go(document.body.dataset.tab);
