"""The lint of words: what law forbids is found in its context and through disguises, honest words are left alone."""

import json
import random
import re
import re._parser as parser
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.lint import Finding, findings
from scripts.lint.disguises import guarded, readings, usual
from scripts.lint.finding import RULES
from scripts.lint.folding import folded
from scripts.lint.leads import LEADS
from scripts.lint.model import Rule, compiled, spelt
from scripts.lint.restoring import meant
from scripts.lint.weighing import leaning, weighed
from scripts.lint.words import WORDS

_DEV = Path(__file__).parents[2] / "data" / "lint_dev.tsv"
_ROWS = [row.split("\t") for row in _DEV.read_text("utf-8").split("\n")[1:] if row]
_FRESH = [row.split("\t") for row in (_DEV.parent / "lint_fresh.tsv").read_text("utf-8").split("\n")[1:] if row]
"""Written in thirteen rounds, each measured before the rules had seen it; with lint_dev what the weights are learnt from."""


def rules(text: str, trade: str | None = None, *backed: str) -> set[str]:
    return {one.rule for one in findings(text, trade, frozenset(backed))}


def test_the_development_set_is_large_and_half_of_it_honest() -> None:
    honest = sum(row[1] == "-" for row in _ROWS)
    assert len(_ROWS) >= 500
    assert 0.4 <= honest / len(_ROWS) <= 0.6
    assert len({row[0] for row in _ROWS}) == len(_ROWS)


def test_honest_sentences_of_the_development_set_are_left_alone() -> None:
    accused = [row[0] for row in _ROWS if row[1] == "-" and findings(row[0], None if row[2] == "-" else row[2])]
    assert accused == []


def test_offending_sentences_of_the_development_set_are_accused_of_what_they_do() -> None:
    offending = [(row[0], set(row[1].split(",")), None if row[2] == "-" else row[2]) for row in _ROWS if row[1] != "-"]
    missed = [text for text, broken, trade in offending if not broken <= rules(text, trade)]
    assert len(missed) <= 0.02 * len(offending), missed


def test_what_people_say_in_their_own_ways_is_mostly_accused_and_honest_talk_hardly_ever() -> None:
    judged = [(bool(findings(row[0], None if row[2] == "-" else row[2])), row[1] != "-") for row in _FRESH]
    offending = sum(wrong for _, wrong in judged)
    assert sum(said and wrong for said, wrong in judged) >= 0.94 * offending
    assert sum(said and not wrong for said, wrong in judged) <= 0.01 * (len(judged) - offending)


@pytest.mark.parametrize(
    ("plain", "hidden"),
    [
        ("最好的面霜", "蕞好的面霜 醉好的面霜 最hao的面霜 zui好的面霜 zuì好的面霜 最.好.的.面.霜 最\u200b好的面霜 ｚｕｉ好的面霜 最🌸好的面霜"),
        ("好评返现", "好评返xian 女子评返现 好🈶评返现 👍评返现 hao评fan现 好評返現 好-评-返-现 好坪返现 haopingfanxian 好p返现"),
        ("五星好评返现", "5⭐好评返现 五⭐好评返现 5️⃣星好评返现 ⑤星好评返现"),
        ("消炎", "氵肖炎 消yan 硝炎 消💊炎 消，炎"),
        ("销量第一", "销量第① 销量第1 销量第壹 🥇销量第一 销量第—"),
        ("国家级配方", "國家級配方 囯家级配方 国家ji配方 国家圾配方"),
    ],
)  # fmt: skip
def test_a_disguise_changes_nothing(plain: str, hidden: str) -> None:
    for text in hidden.split():
        assert rules(text) == rules(plain) != set(), text


@pytest.mark.parametrize(
    "text",
    [
        "好平价的面霜", "我嘴好干", "对比一下", "您好，评价送积分", "笑颜如花", "硝烟味", "知了叫了", "定级看实付", "第二件半价",
        "删完能给凭证吗", "女子评论区见", "现在返回首页", "医用外科口罩", "会说台语", "极简风",
    ],
)  # fmt: skip
def test_what_only_sounds_alike_is_left_alone(text: str) -> None:
    assert findings(text) == ()


