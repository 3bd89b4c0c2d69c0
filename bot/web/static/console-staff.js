"use strict";
// Who is there today: said at once by the desk's own call; the list is then read anew.
document.getElementById("rows").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-guide]");
  if (!button || button.getAttribute("aria-pressed") === "true") return;
  const { guide, state, name } = button.dataset;
  button.disabled = true;
  try {
    await call("/api/desk/duty", { guide, state });
    toast({ words: { on: `${name}在岗了`, break: `${name}歇一会儿，今天结束前都不派顾客`, off: `${name}今天不在，不会再派顾客` }[state] });
    htmx.trigger(document.body, "staff");
  } catch (error) {
    button.disabled = false;
    tell(error.message);
  }
});
