"""Figures over decisions in a group: threads, joins, actions, persons. Where the policy leaves a choice either is right."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from bot.teaching.group_logs import Line, Log
from intents.groups import Action, Decision

ACTIONS: tuple[Action, ...] = get_args(Action)
_MUST = frozenset(("handover", "private"))


@dataclass
class Score:
    """Sums over logs."""

    messages: int = 0
    right: int = 0
    kept: list[tuple[float, float]] = field(default_factory=list)
    """B-cubed precision and recall of the thread of each message."""
    joins: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    """Decisions by action."""
    sound: Counter[str] = field(default_factory=Counter)
    """Of these right."""
    wanted: Counter[str] = field(default_factory=Counter)
    """Messages by the action that is right, or preferred."""
    found: Counter[str] = field(default_factory=Counter)
    must: int = 0
    must_found: int = 0
    private_in_public: int = 0
    wrong_person: int = 0
    answers: int = 0
    sure: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def threads(self) -> float:
        """B-cubed F1."""
        precision = sum(one for one, _ in self.kept) / max(len(self.kept), 1)
        recall = sum(one for _, one in self.kept) / max(len(self.kept), 1)
        return 2 * precision * recall / max(precision + recall, 1e-9)

    @property
    def calibration(self) -> float:
        """Expected calibration error over ten bins."""
        total = 0.0
        for low in range(10):
            within = [one for one in self.sure if low / 10 <= one[0] < (low + 1) / 10 or (low == 9 and one[0] >= 1)]
            if within:
                total += abs(sum(sure for sure, _ in within) - sum(right for _, right in within))
        return total / max(len(self.sure), 1)

    def precision(self, action: str) -> float:
        """Of the decisions for an action, how many are right."""
        return self.sound[action] / max(self.claimed[action], 1)

    def recall(self, action: str) -> float:
        """Of the messages for which it is right, how many were decided rightly."""
        return self.found[action] / max(self.wanted[action], 1)


def add(score: Score, log: Log, decisions: Mapping[str, Decision]) -> list[Line]:
    """Count one log; the lines that are decided wrongly."""
    wrong = []
    _threads(score, log, decisions)
    asked = _askers(log)
    for line in log.lines:
        made = decisions[line.remark.id]
        good = made.action in line.actions
        score.messages += 1
        score.right += good
        score.sure.append((made.confidence, good))
        score.claimed[made.action] += 1
        score.sound[made.action] += good
        score.wanted[line.actions[0]] += 1
        score.found[line.actions[0]] += good
        if set(line.actions) <= _MUST:
            score.must += 1
            score.must_found += made.action in _MUST
        score.private_in_public += line.actions == ("private",) and made.action == "answer"
        _persons(score, line, made, asked)
        _joins(score, line, made)
        if not good:
            wrong.append(line)
    return wrong


def _threads(score: Score, log: Log, decisions: Mapping[str, Decision]) -> None:
    gold: dict[str, set[str]] = {}
    ours: dict[str, set[str]] = {}
    for line in log.lines:
        gold.setdefault(line.thread, set()).add(line.remark.id)
        ours.setdefault(decisions[line.remark.id].thread, set()).add(line.remark.id)
    for line in log.lines:
        one, other = gold[line.thread], ours[decisions[line.remark.id].thread]
        both = len(one & other)
        score.kept.append((both / len(other), both / len(one)))


def _joins(score: Score, line: Line, made: Decision) -> None:
    if line.joins is not None:
        score.joins["gold"] += 1
        score.joins["exact"] += made.joins == line.joins
    if made.joins is not None:
        score.joins["claimed"] += 1
        score.joins["sound"] += made.joins == line.joins


def _askers(log: Log) -> Mapping[str, frozenset[str]]:
    """Message → everybody who asked the same."""
    senders = {line.remark.id: line.remark.sender for line in log.lines}
    groups: dict[str, set[str]] = {}
    root = {line.remark.id: line.joins or line.remark.id for line in log.lines}
    for id_, first in root.items():
        groups.setdefault(root.get(first, first), set()).add(senders[id_])
    return {id_: frozenset(groups[root.get(first, first)]) for id_, first in root.items()}


def _persons(score: Score, line: Line, made: Decision, asked: Mapping[str, frozenset[str]]) -> None:
    if made.action != "answer":
        return
    score.answers += 1
    if "answer" in line.actions:
        score.wrong_person += line.remark.sender not in made.to or not set(made.to) <= asked[line.remark.id]


def table(rows: Iterable[tuple[str, Score]]) -> list[str]:
    """The table of several ways over the same logs."""
    told = [
        (
            "| way | messages right | thread F1 (B-cubed) | joins exact | joins claimed rightly | wrong person "
            "| private in public | must escalate | calibration error |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    listed = list(rows)
    for name, one in listed:
        exact, sound = _share(one.joins["exact"], one.joins["gold"]), _share(one.joins["sound"], one.joins["claimed"])
        told.append(
            f"| {name} | {one.right / one.messages:.3f} | {one.threads:.3f} | {exact} | {sound} "
            f"| {one.wrong_person}/{one.answers} | {one.private_in_public} | {_share(one.must_found, one.must)} "
            f"| {one.calibration:.3f} |"
        )
    told += ["", "| way | " + " | ".join(f"{action} P / R" for action in ACTIONS) + " |", "|---|" + "---|" * len(ACTIONS)]
    for name, one in listed:
        told.append(f"| {name} | " + " | ".join(_both(one, action) for action in ACTIONS) + " |")
    return told


def _both(one: Score, action: str) -> str:
    return f"{one.precision(action):.3f} / {one.recall(action):.3f} ({one.wanted[action]})"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({whole})" if whole else "—"


def scored(logs: Sequence[Log], decisions: Sequence[Mapping[str, Decision]]) -> tuple[Score, list[tuple[Log, Line]]]:
    """Figures over logs, and what was decided wrongly."""
    score, wrong = Score(), []
    for log, made in zip(logs, decisions, strict=True):
        wrong += [(log, line) for line in add(score, log, made)]
    return score, wrong
