// WeCom's own client: its JS-SDK, set up with our signature; every call a promise, every failure in words.
import { Fault, call } from "./api.js";
import { account } from "./store.js";

const SDK = ["https://res.wx.qq.com/open/js/jweixin-1.2.0.js", "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js"];
const LIST = ["getContext", "getCurExternalContact", "getCurExternalChat", "sendChatMessage"];
const PATIENCE = 10000;
const FAILURES = [
  ["cancel", "你取消了发送"],
  ["permission", "企业微信没有给这个应用发消息的权限，请管理员检查“可信域名”和可见范围"],
  ["no_permission", "企业微信没有给这个应用发消息的权限，请管理员检查"],
  ["without context", "这里不是和顾客的聊天，发不了"],
  ["not in external", "这里不是和顾客的聊天，发不了"],
  ["function not exist", "企业微信的版本太旧，请先升级"],
  ["not support", "企业微信的版本太旧，请先升级"],
];

/** What the client said, in words for a guide. */
export const worded = (said) => FAILURES.find(([part]) => String(said).toLowerCase().includes(part))?.[1] ?? "企业微信没有发出去，再点一次试试";

function fetched(src) {
  return new Promise((done, failed) => {
    document.head.append(el("script", { src, onload: done, onerror: () => failed(new Fault("企业微信的组件没有加载出来，检查一下网络")) }));
  });
}

const within = (promise, words) => Promise.race([promise, pause(PATIENCE).then(() => { throw new Fault(words); })]);

/** Ready to be asked, or a Fault that says why not. */
export async function ready() {
  if (!window.wx?.agentConfig) for (const one of SDK) await within(fetched(one), "企业微信的组件一直没有加载出来");
  if (!window.wx?.agentConfig) throw new Fault("请在企业微信的聊天侧边栏里打开这一页");
  const url = location.href.split("#")[0];
  const signed = await call(`/api/wecom/${encodeURIComponent(account)}/signature?url=${encodeURIComponent(url)}`);
  const settled = new Promise((success, fail) => {
    window.wx.agentConfig({
      corpid: signed.corpid, agentid: signed.agentId, timestamp: signed.timestamp, nonceStr: signed.nonceStr, signature: signed.signature, jsApiList: LIST,
      success, fail: (told) => fail(new Fault(`企业微信不认这一页：${worded(told?.errMsg ?? told?.err_msg ?? "")}`)),
    });
  });
  await within(settled, "企业微信没有回应，退出侧边栏再进一次");
}

/** One call of the client. */
function invoke(name, given = {}) {
  const answered = new Promise((done, failed) => {
    window.wx.invoke(name, given, (told) => (told?.err_msg === `${name}:ok` ? done(told) : failed(new Fault(worded(told?.err_msg)))));
  });
  return within(answered, "企业微信没有回应，看看聊天里有没有发出去");
}

/** Which customer's or group's chat is open: the query of our own question, null where it is neither. */
export async function shown() {
  const { entry } = await invoke("getContext");
  if (entry === "group_chat_tools") return `chat_id=${encodeURIComponent((await invoke("getCurExternalChat")).chatId)}`;
  if (!["contact_profile", "single_chat_tools", "chat_attachment", "single_kf_tools"].includes(entry)) return null;
  return `external_userid=${encodeURIComponent((await invoke("getCurExternalContact")).userId)}`;
}

/** A card as the client takes it: a mini program's page, else a link. */
function carded(card) {
  if (card.appid && card.page) return { msgtype: "miniprogram", miniprogram: { appid: card.appid, title: card.title ?? card.name, imgUrl: card.image ?? "", page: card.page } };
  const link = safe(card.url);
  const desc = [card.price, card.reason ?? card.text].filter(Boolean).join(" · ");
  if (link) return { msgtype: "news", news: { link, title: card.title ?? card.name, desc, imgUrl: safe(card.image) ?? "" } };
  return { msgtype: "text", text: { content: [card.title ?? card.name, desc].filter(Boolean).join(" ") } };
}

/** Have the client send words and cards, one after the other, into the chat that is open. */
export async function sendChat({ text, items = [] }) {
  if (text) await invoke("sendChatMessage", { msgtype: "text", enterChat: false, text: { content: text } });
  for (const one of items) await invoke("sendChatMessage", { ...carded(one), enterChat: false });
}
