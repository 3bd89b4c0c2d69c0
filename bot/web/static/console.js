"use strict";
// The editor's pages: what was not answered well, drafts of entries, and pairs that say the same or contradict each other.
const main = document.querySelector("main");
const view = main.dataset.view;
const publishes = main.dataset.publishes === "yes";
const WHY = { unanswered: "没答上", badly_received: "答了不满意" };
const busy = new Set();
let listed = [];
let open = null;
let before = "";

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
    { class: "sheet gap", "data-question": one.question },
    el("h2", { text: one.question }),
    el("p", { class: "marks" }, ...marks),
    others.length ? el("ul", {}, ...others.map((example) => el("li", { text: example }))) : null,
    one.wordings > one.examples.length ? el("p", { class: "quiet small", text: `还有 ${one.wordings - one.examples.length} 种说法` }) : null,
    one.entries.length ? el("p", { class: "small", text: `当时答的是：${one.entries.join("、")}` }) : null,
    one.nearest ? el("p", { class: "quiet small", text: `最接近的条目：${one.nearest.question}（${one.nearest.id}，把握 ${Math.round(one.likely * 100)}%）` }) : null,
    el(
      "p",
      { class: "deeds" },
      el("button", { type: "button", class: "button write", text: "写成条目", onclick: () => write(one) }),
      el("button", { type: "button", class: "button soft aside", text: "不用管", onclick: () => aside(one, made) }),
    ),
  );
  return made;
}

