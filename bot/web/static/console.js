"use strict";
// What was not answered well, and pairs of entries that say the same or contradict each other.
const main = document.querySelector("main");
const view = main.dataset.view;
const WHY = { unanswered: "没答上", badly_received: "答了不满意" };
const busy = new Set();
let listed = [];

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

const nothing = (words) => el("p", { class: "quiet", text: words });

// --- gaps ----------------------------------------------------------------------------------------------------

async function gaps() {
  const told = await call(`/api/console/gaps?days=${$("days").value}`);
  listed = told.gaps;
  show(...(listed.length ? listed.map(gap) : [nothing(`最近 ${told.days} 天没有漏掉的问题，真不错`)]));
}

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
    row.remove();
    listed = listed.filter((other) => other !== one);
    if (!listed.length) show(nothing("没有了"));
  });
}

// --- pairs ---------------------------------------------------------------------------------------------------

async function pairs() {
  const told = await call("/api/console/pairs");
  show(...(told.pairs.length ? told.pairs.map(pair) : [nothing("没有找到重复或者互相矛盾的条目")]));
}

function pair(one) {
  const side = (entry) => el("div", { class: "said" }, el("a", { href: `/console/entries/${encodeURIComponent(entry.id)}`, text: `${entry.question}（${entry.id}）` }), words(entry.answer), entry.source ? el("p", { class: "quiet small", text: `出处：${entry.source}` }) : null);
  const label = one.kind === "contradiction" ? el("span", { class: "pill hot", text: "互相矛盾" }) : el("span", { class: "pill warm", text: "重复" });
  return el("article", { class: "sheet pair" }, el("p", { class: "marks" }, label), el("p", { text: one.why }), el("div", { class: "both" }, ...one.entries.map(side)));
}

// --- the start -----------------------------------------------------------------------------------------------

const LOOKS = { gaps, pairs };

async function look() {
  try {
    await LOOKS[view]();
  } catch (error) {
    show();
    tell(error.message);
  }
}

/** What is listed, as a table for Excel. */
function table() {
  const cells = (values) => values.map((value) => `"${String(value).replaceAll('"', '""').replace(/^[=+\-@]/, "'$&")}"`).join(",");
  const rows = listed.map((one) => [one.question, one.examples.join("；"), one.count, Object.entries(one.reasons).map(([name, count]) => `${WHY[name] ?? name} ${count}`).join("；"), one.last, one.nearest?.id ?? ""]);
  const text = [["问题", "别的问法", "次数", "为什么", "最近一次", "最接近的知识"], ...rows].map(cells).join("\r\n");
  const link = el("a", { href: URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" })), download: "没答好的问题.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

$("days")?.addEventListener("change", () => once("look", look));
$("csv")?.addEventListener("click", table);
look();
