"use strict";
/* What both pages of the sandbox have in common: drawing with createElement only, calls, and reading again when something came.
   The page's own script has read(), which reads and draws, and view.pause, the milliseconds in which news are gathered. */

const API = "/sandbox/api";
const COLORS = ["#a0522d", "#3f6f4f", "#4a5f94", "#85507f", "#7a6420", "#2f6f78"];
const OURS = "#07804a";
const $ = (id) => document.getElementById(id);
const timeOf = (seconds) => new Date(seconds * 1000).toLocaleTimeString("zh-CN", { hour12: false });

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function face(name, color) {
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const node = el("span", { class: "face", "aria-hidden": "true" }, [...name][0] || "?");
  node.style.background = color || COLORS[sum % COLORS.length];
  return node;
}

/* Calls */

async function ask(method, path, body) {
  const answer = await fetch(API + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(found.error || `出错了（${answer.status}）`), { faults: found.faults });
  return found;
}
function tell(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { $("toast").hidden = true; }, 3500);
}
async function act(work) {
  try { await work(); await refresh(); } catch (error) { tell(error.message); }
}

/* Reading */

let asked = false;
let again = false;
async function refresh() {
  if (asked) { again = true; return; }
  asked = true;
  try { await read(); } catch (error) { tell(error.message); }
  asked = false;
  if (again) { again = false; soon(); }
}
function soon() { clearTimeout(soon.timer); soon.timer = setTimeout(refresh, view.pause); }

/* Tabs */

function go(tab) {
  document.body.dataset.tab = tab;
  for (const button of document.querySelectorAll(".tabs button")) button.setAttribute("aria-pressed", String(button.dataset.go === tab));
  if (tab === "chat") $("bubbles").scrollTop = $("bubbles").scrollHeight;
}
for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => go(button.dataset.go));
