"""What a guide reads before the first word: what is wanted, what was told, what was promised or hurt. Only what was really said.

Pure and without models: values come from the traces that turns left behind and from the words of the messages, always as they
were written there, so that every clause can name the messages that support it. What was taken back, corrected, only supposed or
said of people for whom nothing is bought does not count; in a group only what the asker said does.
"""

from datetime import datetime
from typing import get_args

from bot.brief.clauses import listed, mapping
from bot.brief.early import early
from bot.brief.fitting import Offer, fitted
from bot.brief.hurting import Hurt, Sort, hurts
from bot.brief.knowing import known
from bot.brief.model import Brief, Clause, Fact, Line, Remark, Story, to_json
from bot.brief.opening import opening
from bot.brief.telling import promised, told
from bot.brief.wanting import errands, particulars

_TOLD = 6
"""Of what was told so many clauses, the latest, also stand among the known."""


def brief(story: Story, now: datetime) -> Brief:
    """The brief of a talk; ``now`` with zone says which promises were made on another day."""
    asker = _asker(story)
    said = tuple(one for one in story.remarks if _counts(one, asker))
    answers = tuple(told(story))
    facts = known(said, _named(story))
    wanted, hurt = tuple(errands(said)), tuple(hurts(said))
    promises = tuple(_dated(one, story, now) for one in promised(story))
    lines = fitted(_offers(wanted, answers, promises, hurt, facts))
    earlier = tuple(Fact("已说", one.text, one.messages) for one in answers[-_TOLD:])
    return Brief(lines, (*facts, *earlier), opening(story, wanted, hurt), story.reason)


def _named(story: Story) -> tuple[str, ...]:
    """The questions of entries and the names of products that this talk was answered with."""
    traces = [one.trace or {} for one in story.remarks if one.author in {"bot", "guide"}]
    entries = [str(mapping(trace.get("entry")).get("id")) for trace in traces]
    skus = [str(mapping(item).get("sku")) for trace in traces for item in listed(trace.get("items"))]
    questions = [story.entries[one] for one in entries if one in story.entries]
    return (*questions, *(story.names[one] for one in skus if one in story.names))


def _asker(story: Story) -> str | None:
    """Whose talk it is in a group: who was handed over last, else who was answered last; None where one person speaks."""
    if story.asker is not None:
        return story.asker
    own = [one for one in story.remarks if one.author == "shopper" and one.sender is not None and not one.recalled]
    if len({one.sender for one in own}) < 2:
        return None
    wanted = [one for one in own if one.outcome == "handed_over"] or [one for one in own if one.outcome == "answered"] or own
    return wanted[-1].sender


def _counts(remark: Remark, asker: str | None) -> bool:
    """Whether a remark is the shopper's own and was not taken back."""
    mine = asker is None or remark.sender is None or remark.sender == asker
    return remark.author == "shopper" and not remark.recalled and mine


def _offers(
    wanted: tuple[Clause, ...],
    told: tuple[Clause, ...],
    promises: tuple[Clause, ...],
    hurt: tuple[Hurt, ...],
    facts: tuple[Fact, ...],
) -> list[Offer]:
    """All clauses in the order of their weight: first one of each kind, then the rest."""
    sore = {one.clause.text for one in hurt}
    wanted = tuple(one for one in wanted if one.text not in sore)
    worst = sorted(hurt, key=lambda one: (not one.sure, get_args(Sort).index(one.sort)))
    ranks: list[list[Offer]] = [
        [("wants", one) for one in wanted[:3]] + [("wants", one) for one in particulars(facts)],
        [("promised", one) for one in reversed(promises[-3:])],
        [("hurt", one.clause) for one in worst[:3]],
        [("told", one) for one in reversed(told[-4:])],
    ]
    longest = max(map(len, ranks))
    return [row[n] for n in range(longest) for row in ranks if n < len(row)]


def _dated(promise: Clause, story: Story, now: datetime) -> Clause:
    """今天发货 of another day says which day it was."""
    at = next(one.at for one in story.remarks if one.id == promise.messages[0])
    day = at.astimezone(now.tzinfo).date()
    return promise if day == now.date() else Clause(f"{day.month}月{day.day}日说{promise.text}", promise.messages)


__all__ = ["Brief", "Clause", "Fact", "Line", "Remark", "Story", "brief", "early", "to_json"]
