"""What counts as a difference between two outcomes, and how bad it is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.replaying import KINDS, Difference, Ground, Outcome, Report, compare
from bot.replaying.outcome import Shown
from bot.replaying.report import EXAMPLES, Example, Gathering
from bot.replaying.rooms import Rendered
from recommender import Shopper, Wish


def told(text: str = "签收后七天内可以退。", entry: str | None = "returns", **more: object) -> Outcome:
    """An answer out of the base."""
    lines = (Rendered("answer", text),)
    return replace(Outcome("answered", lines, (text,), entry=entry, confidence=0.97, intent="return_goods"), **more)  # type: ignore[arg-type]


def scripted(script: str, *texts: str, status: str = "answered", drawn: bool = False, **more: object) -> Outcome:
    """Words of a script; ``drawn``: the texts are all that chance may say."""
    line = Rendered(script, texts[0], frozenset(texts) if drawn else frozenset())
    return replace(Outcome(status, (line,), texts[:1], confidence=0.9), **more)  # type: ignore[arg-type]


SHRUG = scripted("no_answer", "这个我没有查到。", status="shrug")
PERSON = scripted("handover", "已经请同事过来。", status="handed")


def kinds(live: Outcome, draft: Outcome, ground: Ground | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in compare(live, draft, ground)]


def test_what_nobody_would_notice_is_no_difference() -> None:
    assert compare(told(), told()) == ()
    assert compare(told(), told(confidence=0.78, intent="exchange_goods", trace={"why": "别的理由"})) == ()
    assert compare(told(), told(entry="returns-renamed")) == ()


def test_an_answer_that_is_lost_is_red_where_it_was_sure() -> None:
    assert kinds(told(), SHRUG) == [("lost", "red")]
    nearly = replace(SHRUG, trace={"hits": [{"entry": "returns", "score": 0.7}]})
    assert kinds(told(confidence=0.76), nearly) == [("lost", "amber")]
    assert kinds(told(confidence=0.76), replace(SHRUG, trace={"hits": [{"entry": "other"}]})) == [("lost", "red")]
    assert kinds(SHRUG, told()) == [("gained", "grey")]


def test_a_person_more_is_red_and_a_person_less_is_not_unless_it_was_urgent() -> None:
    assert kinds(told(), PERSON) == [("handed", "red")]
    assert kinds(PERSON, told()) == [("handed_less", "grey")]
    assert kinds(replace(PERSON, intent="report_reaction"), told()) == [("handed_less", "red")]


def test_another_entry_is_red_where_the_first_was_sure() -> None:
    other = told("换货要自己付运费。", "exchange")
    assert kinds(told(), other) == [("entry", "red")]
    assert kinds(told(confidence=0.77), replace(other, trace={"hits": [{"entry": "returns"}]})) == [("entry", "amber")]


def test_silence_and_speech_are_told() -> None:
    silent = Outcome("silent", reason="群里没有叫到助手")
    assert kinds(silent, told()) == [("spoke", "amber")]
    assert kinds(told(), silent) == [("lost", "red")]
    assert kinds(SHRUG, silent) == [("silent", "amber")]


def test_a_number_or_a_no_that_changed_is_red_and_other_words_are_not() -> None:
    (one,) = compare(told(), told("签收后三十天内可以退。"))
    assert (one.kind, one.severity, one.why) == ("facts", "red", "数字：七天 → 三十天")
    assert kinds(told("敏感肌不能用"), told("敏感肌能用")) == [("facts", "red")]
    assert kinds(told(), told("签收后七天内都可以退哦。")) == [("words", "amber")]


def test_length_counts_only_where_it_is_much() -> None:
    short, long = (
        "可以退。",
        "可以退。" + "您把东西原样放好，填一张单子，快递员会上门来取，钱会原路退给您，到账以后我再跟您说一声。",
    )
    assert kinds(told(short), told(long)) == [("longer", "amber")]
    assert kinds(told(long), told(short)) == [("shorter", "grey")]


def test_weights_and_order_of_wordings_are_no_difference() -> None:
    live = scripted("greet", "您好", "在的，您说", drawn=True)
    draft = scripted("greet", "在的，您说", "您好", drawn=True)
    assert compare(live, draft) == ()


def test_a_further_wording_is_seen_wherever_its_script_is_said() -> None:
    live = scripted("greet", "您好，我在的", drawn=True)
    assert kinds(live, scripted("greet", "您好，我在的", "来啦，您讲", drawn=True)) == [("words", "amber")]
    promise = scripted("greet", "您好，我在的", "您好，新客立减50元", drawn=True)
    assert kinds(live, promise) == [("facts", "red")]


def test_forbidden_words_count_where_they_are_new() -> None:
    ground = Ground(offends=lambda text: frozenset({("广告法", "最好")}) if "最好" in text else frozenset())
    assert ("forbidden", "red") in kinds(told(), told("签收后七天内可以退，最好的面霜。"), ground)
    assert kinds(told("最好的面霜。"), told("最好的面霜哦。"), ground) == [("words", "amber")]


def test_a_wording_that_chance_did_not_draw_is_looked_at_as_well() -> None:
    ground = Ground(offends=lambda text: frozenset({("广告法", "最好")}) if "最好" in text else frozenset())
    live, draft = scripted("greet", "您好", drawn=True), scripted("greet", "您好", "最好的面霜在这里", drawn=True)
    assert ("forbidden", "red") in kinds(live, draft, ground)


def test_holes_missing_scripts_and_errors_are_red() -> None:
    assert ("hole", "red") in kinds(scripted("greet", "您好，小王"), scripted("greet", "您好，{称呼" + "}"))
    gone = Outcome("silent", (Rendered("greet", None),))
    assert ("hole", "red") in kinds(scripted("greet", "您好"), gone)
    broken = Outcome("failed", error="KeyError: 'x'")
    assert kinds(told(), broken) == [("error", "red")]
    assert compare(broken, broken) == ()


def test_what_is_over_is_red() -> None:
    ground = Ground(today=date(2026, 11, 22))
    assert ("lapsed", "red") in kinds(told("满300减30"), told("满300减30，活动到11月11日"), ground)
    assert ("lapsed", "red") in kinds(told(), told("满300减30", "sale", lapsed="sale 到 2026-06-18 为止"), ground)


def test_other_products_are_amber_and_hard_limits_red() -> None:
    wish = (Shopper(), Wish(), datetime(2026, 11, 22, tzinfo=UTC))
    live = scripted("suggest", "可以看看这1款", cards=(Shown("p1", "燕麦霜 99元"),), wishes=(wish,))
    draft = replace(live, cards=(Shown("p2", "晚霜 199元"),))
    assert kinds(live, draft) == [("product", "amber")]
    forbidden = Ground(limits=lambda outcome: (("p2", "rule:no-retinol"),) if "p2" in outcome.skus else ())
    assert kinds(live, draft, forbidden) == [("limit", "red"), ("product", "amber")]
    assert kinds(live, replace(live, cards=(Shown("p1", "燕麦霜 9.9元"),))) == [("facts", "red")]


def test_an_edited_price_is_amber_and_a_slip_of_the_hand_red() -> None:
    live = scripted("suggest", "可以看看这1款", cards=(Shown("p1", "燕麦霜 99元"),))
    assert kinds(live, replace(live, cards=(Shown("p1", "燕麦霜 89元"),))) == [("facts", "amber")]
    assert kinds(live, replace(live, cards=(Shown("p1", "燕麦霜 990元"),))) == [("facts", "red")]
    said = scripted("price", "燕麦霜现在是99元")
    assert kinds(said, scripted("price", "燕麦霜现在是119元")) == [("facts", "amber")]
    assert kinds(said, scripted("price", "燕麦霜现在是9元")) == [("facts", "red")]
    changed = scripted("price", "燕麦霜现在是119元", drawn=True)
    assert kinds(scripted("price", "燕麦霜现在是99元", drawn=True), changed) == [("facts", "red")]


def test_a_limit_that_moves_a_step_is_amber_and_any_other_number_red() -> None:
    for before, after in (("满99元包邮", "满89元包邮"), ("一个月不超过10个", "一个月不超过12个"), ("一般1到3天", "一般2到3天")):
        assert kinds(told(before), told(after)) == [("facts", "amber")], after
    for before, after in (
        ("满99元包邮", "满9元包邮"),
        ("送20元券", "送25元券"),
        ("一共六家店", "一共八家店"),
        ("有效12天", "有效21天"),
        ("每天到22点", "每天到21点"),
        ("签收七天内无理由退", "签收六天内无理由退"),
        ("敷15分钟", "敷20分钟"),
        ("不超过10个，满20件", "不超过12个，满25件"),
    ):
        assert kinds(told(before), told(after)) == [("facts", "red")], after


def test_every_kind_has_a_name_and_groups_keep_their_id() -> None:
    one = Difference("lost", "red", "知识 a", "话术 no_answer", 0.9)
    assert one.group == Difference("lost", "red", "知识 a", "话术 no_answer", 0.2, "别的").group
    assert one.group != Difference("lost", "red", "知识 b", "话术 no_answer").group
    with pytest.raises(KeyError):
        _ = KINDS["nothing"]


def test_a_report_counts_everything_and_shows_the_worst() -> None:
    first, second = Gathering(), Gathering()
    for n in range(100):
        where = first if n % 2 else second
        where.seen(2)
        difference = Difference("lost", "red", "知识 a", "没有", n / 100)
        where.found([difference], (2, 0), [f"t{n % 7}"], Example(f"m{n}", (f"第{n}句",), {}, {}, 0.0, ""))
    second.found([Difference("words", "amber", "a", "a")], (1, 0), ["t"], Example("x", ("x",), {}, {}, 0.0, ""))
    first.join(second)
    report = Report.of(first, 1.0)
    worst, other = report.groups
    assert (report.messages, report.changed, worst["count"], worst["talks"]) == (200, 201, 200, 7)
    assert (worst["kind"], other["kind"], len(report.red)) == ("lost", "words", 1)
    examples = worst["examples"]
    assert isinstance(examples, list)
    assert len(examples) == EXAMPLES
    assert [one["id"] for one in examples[:3]] == ["m99", "m98", "m97"]
