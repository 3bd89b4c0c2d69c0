"use strict";
// Drafts: how many are ticked and whether they may go; publishing: every red group needs its tick and a reason.
function picked() {
  const form = document.getElementById("picked");
  const go = document.getElementById("go");
  const place = document.getElementById("picked-told");
  if (!form || !go || !place) return;
  const ticked = [...form.querySelectorAll("[name=draft]:checked")];
  const refused = [...new Set(ticked.map((one) => one.dataset.refused).filter(Boolean))];
  go.disabled = !ticked.length;
  place.textContent = !ticked.length ? "先勾选要一起发布的草稿" : `勾了 ${ticked.length} 条${refused.length ? `；可以先检查和回放。${refused[0]}` : ""}`;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "draft") picked();
});
document.addEventListener("click", (event) => {
  if (event.target.id !== "all") return;
  const boxes = [...document.querySelectorAll("#picked [name=draft]")];
  const on = boxes.some((one) => !one.checked);
  for (const box of boxes) box.checked = on;
  event.target.textContent = on ? "都不选" : "全选";
  picked();
});
document.body.addEventListener("htmx:afterSettle", picked);
document.body.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  if (form.id !== "publish") return;
  const open = [...form.querySelectorAll("[name=yes]")].find((one) => !one.checked);
  const unseen = form.querySelector("[name=unseen]");
  const reason = form.querySelector("[name=reason]");
  const why = open ? "变坏的每一组都要看过、打上勾" : unseen && !unseen.checked ? "先回放一遍，或者勾上“不回放，直接发布”" : reason && !reason.value.trim() ? "写一句为什么可以这样发布" : "";
  if (!why) return;
  event.preventDefault();
  tell(why);
  (open ?? (unseen && !unseen.checked ? unseen : reason)).focus();
});
picked();
