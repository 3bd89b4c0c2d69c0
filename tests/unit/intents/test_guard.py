"""Spam, lures, impostors: found under their disguises, honest words left alone, reported in words that name nobody's number."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.guard import Alarm, Known, alert_key, alert_text, guard, posing
from intents.guard.cues import CUES, MATTERS, OWN_SOUND
from intents.guard.reading import read

KNOWN = Known(("导购小林", "小雅", "王姐"), ("小禾",), ("禾木生活",), ("hemu.example",))
DATA = Path(__file__).parents[2] / "data"


def kind(text: str, sender: str = "路人") -> str | None:
    found = guard(text, sender, KNOWN)
    return None if found is None else found.kind


@pytest.mark.parametrize(
    "text",
    [
        "刷单兼职，日结，加我", "刷dan兼zhi 日结 加我", "涮单兼职，日结，加我", "刷*单*兼*职，日*结，加*我", "刷 单 兼 职 日 结 加 我", "刷🔥单🔥兼🔥职，日🔥结，加我",
        "刷\u200b单兼\u200b职日结加我", "ｓｈｕａ单兼职，日结，加我", "刷單兼職，日結，加我",
    ],
)  # fmt: skip
def test_one_message_in_many_disguises_is_one_kind_of_spam(text: str) -> None:
    assert kind(text) == "spam"


@pytest.mark.parametrize(
    "text",
    [
        "低价代购，加微信 abc12345", "低价代购，加V：abc12345", "低价代购，➕薇 abc12345", "低价代购，+v❤️ abc_12345", "低价代购，加vx①③⑧00138000",
        "低价代购，扣扣 三一六七七八八二", "低价代购，QQ 12345678", "低价代购，加彳微亻言 abc12345",
    ],
)  # fmt: skip
def test_ways_to_write_an_address(text: str) -> None:
    assert kind(text) == "lure"


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("导购小琳", "导购小林"), ("小\u200b雅", "小雅"), ("导购·小林", "导购小林"), ("王姊", "王姐"), ("官方客服", "官方"), ("禾木生活客服", "禾木生活"),
        ("禾术生活售后", "禾木生活"), ("小禾助手", "小禾"), ("豆豆妈", None), ("小林妈妈", None), ("小雅妈", None), ("Linda", None), ("", None),
    ],
)  # fmt: skip
def test_names_that_are_taken_for_the_shops_people(name: str, whom: str | None) -> None:
    assert posing(name, KNOWN) == whom


def test_a_name_alone_accuses_nobody_and_a_demand_alone_is_no_impostor() -> None:
    assert kind("今天有活动吗", "导购小琳") is None
    assert kind("把钱转给我个人，验证码也发我", "豆豆妈") != "impostor"
    assert kind("把钱转给我个人，验证码也发我", "导购小琳") == "impostor"
    assert kind("退款要走我私人微信，我是店里的客服，加 kefu_0099", "路人") == "impostor"


@pytest.mark.parametrize("sender", ["小雅", "王姐", "官方客服"])
@pytest.mark.parametrize("text", ["我转账给谁呀", "钱付了两遍怎么退", "收款码发一下，我在店里", "验证码收不到", "身份证要填吗"])
def test_whoever_is_called_like_a_guide_and_only_asks_is_left_alone(sender: str, text: str) -> None:
    assert kind(text, sender) is None


@pytest.mark.parametrize(
    "text",
    [
        "加一下导购微信怎么加?", "我加您微信了", "有人加我说刷单日结，是骗子吧", "别信那个低价代购，加微信 abc12345 是骗人的", "简直太好用了", "https://mall.hemu.example/p/1 还有货吗",
        "小红书看到的 http://xhslink.com/aB1 多少钱", "威化饼干加两包", "薇诺娜能一起用吗", "接龙 1. 凝珠 2盒", "+1", "", "   ", "😂😂", "…",
    ],
)  # fmt: skip
def test_honest_words(text: str) -> None:
    assert kind(text) is None


def test_the_classifier_is_heard_where_it_is_sure_and_not_against_a_warning() -> None:
    odd = "楼下新店试营业，报我名字六折"
    assert guard(odd, "", KNOWN) is None
    assert guard(odd, "", KNOWN, spam=0.3) is None
    found = guard(odd, "", KNOWN, spam=0.95)
    assert found is not None
    assert found.kind == "spam"
    assert guard("听说有人发广告，大家小心骗子", "", KNOWN, spam=0.95) is None


def test_an_alarm_says_what_was_meant_and_how_sure() -> None:
    found = guard("涮单兼职，日结，佣金现结，加我", "", KNOWN)
    assert found is not None
    assert "刷单" in found.words
    assert 0.5 <= found.sure <= 0.99
    assert found.matter == "刷单兼职"


def test_the_owner_reads_natural_words_without_numbers_or_addresses() -> None:
    alarm = Alarm("impostor", 0.9, ("小林", "加微信"), "冒充店里的人")
    told = alert_text(alarm, "徐汇一群", "导购小琳138001380000")
    assert told.startswith("「徐汇一群」群里“导购小琳13***0”在冒充店里的人（小林、加微信）")
    assert "138001380000" not in told
    assert "可能在发广告" in alert_text(Alarm("spam", 0.6, ("刷单",), "刷单兼职"), "", "")
    assert "\n" not in alert_text(Alarm("lure", 0.9, (), "券群"), "换\n行", "很长" * 30)


def test_alerts_of_one_member_day_and_kind_are_one() -> None:
    alarm = Alarm("spam", 0.9, ())
    assert alert_key(alarm, "v1", "m1", "2026-11-22") == alert_key(Alarm("spam", 0.6, ("x",)), "v1", "m1", "2026-11-22")
    assert alert_key(alarm, "v1", "m1", "2026-11-22") != alert_key(alarm, "v1", "m2", "2026-11-22")


@given(st.text(max_size=300), st.text(max_size=20))
def test_nothing_that_anybody_types_breaks_it(text: str, sender: str) -> None:
    found = guard(text, sender, KNOWN)
    assert found is None or 0.5 <= found.sure <= 0.99
    seen = read(text)
    assert len(seen.places) == len(seen.sound) + 1
    assert list(seen.places) == sorted(seen.places)


def test_the_words_are_a_sound_table() -> None:
    assert CUES.keys() >= OWN_SOUND
    assert all(len(word) > 1 and word == word.lower() for word in CUES)
    assert {matter for spoken in CUES.values() for matter, _ in spoken} | {"contact"} == MATTERS.keys()
    assert all(0 < weight <= 1.2 for spoken in CUES.values() for _, weight in spoken)


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


@pytest.mark.parametrize("name", ["guard_dev.tsv", "guard_test.tsv"])
def test_nine_in_ten_attacks_are_found_and_one_in_a_hundred_honest_people_accused_at_most(name: str) -> None:
    told = rows(name)
    attacks = [one for one in told if one[0] != "none"]
    honest = [one for one in told if one[0] == "none"]
    found = sum(guard(text, sender, KNOWN) is not None for _, sender, text in attacks)
    accused = sum(guard(text, sender, KNOWN) is not None for _, sender, text in honest)
    assert found >= 0.9 * len(attacks)
    assert accused <= 0.01 * len(honest)


def test_there_are_enough_sentences_and_none_stands_in_both_sets() -> None:
    dev, test = rows("guard_dev.tsv"), rows("guard_test.tsv")
    assert sum(one[0] != "none" for one in dev + test) >= 150
    assert sum(one[0] == "none" for one in dev + test) >= 400
    assert not {one[2] for one in dev} & {one[2] for one in test}
