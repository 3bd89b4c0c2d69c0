"""``python -m bot.teaching.groups``: trains what the program ships for groups, ``intents/weights/groups.npz``.

Three models over the hand-written logs: the sort of a remark (softmax regression with a set of allowed answers where the policy
leaves a choice), the thread that it continues and the question that it asks as well (conditional logit over the candidates).
The logs are replayed with what is right, so that each remark is seen in the room in which it was said.
"""

import argparse
import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.adapters.encoding import encoder_of
from bot.adapters.hearing import BLIND, WEIGHTS
from bot.adapters.keeping import CHECKOUT, write_whole
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content import OWN, read_folder, recognizer, warmer
from bot.content.workspace import own_training
from bot.settings import Settings
from bot.teaching.group_fits import SEEN, Tie, Vectors, fitted_sorts, fitted_ties, principal
from bot.teaching.group_logs import Line, Log, read_logs, texts
from intents.features import unadorned
from intents.groups import Manners
from intents.groups.deciding import SPEAK, verdict, wanting
from intents.groups.hearing import View, turned, viewed
from intents.groups.joining import join_features, questions
from intents.groups.judge import SORTS, Features, Judge
from intents.groups.mentions import bare
from intents.groups.notices import newcomers, notice
from intents.groups.people import system
from intents.groups.ties import thread_features, topics
from intents.groups.traits import text_traits, traits
from intents.groups.turns import Room, Sort
from intents.model import Recognition
from intents.normalize import normalize

TRAIN = CHECKOUT / "tests" / "data" / "groups_train.tsv"
_OF_ACTION: Mapping[str, Sort] = {
    "answer": "ask", "private": "private", "handover": "handover", "order": "order", "silent": "talk", "welcome": "talk",
}  # fmt: skip
_STRENGTH = {"sorts": 1.5, "threads": 5.0, "joins": 3.0}
"""L2 penalty, chosen by cross-validation over logs."""
_FOLDS = 5
_HEATS = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)
_AXES, _SAMPLE = 48, 8
"""So many axes of the sentence vectors are looked at; every so manieth training sentence of the intents helps to find them."""
_TALK = {"ask": 0.0, "private": 0.0, "handover": 0.0, "order": 0.0, "talk": 1.0}
Chances = Mapping[str, float]
Recognize = Callable[[str], tuple[Recognition | None, NDArray[np.float32] | None]]
"""A bare text to what it means and its sentence vector on the judge's axes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One remark of the replay: its features and what is right."""

    log: int
    view: View
    features: Features
    allowed: frozenset[str]
    """Sorts that are right."""


def trained(logs: Sequence[Log], recognize: Recognize) -> Judge:
    """A judge of these logs."""
    seen = sorted_views(logs, recognize)
    rows = folded(seen)
    warmth = heat(rows)
    threads, joins = ties(logs, recognize, out_of_fold(rows, warmth))
    judge = _judge_of_sorts(seen)
    return replace(
        judge,
        heat=warmth,
        threads=fitted_ties(threads, _STRENGTH["threads"]),
        joins=fitted_ties(joins, _STRENGTH["joins"]),
    )


def sorted_views(logs: Sequence[Log], recognize: Recognize) -> list[Seen]:
    """Every remark of a member with its features, in the room as it rightly was."""
    found: list[Seen] = []
    for number, log in enumerate(logs):
        room = Room()
        for place, line in enumerate(log.lines):
            view = _view(room, line, recognize)
            if _spoken(line, view):
                found.append(Seen(number, view, traits(view, room, Manners()), allowed(log, place, view)))
            room = _after(room, log, place, view, _right_sort(log, place, view))
    return found


