// What the forms of a campaign (接龙) are made of: sending one, the moment of its end, products of the catalogue.
import { call, calm, speak } from "./api.js";
import { desk, now } from "./store.js";
import { day, local } from "./tasks.js";

export const yuan = (value) => `${(Math.round(value * 100) / 100).toLocaleString("zh-CN")} 元`;

/** Send a form once; faults of a menu are told line by line. */
export async function sent(form, faults, run) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  faults.hidden = true;
  try {
    await run();
  } catch (error) {
    const lines = error.told?.faults?.map((one) => `第 ${one.line} 行${one.text ? `「${one.text}」` : ""}：${one.why}`) ?? [error.message];
    faults.replaceChildren(...lines.map((text) => el("li", { text })));
    faults.hidden = false;
    faults.scrollIntoView({ block: "nearest" });
  } finally {
    delete form.dataset.busy;
  }
}

/** A moment for the end, by one tap or by hand. */
export function ending(at = null) {
  const from = new Date(now());
  const quick = [["1 小时后", new Date(from.getTime() + 3600000)], ["今晚 8 点", day(from, 0, 20)], ["今晚 10 点", day(from, 0, 22)], ["明天中午", day(from, 1, 12)], ["明晚 8 点", day(from, 1, 20)]].filter(([, one]) => one > from).slice(0, 4);
  const when = el("input", { type: "datetime-local", value: at ? local(at) : "", min: local(from) });
  const chips = el("div", { class: "chips", role: "group", "aria-label": "什么时候截单" });
  const press = (button, value) => {
    when.value = value;
    for (const other of chips.children) other.setAttribute("aria-pressed", String(other === button));
  };
  for (const [text, one] of [...quick, ["不限时", null]]) chips.append(el("button", { type: "button", text, "aria-pressed": String(!at && !one), onclick: (event) => press(event.currentTarget, one ? local(one) : "") }));
  when.addEventListener("input", () => press(null, when.value));
  return [when, chips];
}

/** Products of the catalogue become lines of the menu. */
export function catalogue(menu) {
  const found = el("ul", { class: "choices", "aria-live": "polite" });
  const sought = el("input", { type: "search", maxlength: "40", placeholder: "从商品库里找，点一下加进来", "aria-label": "从商品库里找" });
  sought.addEventListener("input", calm(250, async () => {
    const words = sought.value.trim();
    if (!words) return found.replaceChildren();
    const { products = [] } = await call(`/api/desk/products?${new URLSearchParams({ q: words, conversation: desk.open })}`).catch(() => ({}));
    if (sought.value.trim() !== words) return undefined;
    return found.replaceChildren(...products.slice(0, 5).filter((one) => one.price !== null).map((one) => el("li", {}, el("button", { type: "button", class: "choice", onclick: () => {
      menu.value = `${menu.value.trimEnd()}${menu.value.trim() ? "\n" : ""}${one.name} 件 ${one.price}`;
      sought.value = "";
      found.replaceChildren();
      sought.focus();
      speak(`加上了 ${one.name}`);
    } }, el("span", { class: "text" }, el("strong", { text: one.name }), el("small", { text: yuan(one.price) }))))));
  }));
  return el("div", { class: "found" }, sought, found);
}
