// What a guide knows at a glance: three lines, each leading to the words it rests on, and what need not be asked again.
import { point } from "./message.js";
import { setting, keepSetting } from "./store.js";

const LINES = { wants: "想要", told: "说过", promised: "答应过", hurt: "要留心" };

/** One clause; a tap shows its grounds. */
function clause(text, messages) {
  if (!messages?.length) return el("span", { text });
  return el("button", { type: "button", class: "clause", text, title: "看原话", onclick: () => point(messages) });
}

/** Clauses of one kind share a line. */
function gathered(lines) {
  const kinds = new Map();
  for (const line of lines ?? []) kinds.set(line.kind, [...(kinds.get(line.kind) ?? []), line]);
  return [...kinds].sort(([one], [other]) => Object.keys(LINES).indexOf(one) - Object.keys(LINES).indexOf(other));
}

export function summary(place, brief) {
  const why = brief?.why || place.reason;
  const lines = gathered(brief?.lines);
  const known = brief?.known ?? [];
  if (!lines.length && !known.length && (!why || place.owner === "bot")) return [];
  const rows = el("dl");
  if (why && place.owner !== "bot") rows.append(el("dt", { text: "为什么找人" }), el("dd", { text: why }));
  for (const [kind, clauses] of lines) {
    rows.append(el("dt", { class: kind, text: LINES[kind] ?? "知道的" }), el("dd", {}, ...clauses.map((one) => clause(one.text, one.messages))));
  }
  const chips = known.length
    ? el("div", { class: "known", role: "group", "aria-label": "别再问" }, el("strong", { text: "别再问" }), ...known.map((one) => clause([one.what, one.value].filter(Boolean).join(" "), one.messages)))
    : null;
  const made = el("details", { class: "brief", "aria-label": "来龙去脉" }, el("summary", { text: "来龙去脉" }), rows, chips);
  made.open = setting("brief", true);
  made.addEventListener("toggle", () => keepSetting("brief", made.open));
  return [made];
}
