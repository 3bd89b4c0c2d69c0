"""The words that ship: the built-in ones and the demo brand's may go live, each script in every situation it is said in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml

from bot.handlers.table import ALWAYS, OFFERED
from bot.handlers.wording import BUILT_IN
from scripts import (
    FAMILIES,
    Listener,
    Script,
    Scriptbook,
    ScriptFile,
    Variant,
    disagreements,
    findings,
    names,
    script,
    wording_id,
)

_REPLIES = Path(__file__).parents[3] / "scripts" / "replies"
_FILES = {path: ScriptFile.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(_REPLIES.glob("*.yml"))}
_OURS = {file.id: script(file) for file in _FILES.values()}
_PLAIN = {one.id: one for one in BUILT_IN}
_BOTH = {**{f"built-in {name}": one for name, one in _PLAIN.items()}, **{f"花间集 {name}": one for name, one in _OURS.items()}}
_LISTENERS = [
    Listener(),
    Listener("web"),
    Listener("wecom_kf"),
    Listener("web", "gold", "sh-xuhui", {"skin_type": frozenset({"敏感性"})}),
    Listener("wecom_kf", "black", "hz-xihu"),
]
_EMOJI = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf]")


def _texts(which: Mapping[str, Script] = _BOTH) -> Iterator[tuple[str, str]]:
    for name, one in which.items():
        for variant in one.variants:
            yield name, variant.text


def _facts(name: str, always: str) -> dict[str, str]:
    return {**dict.fromkeys(ALWAYS, always), **{fact: f"〔{fact}〕" for fact in OFFERED.get(name, frozenset())}}


def _moment(variant: Variant) -> datetime:
    """Some time of a year at which a wording may be said."""
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    return next(at for n in range(366 * 24) if variant.window.open_at(at := begin + timedelta(hours=n)))


def test_every_script_that_the_program_says_is_there_twice() -> None:
    assert set(_PLAIN) == set(OFFERED)
    assert set(OFFERED) <= set(_OURS)


def test_the_name_of_a_file_is_the_id_of_its_script() -> None:
    assert {path.stem for path in _FILES} == set(_OURS)
    assert all(path.stem == file.id for path, file in _FILES.items())


def test_there_is_material_in_all_four_families() -> None:
    held = {family: [one.id for one in _OURS.values() if one.family == family] for family in FAMILIES}
    assert len(_OURS) >= 75
    assert all(len(ids) >= 8 for ids in held.values())
    material = {_OURS[name].family for name in set(_OURS) - set(OFFERED)}
    assert material == set(FAMILIES)


def test_the_built_in_words_and_the_brands_are_of_the_same_family() -> None:
    assert {name: one.family for name, one in _PLAIN.items()} == {name: _OURS[name].family for name in _PLAIN}


def test_no_file_disagrees_with_what_the_handlers_offer() -> None:
    files = [(path.name, file) for path, file in _FILES.items()]
    assert list(disagreements(files, OFFERED, ALWAYS)) == []


def test_built_in_words_use_only_what_is_offered() -> None:
    wrong = [(name, text) for name, text in _texts(_PLAIN) if not set(names(text)) <= OFFERED[name] | ALWAYS]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(_BOTH))
@pytest.mark.parametrize("always", ["某某", ""])
def test_every_script_can_be_said_to_everybody_even_where_nothing_is_known_of_them(name: str, always: str) -> None:
    one = _BOTH[name]
    book = Scriptbook.build([one])
    ends = [variant.window.ends for variant in one.variants if variant.window.ends]
    moment = datetime.combine(min(ends), time(12), UTC) if ends else None
    for listener in _LISTENERS:
        reply = book.render(one.id, _facts(one.id, always), replace(listener, moment=moment), "seed")
        assert reply is not None
        assert not re.search(r"[{}]", reply.text)


@pytest.mark.parametrize("name", sorted(_BOTH))
def test_every_wording_can_be_filled_where_everything_is_known(name: str) -> None:
    one = _BOTH[name]
    for variant in one.variants:
        book = Scriptbook.build([Script(one.id, one.family, (variant,))])
        listener = Listener(
            next(iter(variant.channels), ""),
            next(iter(variant.levels), None),
            next(iter(variant.stores), None),
            variant.tags,
            region=next(iter(variant.regions), None),
            first=variant.first,
            moment=_moment(variant),
        )
        assert book.render(one.id, _facts(one.id, "某某"), listener, "seed") is not None


def test_nothing_offends_the_advertising_law() -> None:
    assert [(name, one.words) for name, text in _texts() for one in findings(text, "cosmetics")] == []


def test_no_wording_stands_twice_in_a_script_for_the_same_people() -> None:
    for one in _BOTH.values():
        told = [wording_id(replace(variant, id="")) for variant in one.variants]
        assert len(told) == len(set(told)), one.id


def test_the_tone_is_calm() -> None:
    for name, text in _texts():
        assert len(_EMOJI.findall(text)) <= 1, name
        assert text.count("！") + text.count("!") <= 1, name
        assert not re.search(r"亲[～~，,！]|亲亲|宝子|家人们|尊敬的|为您服务|作为一[个名]|请问还有什么可以帮", text), name


def test_no_price_date_or_stock_is_promised() -> None:
    promise = re.compile(
        r"保证|一定(?:会|能)|分钟内(?:回|到|联系)|今天(?:就)?(?:能)?到(?!店)|马上(?:到账|发货|补发|退款)|绝对|放心买"
    )
    assert [(name, text) for name, text in _texts() if promise.search(text)] == []


@pytest.mark.parametrize("which", [_PLAIN, _OURS], ids=["built-in", "花间集"])
class TestHonesty:
    """What each wording of a delicate script must hold."""

    @pytest.mark.parametrize("name", ["answer", "compare", "price", "suggest_relaxed", "what_i_know", "received_location"])
    def test_the_fact_is_said_in_every_wording(self, which: Mapping[str, Script], name: str) -> None:
        main = {
            "answer": "答案", "compare": "比较", "price": "价格",
            "suggest_relaxed": "放宽", "what_i_know": "已知", "received_location": "门店列表",
        }  # fmt: skip
        assert all(main[name] in names(variant.text) for variant in which[name].variants)

    def test_the_bot_says_that_it_is_one_and_how_to_reach_a_person(self, which: Mapping[str, Script]) -> None:
        for name in ("welcome", "bot_identity"):
            for variant in which[name].variants:
                assert "智能助手" in variant.text
                assert "转人工" in variant.text

    def test_after_hours_it_is_said_when_somebody_comes_and_that_it_is_noted(self, which: Mapping[str, Script]) -> None:
        for variant in which["handover_after_hours"].variants:
            assert "下次营业" in names(variant.text)
            assert "记" in variant.text

    def test_first_aid_says_all_that_matters(self, which: Mapping[str, Script]) -> None:
        for variant in which["reaction_first_aid"].variants:
            for group in (("停",), ("清水",), ("抓",), ("产品",), ("照片",), ("眼睛",), ("呼吸", "喘"), ("就医", "医院")):
                assert any(word in variant.text for word in group), group
            assert not re.search(r"药膏|药物|吃药|过敏药|抗组胺|没事的|很快就好|可能是|应该是", variant.text)

    def test_what_is_no_text_is_never_said_to_have_been_seen(self, which: Mapping[str, Script]) -> None:
        for name in ("image", "voice", "video", "file", "link", "records", "unknown"):
            for variant in which[f"received_{name}"].variants:
                assert re.search(r"看不|听不|打不开|点不进|看不到|没法看|还不会听", variant.text), variant.text

    def test_opting_out_is_confirmed_in_one_sentence(self, which: Mapping[str, Script]) -> None:
        for name in ("opt_out", "erased"):
            assert all(variant.text.count("。") == 1 for variant in which[name].variants)

    def test_our_own_fault_is_admitted(self, which: Mapping[str, Script]) -> None:
        for name in ("apology", "handover_complaint"):
            assert all(re.search(r"抱歉|对不起", variant.text) for variant in which[name].variants)


def test_small_talk_has_many_wordings_and_sells_nothing() -> None:
    talk = [variant.text for variant in _OURS["chitchat"].variants]
    assert len(talk) >= 8
    assert not [text for text in talk if re.search(r"推荐|下单|活动|优惠|面霜|买|哈哈", text)]


def test_birthday_wishes_sell_nothing() -> None:
    for name in ("hello_birthday", "hello_birthday_black"):
        for variant in _OURS[name].variants:
            assert not re.search(r"券|礼|到店|积分|活动|折", variant.text)