def ties(logs: Sequence[Log], recognize: Recognize, told: Mapping[tuple[int, str], Chances]) -> tuple[list[Tie], list[Tie]]:
    """Threads and questions of every remark, in the room as the judge would sort it (``told``: log, remark → sort)."""
    threads: list[Tie] = []
    joins: list[Tie] = []
    for number, log in enumerate(logs):
        room = Room()
        for place, line in enumerate(log.lines):
            view = _view(room, line, recognize)
            chances = told.get((number, line.remark.id), _TALK)
            found = topics(room)
            asked = questions(room, view)
            joined = next((one for one in asked if one.id == line.joins), None)
            made = verdict(view, chances, joined, SPEAK["careful"])
            if found and not _noticed(line):
                right = {row for row, topic in enumerate(found) if topic.id == line.thread} or {len(found)}
                sort = made.sort if joined else max(chances, key=lambda one: chances[one])
                threads.append(Tie(thread_features(view, sort, room, found), frozenset(right)))
            if asked and _spoken(line, view) and (joined is not None or line.joins is None):
                right = {asked.index(joined)} if joined else {len(asked)}
                joins.append(Tie(join_features(view, chances, room, asked), frozenset(right)))
            sort = "notice" if _noticed(line) else "talk" if view.guide else made.sort
            room = _after(room, log, place, view, sort, wanting(chances))
    return threads, joins


def allowed(log: Log, place: int, view: View) -> frozenset[str]:
    """Sorts that the right decision leaves open: what a guide or the name settled tells nothing of its sort."""
    line = log.lines[place]
    sorts = {_OF_ACTION[one] for one in line.actions}
    if view.named and sorts <= {"ask", "talk"}:
        return frozenset(("ask", "talk"))
    if sorts == {"talk"} and (line.joins is not None or (view.asking and _heard(log, place))):
        return frozenset(("ask", "talk"))
    return frozenset(sorts)


def _heard(log: Log, place: int) -> bool:
    """Whether a guide speaks in the thread within half a minute, or has answered in it before."""
    line = log.lines[place]
    after = any(
        "导购" in one.remark.sender and one.thread == line.thread and 0 <= (one.remark.at - line.remark.at).total_seconds() <= 30
        for one in log.lines[place + 1 :]
    )
    own = [n for n, one in enumerate(log.lines[:place]) if one.thread == line.thread and one.remark.sender == line.remark.sender]
    before = bool(own) and any("导购" in one.remark.sender and one.thread == line.thread for one in log.lines[own[0] : place])
    return after or before


def _right_sort(log: Log, place: int, view: View) -> Sort:
    line = log.lines[place]
    if view.guide or _noticed(line):
        return "notice" if _noticed(line) else "talk"
    sort = _OF_ACTION[line.actions[0]]
    return "ask" if sort == "talk" and (line.joins or (view.asking and not view.to and _heard(log, place))) else sort


def _noticed(line: Line) -> bool:
    text = line.remark.text
    return system(line.remark.sender) or bool(newcomers(text) and notice(text))


def _spoken(line: Line, view: View) -> bool:
    return not view.guide and not _noticed(line)


def _view(room: Room, line: Line, recognize: Recognize) -> View:
    view = viewed(room.met(line.remark.sender, line.remark.sender), line.remark, Manners(names=()), None)
    recognition, vector = recognize(view.text)
    return replace(view, recognition=recognition, vector=vector)


def _after(room: Room, log: Log, place: int, view: View, sort: Sort, wants: float = 0.0) -> Room:
    """The room after a remark, questions held, answered or heard as they rightly are."""
    line = log.lines[place]
    changes = {}
    for one in room.turns:
        if one.state == "held" and view.guide and one.thread == line.thread:
            changes[one.id] = replace(one, state="guided")
        elif one.state == "held" and view.at - one.at >= 30:
            changes[one.id] = replace(one, state="answered")
    state = "" if sort in ("talk", "order", "notice") or view.guide else "answered" if view.named or sort != "ask" else "held"
    turn = turned(view, line.thread, sort, state=state, root=line.joins or line.remark.id, joins=line.joins or "", wants=wants)
    kept = room.met(line.remark.sender, line.remark.sender) if not _noticed(line) else room
    return replace(kept.changed(changes).with_turn(turn), clock=view.at).forgotten()


