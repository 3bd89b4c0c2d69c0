// Calls to the server, each with words for people where it fails.
import { csrf, desk } from "./store.js";

/** A call that failed: `status` is missing where the line was away, so that the same may be tried again. */
export class Fault extends Error {
  constructor(words, status, told = {}) {
    super(words);
    this.status = status;
    this.told = told;
  }

  get passing() {
    return this.status === undefined || this.status >= 500 || this.status === 429;
  }
}

const away = () => `/login?next=${encodeURIComponent(location.pathname + location.search)}`;

export async function call(path, body, method = body === undefined ? "GET" : "POST") {
  const options = { method, headers: { "X-CSRF-Token": csrf } };
  if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { ...options.headers, "Content-Type": "application/json" } });
  const asked = Date.now();
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Fault("网络不通，请再试一次");
  }
  if (answer.status === 401) {
    location.assign(away());
    throw new Fault("请先登录", 401);
  }
  settle(answer.headers.get("Date"), asked);
  if (answer.status === 204) return {};
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Fault(told.error?.message ?? "系统忙，请再试一次", answer.status, told.error ?? {});
  return told;
}

/** Countdowns follow the server's clock; a phone may be minutes off. Less than two seconds is the header's own coarseness. */
function settle(date, asked) {
  const ahead = Date.parse(date) - (asked + Date.now()) / 2;
  if (!Number.isNaN(ahead)) desk.skew = Math.abs(ahead) > 2000 ? ahead : 0;
}

const PASSING = { good: 8000, late: 20000 };
let told = 0;

/** Words below the talk, or below the tabs where no talk is open; `more` is a button after them. News goes by itself, a fault stays. */
export function tell(text, kind = "wrong", more = null) {
  clearTimeout(told);
  if (text && PASSING[kind]) told = setTimeout(() => tell(""), PASSING[kind]);
  const inside = !document.getElementById("open").hidden;
  for (const id of ["tell", "note"]) {
    const place = document.getElementById(id);
    if (!place) continue;
    const here = text && (id === "tell") === inside;
    place.replaceChildren(...(here ? [text, more].filter(Boolean) : []));
    place.hidden = !here;
    place.dataset.kind = kind;
  }
}

/** Words that a screen reader speaks and nobody sees. */
export function speak(text) {
  document.getElementById("spoken").textContent = text;
}

const busy = new Set();

/** Do something once: a second tap while it runs is no second deed, but other deeds are not in its way. */
export async function once(what, deed) {
  if (busy.has(what)) return undefined;
  busy.add(what);
  document.body.classList.add("busy");
  tell("");
  try {
    return await deed();
  } catch (error) {
    tell(error.message);
    return undefined;
  } finally {
    busy.delete(what);
    document.body.classList.toggle("busy", busy.size > 0);
  }
}

/** A function that runs when nobody called it for a while: a search while one types. */
export function calm(wait, deed) {
  let timer = 0;
  return (...told) => {
    clearTimeout(timer);
    timer = setTimeout(() => deed(...told), wait);
  };
}
