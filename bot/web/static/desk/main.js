// The guide's page: what it is made of, wired together. Made for a thumb between two customers, and for a keyboard.
import * as alarm from "./alarm.js";
import { call, tell } from "./api.js";
import * as compose from "./compose.js";
import * as deeds from "./deeds.js";
import { chooseDuty, duty } from "./duty.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as live from "./live.js";
import * as outbox from "./outbox.js";
import { profileSheet } from "./profile.js";
import { inherit } from "./reports.js";
import { agreed } from "./sheet.js";
import * as talk from "./talk.js";
import { csrf, desk, unsent } from "./store.js";

const $ = (id) => document.getElementById(id);
let offer = null;

async function enter(conversation) {
  await talk.enter(conversation);
  live.listen();
}

function leave() {
  talk.leave();
  live.listen();
}

const back = () => (history.state?.open ? history.back() : leave());

function queue(listed) {
  desk.listed = listed;
  alarm.heard(listed.places ?? []);
  list.list();
  duty();
}

const changed = async () => {
  await list.reload();
  duty();
};

/** Somebody who signs out with words still on this device is asked first. */
async function out() {
  compose.stow();
  const left = unsent().length;
  if (left && !(await agreed("还有话没发出去", `有 ${left} 句还没发出去，会留在这台设备上，等你下次登录再发。`, "还是退出"))) return;
  await call("/api/logout", {}).catch(() => {});
  location.assign("/login");
}

/** Without a line the shell shows what waits on this device, and becomes the desk when the line is back. */
function shellOnly() {
  document.body.classList.add("nobody");
  $("line").textContent = "没网";
  $("line").className = "pill warm";
  $("places").replaceChildren(el("p", { class: "quiet", text: "现在没网。写了一半的话和没发出去的话都还在，连上网会自动接着来。" }), el("button", { type: "button", class: "button soft", text: "再试一次", onclick: () => location.reload() }));
  window.addEventListener("online", () => location.reload());
  setInterval(() => fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok && location.reload(), () => {}), 5000);
}

function menu() {
  const run = (deed) => () => Promise.resolve(deed()).catch((error) => tell(error.message));
  const menuBox = document.querySelector(".menu");
  menuBox.addEventListener("click", (event) => { if (event.target.closest("div button")) menuBox.open = false; });
  document.addEventListener("click", (event) => { if (!menuBox.contains(event.target)) menuBox.open = false; });
  $("out").addEventListener("click", run(out));
  $("keys").addEventListener("click", run(keys.help));
  $("duty").addEventListener("click", run(() => chooseDuty(changed)));
  $("inherit")?.addEventListener("click", run(() => inherit(changed)));
  $("install").addEventListener("click", run(async () => { await offer?.prompt(); $("install").hidden = true; }));
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    $("install").hidden = false;
  });
}

function start() {
  list.prepare(enter, live.listen);
  live.prepare({ queue, talk: talk.refresh, typing: talk.typing, alert: alarm.rung });
  outbox.prepare((conversation, sent) => {
    if (conversation) talk.waitingLines(conversation);
    else if (desk.open) talk.waitingLines(desk.open);
    list.list();
    if (sent && conversation === desk.open) talk.refresh();
    else if (conversation === desk.open) talk.toEnd();
  });
  compose.prepare();
  deeds.prepare();
  alarm.prepare(enter);
  keys.prepare(back);
  menu();
  $("back").addEventListener("click", back);
  $("who").addEventListener("click", profileSheet);
  $("newer").addEventListener("click", talk.toEnd);
  $("scroll").addEventListener("scroll", talk.reached, { passive: true });
  window.addEventListener("popstate", (event) => (event.state?.open ? enter(event.state.open) : leave()));
  navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data?.conversation) enter(event.data.conversation); });
  const wanted = history.state?.open ?? new URLSearchParams(location.search).get("talk");
  if (wanted) enter(wanted);
  else live.listen();
  outbox.flush();
}

navigator.serviceWorker?.register("/desk-worker.js", { scope: "/desk" }).catch(() => {});
if (csrf) start();
else shellOnly();
