// The line to the server: the list and the open talk as they change; comes back by itself.
import { call } from "./api.js";
import { flush } from "./outbox.js";
import { desk } from "./store.js";

const AGAIN = 3000;
let source = null;
let hear = { queue: () => {}, talk: () => {}, typing: () => {}, alert: () => {} };

function line(words, kind) {
  const mark = document.getElementById("line");
  mark.textContent = words;
  mark.className = `pill ${kind}`;
}

export function prepare(heard) {
  hear = { ...hear, ...heard };
  window.addEventListener("offline", () => line("没网", "warm"));
  window.addEventListener("online", listen);
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
}

/** Listen to the list, and to the open talk if there is one. */
export function listen() {
  source?.close();
  const query = new URLSearchParams();
  if (desk.open) query.set("conversation", desk.open);
  if (desk.tab === "bot") query.set("with", "bot");
  const mine = new EventSource(`/api/desk/events?${query}`);
  source = mine;
  mine.addEventListener("queue", (event) => hear.queue(JSON.parse(event.data)));
  mine.addEventListener("talk", () => hear.talk());
  mine.addEventListener("typing", (event) => hear.typing(Boolean(JSON.parse(event.data).shopper)));
  mine.addEventListener("alert", (event) => hear.alert(JSON.parse(event.data)));
  mine.onopen = () => {
    line("在线", "good");
    flush();
  };
  mine.onerror = () => {
    line(navigator.onLine ? "重连中" : "没网", "warm");
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => revive(mine), AGAIN);
  };
}

/** The browser gave up: see whether we are still signed in, then listen again. */
async function revive(mine) {
  if (source !== mine) return;
  await call("/api/me").catch(() => {});
  if (source === mine) listen();
}
