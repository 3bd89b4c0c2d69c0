// Words that a guide keeps to say again, and a lead for the store: written here between two customers, live at once.
import { call, once, speak, tell } from "./api.js";
import { put } from "./compose.js";
import { agreed, field, sheet } from "./sheet.js";
import { desk, leads } from "./store.js";

const PATH = "/api/desk/scripts/own";
const FAMILIES = ["招呼语", "资讯分享", "日常聊天", "咨询问答"];
const FORM = "own-form";

/** What the box holds, should somebody want to keep it; a command is no script. */
export const written = () => {
  const text = document.getElementById("words").value.trim();
  return text.startsWith("/") ? "" : text;
};

/** Keep new words, or change what was kept; what is wrong with them is said in the sheet, and nothing typed is lost. */
export async function keep({ text = "", one = null } = {}) {
  call(`${PATH}?ready=1`).catch(() => {}); // what saving needs is loaded while one writes
  const conversation = desk.open ?? undefined;
  const told = await sheet(one ? "改我的话术" : "存成我的话术", (close) => form({ text, one, conversation }, close), { tall: true });
  if (!told) return;
  const hint = (told.warnings ?? []).slice(0, 1).map((each) => `提醒：${each.words ? `“${each.words}”` : ""}${each.why}`).join("");
  const done = told.state === "waiting" ? "存好了，等同事看过就能用" : "存好了，打 / 或点“话术”就能找到";
  tell([done, hint].filter(Boolean).join("。"), "good");
}

function pressed(names, first, label, choose) {
  const all = names.map(([value, text]) => el("button", { type: "button", text, "data-value": value, "aria-pressed": String(value === first), onclick: (event) => {
    for (const other of all) other.setAttribute("aria-pressed", String(other === event.currentTarget));
    choose(value);
  } }));
  return el("div", { class: "chips", role: "group", "aria-label": label }, ...all);
}

function form({ text, one, conversation }, close) {
  const wish = { id: fresh(), family: one?.family ?? FAMILIES[3], whose: "me" };
  const title = el("input", { maxlength: "20", placeholder: "不写就用开头几个字", enterkeyhint: "next", autocomplete: "off" });
  const box = el("textarea", { rows: "5", maxlength: "600", required: true, placeholder: "像你平时说的那样" });
  title.value = one && one.title !== one.family ? one.title : "";
  box.value = one?.text ?? text;
  const wrong = el("div", { class: "wrong-list", role: "alert" });
  box.addEventListener("input", () => wrong.replaceChildren());
  const save = el("button", { class: "button wide", type: "submit", text: "存好" });
  const give = async (event) => {
    event.preventDefault();
    wrong.replaceChildren();
    save.disabled = true;
    save.textContent = "正在存…";
    try {
      const body = { ...wish, title: title.value.trim(), text: box.value.trim(), conversation };
      close(await call(one ? `${PATH}/${one.id}` : PATH, one ? { ...body, mark: one.mark } : body));
    } catch (error) {
      wrong.append(...faults(error, (better) => { box.value = better; wrong.replaceChildren(); box.focus({ preventScroll: true }); }));
      wrong.scrollIntoView({ block: "nearest" });
    } finally {
      save.disabled = false;
      save.textContent = "存好";
    }
  };
  return el("form", { class: "own", id: FORM, onsubmit: give },
    field("own-text", "要存的话", box, "每位顾客不一样的地方写 {称呼|您}，用的时候会换成顾客的称呼。"),
    wrong,
    field("own-title", "叫什么名字，自己好找", title),
    el("div", { class: "field" }, el("span", { class: "quiet", text: "哪一类" }), pressed(FAMILIES.map((name) => [name, name]), wish.family, "哪一类", (value) => { wish.family = value; })),
    leads && !one ? el("div", { class: "field" }, el("span", { class: "quiet", text: "谁能用" }), pressed([["me", "只有我"], ["store", "全店同事"]], "me", "谁能用", (value) => { wish.whose = value; })) : null,
    save);
}

/** Why it was not kept, each with the way out; where there are words without it, one tap takes them. */
function faults(error, take) {
  const found = error.told?.findings?.length ? error.told.findings : [{ words: "", why: error.message, way_out: "" }];
  const rows = found.map((each) => el("p", { class: "wrong" }, el("strong", { text: [each.words ? `“${each.words}”` : "", each.why].join("") }), each.way_out ? el("span", { text: `怎么改：${each.way_out}` }) : null));
  const better = error.told?.suggestion;
  return [el("p", { class: "wrong", text: "还没存：" }), ...rows, better ? el("button", { type: "button", class: "button soft", id: "better", text: "帮我换掉", onclick: () => take(better) }) : null].filter(Boolean);
}

/** One's own, each to be used, changed or taken away. */
export async function mine() {
  const { scripts, shares } = await call(desk.open ? `${PATH}?conversation=${desk.open}` : PATH);
  const told = await sheet(shares ? "我的和本店的话术" : "我的话术", (close) => [
    el("button", { type: "button", class: "button soft", id: "own-new", text: "＋ 新写一条", onclick: () => close({ deed: () => keep() }) }),
    scripts.length ? el("ul", { class: "choices" }, ...scripts.map((one) => row(one, close))) : el("p", { class: "quiet", text: "还没有存过。把常说的话存下来，下次点一下就能用。" }),
  ], { tall: true });
  if (told) await told.deed();
}

function row(one, close) {
  const state = one.state === "waiting" ? (one.leaves ? "等同意删掉" : "等同事看过") : one.level === "店" ? "本店" : "";
  const about = [one.family, one.others ? `另有 ${one.others} 种说法` : ""].filter(Boolean).join(" · ");
  const use = () => close({ deed: () => { put(one.said ?? one.text); speak("已放进输入框"); } });
  return el("li", { class: "own-row", "data-own": one.id },
    el("button", { type: "button", class: "choice", onclick: use, disabled: !desk.open },
      el("span", { class: "text" }, el("strong", { text: one.title }), el("span", { class: "said", text: one.said ?? one.text }), el("small", { text: about })),
      state ? el("span", { class: "pill", text: state }) : null),
    el("p", { class: "deeds" },
      el("button", { type: "button", class: "button bare", text: "改", "aria-label": `改：${one.title}`, onclick: () => close({ deed: () => keep({ one }) }) }),
      el("button", { type: "button", class: "button bare", text: "删", "aria-label": `删掉：${one.title}`, onclick: () => close({ deed: () => drop(one) }) })));
}

async function drop(one) {
  const whose = one.level === "店" ? "全店同事都用不了了。" : "";
  if (!(await agreed(`删掉“${one.title}”？`, [one.text, whose].filter(Boolean), "删掉"))) return;
  await once(`own ${one.id}`, async () => {
    const told = await call(`${PATH}/${one.id}?mark=${encodeURIComponent(one.mark)}`, undefined, "DELETE");
    tell(told.state === "waiting" ? "记下了，等同事看过就删" : "删掉了", "good");
  });
}
