"use strict";
// One group: its figures as charts, each with its table, and how the assistant is to behave there.
const main = document.querySelector("main");
const group = encodeURIComponent(main.dataset.group);
const changes = main.dataset.changes === "yes";
const BY = [["assistant", "助手", "#8f4a43"], ["guide", "导购", "#2c6e49"], ["member", "群友", "#4a6fa5"], ["nobody", "没人答", "#b9a49c"]];
const LEVELS = { at_only: "只在 @ 它的时候说", careful: "谨慎", lively: "活跃" };
const drawn = new Map();
let version = "";
let owner = "";

// --- charts --------------------------------------------------------------------------------------------------

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.color = "#75605a";
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;

/** A chart, and the same numbers as a table below it. */
function chart(id, type, labels, sets, more = {}) {
  drawn.get(id)?.destroy();
  const scales = { x: { stacked: more.stacked, grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 12 } }, y: { stacked: more.stacked, beginAtZero: true, max: more.max, ticks: { precision: 0 }, grid: { color: "#eadfd8" } } };
  const datasets = sets.map(([label, data, colour]) => ({ label, data, backgroundColor: colour, borderColor: colour, borderWidth: type === "line" ? 2 : 0, pointRadius: type === "line" ? 2 : 0, maxBarThickness: 22 }));
  drawn.set(id, new Chart($(id), { type, data: { labels, datasets }, options: { scales, plugins: { legend: { display: sets.length > 1, position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } } } } }));
  const head = el("tr", {}, el("th", { scope: "col", text: more.of ?? "日期" }), ...sets.map(([label]) => el("th", { scope: "col", text: label })));
  const rows = labels.map((label, n) => el("tr", {}, el("th", { scope: "row", text: label }), ...sets.map(([, data]) => el("td", { text: `${data[n] ?? "—"}${data[n] === null || !more.unit ? "" : more.unit}` }))));
  $(`${id}-table`).replaceChildren(el("thead", {}, head), el("tbody", {}, ...rows));
  const total = sets.map(([label, data]) => `${label}共 ${data.reduce((sum, one) => sum + (one ?? 0), 0)}`).join("，");
  $(id).setAttribute("aria-label", more.unit ? "每天助手说的占所有消息的百分之几，数字见下面的表" : `${total}，数字见下面的表`);
}

const short = (day) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}`;

function draw(told) {
  const days = told.days.map((one) => short(one.day));
  chart("speakers", "bar", days, [["说话的人", told.days.map((one) => one.speakers), "#8f4a43"]]);
  chart("answers", "bar", days, BY.map(([by, name, colour]) => [name, told.days.map((one) => one.answered[by]), colour]), { stacked: true });
  chart("hours", "bar", told.hours.map((_, hour) => `${hour} 点`), [["消息", told.hours, "#4a6fa5"]], { of: "时间" });
  const share = told.days.map((one) => (one.said + one.assistant ? Math.round((100 * one.assistant) / (one.said + one.assistant)) : null));
  chart("share", "line", days, [["助手占", share, "#8f4a43"]], { unit: "%", max: 100 });
}

// --- figures and settings ------------------------------------------------------------------------------------

const figure = (name, value) => el("div", {}, el("dt", { text: name }), el("dd", { text: value }));

function head(told) {
  const asked = told.questions ? BY.map(([by, name]) => `${name} ${told.answered[by]}`).join(" · ") : "没有人提问";
  $("head").replaceChildren(
    el("h2", {}, el("span", { text: told.name || "没有名字的群" })),
    el("p", { class: "quiet small", text: [told.store ?? "不属于哪家店", told.owner ? `群主 ${told.owner}` : "还没有定群主", told.last_at ? `最后一次有人说话 ${clock(told.last_at)}` : "还没有人说过话"].join(" · ") }),
    ...(told.alarm ? [el("p", {}, el("span", { class: "pill hot", text: told.alarm }))] : []),
    el("dl", { class: "figures" }, figure("群友", String(told.members)), figure("七天里说话的", String(told.speakers)), figure("问题", String(told.questions)), figure("答得多快（一半）", told.minutes === null ? "—" : told.minutes < 1 ? "不到 1 分钟" : `${told.minutes} 分钟`)),
    el("p", { class: "small", text: `${asked} · 助手说的占 ${Math.round(told.share * 100)}%` }),
  );
  $("head").setAttribute("aria-busy", "false");
}

const SHOWN = { level: (one) => LEVELS[one], hold: (one) => `${one} 秒`, per_hour: (one) => `${one} 次`, names: (one) => one.join(" ") || "没有别的叫法", rules: (one) => one || "还没有写" };

function form(told) {
  const { settings, defaults } = told;
  version = told.version;
  owner = told.guide ?? "";
  $("level").value = settings.level ?? "";
  $("level").options[0].textContent = `按品牌的（${SHOWN.level(defaults.level)}）`;
  for (const name of ["hold", "per_hour", "rules"]) $(name).value = settings[name] ?? "";
  $("names").value = (settings.names ?? []).join(" ");
  for (const name of ["hold", "per_hour", "rules", "names"]) $(name).placeholder = `品牌的：${SHOWN[name](defaults[name])}`;
  const known = told.guides.some((one) => one.id === owner) || !owner;
  const others = known ? told.guides : [{ id: owner, name: told.owner ?? owner }, ...told.guides];
  $("guide").replaceChildren(el("option", { value: "", text: "还没有定" }), ...others.map((one) => el("option", { value: one.id, text: one.name })));
  $("guide").value = owner;
  for (const field of $("ways").querySelectorAll("input, select, textarea")) field.disabled = !changes;
  $("ways").hidden = false;
}

function wanted() {
  const number = (id) => ($(id).value.trim() === "" ? null : Number($(id).value));
  const names = $("names").value.split(/[\s,，、]+/).filter(Boolean);
  return { level: $("level").value || null, hold: number("hold"), per_hour: number("per_hour"), names: names.length ? names : null, rules: $("rules").value.trim() || null };
}

$("ways").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!changes || !$("ways").reportValidity()) return;
  const button = $("ways").querySelector("button");
  button.disabled = true;
  tell("");
  try {
    ({ version } = await call(`/api/console/groups/${group}`, { version, guide: $("guide").value || null, settings: wanted() }));
    await look();
    tell("", "已经保存，马上生效");
  } catch (error) {
    tell(error.message);
  } finally {
    button.disabled = false;
  }
});

/** anew: also the form, which otherwise keeps what somebody is writing. */
async function look(anew = true) {
  const days = $("days").value;
  $("csv").href = `/api/console/groups/${group}/export?days=${days}`;
  try {
    const told = await call(`/api/console/groups/${group}?days=${days}`);
    head(told);
    draw(told);
    if (anew) form(told);
  } catch (error) {
    if (!drawn.size) {
      // nothing to draw and nothing to take away: no empty charts
      $("head").replaceChildren(el("p", { class: "quiet", text: "看不到这个群" }));
      for (const part of [document.querySelector(".charts"), $("csv")]) part.hidden = true;
    }
    tell(error.message);
  }
}

$("days").addEventListener("change", () => look(false));
look();
