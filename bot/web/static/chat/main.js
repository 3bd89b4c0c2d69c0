// The shopper's page: one talk with the assistant, made when the first word is said.
import { call } from "./api.js";
import { mine } from "./rooms.js";
import { Talk } from "./talk.js";

const ROOM = "daogou.room";
const $ = (id) => document.getElementById(id);
let room = stored(ROOM, null);

async function open() {
  if (room) return room;
  room = stored(ROOM, null) ?? (await call("/api/chat", { body: {} }));
  keep(ROOM, room);
  talk.last = 0;
  talk.wire.listen(room);
  return room;
}

/** The server knows this talk no more: the next word begins another one. */
function forget() {
  talk.wire.close();
  if (stored(ROOM, null)?.token === room?.token) keep(ROOM, null);
  room = null;
  return true;
}

const talk = new Talk(document.body, {
  unsent: "daogou.unsent",
  open,
  place: () => room,
  lost: forget,
  gone: forget,
  standing: { place: $("state"), button: $("human"), mark: document.body },
});

for (const starter of document.querySelectorAll("#starters button")) {
  starter.addEventListener("click", () => talk.say(starter.textContent));
}
window.addEventListener("storage", (event) => {
  if (event.key !== ROOM || room) return;
  room = stored(ROOM, null); // the same shopper began to talk in another tab
  if (room) talk.wire.listen(room);
});
for (const one of mine()) $("rooms").prepend(el("a", { href: `/chat?room=${encodeURIComponent(one.conversation)}`, text: one.name || "群聊" }));
talk.start();
