// The rooms that this device is in: who one is there, kept so that a reload, a second tab or tomorrow finds the same member.
const KEY = "daogou.rooms";
const MOST = 20;

const all = () => stored(KEY, {});

/** One room as kept: {conversation, token, member, nick, name, private?, left?}. */
export const find = (conversation) => all()[conversation] ?? null;

/** Those one is in, latest last. */
export const mine = () => Object.values(all()).filter((one) => !one.left).slice(-MOST);

export function put(conversation, change) {
  const rooms = all();
  const now = { ...rooms[conversation], conversation, ...change };
  delete rooms[conversation];
  rooms[conversation] = now;
  keep(KEY, rooms);
  return now;
}

export function drop(conversation) {
  const rooms = all();
  delete rooms[conversation];
  keep(KEY, rooms);
}

/** Tell when another tab changes something of these rooms. */
export function watch(heard) {
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) heard();
  });
}

/** What was read of a talk on this device. */
export function reading(conversation) {
  const key = "daogou.seen";
  return {
    get: () => stored(key, {})[conversation] ?? null,
    set: (id) => {
      const seen = stored(key, {});
      if ((seen[conversation] ?? 0) < id) keep(key, { ...seen, [conversation]: id });
    },
  };
}
