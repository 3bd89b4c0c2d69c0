"use strict";
// What was not answered well, and pairs of entries that say the same or contradict each other.
const main = document.querySelector("main");
const view = main.dataset.view;
const WHY = { unanswered: "没答上", badly_received: "答了不满意" };
const busy = new Set();
const find = $("find");
let listed = [];
let asked = 0;

/** Do something once: a second tap while it runs is no second deed. */
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

function show(...rows) {
  $("list").setAttribute("aria-busy", "false");
  $("list").replaceChildren(...rows);
}

const nothing = (words) => el("p", { class: "quiet empty", text: words });

// --- gaps ----------------------------------------------------------------------------------------------------

const GAPS = {
  ask: async () => (await call(`/api/console/gaps?days=${$("days").value}&limit=200`)).gaps,
  row: gap,
  none: () => `最近 ${$("days").value} 天没有漏掉的问题，真不错`,
  fits: (one, { why: which }) => !which || which in one.reasons,
  said: (one) => [one.question, ...one.examples],
  orders: { count: (one, other) => other.count - one.count, last: (one, other) => other.last.localeCompare(one.last) },
  file: "没答好的问题",
  head: ["问题", "别的问法", "次数", "为什么", "最近一次", "最接近的知识"],
  cells: (one) => [one.question, one.examples.join("；"), one.count, Object.entries(one.reasons).map(([name, count]) => `${WHY[name] ?? name} ${count}`).join("；"), clock(one.last), one.nearest?.id ?? ""],
};

function gap(one) {
  const others = one.examples.filter((example) => example !== one.question);
  const marks = [
    one.rising >= 1 ? el("span", { class: "pill hot", text: "变多了" }) : null,
    el("span", { class: "pill", text: `${one.count} 次` }),
    ...Object.entries(one.reasons).map(([name, count]) => el("span", { class: "pill warm", text: `${WHY[name] ?? name} ${count}` })),
    el("span", { class: "pill", text: `最近一次 ${clock(one.last)}` }),
  ];
  const made = el(
    "article",
    { class: "sheet gap", "data-question": one.question, "data-row": "" },
    el("h2", { text: one.question }),
    el("p", { class: "marks" }, ...marks),
    others.length ? el("ul", {}, ...others.map((example) => el("li", { text: example }))) : null,
    one.wordings > one.examples.length ? el("p", { class: "quiet small", text: `还有 ${one.wordings - one.examples.length} 种说法` }) : null,
    one.entries.length ? el("p", { class: "small" }, "当时答的是：", ...one.entries.flatMap((id, n) => [n ? "、" : "", el("a", { href: `/console/entries/${encodeURIComponent(id)}`, text: id === one.nearest?.id ? one.nearest.question : id })])) : null,
    one.nearest && !one.entries.includes(one.nearest.id) ? el("p", { class: "quiet small" }, "最接近的知识：", el("a", { href: `/console/entries/${encodeURIComponent(one.nearest.id)}`, text: one.nearest.question }), `（把握 ${Math.round(one.likely * 100)}%）`) : null,
    el(
      "p",
      { class: "deeds" },
      el("button", { type: "button", class: "button write", text: "写成知识", onclick: () => write(one) }),
      el("a", { class: "button soft why", href: why(one), text: "为什么这样答" }),
      el("button", { type: "button", class: "button soft aside", text: "不用管", onclick: () => aside(one, made) }),
    ),
  );
  return made;
}

/** The talks behind a gap. */
const why = (one) => `/console/gaps/why?${new URLSearchParams([["days", $("days").value], ...[...new Set([one.question, ...one.examples])].map((each) => ["question", each])])}`;

function write(one) {
  return once("write", async () => {
    const { draft } = await call("/api/console/gaps/draft", { question: one.question, days: Number($("days").value) });
    location.assign(`/console/entries/${encodeURIComponent(draft.item)}`);
  });
}

function aside(one, row) {
  if (!confirm(`“${one.question}”以后不再列出来？`)) return Promise.resolve();
  return once(`aside ${one.question}`, async () => {
    await call("/api/console/gaps/aside", { question: one.question });
    const at = [...$("list").children].indexOf(row);
    listed = listed.filter((other) => other !== one);
    draw();
    ($("list").children[at] ?? $("list").lastElementChild)?.querySelector(".aside")?.focus();
  });
}

