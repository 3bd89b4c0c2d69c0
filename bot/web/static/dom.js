"use strict";
// Small helpers that both pages share: elements without innerHTML, bubbles, cards, times.

/** An element; text goes in as text, never as markup. */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child));
  return made;
}

/** Only addresses that a browser may open safely. */
function safe(address) {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Words with their links made tappable. */
function words(text) {
  const made = el("p", { class: "words" });
  for (const part of String(text ?? "").split(/(https?:\/\/[^\s，。；！？、）)】》"'<>]+)/)) {
    if (!part) continue;
    const link = /^https?:\/\//.test(part) && safe(part);
    made.append(link ? el("a", { href: link, target: "_blank", rel: "noopener nofollow", text: part }) : part);
  }
  return made;
}

/** A product as a card: picture, name, price, the reason for it. */
function card(item) {
  const link = safe(item.url);
  const picture = safe(item.image);
  const inside = [
    picture ? el("img", { src: picture, alt: "", width: 72, height: 72, loading: "lazy" }) : null,
    el(
      "span",
      { class: "about" },
      el("strong", { text: item.title }),
      item.price ? el("span", { class: "price", text: item.price }) : null,
      item.reason ? el("span", { class: "reason", text: item.reason }) : null,
      item.text && item.text !== item.reason ? el("span", { class: "more", text: item.text }) : null,
    ),
  ];
  return link
    ? el("a", { class: "product", href: link, target: "_blank", rel: "noopener", "aria-label": `${item.title} ${item.price ?? ""}，看详情` }, ...inside)
    : el("div", { class: "product" }, ...inside);
}

const ROUTES = { intent: "听懂的意思", confidence: "把握", route: "怎么处理", entry: "知识条目", script: "话术", items: "推荐", slots: "听到的条件", why: "原因", ms: "用时", release: "内容版本", intents: "几个意思", candidates: "也可能是", sentiment: "情绪", urgency: "着急", escalation: "苗头", handover: "为什么请人", rating: "评分", asked: "先问", kind: "收到的是" };

// What a shopper may want (the intents), and by which other way a message may have gone, as one says it in a shop.
const WISHES = {
  greet: "打招呼", goodbye: "道别", thank: "道谢", affirm: "同意", deny: "不要", provide_info: "说自己的情况", chitchat: "闲聊", ask_bot_identity: "问是不是真人", ask_human: "找真人",
  recommend_product: "求推荐", compare_products: "比较几款", ask_product_info: "问商品", ask_usage: "问用法", ask_suitability: "问能不能用", ask_size: "问尺码色号", ask_authenticity: "问正品", ask_price: "问价", bargain: "讲价",
  ask_promotion: "问活动", get_coupon: "要券、用券", ask_membership: "问会员", ask_stock: "问有没有货", place_order: "下单", change_order: "改订单", cancel_order: "取消订单", ask_payment: "问付款", ask_invoice: "要发票",
  ask_shipping: "问发货运费", track_order: "查物流", urge_order: "催单", return_goods: "退货退款", exchange_goods: "换货", report_problem: "说收到的有问题", report_reaction: "说用了不舒服", ask_warranty: "问保修",
  complain: "投诉", praise: "夸奖晒单", ask_store: "问门店", book_service: "预约", join_activity: "参加活动", ask_group: "问群里的事", same_question: "同问", opt_out: "不想再收消息", opt_in: "要恢复收消息", hush: "不想被 @", name_again: "可以 @ 了", ask_privacy: "问个人信息", spam: "广告", out_of_scope: "问别的事",
};
const WAYS = {
  welcome: "欢迎新顾客", media: "看不了的图片语音", person_speaks: "真人在接待，机器人不出声", waiting: "在等真人，先陪着", chosen_entry: "顾客点了一条问题", clarify: "问清楚是哪件事", product_named: "说到了一件商品", failure: "出了故障，请人接",
  not_addressed: "群里没叫它，不出声", merged: "和后面的话一起答", empty: "没有可答的内容", rated: "顾客打了分", urgent: "情况急，先安抚再请人", welcome_contact: "欢迎新加的顾客", welcome_group: "欢迎新进群的顾客",
};
const named = (id) => WISHES[id] ?? WAYS[id] ?? id;

/** Why the bot said it: the trace in rows that a person can read. */
function story(trace, title) {
  const rows = el("dl");
  const order = Object.keys(ROUTES);
  const place = ([name]) => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  for (const [name, value] of Object.entries(trace).sort((one, other) => place(one) - place(other))) {
    if (value === null || value === "" || (typeof value === "object" && !Object.keys(value).length)) continue;
    const words = told(name, value);
    if (words) rows.append(el("dt", { text: ROUTES[name] ?? name }), el("dd", { text: words }));
  }
  return el("details", { class: "story" }, el("summary", { text: title }), rows);
}

function told(name, value) {
  if (name === "intent" || name === "route") return named(value);
  if (name === "handover" && value.rule) return String(value.rule);
  if (name === "slots" && Array.isArray(value)) return value.map((one) => `${one.negated ? "不要 " : ""}${KEYS[one.name] ?? one.name} ${plain(one.value)}`).join(" · ");
  if (name === "candidates" && Array.isArray(value)) return value.slice(1).filter((one) => one.confidence >= 0.05).map((one) => `${named(one.intent)} ${Math.round(one.confidence * 100)}%`).join("、");
  if (name === "sentiment" && typeof value === "number") return value <= -0.5 ? "不高兴" : value >= 0.5 ? "高兴" : "平静";
  if (name === "urgency" && typeof value === "number") return value >= 1.5 ? "很急" : value >= 0.5 ? "有点急" : "不急";
  if (name === "intents" && Array.isArray(value)) return value.map((one) => (typeof one === "string" ? named(one) : line(one))).join("、");
  if (name === "confidence" && typeof value === "number") return `${Math.round(value * 100)}%`;
  if (name === "ms" && typeof value === "number") return `${Math.round(value)} 毫秒`;
  if (name === "entry" && value.id) return [value.id, value.version && `版本 ${value.version}`, typeof value.confidence === "number" && `把握 ${Math.round(value.confidence * 100)}%`].filter(Boolean).join(" · ");
  if (name === "script" && value.id) return [value.id, value.variant !== undefined && `第 ${value.variant + 1} 种说法`, value.version && `版本 ${value.version}`].filter(Boolean).join(" · ");
  if (Array.isArray(value)) return value.map((one) => (one !== null && typeof one === "object" ? line(one) : String(one))).join("\n");
  if (typeof value === "object") return line(value);
  return String(value);
}

const KEYS = {
  sku: "货号", score: "得分", reason: "理由", name: "条件", value: "是", evidence: "依据", text: "原话", confidence: "把握", negated: "不要",
  skin_type: "肤质", hair_type: "发质", concern: "想解决", category: "品类", budget: "预算", min: "最低", max: "最高", allergen: "过敏", avoid: "不要",
  pregnant: "孕期", age: "年龄", age_months: "月龄", gender: "性别", occasion: "场合", recipient: "送给", size: "尺码", color: "颜色", brand: "品牌",
  height_cm: "身高", weight_kg: "体重", quantity: "数量", city: "城市", store: "门店", product: "商品", rule: "规则", tag: "标签",
};

function line(value) {
  return Object.entries(value).filter(([, one]) => one !== null && one !== "").map(([name, one]) => `${KEYS[name] ?? name} ${plain(one)}`).join(" · ");
}

/** A value as one reads it aloud: "tag:skin_type=干性" is 肤质 干性. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join("、");
  if (value !== null && typeof value === "object") return line(value);
  if (typeof value === "boolean") return value ? "是" : "否";
  return String(value).replace(/^tag:/, "").replace(/^([a-z_]+)[=:]/, (all, name) => (KEYS[name] ? `${KEYS[name]} ` : all));
}

/** 14:05, or 5月20日 14:05 for another day. */
function clock(iso) {
  const moment = new Date(iso);
  const time = moment.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  return moment.toDateString() === new Date().toDateString() ? time : `${moment.getMonth() + 1}月${moment.getDate()}日 ${time}`;
}

/** How long something has been waiting, as one would say it. */
function since(iso) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(iso)) / 60000));
  if (minutes < 1) return "不到 1 分钟";
  if (minutes < 60) return `${minutes} 分钟`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`;
}

/** An id that makes a repeat one message. */
function fresh() {
  const drawn = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A box is as tall as what is written in it, up to a few lines. */
function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
}

/** Who reads the end goes on reading it when a keyboard, a banner or tabs take room from what scrolls, or it was hidden for a while. */
function keepsEnd(scroll) {
  let height = scroll.clientHeight;
  let read = true;
  const look = () => { if (scroll.clientHeight) read = scroll.scrollHeight - scroll.scrollTop - height < 120; };
  scroll.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(() => {
    if (height) look();
    height = scroll.clientHeight;
    if (read && height) scroll.scrollTop = scroll.scrollHeight;
  }).observe(scroll);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What this device keeps for a page, or something else where there is nothing. */
function stored(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep it, or forget it (null). */
function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the talk then lasts as long as the page.
  }
}
