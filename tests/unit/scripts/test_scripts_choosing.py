"""Region, first contact, scope, length and forbidden words: which wording is said, and what is said where none may be."""

from datetime import datetime
from math import log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import Listener, Reply, Scope, Script, Scriptbook, Variant, Window, too_long, version, wording_id
from scripts.persona import folded

HERE = Listener("web", store="sh-xuhui", region="华东", city="上海", person="p", first=True, moment=datetime(2026, 12, 9, 10))
PLAIN = Script("greet", "招呼语", (Variant("您好"),))


def book(*scripts: Script, forbidden: tuple[str, ...] = ()) -> Scriptbook:
    return Scriptbook.build(scripts, [PLAIN], forbidden)


def greet(*variants: Variant, **more: object) -> Script:
    return Script("greet", "招呼语", variants, **more)  # type: ignore[arg-type]


def said(scripts: Scriptbook, listener: Listener = HERE, seed: str = "m", **facts: str) -> Reply | None:
    return scripts.render("greet", facts, listener, seed)


def text(scripts: Scriptbook, listener: Listener = HERE, **facts: str) -> str | None:
    reply = said(scripts, listener, **facts)
    return None if reply is None else reply.text


@pytest.mark.parametrize(
    "special",
    [
        Variant("专", regions=frozenset({"华东"})),
        Variant("专", regions=frozenset({"上海"})),
        Variant("专", first=True),
        Variant("专", window=Window(hours=(540, 720))),
        Variant("专", window=Window(weekdays=frozenset({2}))),
    ],
)
def test_a_wording_for_this_place_contact_or_moment_wins_over_one_for_always(special: Variant) -> None:
    scripts = book(greet(Variant("常"), special))
    assert text(scripts) == "专"
    assert text(scripts, Listener("web", first=False, region="华南", moment=datetime(2026, 12, 13, 20))) == "常"
    assert text(scripts, Listener()) == "常", "what is not known is not claimed"


def test_whoever_we_spoke_with_before_hears_the_wording_for_them() -> None:
    scripts = book(greet(Variant("初", first=True), Variant("又", first=False)))
    assert (text(scripts), text(scripts, Listener(first=False)), text(scripts, Listener())) == ("初", "又", "您好")


class TestScope:
    """Whose words a script holds."""

    def test_a_stores_script_is_only_said_there_and_elsewhere_the_built_in_words_are(self) -> None:
        scripts = book(greet(Variant("徐汇店欢迎您"), scope=Scope("店", "sh-xuhui")))
        assert text(scripts) == "徐汇店欢迎您"
        elsewhere = said(scripts, Listener(store="hz"))
        assert elsewhere is not None
        assert (elsewhere.text, elsewhere.built_in, elsewhere.source["built_in"]) == ("您好", True, True)

    @pytest.mark.parametrize("of", ["华东", "上海"])
    def test_a_regions_script_is_for_the_region_and_for_the_city(self, of: str) -> None:
        assert text(book(greet(Variant("这边"), scope=Scope("区域", of)))) == "这边"

    def test_what_a_guide_wrote_for_themselves_is_never_said(self) -> None:
        assert text(book(greet(Variant("我"), scope=Scope("个人", "g1")))) == "您好"

    def test_what_extends_a_script_joins_it_in_its_scope_and_goes_before_it(self) -> None:
        base = greet(Variant("总部", weight=1000))
        region = Script("greet-east", "招呼语", (Variant("华东"),), Scope("区域", "华东"), "greet")
        store = Script("greet-xuhui", "招呼语", (Variant("徐汇"),), Scope("店", "sh-xuhui"), "greet")
        mine = Script("greet-wang", "招呼语", (Variant("王姐"),), Scope("个人", "g1"), "greet")
        assert text(book(base, region, mine)) == "华东"
        reply = said(book(base, region, store, mine))
        assert reply is not None
        assert (reply.text, reply.script, reply.origin, reply.source["from"]) == ("徐汇", "greet", "greet-xuhui", "greet-xuhui")
        assert reply.version == version(store)
        assert text(book(base, region, store, mine), Listener(store="gz")) == "总部"

    def test_what_extends_a_script_that_only_the_program_has_joins_that(self) -> None:
        store = Script("greet-xuhui", "招呼语", (Variant("徐汇"),), Scope("店", "sh-xuhui"), "greet")
        assert (text(book(store)), text(book(store), Listener())) == ("徐汇", "您好")