function write(one) {
  return once("write", async () => {
    const { draft } = await call("/api/console/gaps/draft", { question: one.question, days: Number($("days").value) });
    location.assign(`/console/drafts#${encodeURIComponent(draft.id)}`);
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
  const side = (entry) => el("div", { class: "said" }, el("strong", { text: `${entry.question}（${entry.id}）` }), words(entry.answer), entry.source ? el("p", { class: "quiet small", text: `出处：${entry.source}` }) : null);
  const label = one.kind === "contradiction" ? el("span", { class: "pill hot", text: "互相矛盾" }) : el("span", { class: "pill warm", text: "重复" });
  return el("article", { class: "sheet pair" }, el("p", { class: "marks" }, label), el("p", { text: one.why }), el("div", { class: "both" }, ...one.entries.map(side)));
}

// --- drafts --------------------------------------------------------------------------------------------------

async function drafts() {
  const told = await call(`/api/console/drafts?state=${$("state").value}`);
  listed = told.drafts;
  const empty = { draft: "没有等着发布的草稿。可以从“没答好的问题”里一键写成条目，或者用 daogou import 导入文件", published: "还没有发布过草稿", dismissed: "没有" };
  show(...(listed.length ? listed.map(row) : [nothing(empty[$("state").value])]));
}

function row(one) {
  const asked = one.entry.questions ?? [];
  return el(
    "button",
    { type: "button", class: `sheet draft ${open?.id === one.id ? "chosen" : ""}`, "data-draft": one.id, onclick: () => enter(one) },
    el("h2", { text: asked[0] ?? "（还没有问题）" }),
    el("p", { class: "quiet small", text: one.entry.answer ? short(one.entry.answer, 60) : "还没有答案" }),
    one.note ? el("p", { class: "small", text: one.note }) : null,
    el("p", { class: "quiet small", text: `${one.origin} · ${one.author} · ${clock(one.at)}` }),
  );
}

const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const FIELDS = ["answer", "short", "source", "valid_from", "valid_until"];

function enter(one) {
  if (!leaving()) return;
  open = one;
  const entry = one?.entry ?? {};
  $("title").textContent = one ? short((entry.questions ?? [])[0] ?? one.id, 40) : "新写一条";
  $("note").textContent = one ? [one.origin, one.note].filter(Boolean).join(" · ") : "";
  $("questions").value = (entry.questions ?? []).join("\n");
  for (const name of FIELDS) $(name).value = entry[name] ?? "";
  $("tags").value = (entry.tags ?? []).join(" ");
  $("private").checked = Boolean(entry.private);
  $("ask").value = (entry.questions ?? [])[0] ?? "";
  $("tried").replaceChildren();
  $("entry").hidden = false;
  document.body.classList.add("writing");
  $("dismiss").hidden = !one || one.state === "dismissed";
  before = JSON.stringify(fields());
  history.replaceState(null, "", one ? `#${encodeURIComponent(one.id)}` : "#");
  for (const other of document.querySelectorAll("[data-draft]")) other.classList.toggle("chosen", other.dataset.draft === one?.id);
  tell("");
  if (matchMedia("(max-width: 899px)").matches) scrollTo(0, 0);
}

/** Whether what stands in the form may be left: it is saved, or not worth it. */
function leaving() {
  return $("entry").hidden || before === JSON.stringify(fields()) || confirm("还没有保存，不要了吗？");
}

function close() {
  $("entry").hidden = true;
  document.body.classList.remove("writing");
  open = null;
  history.replaceState(null, "", location.pathname);
}

function fields() {
  const entry = {
    questions: $("questions").value.split("\n").map((line) => line.trim()).filter(Boolean),
    tags: $("tags").value.split(/[\s;；,，、]+/).filter(Boolean),
    private: $("private").checked,
  };
  for (const name of FIELDS) entry[name] = $(name).value.trim();
  return entry;
}

async function save() {
  const entry = fields();
  const { draft } = await call(open ? `/api/console/drafts/${encodeURIComponent(open.id)}` : "/api/console/drafts", { entry });
  open = draft;
  before = JSON.stringify(fields());
  $("dismiss").hidden = false;
  history.replaceState(null, "", `#${encodeURIComponent(draft.id)}`);
  return draft;
}

function publish() {
  return once("deed", async () => {
    const draft = await save();
    const { release } = await call(`/api/console/drafts/${encodeURIComponent(draft.id)}/publish`, {});
    close();
    await drafts();
    tell("", `已发布（第 ${release} 版），几秒后就会这样回答顾客`);
  });
}

function dismiss() {
  if (!confirm("这条草稿不要了？")) return Promise.resolve();
  return once("deed", async () => {
    await call(`/api/console/drafts/${encodeURIComponent(open.id)}/dismiss`, {});
    close();
    await drafts();
  });
}

function attempt() {
  const question = $("ask").value.trim() || fields().questions[0];
  if (!question) return tell("先写一句要试的问题");
  return once("try", async () => {
    $("tried").replaceChildren(nothing("正在试…"));
    try {
      const told = await call("/api/console/trial", { question, entry: fields(), draft: open?.id ?? "" });
      const id = open?.id ?? "new-draft";
      $("tried").replaceChildren(verdict("发布以后", told.then, id), verdict("现在", told.now, id));
    } catch (error) {
      $("tried").replaceChildren();
      throw error;
    }
  });
}

function verdict(when, one, id) {
  const mine = one.entry === id;
  const sure = `把握 ${Math.round(one.confidence * 100)}%`;
  const head = one.entry ? `${when}：${mine ? "用这条草稿回答" : `用 ${one.entry} 回答`}（${sure}）` : `${when}：${one.close.length ? "会反问" : "不会回答"}（${sure}，${one.why}）`;
  const rest = one.answer ?? (one.close.length ? one.close.join(" / ") : "");
  return el("div", { class: `answered ${mine ? "good" : one.entry ? "" : "none"}` }, el("strong", { text: head }), rest ? words(rest) : null);
}

// --- the start -----------------------------------------------------------------------------------------------

const LOOKS = { gaps, drafts, pairs };

async function look() {
  try {
    await LOOKS[view]();
  } catch (error) {
    show();
    tell(error.message);
  }
}

$("days")?.addEventListener("change", () => once("look", look));
if (view === "drafts") {
  $("state").addEventListener("change", () => once("look", look));
  $("new").addEventListener("click", () => enter(null));
  $("back").addEventListener("click", () => { if (leaving()) close(); });
  $("entry").addEventListener("submit", (event) => {
    event.preventDefault();
    once("deed", async () => {
      await save();
      await drafts();
      tell("", "已保存，还没有发布");
    });
  });
  $("publish")?.addEventListener("click", () => { if (confirm("发布后马上会这样回答顾客，确定吗？")) publish(); });
  $("dismiss").addEventListener("click", dismiss);
  $("try").addEventListener("click", attempt);
  $("ask").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    attempt();
  });
  addEventListener("beforeunload", (event) => { if (!$("entry").hidden && before !== JSON.stringify(fields())) event.preventDefault(); });
}
look().then(async () => {
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (view !== "drafts" || !wanted) return;
  const here = listed.find((one) => one.id === wanted);
  await once("open", async () => enter(here ?? (await call(`/api/console/drafts/${encodeURIComponent(wanted)}`)).draft));
});
