// Reminders: what is due, and a new one in two taps.
import { call, once, tell } from "./api.js";
import { field, sheet } from "./sheet.js";
import { now } from "./store.js";

const KINDS = { reminder: "提醒", callback: "回电", followup: "回访", after_hours: "下班留言", handover: "要回的顾客" };

/** So many days on, at a full hour. */
export function day(from, days, hour) {
  const at = new Date(from);
  at.setDate(at.getDate() + days);
  at.setHours(hour, 0, 0, 0);
  return at;
}

/** Times that one means when one says "later": each {text, at}, none of them past. */
export function times(from = new Date()) {
  const hours = (count) => new Date(from.getTime() + count * 3600000);
  const all = [
    { text: "1 小时后", at: hours(1) },
    { text: "3 小时后", at: hours(3) },
    { text: "今晚 8 点", at: day(from, 0, 20) },
    { text: "明天 10 点", at: day(from, 1, 10) },
    { text: "后天 10 点", at: day(from, 2, 10) },
    { text: "一周后", at: day(from, 7, 10) },
  ];
  return all.filter((one) => one.at > from);
}

/** A moment as a field of the page holds it, in the time of the place. */
export const local = (at) => new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/** Ask for words and a time; the new reminder is kept by the server. */
export async function newTask(conversation, changed) {
  const told = await sheet("设个提醒", (close) => {
    const words = el("input", { maxlength: "200", "data-first": true, placeholder: "例如：问问小样用得怎么样" });
    const kind = el("select", {}, el("option", { value: "reminder", text: "提醒我" }), el("option", { value: "callback", text: "给顾客回电" }));
    const when = el("input", { type: "datetime-local", value: local(times()[0].at), min: local(new Date()) });
    const quick = el("div", { class: "chips", role: "group", "aria-label": "什么时候" });
    const pick = (button, at) => {
      when.value = local(at);
      for (const other of quick.children) other.setAttribute("aria-pressed", String(other === button));
    };
    for (const [index, one] of times().entries()) quick.append(el("button", { type: "button", text: one.text, "aria-pressed": String(index === 0), onclick: (event) => pick(event.currentTarget, one.at) }));
    when.addEventListener("input", () => { for (const other of quick.children) other.setAttribute("aria-pressed", "false"); });
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    const form = el("form", { onsubmit: (event) => {
      event.preventDefault();
      const at = new Date(when.value);
      const fault = !words.value.trim() ? "写一句要记住的事" : Number.isNaN(at.getTime()) || at <= new Date() ? "选一个还没到的时间" : "";
      wrong.textContent = fault;
      wrong.hidden = !fault;
      if (!fault) close({ text: words.value.trim(), due_at: at.toISOString(), kind: kind.value });
    } }, field("task-words", "记住什么", words), quick, field("task-when", "或者自己选时间", when), field("task-kind", "哪一种", kind), wrong, el("button", { class: "button wide", type: "submit", text: "记下来" }));
    return form;
  });
  if (!told) return;
  await once("task", async () => {
    await call(`/api/desk/${conversation}/tasks`, told);
    tell(`记下了，${clock(told.due_at)} 提醒你`, "good");
    await changed();
  });
}

/** One reminder as a row with what can be done with it. */
export function taskRow(task, { enter, changed }) {
  const late = Date.parse(task.due_at) < now();
  const set = (body) => once(`task ${task.id}`, async () => {
    await call(`/api/desk/tasks/${task.id}`, body);
    await changed();
  });
  const later = () => set({ state: "open", due_at: new Date(now() + 3600000).toISOString() });
  return el("li", { class: `task ${late ? "late" : ""}`, "data-task": task.id },
    el("p", { class: "words", text: task.text }),
    el("p", { class: "small" }, el("span", { class: `pill ${late ? "hot" : ""}`, text: `${late ? "到点了 · " : ""}${clock(task.due_at)}` }), ` ${KINDS[task.kind] ?? "提醒"}${task.name ? ` · ${task.name}` : ""}`),
    el("p", { class: "deeds" },
      el("button", { type: "button", class: "button soft done", text: "办好了", onclick: () => set({ state: "done" }) }),
      el("button", { type: "button", class: "button bare", text: "过一小时", onclick: later }),
      el("button", { type: "button", class: "button bare", text: "不用了", onclick: () => set({ state: "cancelled" }) }),
      enter && task.conversation ? el("button", { type: "button", class: "button bare", text: "看对话", onclick: () => enter(task.conversation) }) : null));
}

/** The tab with everything that is still to do. */
export async function board(box, enter) {
  const { tasks } = await call("/api/desk/tasks");
  const open = tasks.filter((task) => (task.state ?? "open") === "open");
  const due = open.filter((task) => Date.parse(task.due_at) <= now());
  const later = open.filter((task) => Date.parse(task.due_at) > now());
  const part = (title, some) => (some.length ? [el("h2", { text: `${title} ${some.length}` }), el("ul", { class: "tasks" }, ...some.map((task) => taskRow(task, { enter, changed: () => board(box, enter) })))] : []);
  box.replaceChildren(...part("到点了", due), ...part("以后", later), ...(open.length ? [] : [el("p", { class: "quiet", text: "没有要记着的事。聊天时点“提醒”就能加。" })]));
}