class TestLength:
    """What a channel would cut is not said where something shorter fits."""

    LONG = "长" * 700

    def test_a_shorter_wording_is_said_on_a_narrow_channel(self) -> None:
        scripts = book(greet(Variant(self.LONG, weight=1000), Variant("短")))
        assert text(scripts, Listener("wecom_kf")) == "短"
        assert text(scripts, Listener("web")) == self.LONG

    def test_the_most_particular_one_gives_way_as_well(self) -> None:
        scripts = book(greet(Variant(self.LONG, channels=frozenset({"wecom_kf"})), Variant("短")))
        assert text(scripts, Listener("wecom_kf")) == "短"

    def test_where_all_are_too_long_one_is_said_all_the_same(self) -> None:
        assert text(book(greet(Variant(self.LONG))), Listener("wecom_kf")) == self.LONG

    def test_what_is_put_in_counts(self) -> None:
        scripts = book(greet(Variant("{称呼}，您好", weight=1000), Variant("您好呀")))
        assert text(scripts, Listener("wecom_kf"), 称呼="长" * 682) == "您好呀"
        assert text(scripts, Listener("wecom_kf"), 称呼="林姐") == "林姐，您好"

    def test_lint_may_ask_the_same(self) -> None:
        assert too_long("长" * 683, "wecom_kf")
        assert not too_long("长" * 682, "wecom_kf")
        assert not too_long("长" * 9999, "web")


class TestForbidden:
    """Words that are never said."""

    @pytest.mark.parametrize("told", ["全网最低", "全网 最低", "全网\n最\u200b低", "我说全网最低价"])
    def test_a_wording_that_holds_one_is_not_said(self, told: str) -> None:
        scripts = book(greet(Variant(told, weight=1000), Variant("在呢")), forbidden=("全网最低",))
        assert text(scripts) == "在呢"

    @pytest.mark.parametrize("told", ["ＶＩＰ价", "vip价", "V I P价"])
    def test_width_and_capitals_hide_nothing(self, told: str) -> None:
        assert text(book(greet(Variant(told), Variant("在呢")), forbidden=("Vip",))) == "在呢"

    def test_where_every_wording_holds_one_the_built_in_words_are_said(self) -> None:
        assert text(book(greet(Variant("最好")), forbidden=("最好",))) == "您好"

    def test_where_the_built_in_words_hold_one_nothing_is_said(self) -> None:
        assert text(book(greet(Variant("最好")), forbidden=("最好", "您好"))) is None
        assert text(book(forbidden=("您好",))) is None

    def test_a_fact_that_holds_one_counts_as_not_known(self) -> None:
        scripts = book(greet(Variant("{称呼|您}来啦")), forbidden=("最好",))
        assert text(scripts, 称呼="最好的人") == "您来啦"
        assert text(book(greet(Variant("{称呼}来啦")), forbidden=("最好",)), 称呼="最好的人") == "您好"


def test_what_ops_restricted_by_channel_level_store_or_tag_stays_silent_elsewhere_as_it_always_did() -> None:
    assert text(book(greet(Variant("在", channels=frozenset({"wecom_kf"}))))) is None
    assert text(book(greet(Variant("{价格}元")))) is None


def test_a_wording_that_is_closed_now_leaves_the_floor_to_the_built_in_words() -> None:
    assert text(book(greet(Variant("早", window=Window(hours=(0, 60)))))) == "您好"


