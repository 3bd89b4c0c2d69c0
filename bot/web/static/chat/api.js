// Calls of the shopper's API: JSON there and back, refusals as errors that say what became of them.

/** Why a call came to nothing: ``status`` is undefined where there was no line at all. */
export class Refused extends Error {
  constructor(status, told, wait) {
    super(told?.message ?? "refused");
    this.status = status;
    this.code = told?.code;
    this.suggestion = told?.suggestion;
    this.wait = wait;
  }

  /** Whether the same call may succeed later by itself. */
  get passing() {
    return this.status === undefined || this.status >= 500 || this.status === 429;
  }
}

/** Why something came to nothing, in words for people. */
export const why = (error, away = "网络不太好，请再试一次") => (error.status === undefined ? away : error.message);

/** ``body`` makes it a POST; ``token`` says who calls. */
export async function call(path, { token, body } = {}) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(undefined);
  }
  if (answer.ok) return answer.json();
  const told = await answer.json().catch(() => null);
  throw new Refused(answer.status, told?.error, Number(answer.headers.get("Retry-After")) || 0);
}

/** Something that need not arrive, told beside the talk. */
export function mention(place, what, body) {
  if (!place) return;
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${place.token}` };
  fetch(`/api/chat/${place.conversation}/${what}`, { method: "POST", keepalive: true, headers, body: JSON.stringify(body) }).catch(() => {});
}