def test_the_words_are_those_that_were_written_and_stand_where_they_stood() -> None:
    text = "姐妹们，五⭐好 评就能返 xian 哦"
    [one] = findings(text)
    assert one.rule == "review.paid"
    assert text[one.start : one.end] == one.words == "五⭐好 评就能返 xian"


@given(st.text(max_size=60) | st.lists(st.sampled_from([row[0] for row in _ROWS]), max_size=3).map("，".join))
def test_every_finding_lies_in_the_text_and_none_overlaps_another(text: str) -> None:
    end = 0
    for one in findings(text):
        assert text[one.start : one.end] == one.words != ""
        assert one.start >= end
        assert one.why
        assert one.way_out
        end = one.end


@given(st.text(max_size=40), st.booleans())
def test_what_is_restored_knows_where_it_comes_from(text: str, pictures: bool) -> None:
    for seen in (folded(text, pictures=pictures), meant(text, pictures=pictures).folded):
        assert len(seen.text) == len(seen.starts) == len(seen.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(seen.starts, seen.ends, strict=True))


class TestClaimsFromTheirParts:
    """Whatever ails somebody, whatever becomes of it, whatever does it: together they are a claim."""

    @pytest.mark.parametrize("ails", ["红疙瘩", "老寒腿", "黑眼圈", "甲沟炎", "痛风", "头皮屑"])
    @pytest.mark.parametrize("becomes", ["全都下去了", "慢慢就没了", "跑光了", "不见了"])
    @pytest.mark.parametrize("does", ["抹上三天，{}", "用了这瓶，{}", "{}，每天一杯就行"])
    def test_any_ailment_that_goes_by_using_a_thing_is_accused(self, ails: str, becomes: str, does: str) -> None:
        assert findings(does.format(ails + becomes))

    @pytest.mark.parametrize(
        "text",
        [
            "红疙瘩下去了吗", "红疙瘩不下去的话先停用", "用了这瓶红疙瘩没了的说法别信", "老寒腿请去看医生", "不敢说抹上三天黑眼圈就没了",
            "别指望用了这瓶黑眼圈就没了", "用之前先摇一摇，用完之后盖好", "感冒好了再来试鞋",
        ],
    )  # fmt: skip
    def test_asked_denied_doubted_or_sent_to_a_doctor_it_is_not(self, text: str) -> None:
        assert findings(text) == ()

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            ("ad.superstition", "戴上这条手串，能挡灾"),
            ("ad.discrimination", "胖子就别穿别家的了"),
            ("pay.private", "别在小程序里付，扫我这个码便宜"),
            ("ad.guarantee", "我拿人品担保"),
            ("promise.price", "从3980降到198"),
            ("ad.superlative", "没有谁能比得过我们"),
        ],
    )
    def test_each_kind_of_pressure_has_its_law(self, rule: str, text: str) -> None:
        assert rule in rules(text)

    @pytest.mark.parametrize(
        "text",
        [
            "转运珠就是个样式名", "胖瘦都有码", "付款请走商城链接，别转给任何个人", "不敢跟您打包票", "原价和活动价都在详情页",
            "各家有各家的好", "祝您财源广进", "最近天气干", "第一次来的朋友看看置顶", "我个人觉得这款最舒服，仅供参考",
        ],
    )  # fmt: skip
    def test_what_only_looks_like_it_is_left_alone(self, text: str) -> None:
        assert findings(text) == ()


