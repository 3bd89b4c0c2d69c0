// Words leave in the order in which they were written, each once: the server knows them again by their id.
import { Fault, call, tell } from "./api.js";
import { changeUnsent, unsent } from "./store.js";

const STALE = 10 * 60 * 1000;
const FIRST = 2000;
const LAST = 30000;
let sending = false;
let again = false;
let wait = FIRST;
let timer = 0;
let changed = () => {};

/** Wire what is to be drawn when words left or were refused. */
export function prepare(redraw) {
  changed = redraw;
  window.addEventListener("online", () => flush());
  window.addEventListener("storage", (event) => { if (event.key?.endsWith(".unsent")) changed(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
}

/** Keep words safe on this device and send them as soon as the line allows; gives their id. */
export function post(conversation, { text, items = [], offer = null }) {
  const one = { id: fresh(), conversation, text, items, offer, at: Date.now() };
  changeUnsent((all) => [...all, one]);
  changed(conversation);
  flush();
  return one.id;
}

export const waitingIn = (conversation) => unsent().filter((one) => one.conversation === conversation);

export function drop(one) {
  changeUnsent((all) => all.filter((other) => other.id !== one.id));
  changed(one.conversation);
}

function mark(one, told) {
  changeUnsent((all) => all.map((other) => (other.id === one.id ? { ...other, ...told } : other)));
  changed(one.conversation);
}

/** Send again what was refused or has lain for long, because the guide says so. */
export function retry(one) {
  mark(one, { refused: null, stale: false, at: Date.now() });
  return flush();
}

/** Bring away everything that waits; only one tab does it at a time. */
export async function flush() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  clearTimeout(timer);
  try {
    if (navigator.locks) await navigator.locks.request("daogou.desk.unsent", away);
    else await away();
  } finally {
    sending = false;
  }
  if (again) {
    again = false;
    await flush();
  }
}

async function away() {
  const blocked = new Set();
  const next = () => unsent().find((one) => !blocked.has(one.conversation) && !one.refused && !one.stale);
  for (let one = next(); one; one = next()) {
    if (Date.now() - one.at > STALE) {
      mark(one, { stale: true });
      blocked.add(one.conversation);
      continue;
    }
    try {
      await send(one);
      wait = FIRST;
    } catch (error) {
      if (!passes(one, error)) blocked.add(one.conversation);
      else return later();
    }
    if (one.refused) blocked.add(one.conversation);
  }
  return undefined;
}

async function send(one) {
  const body = { id: one.id, text: one.text };
  if (one.items.length) body.items = one.items.map((item) => item.sku);
  if (one.offer) body.offer = one.offer;
  const told = await call(`/api/desk/${one.conversation}/reply`, body);
  changeUnsent((all) => all.filter((other) => other.id !== one.id));
  if (told.did) tell(told.did, "good");
  changed(one.conversation, true);
}

/** Whether it is the line's fault, so that all the rest waits too. */
function passes(one, error) {
  const passing = error instanceof Fault && (error.passing || error.status === 401);
  mark(one, passing ? { tried: true } : { refused: error.message });
  return passing;
}

function later() {
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, LAST);
}
