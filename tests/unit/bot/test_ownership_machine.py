"""Who speaks, as a machine that hypothesis drives: no order of deeds may let the bot talk over a person."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot import ownership
from bot.ownership import Floor

PATIENCE = timedelta(minutes=15)
PEOPLE = st.sampled_from(["wang", "lin", "phone"])


class Talk(RuleBasedStateMachine):
    """One conversation, its deeds in any order, and the words that were thought of on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 5, 20, 14, tzinfo=UTC)
        self.floor = Floor()
        self.thought: list[tuple[int, int, bool]] = []
        """(epoch, parts of people before it, pushed) of every word of the bot."""
        self.parts = 0
        """How often a person has taken the floor."""
        self.spoke: datetime | None = None
        self.wrote: datetime | None = None

    def step(self, after: Floor, *, by_person: bool) -> None:
        before = self.floor
        assert after.epoch >= before.epoch, "the epoch fell"
        passed = (before.owner, before.guide) != (after.owner, after.guide) and "human" in {before.owner, after.owner}
        assert not passed or after.epoch > before.epoch, "the floor passed to or from a person, and the epoch stood still"
        assert (after.guide is not None) == (after.owner == "human")
        assert after != before or after.since == before.since
        self.parts += by_person and passed
        self.floor = after

    @rule(seconds=st.integers(1, 1800))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def shopper_writes(self) -> None:
        self.wrote = self.now
        self.step(ownership.written_to(self.floor, self.now), by_person=False)
        assert self.floor.owner != "closed"

    @rule()
    def asks_for_a_person(self) -> None:
        before = self.floor
        self.step(ownership.asked_for_person(before, self.now), by_person=False)
        assert self.floor.owner in {"waiting", "human"}
        assert self.floor.epoch == before.epoch, "what was promised must still arrive"

    @rule(who=PEOPLE)
    def claims(self, who: str) -> None:
        before = self.floor
        self.step(ownership.claimed(before, who, self.now), by_person=True)
        assert (self.floor.owner, self.floor.guide) == ("human", who)
        assert ownership.claimed(self.floor, who, self.now + PATIENCE) == self.floor, (
            "a second claim of one's own changes nothing"
        )

    @precondition(lambda self: self.floor.owner == "human")
    @rule(who=PEOPLE)
    def passes_on(self, who: str) -> None:
        self.step(ownership.transferred(self.floor, who, self.now), by_person=True)

    @precondition(lambda self: self.floor.owner == "human")
    @rule()
    def person_speaks(self) -> None:
        self.spoke = self.now

    @rule()
    def gives_back(self) -> None:
        self.step(ownership.handed_back(self.floor, self.now), by_person=False)
        assert self.floor.owner == "bot"

    @rule()
    def is_queued_again(self) -> None:
        before = self.floor
        self.step(ownership.queued_again(before, self.now), by_person=False)
        assert self.floor.owner == ("waiting" if before.owner == "human" else before.owner)

    @rule()
    def is_closed(self) -> None:
        before = self.floor
        self.step(ownership.closed(before, self.now), by_person=False)
        assert self.floor.epoch > before.epoch

    @rule(pushed=st.booleans())
    def bot_thinks(self, pushed: bool) -> None:
        if ownership.may_push(self.floor) if pushed else ownership.bot_may_answer(self.floor, self.now):
            assert self.floor.owner != "human"
            self.thought.append((self.floor.epoch, self.parts, pushed))

    @rule()
    def patience_ends(self) -> None:
        before, since = self.floor, self.floor.since
        if not ownership.fell_silent(before, (self.spoke, self.wrote), self.now, PATIENCE):
            return
        assert before.owner == "human"
        assert self.spoke is not None
        assert self.wrote is None or self.wrote <= self.spoke, "the shopper waits for the person"
        assert self.now - self.spoke >= PATIENCE
        assert since is None or self.now - since >= PATIENCE, "they took it just now"
        self.step(ownership.handed_back(before, self.now), by_person=False)

    @invariant()
    def nothing_old_leaves(self) -> None:
        for epoch, parts, pushed in self.thought:
            leaves = ownership.may_leave("bot", epoch, self.floor, pushed=pushed)
            assert not leaves or epoch == self.floor.epoch
            assert not leaves or parts == self.parts, "a person had the floor since it was thought of"
            assert not leaves or self.floor.owner != "human"
            assert not (leaves and pushed) or self.floor.owner in {"bot", "closed"}, "pushed into a wait or a talk"
            assert ownership.may_leave("guide", epoch, self.floor)

    @invariant()
    def nobody_is_pushed_at_while_a_person_matters(self) -> None:
        assert ownership.may_push(self.floor) == (self.floor.owner in {"bot", "closed"})


Talk.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTalk = Talk.TestCase