class TestClaimsByTheirSound:
    """What no rule names is weighed by its characters and shown to a person."""

    @pytest.mark.parametrize(
        ("rule", "trade", "text"),
        [
            ("food.health", "food", "蛋白粉喝了手术恢复快一倍"),
            ("food.health", "food", "女生喝了皮肤水嫩嫩，男生喝了精力旺"),
            ("infant.formula", "infant", "喝到一岁，娃的词汇量比别人多一倍"),
            ("ad.guarantee", "clothing", "水洗一万次也不缩"),
            ("ad.guarantee", None, "用过的人一百个里有一百个说好"),
        ],
    )
    def test_they_break_the_law_of_what_is_sold(self, rule: str, trade: str | None, text: str) -> None:
        assert rule in rules(text, trade)

    @pytest.mark.parametrize(
        ("trade", "text"),
        [
            ("food", "猪肚已经清洗干净，焯水就能炖"), ("food", "山楂片酸，胃不舒服的少吃点"), ("food", "脂肪肝要听医生的，我这儿只能说这款无糖"),
            ("infant", "三段奶粉一岁到三岁，别提前喝"), ("infant", "没有奶粉能代替母乳，母乳不够再加"), ("cosmetics", "淡化细纹、紧致、细致毛孔"),
            (None, "坏果包赔，拍照发我就行"), (None, "7天无理由退货，拆了封的不行"),
        ],
    )  # fmt: skip
    def test_taste_use_doctors_and_the_terms_of_a_sale_do_not(self, trade: str | None, text: str) -> None:
        assert findings(text, trade) == ()

    def test_a_group_of_characters_weighs_once_however_often_it_stands(self) -> None:
        assert weighed("好好好") == weighed("好好好好") != weighed("")

    def test_only_what_the_rules_left_is_weighed(self) -> None:
        text = "女生喝了皮肤水嫩嫩，男生喝了精力旺"
        assert list(leaning(text, "food", []))
        assert list(leaning(text, "food", [(0, 3)])) == []

    @pytest.mark.parametrize("text", ["皮肤会谢谢你今天的选择", "毛孔看见它都要躲起来", "细纹吓得连夜逃跑"])
    def test_bodies_that_are_made_to_speak_claim_too(self, text: str) -> None:
        assert rules(text, "cosmetics") == {"ad.medical"}


def test_a_finding_names_the_law_with_its_article_and_a_way_out() -> None:
    for text in ("最好的面霜", "可以治疗湿疹", "好评返现", "拉人头", "把验证码发我", "全网最低价", "稳赚不赔"):
        [one] = findings(text)
        assert "第" in one.why
        assert "条" in one.why
        assert len(one.way_out) > 8
    assert findings("消炎") == (Finding("ad.medical", "block", "消炎", 0, 2, *_law("ad.medical")),)


def _law(rule: str) -> tuple[str, str]:
    law = next(one.law for one in RULES if one.law.id == rule)
    return law.why, law.way_out


@pytest.mark.parametrize(
    "text",
    [
        "面霜不能治疗湿疹", "没有治疗作用", "不是药，请就医", "我们不做好评返现", "好评返现是违规的", "谨防三级分销", "凡是说根治的都别信",
        "没有哪款最好", "不敢说全网最低", "不保证明天到", "验证码别告诉任何人", "您是想问能不能治疗湿疹吗", "不搞拉人头",
    ],
)  # fmt: skip
def test_a_denial_a_warning_and_a_question_told_again_are_honest(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    "text", ["不仅能治疗湿疹", "不用去医院也能根治", "没有治不好的痘", "不含激素可治疗湿疹", "不打针不吃药根治鼻炎"]
)
def test_a_no_that_denies_something_else_excuses_nothing(text: str) -> None:
    assert findings(text)


class TestPromises:
    """A promise with a fact behind it is none."""

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("保证明天到", "date"),
            ("今天下单今天发", "date"),
            ("绝对有货", "stock"),
            ("只剩3件了", "stock"),
            ("亏本甩卖", "price"),
        ],
    )
    def test_a_fact_that_is_named_stands_behind_it(self, text: str, kind: str) -> None:
        assert rules(text) == {f"promise.{kind}"}
        assert rules(text, None, kind) == set()

    @pytest.mark.parametrize("text", ["保证{到货日期}前到", "仅剩{库存}件", "绝对有货，还有{库存}件", "{发货时间}一定发出"])
    def test_so_does_a_placeholder_that_the_program_fills(self, text: str) -> None:
        assert findings(text) == ()

    def test_another_fact_does_not(self) -> None:
        assert rules("保证明天到", None, "stock") == {"promise.date"}
        assert rules("绝对有货，{价格}") == {"promise.stock"}

    def test_no_price_tag_makes_a_shop_the_cheapest_of_all(self) -> None:
        assert rules("全网最低价{价格}", None, "price") == {"promise.price"}


