"""Mood, hurry and who must come: what the shipped model reads, and how it travels."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.moods import WEIGHTS, shipped
from bot.bench.moods import by_lexicon, message_table, mood_class, reader, urgency_class
from bot.teaching.mood_data import ESCALATIONS, OWN, Lesson, held_out, labelled, of_intents, threatens
from bot.teaching.mood_words import groups
from bot.teaching.moods import train
from intents.moods import CALM, Mood, Moods
from intents.moods_features import DENIED, PIECE, form, pieces
from intents.normalize import normalize
from intents.safety import safety

OURS = labelled(OWN)


def read(text: str) -> Mood:
    normal = normalize(text).text
    return shipped().read(normal, safety(normal))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我妈抹了你家面霜 脸肿得跟馒头似的", "reaction"),
        ("宝宝喝完奶一直吐 身上起疹子了", "reaction"),
        ("你们等着 我这就打12315举报", "threat"),
        ("再拖下去我就找律师起诉了", "threat"),
        ("一个订单扣了我两次钱", "money"),
        ("退款说三天 二十天了一分钱没到账", "money"),
        ("你们这什么态度 太敷衍了 气死我了", "anger"),
    ],
)
def test_a_person_is_called_and_told_why(text: str, kind: str) -> None:
    verdict = read(text)
    assert verdict.escalation == kind
    assert verdict.mood < -0.25
    assert verdict.chance >= shipped().threshold


@pytest.mark.parametrize(
    "text",
    ["会不会过敏呀", "敏感肌可以用吗", "面霜多少钱", "碎了包赔吗", "好用到哭 还要回购", "不着急 你慢慢来", "谢谢", "几点关门"],
)
def test_nobody_is_called_for_a_question_or_praise(text: str) -> None:
    assert read(text).escalation is None


def test_mood_and_hurry_go_with_the_words() -> None:
    assert read("太好用了 回购第三次").mood > 0.5
    assert abs(read("这个怎么用").mood) <= 0.25
    assert read("不好用").mood < read("好用").mood
    assert read("急急急 现在就要").urgency > 0.6
    assert read("不急 有空再回").urgency < 0.25


@pytest.mark.parametrize("text", ["脸肿了", "一擦就刺痛", "用了两天爆痘了"])
def test_a_reaction_that_a_rule_found_is_never_overheard(text: str) -> None:
    deaf = replace(shipped(), threshold=2.0)
    assert deaf.read(text, safety(text)).escalation == "reaction"
    assert deaf.read(text, None).escalation is None


def test_anger_that_a_rule_found_is_never_overheard() -> None:
    assert replace(shipped(), threshold=2.0).read("骗子", "complain").escalation in {"anger", "threat", "money"}


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_mood(text: str) -> None:
    found = read(text)
    assert -1 <= found.mood <= 1
    assert 0 <= found.urgency <= 1
    assert 0 <= found.chance <= 1
    assert found.escalation in {None, *ESCALATIONS[1:]}


def test_silence_is_calm_and_a_huge_message_is_read_at_its_beginning() -> None:
    assert shipped().read("") == CALM
    assert max(map(len, pieces("气死我了" * 50_000))) <= PIECE
    assert len(pieces("".join(map(chr, range(0x4E00, 0x4E00 + 9_000))))) < 2_000


@pytest.mark.parametrize("rule", ["ask_privacy", "opt_out", "ask_human", "a rule of tomorrow"])
def test_a_rule_that_training_never_met_says_nothing(rule: str) -> None:
    assert -1 <= shipped().read("把我的信息删了", rule).mood <= 1
    assert shipped().read("\u9fff", rule).escalation is None


def test_what_is_denied_is_marked() -> None:
    assert f"{DENIED}好用" in pieces("不好用")
    assert f"{DENIED}好用" not in pieces("好用")


def test_an_emergency_number_is_no_figure_like_others() -> None:
    assert pieces("打12315") != pieces("打12316")
    assert pieces("打55555") == pieces("打66666")


def test_the_form_tells_shouting_asking_and_the_rule() -> None:
    assert set(form("好用吗??", None)) == {"rule:None", "insists", "asks"}
    assert "shouts:3" in form("快点!!!!", "complain")
    assert "rule:complain" in form("快点", "complain")


def test_a_model_survives_its_journey() -> None:
    again = Moods.loads(shipped().dumps())
    assert again.index == shipped().index
    assert all(again.read(one.text, one.rule).escalation == shipped().read(one.text, one.rule).escalation for one in OURS[:300])


def test_the_shipped_file_is_small() -> None:
    assert WEIGHTS.stat().st_size <= 1_500_000


def _changed(**parts: object) -> bytes:
    with np.load(io.BytesIO(shipped().dumps()), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    head = json.loads(kept["head"].tobytes().decode()) | {key: value for key, value in parts.items() if key != "weights"}
    kept["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    if "weights" in parts:
        kept["weights"] = np.asarray(parts["weights"])
    buffer = io.BytesIO()
    np.savez(buffer, **kept)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        shipped().dumps()[:5000],
        _changed(format=99),
        _changed(names=["a"]),
        _changed(weights=np.zeros((2, 11), np.int8)),
    ],
    ids=["empty", "nonsense", "half", "format", "names", "weights"],
)
def test_a_broken_file_is_told_in_chinese(data: bytes) -> None:
    with pytest.raises(ValueError, match="情绪模型"):
        Moods.loads(data)


def test_our_own_messages_are_many_and_of_every_kind() -> None:
    kinds = [ESCALATIONS[one.escalation or 0] for one in OURS]
    assert len(OURS) >= 1500
    assert all(kinds.count(kind) >= 150 for kind in ESCALATIONS)
    assert len({one.text for one in OURS}) >= 0.99 * len(OURS)
    assert 0.1 < sum(held_out(one.text) for one in OURS) / len(OURS) < 0.3


def test_a_wrong_label_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "moods.tsv"
    path.write_text("text\tmood\turgency\tescalate\n好\t1\t0\tnone\n坏\t-3\t0\tnone\n", "utf-8")
    with pytest.raises(ValueError, match=r"moods\.tsv:3"):
        labelled(path)
    path.write_text("text\tmood\turgency\tescalate\n好\t1\t0\tfear\n", "utf-8")
    with pytest.raises(ValueError, match=r"moods\.tsv:2"):
        labelled(path)


def test_an_intent_tells_what_it_can() -> None:
    told = list(
        of_intents(
            [("会过敏吗", "ask_suitability"), ("脸肿了", "report_reaction"), ("我要投诉", "complain"), ("能退吗", "return_goods")]
        )
    )
    assert [(one.mood, one.escalation) for one in told] == [(0, 0), (-1, 2), (-1, 3)]
    assert threatens("我打12315")
    assert not threatens("什么态度")


def test_no_word_of_a_group_is_longer_than_a_piece() -> None:
    assert all(1 <= len(word) <= PIECE for words in groups().values() for word in words)


def test_a_model_learns_its_lessons_and_the_table_says_so() -> None:
    lessons = [
        Lesson(f"{word}{tail}", 1.0, None, mood, hurry, kind)
        for word, mood, hurry, kind in (
            ("脸肿", -1, 2, 2), ("太气人", -1, 1, 1), ("我要举报", -1, 1, 3), ("钱扣了两次", -1, 1, 4), ("多少钱", 0, 0, 0), ("好用", 1, 0, 0),
        )
        for tail in ("", "啊", "呢", "呀", "哦", "了")
    ]  # fmt: skip
    model = train(lessons)
    assert [model.read(one.text).escalation or "none" for one in lessons] == [ESCALATIONS[one.escalation or 0] for one in lessons]
    table = message_table("lessons", lessons, (("taught", reader(model)), ("lexicon", by_lexicon)))
    assert "1.00 / 1.00" in table.splitlines()[2]
    assert len(table.splitlines()) == 4


def test_thresholds_make_classes() -> None:
    assert [mood_class(mood) for mood in (-0.3, -0.2, 0.25, 0.3)] == [-1, 0, 0, 1]
    assert [urgency_class(hurry) for hurry in (0.1, 0.5, 0.8)] == [0, 1, 2]
