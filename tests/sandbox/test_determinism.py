"""One seed and the same calls give one transcript; whatever is done, the platform's promises hold."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.sandbox import Faults
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.model import WINDOW, State
from tests.sandbox.rig import HOUR, KF, Rig

CHAOS = Faults(token_expired=0.1, freq=0.1, busy=0.1, empty_page=0.3, short_page=0.3, send_fail=0.2, send_fail_type=4)
ACTS = st.lists(
    st.tuples(st.sampled_from(["say", "send", "trans", "pull", "enter", "wait", "take"]), st.integers(0, 4)),
    max_size=40,
)


def played(seed: int, acts: list[tuple[str, int]]) -> list[dict[str, Any]]:
    rig = Rig(seed, CHAOS)
    for act, number in acts:
        rig.token = rig.get_token()
        match act:
            case "say":
                rig.platform.say(rig.who, f"第{number}句")
            case "send":
                rig.text(msgid=f"out_{number}")
            case "trans":
                rig.trans(number, servicer_userid="xiaolin")
            case "pull":
                rig.cursor = rig.call("kf/sync_msg", cursor=rig.cursor).get("next_cursor", rig.cursor)
            case "enter":
                rig.on_event(rig.platform.enter(rig.who) or "none")
            case "wait":
                rig.platform.advance(number * 11 * HOUR)
            case _:
                with suppress(ActRefusedError):
                    rig.platform.take("xiaolin", rig.who)
    return rig.transcript()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99), ACTS)
def test_same_seed_and_same_calls_give_the_same_transcript(seed: int, acts: list[tuple[str, int]]) -> None:
    assert played(seed, acts) == played(seed, acts)


def test_another_seed_gives_other_names_and_other_mishaps() -> None:
    acts = [("say", 1), ("send", 1)] * 20
    assert played(1, acts) != played(2, acts)


def test_a_reset_begins_the_same_story_again() -> None:
    rig = Rig()

    def story() -> list[dict[str, Any]]:
        rig.token = rig.get_token()
        rig.who = rig.platform.arrive("王女士").external_userid
        rig.platform.say(rig.who, "在吗")
        rig.text()
        return rig.transcript()

    rig.platform.reset()
    first = story()
    rig.platform.advance(500)
    rig.platform.reset()
    assert story() == first
    rig.platform.reset(seed=8)
    assert story() != first


def test_one_fault_does_not_change_how_another_falls() -> None:
    def busy(faults: Faults) -> list[bool]:
        rig = Rig(3)
        rig.platform.say(rig.who, "在吗")
        rig.platform.put_faults(faults)
        return [rig.call("kf/account/list")["errcode"] == -1 for _ in range(50)]

    assert busy(Faults(busy=0.3)) == busy(Faults(busy=0.3, empty_page=0.5, send_fail=0.5))


class Rules(RuleBasedStateMachine):
    """Quota, window, states and msgids, against a model of a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig()
        self.used: set[str] = set()
        self.delivered: list[str] = []
        self.sent = 0
        self.wrote = float("-inf")
        self.state = 4

    def now(self) -> float:
        return self.rig.platform.world.now()

    def open(self) -> bool:
        return self.now() - self.wrote <= WINDOW

    def real_state(self) -> int:
        return self.state if self.open() else 4

    @rule()
    def shopper_writes(self) -> None:
        if self.real_state() == 4:
            self.state = 0
        self.rig.platform.say(self.rig.who, "在吗")
        self.wrote, self.sent = self.now(), 0

    @rule(msgid=st.integers(0, 12))
    def bot_sends(self, msgid: int) -> None:
        name = f"out_{msgid}"
        code = self.rig.text(name, msgid=name)["errcode"]
        if name in self.used:
            expected = 40058
        elif self.wrote == float("-inf"):
            expected = 95018
        elif not self.open():
            expected = 95002
        elif self.state == 4:
            expected = 95013
        elif self.state in {2, 3}:
            expected = 95018
        else:
            expected = 95001 if self.sent >= 5 else 0
        assert code == expected
        if code == 0:
            self.used.add(name)
            self.delivered.append(name)
            self.sent += 1

    @rule(state=st.integers(0, 4))
    def bot_moves(self, state: int) -> None:
        allowed = {0: {1, 2, 3}, 1: {2, 3, 4}, 2: {3, 4}, 3: {4}, 4: set()}
        code = self.rig.trans(state, servicer_userid="xiaolin")["errcode"]
        assert (code == 0) == (state in allowed[self.real_state()])
        if code == 0:
            self.state = state

    @precondition(lambda self: self.real_state() == 2)
    @rule()
    def staff_take(self) -> None:
        self.rig.platform.take("xiaolin", self.rig.who)
        self.state = 3

    @precondition(lambda self: self.real_state() == 3)
    @rule()
    def staff_end(self) -> None:
        self.rig.platform.end("xiaolin", self.rig.who)
        self.state = 4

    @rule(hours=st.sampled_from([0.5, 10, 30, 48]))
    def time_passes(self, hours: float) -> None:
        self.rig.platform.advance(hours * HOUR)
        self.rig.token = self.rig.get_token()

    @invariant()
    def the_states_agree(self) -> None:
        answer = self.rig.platform.conversation(self.rig.who, KF)
        assert answer.state_at(self.now()) is State(self.real_state())

    @invariant()
    def the_shopper_has_each_message_once_and_in_order(self) -> None:
        assert self.rig.received() == self.delivered


TestRules = Rules.TestCase
TestRules.settings = settings(deadline=None, max_examples=40, stateful_step_count=40)