class TestTrades:
    """What is forbidden to one trade may be true of another."""

    def test_a_claim_of_health_is_judged_by_the_law_of_what_is_sold(self) -> None:
        assert rules("增强免疫力", "food") == {"food.health"}
        assert rules("增强免疫力", "infant") == {"infant.formula"}
        assert rules("增强免疫力", "cosmetics") == {"ad.medical"}

    def test_socks_and_cleaners_may_keep_germs_away_creams_may_not(self) -> None:
        assert rules("抗菌除菌", "cosmetics") == {"ad.medical"}
        assert rules("抗菌除菌", "home") == rules("抗菌袜子", "clothing") == set()

    def test_the_lawful_kinds_of_special_cosmetics_may_be_named(self) -> None:
        for text in ("防脱发洗发水", "祛斑美白精华", "染发膏", "烫发水", "防晒霜"):
            assert rules(text, "cosmetics") == set(), text
        for text in ("生发", "治疗脱发"):
            assert rules(text, "cosmetics") == {"ad.medical"}, text
        assert rules("防脱发软糖", "food") == {"ad.medical"}


@pytest.mark.parametrize("text", ["最女 子的面霜", "最ha0的面霜"])
def test_parts_with_a_gap_and_a_nought_for_an_o_are_read(text: str) -> None:
    assert rules(text) == {"ad.superlative"}


def test_where_a_match_may_begin_is_known_and_true() -> None:
    whole = [spelt(rule.pattern) for rule in RULES]
    known = [one for one in whole if zlib.crc32(one.encode()) in LEADS]
    assert len(known) > 0.8 * len(whole), "run make_lint_tables.py"
    said = [row[0] for row in (*_ROWS, *_FRESH)]
    for one in known:
        free = re.compile(one)
        assert [free.search(text) is None for text in said[::7]] == [compiled(one).search(text) is None for text in said[::7]]


def test_what_is_grave_wins_where_two_findings_overlap() -> None:
    assert [(one.rule, one.severity) for one in findings("这款面霜保证明天到")] == [("promise.date", "block")]


def test_a_warning_is_left_to_a_person() -> None:
    assert {one.severity for one in findings("只剩3件了")} == {"warn"}


@pytest.mark.parametrize(
    "text", ["", " \n", "🈶", "{", "{价格", "a" * 5000, "好" * 3000, "最" * 2000, "zui" * 900, "不" * 800 + "治疗"]
)
def test_odd_and_long_texts_are_read_to_their_end(text: str) -> None:
    findings(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.law.id)
def test_no_pattern_matches_what_holds_none_of_its_cues(rule: Rule) -> None:
    choose = random.Random(7)
    compiled(rule.unless)
    compiled(rule.given)
    grammar = parser.parse(spelt(rule.pattern))
    assert rule.gate, "run make_lint_tables.py"
    assert {said for said in (_said(grammar, choose) for _ in range(300)) if rule.gate.isdisjoint(said)} == set()


def _said(grammar: Iterable[tuple[object, Any]], choose: random.Random) -> str:
    """The shortest text by one way through a regular expression; what it looks for ahead and behind is left out."""
    said = ""
    for sort, what in grammar:
        match str(sort):
            case "LITERAL":
                said += chr(what)
            case "BRANCH":
                said += _said(choose.choice(what[1]), choose)
            case "SUBPATTERN":
                said += _said(what[3], choose)
            case "MAX_REPEAT" | "MIN_REPEAT":
                said += "".join(_said(what[2], choose) for _ in range(what[0]))
            case "IN":
                said += _one_of(what, choose)
    return said


def _one_of(group: Sequence[tuple[object, Any]], choose: random.Random) -> str:
    sort, what = choose.choice(group)
    if str(group[0][0]) == "NEGATE" or str(sort) == "CATEGORY":
        return "0" if str(what) == "CATEGORY_DIGIT" else "□"
    return chr(what) if str(sort) == "LITERAL" else chr(what[0])


def test_the_table_of_sounds_holds_every_guarded_character() -> None:
    assert guarded() <= readings().keys()
    assert all(len(word) >= 2 for word in WORDS)


def test_usual_words_are_known() -> None:
    assert usual("平", "价")
    assert not usual("醉", "好")


def test_a_finding_can_be_kept_as_json() -> None:
    [one] = findings("消炎")
    assert json.loads(json.dumps([one.rule, one.severity, one.words, one.start, one.end]))[2] == "消炎"
