// Who speaks in a talk of two: the assistant, a person who was called, a person who serves.
const STATES = {
  waiting: () => "已为您呼叫人工导购，请稍候",
  human: (state) => `${state.guide ?? "导购"} 正在为您服务（真人）`,
};

export class Standing {
  owner = "bot";

  /** ``place`` shows the words, ``button`` calls a person, ``mark`` bears the owner for the style; ``ask()`` says 转人工. */
  constructor({ place, button, mark, ask }) {
    Object.assign(this, { place, button, mark });
    button.addEventListener("click", () => {
      button.disabled = true; // until the state is told: a double tap calls once
      ask();
    });
  }

  get waits() {
    return !["human", "waiting"].includes(this.owner);
  }

  tell(state) {
    this.owner = state.owner;
    this.place.textContent = STATES[state.owner]?.(state) ?? this.place.dataset.bot;
    this.mark.dataset.owner = state.owner;
    this.button.disabled = !this.waits;
    this.button.textContent = state.owner === "human" ? "人工中" : state.owner === "waiting" ? "呼叫中" : "转人工";
  }
}
