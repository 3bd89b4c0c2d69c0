// Keeps the desk's shell on the device, so that the page opens without a line. Never a talk, never a customer.
const VERSION = "desk-{{ version }}";
const SHELL = {{ shell | tojson }};
const OFFLINE = "/desk/shell";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll([...SHELL, OFFLINE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("desk-") && name !== VERSION);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

/** The page itself comes from the server; only where there is none, or it is just starting again, the shell stands in. */
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.status < 502 || answer.status > 504) return answer;
  } catch {
    // no line: the shell, below
  }
  return (await caches.match(OFFLINE)) ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === "/desk") event.respondWith(page(event.request));
  else if (SHELL.includes(url.pathname + url.search)) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { conversation } = event.notification.data ?? {};
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((open) => {
    const desk = open.find((client) => new URL(client.url).pathname === "/desk");
    if (!desk) return self.clients.openWindow(`/desk?talk=${encodeURIComponent(conversation)}`);
    desk.postMessage({ conversation });
    return desk.focus();
  }));
});
