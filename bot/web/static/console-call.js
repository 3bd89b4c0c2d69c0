"use strict";
// What every page of the console does: calls with words for people where they fail, telling how it went, signing out.
const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf]").content;

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("网络不通，请再试一次");
  }
  if (answer.status === 401) location.assign("/login");
  if (answer.status === 204) return {};
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error?.reasons?.join("\n") ?? told.error?.message ?? "系统忙，请再试一次");
  return told;
}

function tell(words, done = "") {
  for (const [id, text] of [["tell", words], ["done", done]]) {
    $(id).textContent = text;
    $(id).hidden = !text;
  }
  if (words || done) $(words ? "tell" : "done").scrollIntoView({ block: "nearest" });
}

$("out").addEventListener("click", () => call("/api/logout", {}).finally(() => location.assign("/login")));
