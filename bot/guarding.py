"""Corrections as guards: each is played as a dialogue, and content that would undo one does not go live.

A correction that the content does not know yet stays open and stands in nobody's way; the first release that it passes keeps
it, and from then on no release may fail it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content import Dialogue, Step, Workspace
from bot.db.corrections import Correction
from bot.errors import Problem
from bot.playing import play
from bot.services import Services

_BATCH = 128
"""Corrections whose messages are encoded and classified together: what is made ready must not be forgotten before its turn."""
PLACE = "导购的更正"
"""What stands before a problem instead of a file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the corrections come out on some content."""

    passing: tuple[Correction, ...]
    failing: tuple[tuple[Correction, str], ...]
    """With what came out instead."""

    @property
    def broken(self) -> tuple[tuple[Correction, str], ...]:
        """Those that passed before."""
        return tuple((one, why) for one, why in self.failing if one.state == "kept")

    @property
    def problems(self) -> list[Problem]:
        """The broken ones in words."""
        return [
            Problem(f"{PLACE} {one.id}", None, one.question, f"{meant(one)}（{one.author}），这样发布就不对了：{why}")
            for one, why in self.broken
        ]


def meant(correction: Correction) -> str:
    """What should have been done, in words."""
    return {
        "entry": f"应该用 {correction.entry} 回答",
        "reply": f"应该答“{correction.reply[:30]}”",
        "handover": "应该转给导购",
        "silent": "应该不说话",
    }[correction.kind]


def as_dialogues(corrections: Iterable[Correction]) -> list[Dialogue]:
    """Each correction as ops would write it: what was said before only leads to the question, on which the expectation stands."""
    return [_dialogue(one) for one in corrections if not one.private]


def _dialogue(correction: Correction) -> Dialogue:
    *before, question = correction.said
    steps = [*(Step(say=words) for words in before), _expecting(question, correction)]
    return Dialogue(f"{PLACE} {correction.id}", tuple((n, step) for n, step in enumerate(steps, 1)))


def _expecting(question: str, correction: Correction) -> Step:
    if correction.kind == "handover":
        return Step(say=question, owner="human")
    if correction.kind == "silent":
        return Step(say=question, silent=True)
    return Step(say=question, entry=correction.entry)


def judged(corrections: Iterable[Correction], services: Services, now: datetime) -> Verdict:
    """How the corrections come out; equal ones are played once."""
    told = [one for one in corrections if not one.private]
    different = list({_key(one): one for one in told}.values())
    known: dict[tuple[object, ...], str] = {}
    for start in range(0, len(different), _BATCH):
        batch = different[start : start + _BATCH]
        services.warm(list(dict.fromkeys(words for one in batch for words in one.said)))
        known |= {_key(one): _outcome(one, services, now) for one in batch}
    failing = tuple((one, known[_key(one)]) for one in told if known[_key(one)])
    return Verdict(tuple(one for one in told if not known[_key(one)]), failing)


def _key(one: Correction) -> tuple[object, ...]:
    return (one.said, one.kind, one.entry)


def _outcome(correction: Correction, services: Services, now: datetime) -> str:
    """What came out otherwise; empty where it is right."""
    (dialogue,) = as_dialogues([correction])
    *_, last = play(dialogue, services, now)
    return "；".join(last.differences)


Judge = Callable[[Workspace], Verdict]


def judge(
    corrections: Sequence[Correction], encoder: Encoder, models: ModelStore, now: datetime, beside: Services | None = None
) -> Judge:
    """A function that plays the corrections on a workspace; its rooms are built once, or shared with those of ``beside``."""

    def on(workspace: Workspace) -> Verdict:
        if not corrections:
            return Verdict((), ())
        if beside is None:
            services = content.build(workspace, encoder, models)
        else:
            services = content.beside(beside, workspace.files, encoder, models)
        return judged(corrections, services, now)

    return on