def folded(seen: Sequence[Seen]) -> list[tuple[Judge, Seen]]:
    """Each remark with a judge that was not taught its log."""
    found: list[tuple[Judge, Seen]] = []
    for fold in range(_FOLDS):
        judge = _judge_of_sorts([one for one in seen if one.log % _FOLDS != fold])
        found += [(judge, one) for one in seen if one.log % _FOLDS == fold]
    return found


def out_of_fold(rows: Sequence[tuple[Judge, Seen]], warmth: float) -> dict[tuple[int, str], Chances]:
    """The chances of each remark's sorts (log, id) by a judge that was not taught its log."""
    return {(one.log, one.view.id): replace(judge, heat=warmth).sort(one.features) for judge, one in rows}


def heat(rows: Sequence[tuple[Judge, Seen]]) -> float:
    """By what the scores are divided so that they are as sure as they are right on logs that were not taught."""

    def loss(value: float) -> float:
        total = 0.0
        for judge, one in rows:
            chances = replace(judge, heat=value).sort(one.features)
            total -= math.log(max(sum(chances[sort] for sort in one.allowed), 1e-9))
        return total

    return min(_HEATS, key=loss)


def _judge_of_sorts(told: Sequence[Seen]) -> Judge:
    """The sorts, learnt from each remark in its room and once more alone, so that the words count by themselves as well."""
    seen = [*told, *(_alone(one) for one in told if len(one.allowed) == 1 and one.allowed != {"order"})]
    often = Counter(name for one in seen for name in one.features)
    index = {name: row for row, name in enumerate(sorted(name for name, times in often.items() if times >= SEEN))}
    table = fitted_sorts([one.features for one in seen], [one.allowed for one in seen], index, _STRENGTH["sorts"])
    return Judge(index, table.astype(np.float32), 1.0, {}, {})


def _alone(one: Seen) -> Seen:
    """The same remark as if nobody had spoken before."""
    return replace(one, features=text_traits(replace(one.view, quoted=None)))


def lessons(logs: Sequence[Log]) -> tuple[Recognize, Vectors, Vectors]:
    """What the program's own recognizer and encoder make of each text; the mean and the axes of the sentence vectors."""
    told = Settings.from_environment()
    encoder = encoder_of(told.encoder, told.home)
    load_segmenter(told.home)
    encoder.load()
    understand = recognizer(read_folder(OWN), encoder, ModelStore(told.home))
    said = sorted({bare(text) for text in texts(logs)} - {""})
    warmer(encoder, understand.gazetteer)(said)
    known = dict(zip(said, understand.recognize_many(said), strict=True))
    words = sorted({unadorned(one.normalized) for one in known.values()} - {""})
    more = [unadorned(normalize(text).text) for text, _ in own_training()[::_SAMPLE]]
    rows = encoder.embed([*words, *more])
    mean, axes = principal(rows, _AXES)
    sight = Judge({}, np.zeros((0, len(SORTS)), np.float32), 1.0, {}, {}, mean, axes)
    vectors = {text: sight.sight(row) for text, row in zip(words, rows, strict=False)}
    return lambda text: (known.get(text), vectors.get(unadorned(known[text].normalized)) if text in known else None), mean, axes


def main(words: list[str] | None = None) -> int:
    """Train on the training logs and write the weights, with sentence vectors and without."""
    parser = argparse.ArgumentParser(prog="python -m bot.teaching.groups", description=__doc__)
    parser.add_argument("--data", type=Path, default=TRAIN)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--blind", type=Path, default=BLIND)
    args = parser.parse_args(words)
    logs = read_logs([args.data])
    recognize, mean, axes = lessons(logs)
    judges = {
        args.out: replace(trained(logs, recognize), mean=mean, axes=axes),
        args.blind: trained(logs, lambda text: (recognize(text)[0], None)),
    }
    for path, judge in judges.items():
        written = judge.dumps()
        write_whole(path, written)
        sys.stdout.write(f"{len(logs)} logs, {len(judge.sorts)} features, {len(written) / 1e6:.2f} MB: {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
