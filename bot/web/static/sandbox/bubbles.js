"use strict";
/* How each kind of message looks in the phone; on top of page.js, with view and shopperPath of sandbox.js. */

function bubble(message, one, account) {
  const who = { shopper: "顾客", bot: "机器人", servicer: "客服" }[message.by];
  if (message.recalled) return el("li", { class: "note" }, `${who || "对方"}撤回了一条消息`);
  if (message.msgtype === "upgrade") return el("li", { class: "note" }, offer(message.content));
  const mine = message.by === "shopper";
  const [body, bare] = content(message);
  const meta = el("span", { class: "meta" }, `${who || "系统"} ${timeOf(message.at)} `);
  if (mine) meta.append(el("button", { type: "button", onclick: () => act(() => ask("POST", shopperPath("recall"), { open_kfid: view.account, msgid: message.msgid })) }, "撤回"));
  return el("li", { class: `bubble ${mine ? "mine" : ""}` },
    face(mine ? one.nickname : message.by === "servicer" ? "人" : account.name, mine ? "" : OURS),
    el("div", { class: `body ${bare ? "bare" : ""}` }, body), meta);
}
function offer(content) {
  const inner = content.member || content.groupchat || {};
  return `${content.member ? "推荐了专属导购" : "推荐了客户群"}：${inner.wording || inner.userid || inner.chat_id || ""}`;
}

/* One drawing per message type; the second value says that it brings its own frame. */
const DRAW = {
  text: (c) => [c.content, false],
  image: (c) => [el("img", { class: "picture", alt: "图片", src: `${API}/media/${encodeURIComponent(c.media_id)}` }), true],
  voice: () => [el("span", {}, el("span", { class: "sound" }), "语音 1″"), false],
  video: () => [el("span", {}, el("span", { class: "sound" }), "视频"), false],
  file: () => [el("span", {}, el("span", { class: "leaf" }), "文件"), false],
  location: (c) => [card(el("span", { class: "map", "aria-hidden": "true" }), c.name || "位置", c.address, "位置"), true],
  link: (c) => [card(null, c.title, c.desc, "链接 " + host(c.url)), true],
  miniprogram: (c) => [card(thumb(c.thumb_media_id), c.title || "小程序", c.pagepath, "小程序"), true],
  msgmenu: (c, m) => [menu(c, m), false],
  ca_link: (c) => [card(null, "加导购为好友", c.link_url, "获客链接"), true],
  business_card: (c) => [card(null, c.userid, "", "名片"), true],
  channels_shop_product: (c) => [card(null, c.title, el("span", { class: "price" }, "¥" + (Number(c.sales_price) / 100).toFixed(2)), "视频号商品 " + (c.shop_nickname || "")), true],
  channels_shop_order: (c) => [card(null, c.product_titles, `${c.price_wording || ""} ${c.state || ""}`, "视频号订单 " + (c.order_id || "")), true],
  merged_msg: (c) => [card(null, c.title || "聊天记录", `${(c.item || []).length} 条消息`, "聊天记录"), true],
};
function content(message) {
  const draw = Object.hasOwn(DRAW, message.msgtype) ? DRAW[message.msgtype] : null;
  return draw ? draw(message.content, message) : [`［${message.msgtype}］`, false];
}
function host(url) { try { return new URL(url).host; } catch { return ""; } }
function thumb(id) { return id ? el("img", { alt: "", src: `${API}/media/${encodeURIComponent(id)}` }) : null; }
function card(top, title, text, foot) {
  return el("div", { class: "card" }, top, el("span", { class: "text" }, el("b", {}, title || ""), text ? el("small", {}, text) : null), el("span", { class: "foot" }, foot));
}
function menu(content, message) {
  const box = el("div", { class: "menu" });
  if (content.head_content) box.append(el("span", {}, content.head_content));
  for (const item of content.list || []) {
    const inner = item[item.type] || {};
    if (item.type === "click") box.append(el("button", { type: "button", onclick: () => act(() => ask("POST", shopperPath("tap"), { open_kfid: view.account, msgid: message.msgid, item: inner.id || "" })) }, inner.content));
    else if (item.type === "text") box.append(el("span", { class: "line" }, inner.content));
    else box.append(el("span", { class: "line go" }, inner.content, el("small", {}, item.type === "view" ? `　网页 ${host(inner.url)}` : `　小程序 ${inner.pagepath}`)));
  }
  if (content.tail_content) box.append(el("span", { class: "line" }, content.tail_content));
  return box;
}
