// A sound, a buzz, a notice: only what the guide switched on, and never what the customer wrote.
import { tell } from "./api.js";
import { desk, keepSetting, setting } from "./store.js";

const QUIET = 2000;
const $ = (id) => document.getElementById(id);
let sound = null;
let seen = null;
let enter = () => {};
let last = 0;

/** One sound for several things at once. */
function ring(urgent) {
  if (!setting("sound", false) || Date.now() - last < QUIET) return;
  last = Date.now();
  chime();
  navigator.vibrate?.(urgent ? [120, 80, 120] : 80);
}

/** Two soft notes, made here: no file to fetch. */
function chime() {
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume();
  for (const [index, tone] of [880, 1174.7].entries()) {
    const from = sound.currentTime + index * 0.16;
    const wave = sound.createOscillator();
    const loud = sound.createGain();
    wave.frequency.value = tone;
    loud.gain.setValueAtTime(0, from);
    loud.gain.linearRampToValueAtTime(0.18, from + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, from + 0.4);
    wave.connect(loud).connect(sound.destination);
    wave.start(from);
    wave.stop(from + 0.42);
  }
}

async function notice(title, place) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const about = { body: place.reason ?? "", tag: place.conversation ?? "daogou", icon: "/static/logo.svg", data: { conversation: place.conversation } };
  const worker = await navigator.serviceWorker?.getRegistration("/desk");
  if (worker) worker.showNotification(title, about);
  else new Notification(title, about);
}

/** What of a new list is worth a sound: somebody waits, or one of mine said something. */
export function heard(places) {
  const marks = new Map(places.map((place) => [place.conversation, { offered: Boolean(place.offered), waits: place.owner === "waiting", unread: place.mine ? place.unread : 0 }]));
  const news = seen && places.find((place) => {
    const before = seen.get(place.conversation);
    const after = marks.get(place.conversation);
    return (after.offered && !before?.offered) || (after.waits && !before?.waits) || after.unread > (before?.unread ?? 0);
  });
  seen = marks;
  if (!news) return;
  ring(news.urgency >= 2);
  notice(news.mine ? `${news.name || "顾客"} 回你了` : news.offered ? "有一位顾客派给你了" : "有顾客在等人工", news);
}

/** What time brought: a breach, a task that is due, somebody who was passed on. */
export function rung(alert) {
  ring(alert.kind === "breach");
  const there = alert.conversation && alert.conversation !== desk.open;
  if (!document.hidden) tell(alert.text, alert.kind === "breach" ? "late" : "good", there ? el("button", { type: "button", class: "undo", text: "去看看", onclick: () => enter(alert.conversation) }) : null);
  notice("导购台", { conversation: alert.conversation, reason: alert.text });
}

function shown() {
  const on = setting("sound", false);
  $("sound").textContent = `提示音：${on ? "开" : "关"}`;
  $("sound").setAttribute("aria-pressed", String(on));
  $("notify").hidden = !("Notification" in window) || Notification.permission !== "default";
}

export function prepare(open) {
  enter = open;
  $("sound").addEventListener("click", () => {
    keepSetting("sound", !setting("sound", false));
    shown();
    if (setting("sound", false)) chime();
  });
  $("notify").addEventListener("click", async () => {
    const answer = await Notification.requestPermission();
    tell(answer === "granted" ? "好了，切到别的页面也能收到提醒" : "浏览器没有允许。要打开的话，到浏览器的网站设置里改。", answer === "granted" ? "good" : "wrong");
    shown();
  });
  shown();
}