// --- pairs ---------------------------------------------------------------------------------------------------

const KINDS = { contradiction: "互相矛盾", duplicate: "重复" };
const kind = (one) => (one.kind === "contradiction" ? "contradiction" : "duplicate");

const PAIRS = {
  ask: async () => (await call("/api/console/pairs")).pairs,
  row: pair,
  none: () => "没有找到重复或者互相矛盾的条目",
  fits: (one, { kind: which }) => !which || which === kind(one),
  said: (one) => one.entries.flatMap((entry) => [entry.id, entry.question, entry.answer]),
  orders: { name: (one, other) => one.entries[0].question.localeCompare(other.entries[0].question, "zh") },
  file: "重复和矛盾",
  head: ["怎么了", "说明", "编号", "问题", "答案", "另一条编号", "另一条问题", "另一条答案"],
  cells: (one) => [KINDS[kind(one)], one.why, ...one.entries.flatMap((entry) => [entry.id, entry.question, entry.answer])],
};

function pair(one) {
  const side = (entry) => el("div", { class: "said" }, el("a", { href: `/console/entries/${encodeURIComponent(entry.id)}`, text: `${entry.question}（${entry.id}）` }), words(entry.answer), entry.source ? el("p", { class: "quiet small", text: `出处：${entry.source}` }) : null);
  const label = el("span", { class: `pill ${kind(one) === "contradiction" ? "hot" : "warm"}`, text: KINDS[kind(one)] });
  return el("article", { class: "sheet pair", "data-row": "" }, el("p", { class: "marks" }, label), el("p", { text: one.why }), el("div", { class: "both" }, ...one.entries.map(side)));
}

// --- what is looked for, in which order -----------------------------------------------------------------------

const VIEW = { gaps: GAPS, pairs: PAIRS }[view];
const wanted = () => Object.fromEntries([...new FormData(find)].filter(([, value]) => value.trim()));

function found() {
  const { q = "", order, ...rest } = wanted();
  const words = q.trim().toLowerCase();
  const fit = listed.filter((one) => VIEW.fits(one, rest) && VIEW.said(one).some((said) => said.toLowerCase().includes(words)));
  return VIEW.orders[order] ? [...fit].sort(VIEW.orders[order]) : fit;
}

/** What was fetched, as it is looked for; the address says so too, for the way back and for a colleague. */
function draw() {
  const rows = found();
  $("csv").disabled = !rows.length;
  $("found").textContent = rows.length === listed.length ? `一共 ${listed.length} 条` : `找到 ${rows.length} 条，一共 ${listed.length} 条`;
  show(...(rows.length ? rows.map(VIEW.row) : [nothing(listed.length ? "没有找到。换个词，或者把筛选放宽一点。" : VIEW.none())]));
  const told = String(new URLSearchParams(wanted()));
  history.replaceState(null, "", told ? `?${told}` : location.pathname);
}

/** What the address says stands in the fields. */
function remembered() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = find.elements[name];
    if (field && (field.tagName !== "SELECT" || [...field.options].some((one) => one.value === value))) field.value = value;
  }
}

// --- the start -----------------------------------------------------------------------------------------------

/** Fetch anew. Of two that are under way the later one counts; what did not come is said, with a way to ask again. */
async function look() {
  const mine = (asked += 1);
  const waits = el("p", { class: "quiet", text: "正在看，请稍等…" });
  $("list").setAttribute("aria-busy", "true");
  $("list").replaceChildren(waits);
  [$("csv").disabled, $("found").textContent] = [true, ""];
  tell("");
  const slow = setTimeout(() => { waits.textContent = "还在看，消息多的时候要久一点…"; }, 5000);
  try {
    const came = await VIEW.ask();
    if (mine !== asked) return;
    listed = came;
    draw();
  } catch (error) {
    if (mine !== asked) return;
    show(unseen(error, look));
  } finally {
    clearTimeout(slow);
  }
}

$("days")?.addEventListener("change", look);
find.addEventListener("input", (event) => { if (event.target.id !== "days" && $("list").getAttribute("aria-busy") === "false" && !$("again")) draw(); });
find.addEventListener("submit", (event) => event.preventDefault());
$("csv").addEventListener("click", () => saveTable(VIEW.file, VIEW.head, found().map(VIEW.cells)));
remembered();
look();
