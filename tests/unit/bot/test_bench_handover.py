"""The bench of handovers counts as it says."""

from pathlib import Path

import pytest

from bot.bench.handover import SETS, Fetched, Labelled, read, scores, wrong
from bot.bench.handover_helpdesk import Talk, shares
from bot.bench.handover_rivals import by_words

CALM = Labelled(("你好", "包邮吗"), ("", ""))
DUE = Labelled(("你好", "转人工", "人呢"), ("", "asked", ""))
DOUBT = Labelled(("那好吧",), ("either",))


@pytest.mark.parametrize(
    ("one", "fetched", "by_message", "by_dialogue"),
    [
        (CALM, None, (0, 0, 0), (0, 0, 0)),
        (CALM, (1, "asked"), (0, 1, 0), (0, 1, 0)),
        (DUE, (1, "asked"), (1, 0, 0), (1, 0, 0)),
        (DUE, (2, "asked"), (1, 0, 0), (1, 0, 0)),
        (DUE, None, (0, 0, 1), (0, 0, 1)),
        (DOUBT, (0, "anger"), (0, 0, 0), (0, 0, 0)),
        (Labelled(("一", "二", "三"), ("", "", "anger")), (0, "anger"), (0, 1, 1), (1, 0, 0)),
    ],
)
def test_what_counts(one: Labelled, fetched: Fetched, by_message: tuple[int, ...], by_dialogue: tuple[int, ...]) -> None:
    found = scores([(one, fetched)])
    assert [(score.hit, score.false, score.missed) for score in found] == [by_message, by_dialogue]


def test_what_went_wrong_is_told() -> None:
    assert wrong([(CALM, None), (DUE, (1, "asked")), (DOUBT, (0, "anger"))]) == []
    assert wrong([(DUE, None), (CALM, (0, "anger"))]) == ["asked@1 → -：你好 / 转人工 / 人呢", "- → (0, 'anger')：你好 / 包邮吗"]


@pytest.mark.parametrize("path", SETS[:1], ids=lambda path: path.stem)
def test_the_labelled_dialogues_can_be_read(path: Path) -> None:
    found = read(path)
    assert len(found) >= 120
    assert {kind for one in found for kind in one.kinds} <= {
        "", "either", "asked", "anger", "reaction", "risk", "confused", "unsure", "rule"
    }  # fmt: skip


def test_only_messages_before_the_last_count_in_time() -> None:
    rival = by_words(None)  # type: ignore[arg-type]

    def way(talk: Talk, upto: int) -> bool:
        return any(map(rival, talk.said[:upto]))

    late, early = Talk(("在吗", "我要投诉"), (), -1.5), Talk(("投诉", "谢谢"), (), 0.5)
    assert shares([late, early], way) == (0.0, 1.0)
    assert shares([late, early], way, last=True) == (1.0, 1.0)
