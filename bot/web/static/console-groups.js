"use strict";
// All groups: how each does, those first where somebody wrote last; what is looked for among them, in which order, as a table.
const BY = [["assistant", "助手"], ["guide", "导购"], ["member", "群友"], ["nobody", "没人答"]];
const LEVELS = { at_only: "只在 @ 时说", careful: "谨慎", lively: "活跃" };
const PAGES = 20; // of a hundred groups each, fetched before what is looked for is looked for among all
const find = $("find");
let listed = [];
let more = false;
let asked = 0;

const figure = (name, value) => el("div", {}, el("dt", { text: name }), el("dd", { text: value }));

function row(one) {
  const bits = el("div", { class: "bits", role: "img", "aria-label": BY.map(([by, name]) => `${name} ${one.answered[by]}`).join("，") });
  for (const [by] of BY) {
    const bit = el("i", { class: `by-${by}` });
    bit.style.flex = String(one.answered[by]);
    bits.append(bit);
  }
  return el(
    "a",
    { class: "sheet group", "data-row": "", href: `/console/groups/${encodeURIComponent(one.conversation)}` },
    el("h2", {}, el("span", { text: one.name || "没有名字的群" }), one.alarm ? el("span", { class: "pill hot", text: one.alarm }) : null),
    el("p", { class: "quiet small", text: [one.store ?? "不属于哪家店", one.owner ? `群主 ${one.owner}` : "还没有定群主", one.level ? LEVELS[one.level] : null].filter(Boolean).join(" · ") }),
    el("dl", { class: "figures" }, figure("群友", String(one.members)), figure("七天里说话的", String(one.speakers)), figure("问题", String(one.questions))),
    one.questions ? bits : null,
    el("p", { class: "small", text: one.questions ? `${BY.map(([by, name]) => `${name} ${one.answered[by]}`).join(" · ")}${one.minutes === null ? "" : ` · 一半的问题 ${Math.max(1, one.minutes)} 分钟内有人答`}` : "七天里没有人提问" }),
    el("p", { class: "quiet small", text: one.last_at ? `最后一次有人说话：${clock(one.last_at)}` : "还没有人说过话" }),
  );
}

const ORDERS = {
  questions: (one, other) => other.questions - one.questions,
  nobody: (one, other) => other.answered.nobody - one.answered.nobody,
  members: (one, other) => other.members - one.members,
  name: (one, other) => (one.name ?? "").localeCompare(other.name ?? "", "zh"),
};
const FITS = { alarm: (one) => one.alarm, nobody: (one) => one.answered.nobody, ownerless: (one) => !one.owner, quiet: (one) => !one.speakers };

function found() {
  const words = $("q").value.trim().toLowerCase();
  const fit = listed.filter((one) => [one.name, one.store, one.owner].some((said) => (said ?? (words ? "" : " ")).toLowerCase().includes(words)) && (FITS[$("only").value]?.(one) ?? true));
  return ORDERS[$("order").value] ? [...fit].sort(ORDERS[$("order").value]) : fit;
}

function draw() {
  const rows = found();
  const none = listed.length ? "没有找到。换个词，或者把筛选放宽一点。" : "还没有群，或者没有您能看的群。";
  $("list").replaceChildren(...(rows.length ? rows.map(row) : [el("p", { class: "empty", text: none })]));
  $("list").setAttribute("aria-busy", "false");
  $("found").textContent = rows.length === listed.length ? `${more ? "先看到" : "一共"} ${listed.length} 个` : `找到 ${rows.length} 个，一共 ${listed.length} 个`;
  $("csv").disabled = !rows.length;
  $("more").hidden = !more;
}

/** The next groups, or as many as there are. */
async function fetched(all) {
  for (let page = 0; (more || !listed.length) && page < (all ? PAGES : 1); page += 1) {
    const told = await call(`/api/console/groups?skip=${listed.length}`);
    [listed, more] = [[...listed, ...told.groups], told.more];
    if (!told.groups.length) return;
  }
}

/** Fetch and show; what did not come is said, with a way to ask again. */
async function look(all = false) {
  const mine = (asked += 1);
  $("list").setAttribute("aria-busy", "true");
  $("more").disabled = true;
  try {
    await fetched(all);
    if (mine === asked) draw();
  } catch (error) {
    if (listed.length) draw();
    else $("list").replaceChildren();
    $("list").append(unseen(error, () => look(all)));
    $("list").setAttribute("aria-busy", "false");
  }
  $("more").disabled = false;
}

$("more").addEventListener("click", () => look());
find.addEventListener("input", () => { if ($("list").getAttribute("aria-busy") === "false") (more ? look(true) : draw()); });
find.addEventListener("submit", (event) => event.preventDefault());
$("csv").addEventListener("click", async () => {
  await look(true);
  const cells = (one) => [one.name || "没有名字的群", one.store, one.owner, one.level ? LEVELS[one.level] : "按品牌的", one.members, one.speakers, one.questions, ...BY.map(([by]) => one.answered[by]), one.minutes, one.last_at && clock(one.last_at), one.alarm];
  saveTable("群", ["群", "门店", "群主", "助手多爱说话", "群友", "七天里说话的", "问题", ...BY.map(([, name]) => name), "一半的问题几分钟内有人答", "最后一次有人说话", "提醒"], found().map(cells));
});
look();
