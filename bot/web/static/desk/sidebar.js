// The desk beside a chat of WeCom: the open chat's talk, and a tap on a suggestion that the client itself sends.
import { call, once, tell } from "./api.js";
import * as compose from "./compose.js";
import * as deeds from "./deeds.js";
import * as live from "./live.js";
import * as outbox from "./outbox.js";
import { profileSheet } from "./profile.js";
import * as talk from "./talk.js";
import { account, desk } from "./store.js";
import * as wecom from "./wecom.js";

const $ = (id) => document.getElementById(id);

/** First our record, which asks whether it may still be said; then the client; and if that fails the record says so. */
function tapped({ text, items = [], offer = null }) {
  const conversation = desk.open;
  return once("tap", async () => {
    const base = `/api/desk/${conversation}`;
    const told = offer
      ? await call(`${base}/offers/${offer}/taken`, {})
      : await call(`${base}/reply`, { id: fresh(), text, items: items.map((item) => item.sku).filter(Boolean), via: "sidebar" });
    if (told.outcome === "again") return tell("这句已经发过了");
    try {
      await wecom.sendChat({ text: told.text ?? text, items });
    } catch (error) {
      const failed = told.offer ?? offer;
      if (failed) await call(`/api/wecom/${encodeURIComponent(account)}/unsent`, { conversation, offer: Number(failed) }).catch(() => {});
      if (!offer) compose.put(text, items);
      throw error;
    } finally {
      await talk.refresh();
    }
    return tell("发出去了", "good");
  });
}

async function find() {
  await wecom.ready();
  const chat = await wecom.shown();
  if (!chat) throw new Error("在和顾客的聊天里打开侧边栏，就能看到是谁、聊到哪了");
  return call(`/api/wecom/${encodeURIComponent(account)}/contact?${chat}`);
}

async function start() {
  $("wait").textContent = "正在看是哪位顾客…";
  let found;
  try {
    found = await find();
  } catch (error) {
    $("wait").textContent = error.message;
    $("wait").after(el("button", { type: "button", class: "button soft", id: "retry", text: "再试一次", onclick: (event) => { event.target.remove(); start(); } }));
    return;
  }
  if (found.send === "confirm") {
    compose.deliverBy(tapped);
    talk.deliverBy(tapped);
  }
  await talk.enter(found.conversation);
  live.listen();
}

live.prepare({ queue: () => {}, talk: talk.refresh, typing: talk.typing });
outbox.prepare((conversation, sent) => {
  talk.waitingLines(conversation ?? desk.open);
  if (sent) talk.refresh();
});
compose.prepare();
deeds.prepare();
$("who").addEventListener("click", profileSheet);
$("newer").addEventListener("click", talk.toEnd);
start();
