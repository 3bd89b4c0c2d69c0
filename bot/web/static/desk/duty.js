// Whether I am there: on duty, at a break, off, and until when.
import { call, once, tell } from "./api.js";
import { rows, sheet } from "./sheet.js";
import { desk } from "./store.js";

const STATES = { on: "在岗", break: "休息", off: "下班" };
const BREAKS = [15, 30, 60, 120];

/** The button says what is so. */
export function duty() {
  const button = document.getElementById("duty");
  const me = desk.listed.me;
  if (!button || !me) return;
  const until = me.until && me.state !== "on" ? ` 到 ${clock(me.until)}` : "";
  button.textContent = `${STATES[me.state] ?? "在岗"}${until}`;
  button.dataset.state = me.state;
  button.hidden = !me.guide;
  const load = me.capacity ? `，手上 ${me.load ?? 0} 位，最多 ${me.capacity} 位` : "";
  button.setAttribute("aria-label", `现在${button.textContent}${load}，点这里改`);
}

export async function chooseDuty(changed) {
  const later = (minutes) => new Date(Date.now() + minutes * 60000).toISOString();
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(10, 0, 0, 0);
  const me = desk.listed.me ?? {};
  const choices = [
    { text: "在岗", more: "新顾客会派给我", value: { state: "on" } },
    ...BREAKS.map((minutes) => ({ text: minutes < 60 ? `休息 ${minutes} 分钟` : `休息 ${minutes / 60} 小时`, more: `到 ${clock(later(minutes))} 自动回来在岗`, value: { state: "break", until: later(minutes) } })),
    { text: "下班", more: "一直到我自己改回来", value: { state: "off" } },
    { text: "下班到明天 10 点", value: { state: "off", until: morning.toISOString() } },
  ];
  for (const one of choices) if (one.value.state === me.state && !one.value.until === !me.until) one.mark = "现在";
  const told = await sheet("我现在", (close) => [me.load ? el("p", { class: "quiet", text: `手上还有 ${me.load} 位顾客。休息、下班以后不再派新的，手上的还归你，记得转接或者聊完。` }) : null, rows(choices, close, "")].filter(Boolean));
  if (!told) return;
  await once("duty", async () => {
    await call("/api/desk/duty", told);
    await changed();
    tell(told.state === "on" ? "你在岗了" : `记下了：${STATES[told.state]}`, "good");
  });
}
