"use strict";
// All groups: how each does, those first where somebody wrote last.
const BY = [["assistant", "助手"], ["guide", "导购"], ["member", "群友"], ["nobody", "没人答"]];
const LEVELS = { at_only: "只在 @ 时说", careful: "谨慎", lively: "活跃" };
let shown = 0;

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
    { class: "sheet group", href: `/console/groups/${encodeURIComponent(one.conversation)}` },
    el("h2", {}, el("span", { text: one.name || "没有名字的群" }), one.alarm ? el("span", { class: "pill hot", text: one.alarm }) : null),
    el("p", { class: "quiet small", text: [one.store ?? "不属于哪家店", one.owner ? `群主 ${one.owner}` : "还没有定群主", one.level ? LEVELS[one.level] : null].filter(Boolean).join(" · ") }),
    el("dl", { class: "figures" }, figure("群友", String(one.members)), figure("七天里说话的", String(one.speakers)), figure("问题", String(one.questions))),
    one.questions ? bits : null,
    el("p", { class: "small", text: one.questions ? `${BY.map(([by, name]) => `${name} ${one.answered[by]}`).join(" · ")}${one.minutes === null ? "" : ` · 一半的问题 ${one.minutes} 分钟内有人答`}` : "七天里没有人提问" }),
    el("p", { class: "quiet small", text: one.last_at ? `最后一次有人说话：${clock(one.last_at)}` : "还没有人说过话" }),
  );
}

async function look() {
  try {
    const told = await call(`/api/console/groups?skip=${shown}`);
    const rows = told.groups.map(row);
    if (shown) $("list").append(...rows);
    else $("list").replaceChildren(...(rows.length ? rows : [el("p", { class: "quiet", text: "还没有群，或者没有您能看的群" })]));
    shown += told.groups.length;
    $("more").hidden = !told.more;
  } catch (error) {
    tell(error.message);
  }
  $("list").setAttribute("aria-busy", "false");
}

$("more").addEventListener("click", look);
look();
