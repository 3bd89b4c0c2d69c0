"use strict";
// What every page of the console does: calls with words for people where they fail, telling how it went, signing out.
const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf]").content;
const PATIENCE = 120_000; // milliseconds after which nobody waits any longer

/** To the door, and after it back to this very page. */
function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: AbortSignal.timeout?.(PATIENCE) });
  } catch (error) {
    const late = body === undefined ? "等了太久还没有回音，请再试一次" : "等了太久没有回音，刷新看看成了没有";
    throw new Error(error.name === "TimeoutError" ? late : "网络不通，请再试一次");
  }
  if (answer.status === 401) {
    signIn();
    throw new Error("登录过期了，请重新登录");
  }
  if (answer.status === 204) return {};
  const told = await answer.json().catch(() => null);
  if (!answer.ok || told === null) throw new Error(told?.error?.reasons?.join("\n") ?? told?.error?.message ?? "系统忙，请再试一次");
  return told;
}

function tell(words, done = "") {
  for (const [id, text] of [["tell", words], ["done", done]]) {
    $(id).textContent = text;
    $(id).hidden = !text;
  }
  if (words || done) $(words ? "tell" : "done").scrollIntoView({ block: "nearest" });
}

/** In place of a list that did not come: why, and a way to ask again. */
function unseen(error, again) {
  const button = el("button", { type: "button", class: "button soft", id: "again", text: "再试一次", onclick: () => again() });
  return el("div", { class: "empty", role: "alert" }, el("p", { text: `没看到：${error.message}` }), el("p", {}, button));
}

/** Rows as a file for Excel (UTF-8 with a mark); a cell that Excel would take for a formula stays text. */
function saveTable(name, head, rows) {
  const line = (values) => values.map((value) => `"${String(value ?? "").replaceAll('"', '""').replace(/^[=+\-@\t\r]/, "'$&")}"`).join(",");
  const text = [head, ...rows].map(line).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

$("out").addEventListener("click", () => call("/api/logout", {}).finally(() => location.assign("/login")));