class TestNames:
    """What a wording is known by over releases."""

    def test_a_wording_keeps_its_name_when_others_come_before_it(self) -> None:
        one = Variant("在", levels=frozenset({"gold"}))
        before, after = (said(book(greet(*more, one)), Listener(level="gold")) for more in ((), (Variant("甲"), Variant("乙"))))
        assert before is not None
        assert after is not None
        assert before.wording == after.wording == wording_id(one)
        assert len(before.wording) == 8
        assert (before.variant, after.variant) == (0, 2)

    def test_its_id_is_its_name_and_its_weight_does_not_count(self) -> None:
        assert wording_id(Variant("在", id="short")) == "short"
        assert wording_id(Variant("在", weight=5)) == wording_id(Variant("在"))

    def test_other_words_and_other_conditions_are_another_wording(self) -> None:
        variants = [
            Variant("在"),
            Variant("在的"),
            Variant("在", channels=frozenset({"web"})),
            Variant("在", regions=frozenset({"web"})),
            Variant("在", first=True),
            Variant("在", first=False),
            Variant("在", window=Window(hours=(1, 2))),
            Variant("在", arm="A"),
            Variant("在", tags={"web": frozenset({"web"})}),
        ]
        assert len({wording_id(one) for one in variants}) == len(variants)

    def test_the_version_of_what_uses_no_newer_key_is_what_it_always_was(self) -> None:
        whom = {"levels": frozenset({"gold"}), "tags": {"skin_type": frozenset({"敏感性", "干性"})}}
        assert version(greet(Variant("{称呼|您}好", 2.0), Variant("在的", 1.0, frozenset({"web"}), **whom))) == "e15b66bc"  # type: ignore[arg-type]


_WORDS = ("最好", "低价", "VIP", "哈")
_VARIANTS = st.builds(
    Variant,
    text=st.lists(st.sampled_from([*_WORDS, "ｖｉｐ", "最 好", "{称呼}", "{称呼|亲}", "您", "好"]), min_size=1, max_size=5).map(
        "".join
    ),
    weight=st.floats(0.1, 10),
    channels=st.sampled_from([frozenset(), frozenset({"web"}), frozenset({"wecom_kf"})]),
    regions=st.sampled_from([frozenset(), frozenset({"华东"})]),
    first=st.sampled_from([None, True, False]),
    window=st.sampled_from([Window(), Window(hours=(0, 60)), Window(weekdays=frozenset({2}))]),
)
_LISTENERS = st.builds(
    Listener, st.sampled_from(["web", "wecom_kf", ""]), region=st.sampled_from([None, "华东"]),
    first=st.sampled_from([None, True, False]), moment=st.sampled_from([None, datetime(2026, 12, 9, 0, 30), datetime(2026, 12, 10, 12)]),
)  # fmt: skip


@given(st.lists(_VARIANTS, min_size=1, max_size=6), _LISTENERS, st.sampled_from(["", "林姐", "最好的人"]), st.text(max_size=5))
def test_never_a_hole_never_a_forbidden_word_and_never_silence_where_somebody_may_speak(
    variants: list[Variant], listener: Listener, name: str, seed: str
) -> None:
    scripts = book(greet(*variants), forbidden=_WORDS)
    facts = {"称呼": name} if name else {}
    reply = scripts.render("greet", facts, listener, seed)
    assert reply == scripts.render("greet", facts, listener, seed)
    open_to = [one for one in variants if one.addressed(listener) and (name or "{称呼}" not in one.text)]
    assert (reply is not None) == bool(open_to)
    if reply is not None:
        assert "{" not in reply.text
        assert not any(folded(word) in folded(reply.text) for word in _WORDS)
        assert reply.built_in or variants[reply.variant].fits(listener)


@settings(max_examples=20)
@given(st.lists(st.floats(0.5, 8), min_size=2, max_size=5))
def test_weights_are_kept_over_many_messages(weights: list[float]) -> None:
    n, examples = 1500, 20
    scripts = book(greet(*(Variant(str(at), weight=weight) for at, weight in enumerate(weights))))
    heard = [reply.variant for at in range(n) if (reply := said(scripts, seed=f"message-{at}"))]
    # Hoeffding over the wordings of all examples: a fair choice fails this once in a billion runs
    apart = sqrt(log(2 * len(weights) * examples / 1e-9) / (2 * n))
    for at, weight in enumerate(weights):
        assert abs(heard.count(at) / n - weight / sum(weights)) <= apart
