"use strict";
/* What members of staff are told on their phones, and what they do with contacts and groups; beside sandbox.js. */

const GROUP = "wrSandboxGroup0000000000000001";

function drawTold(told) {
  const rows = told.slice(0, 20).map((one) => el(
    "li", {},
    el("time", {}, timeOf(one.at)), " ",
    el("span", { class: "tag" }, one.way === "robot" ? "群机器人" : "应用消息"), " ",
    el("span", { class: "name" }, one.users.join("、")),
    el("p", {}, one.title ? el("b", {}, `${one.title}：`) : null, one.text),
    /^https?:\/\//.test(one.url) ? el("a", { href: one.url, rel: "noreferrer", target: "_blank" }, "打开工作台") : null,
  ));
  $("told").replaceChildren(...rows);
  if (!rows.length) $("told").append(el("li", { class: "hint" }, "还没有。有顾客在等的时候，导购会在手机上收到。"));
}

for (const button of document.querySelectorAll("[data-contact]")) button.addEventListener("click", () => act(async () => {
  const path = `/servicers/${encodeURIComponent($("servicer").value)}/${button.dataset.contact}`;
  await ask("POST", path, { external_userid: view.who });
  tell(button.dataset.contact === "befriend" ? "加上了，企业微信会告诉导购程序" : "删掉了");
}));
$("join").addEventListener("click", () => act(async () => {
  await ask("POST", shopperPath("join"), { chat_id: GROUP });
  tell("进群了");
}));
