// The desk by keyboard: next and previous customer, write, find a script, back; ? tells them all.
import { order } from "./list.js";
import { sheet } from "./sheet.js";
import { desk } from "./store.js";

const HELP = [["j / k", "下一位 / 上一位顾客"], ["Enter", "打开选中的顾客"], ["c", "接待这位顾客"], ["r", "写回复"], ["/", "找话术"], ["n", "记备注"], ["t", "设提醒"], ["p", "发商品"], ["g", "看顾客资料"], ["f", "搜顾客"], ["Esc", "离开输入框，回到列表"], ["?", "看这张表"]];
const $ = (id) => document.getElementById(id);

function step(by) {
  const all = order();
  if (!all.length) return;
  const focused = document.activeElement?.dataset?.conversation ?? desk.open;
  const at = all.indexOf(focused);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  const row = $("places").querySelector(`[data-conversation="${CSS.escape(next)}"]`);
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

const press = (selector) => () => { const button = document.querySelector(selector); if (button?.offsetParent) button.click(); };

function write(start = "") {
  const box = $("words");
  if (!box.offsetParent) return;
  box.focus();
  if (!start || box.value) return;
  box.value = start;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

const KEYS = {
  j: () => step(1), k: () => step(-1), r: () => write(), "/": () => write("/"), c: press("#claim"),
  n: press("[data-tool=note]"), t: press("[data-tool=task]"), p: press("[data-tool=products]"), g: press("#who"), f: () => $("sought").focus(), "?": () => help(),
};

export const help = () => sheet("快捷键", () => el("dl", { class: "keys" }, ...HELP.flatMap(([key, text]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text })])));

export function prepare(leave) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const writing = event.target.closest("input, textarea, select");
    if (event.key === "Escape") {
      if (writing) writing.blur();
      else if (desk.open) leave();
      return;
    }
    if (writing || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
