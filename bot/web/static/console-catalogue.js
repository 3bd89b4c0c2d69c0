"use strict";
// The catalogue: words and goods that are added with one tap, exports that follow the filters, files before they are sent.

/** Put a word into a field of words, each once. */
function addWord(box, word, mark) {
  const had = box.value.split(mark === "\n" ? /\n/ : /[、；;,，\n]/).map((one) => one.trim()).filter(Boolean);
  if (!had.includes(word)) box.value = [...had, word].join(mark);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-add]");
  if (!chip) return;
  const box = document.getElementById(chip.dataset.add);
  if (!box) return;
  addWord(box, chip.dataset.word, box.dataset.lines ? "\n" : "、");
  if (chip.dataset.said) toast({ words: chip.dataset.said });
});

// what is exported is what is shown
function filtered() {
  const find = document.getElementById("find");
  for (const link of document.querySelectorAll("[data-filtered]")) {
    const to = new URL(link.href);
    const told = new URLSearchParams([...new FormData(find)].filter(([, value]) => value));
    told.set("as", to.searchParams.get("as") ?? "csv");
    link.href = `${to.pathname}?${told}`;
  }
}
document.getElementById("find")?.addEventListener("input", filtered);
if (document.getElementById("find")) filtered();
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu-of[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll("details.menu-of[open]")) open.open = false;
});

// a file: its name and size before it is sent; another file asks for another look
document.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  const said = document.getElementById("file-told");
  const file = event.target.files[0];
  if (said) said.textContent = file ? `${file.name}，${Math.max(1, Math.round(file.size / 1024))} KB` : "";
  document.getElementById("looked")?.replaceChildren();
});

// a workbook is held against the whole content, which takes its time: meanwhile that is said
document.body.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.target?.id === "looked") detail.target.prepend(el("p", { class: "quiet waiting", text: "正在和线上的内容对照，文件大要等一会儿…" }));
});
document.body.addEventListener("htmx:afterRequest", () => {
  for (const waiting of document.querySelectorAll("#looked > .waiting")) waiting.remove();
});
