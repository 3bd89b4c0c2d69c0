// What the desk knows now, and what it keeps on this device: drafts, words that have not left, small settings.
const named = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";

/** Who sits here; everything kept on the device belongs to this account and to no other. */
export const who = named("who");
export const role = named("role");
export const csrf = named("csrf");
export const account = named("account");
export const sidebar = document.body.classList.contains("sidebar");
export const leads = role === "lead" || role === "admin";

/** The page's memory; every module reads it, the module that a field belongs to writes it. */
export const desk = {
  listed: { places: [] }, // list.js
  tab: "people", // list.js
  open: null, // talk.js: the conversation on screen
  told: null, // talk.js: its last state
  skew: 0, // api.js: milliseconds that the server's clock is ahead of this device's
};

const LIFE = 14 * 24 * 3600 * 1000;

function key(name) {
  return `daogou.desk.${who}.${name}`;
}

function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), JSON.stringify(value));
    return true;
  } catch {
    return false; // a private window may refuse: the words then live as long as the page
  }
}

export const setting = (name, otherwise) => read(`set.${name}`, otherwise);
export const keepSetting = (name, value) => write(`set.${name}`, value);

/** The half-written words of a talk, and the products chosen with them. */
export function draft(conversation) {
  const kept = read("drafts", {})[conversation];
  return { text: kept?.text ?? "", items: kept?.items ?? [] };
}

export function keepDraft(conversation, text, items) {
  const drafts = read("drafts", {});
  for (const [one, kept] of Object.entries(drafts)) if (Date.now() - kept.at > LIFE) delete drafts[one];
  if (text || items.length) drafts[conversation] = { text, items, at: Date.now() };
  else delete drafts[conversation];
  write("drafts", Object.keys(drafts).length ? drafts : null);
}

export const drafted = (conversation) => Boolean(read("drafts", {})[conversation]);

let memory = [];

/** Words on their way, oldest first; another tab may have changed them meanwhile. */
export function unsent() {
  return read("unsent", memory);
}

export function changeUnsent(change) {
  memory = change(unsent());
  write("unsent", memory.length ? memory : null);
  return memory;
}

export const now = () => Date.now() + desk.skew;
