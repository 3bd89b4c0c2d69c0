"use strict";
// Signing in, and replacing one's password: one form, one call, words where it fails.
const form = document.querySelector("form");
const wrong = form.querySelector(".wrong");
const button = form.querySelector("button");

function tell(words) {
  wrong.textContent = words;
  wrong.hidden = !words;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  delete fields.username;
  const empty = [...form.querySelectorAll("input[required]")].find((input) => !input.value);
  if (empty) {
    tell("请填写" + form.querySelector(`label[for=${empty.id}]`).textContent);
    empty.focus();
    return;
  }
  const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
  button.disabled = true;
  tell("");
  try {
    const answer = await fetch(form.dataset.call, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(fields),
    });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    const told = answer.status === 204 ? {} : await answer.json();
    location.assign((told.must_change ? "/password" : "/login") + location.search); // which knows where each role works
  } catch (error) {
    tell(error instanceof TypeError ? "连不上服务器，请检查网络后再试" : error.message);
    button.disabled = false;
  }
});
