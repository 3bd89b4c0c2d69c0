// Sheets to search in: scripts, products with what is there, macros.
import { call, calm, once, speak, tell } from "./api.js";
import { add, put } from "./compose.js";
import { keep, mine, written } from "./own.js";
import { rows, sheet } from "./sheet.js";
import { desk } from "./store.js";

const WHOSE = { 个人: "我的", 店: "本店" };
const FAMILIES = ["招呼语", "资讯分享", "日常聊天", "咨询问答"];

/** A search field over a list that is asked for anew while one types; `draw(found, close)` gives its rows. */
function searched(title, hint, { ask, draw, kinds = [], foot = () => null }) {
  return sheet(title, (close) => {
    const box = el("div", { class: "found", "aria-live": "polite" }, el("p", { class: "quiet", text: "正在找…" }));
    const field = el("input", { type: "search", maxlength: "60", placeholder: hint, "aria-label": hint, "data-first": true, enterkeyhint: "search" });
    let kind = "";
    const look = async () => {
      const [sought, within] = [field.value.trim(), kind];
      try {
        const found = await ask(sought, within);
        if (field.value.trim() === sought && kind === within) box.replaceChildren(draw(found, close));
      } catch (error) {
        box.replaceChildren(el("p", { class: "wrong", text: error.message }));
      }
    };
    field.addEventListener("input", calm(200, look));
    const choose = (event) => {
      kind = kind === event.currentTarget.textContent ? "" : event.currentTarget.textContent;
      for (const other of chips.children) other.setAttribute("aria-pressed", String(other.textContent === kind));
      look();
    };
    const chips = el("div", { class: "chips", role: "group", "aria-label": "哪一类", hidden: !kinds.length }, ...kinds.map((text) => el("button", { type: "button", text, "aria-pressed": "false", onclick: choose })));
    look();
    return [field, chips, foot(close), box];
  }, { tall: true });
}

/** Keep what stands in the box, or look after what was kept. */
function owning(close) {
  const text = written();
  return el("p", { class: "two owning" },
    el("button", { type: "button", class: "button soft", id: "own-keep", text: text ? "存成我的话术" : "新写一条", onclick: () => close({ deed: () => keep({ text }) }) }),
    el("button", { type: "button", class: "button soft", id: "own-list", text: "我的话术", onclick: () => close({ deed: mine }) }));
}

const about = (sought) => new URLSearchParams({ q: sought, conversation: desk.open });

export async function scripts() {
  const ask = async (sought, family) => (await call(`/api/desk/scripts?${about(sought)}&family=${encodeURIComponent(family)}`)).scripts;
  const draw = (found, close) => rows(found.map((one) => ({ text: one.text, more: one.title ?? one.family, mark: WHOSE[one.level], value: one })), close, "没有这样的话术。可以打拼音首字母，比如 th 找“退货”。");
  const one = await searched("找话术", "打字，或拼音首字母，如 th", { ask, draw, kinds: FAMILIES, foot: owning });
  if (one?.deed) await one.deed();
  else if (one) put(one.text);
}

const money = (price) => (price === null || price === undefined ? "" : String(price).startsWith("¥") ? price : `¥${price}`);

/** What is in my store, and what there is at all. */
function stock(one) {
  if (one.status && one.status !== "active") return { text: "已下架", kind: "" };
  if (one.here > 0) return { text: `本店 ${one.here}`, kind: "good" };
  if (one.stock > 0) return { text: one.here === 0 ? `本店没货 · 共 ${one.stock}` : `有货 ${one.stock}`, kind: one.here === 0 ? "warm" : "good" };
  return one.stock === 0 ? { text: "没货", kind: "hot" } : { text: "库存没登记", kind: "" };
}

function product(one, close) {
  const left = stock(one);
  const picture = safe(one.image);
  return el("li", {}, el("button", { type: "button", class: "choice goods", "data-sku": one.sku, onclick: () => close(one) },
    picture ? el("img", { src: picture, alt: "", width: 56, height: 56, loading: "lazy" }) : el("span", { class: "face", "aria-hidden": "true", text: one.name.slice(0, 1) }),
    el("span", { class: "text" }, el("strong", { text: one.name }), el("small", { class: "price", text: money(one.price) })),
    el("span", { class: `pill ${left.kind}`, text: left.text })));
}

export async function products() {
  const ask = async (sought) => (await call(`/api/desk/products?${about(sought)}`)).products;
  const draw = (found, close) => (found.length ? el("ul", { class: "choices" }, ...found.map((one) => product(one, close))) : el("p", { class: "quiet", text: "没有找到这样的商品" }));
  const one = await searched("发商品", "商品名、货号，或拼音首字母", { ask, draw });
  if (!one) return;
  add({ sku: one.sku, name: one.name });
  speak(`${one.name} 会和这句话一起发`);
}

function promise(one) {
  const does = [one.text, Object.keys(one.tags ?? {}).length ? `打标签 ${Object.entries(one.tags).map(([tag, value]) => `${tag}=${value}`).join("、")}` : "", one.task ? `提醒：${one.task}` : "", one.close ? "然后结束对话" : ""];
  return does.filter(Boolean).join(" · ");
}

/** Several steps for one tap, said before they are done. */
export async function macros(changed) {
  const { macros: found } = await call("/api/desk/macros");
  const one = await sheet("快捷操作", (close) => rows(found.map((each) => ({ text: each.title, more: promise(each), value: each })), close, "还没有快捷操作，店长可以在 guides.yml 里加。"));
  if (!one) return;
  const conversation = desk.open;
  await once("macro", async () => {
    const did = await call(`/api/desk/${conversation}/macro`, { id: fresh(), macro: one.id });
    await changed();
    tell(did.again ? "刚才已经做过了" : `做好了：${one.title}`, "good");
  });
}
