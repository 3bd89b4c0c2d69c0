"""What ops may write in a reply file, and what is refused."""

import pytest
from pydantic import ValidationError

from scripts import FAMILIES, Script, ScriptFile, Variant, disagreements, script

_EVERYWHERE = frozenset({"称呼", "品牌名"})
_OFFERED = {"price": frozenset({"商品名", "价格"}), "thank": frozenset[str]()}


def _file(id: str, *texts: str) -> ScriptFile:  # noqa: A002
    return ScriptFile.model_validate({"id": id, "family": "咨询问答", "variants": [{"text": text} for text in texts]})


def _reasons(*files: tuple[str, ScriptFile]) -> list[str]:
    return [reason for _, _, reason in disagreements(files, _OFFERED, _EVERYWHERE)]


def test_a_file_becomes_a_script() -> None:
    file = ScriptFile.model_validate(
        {
            "id": "greet",
            "family": "招呼语",
            "variants": [
                {"text": "{称呼|您}好", "weight": 2},
                {"text": "在的", "channels": ["web"], "audience": {"levels": ["gold"], "tags": {"skin_type": ["敏感性"]}}},
            ],
        }
    )
    second = Variant("在的", 1.0, frozenset({"web"}), frozenset({"gold"}), tags={"skin_type": frozenset({"敏感性"})})
    assert script(file) == Script("greet", "招呼语", (Variant("{称呼|您}好", 2.0), second))


def test_channels_may_stand_in_the_audience_as_well() -> None:
    file = ScriptFile.model_validate(
        {"id": "a", "family": "招呼语", "variants": [{"text": "在", "channels": ["web"], "audience": {"channels": ["wecom_kf"]}}]}
    )
    assert script(file).variants[0].channels == {"web", "wecom_kf"}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_four_families_are_taken(family: str) -> None:
    assert ScriptFile.model_validate({"id": "a", "family": family, "variants": [{"text": "在"}]}).family == family


@pytest.mark.parametrize(
    "fault",
    [
        {"family": "广告"},
        {"id": "Greet"},
        {"id": "打招呼"},
        {"id": ""},
        {"variants": []},
        {"variants": [{"text": ""}]},
        {"variants": [{"text": "   "}]},
        {"variants": [{"text": "长" * 2001}]},
        {"variants": [{"text": "在", "weight": 0}]},
        {"variants": [{"text": "在", "weight": -1}]},
        {"variants": [{"text": "在", "chanels": ["web"]}]},
        {"variants": [{"text": "在", "audience": {"level": ["gold"]}}]},
        {"priority": 1},
    ],
)
def test_what_does_not_fit_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScriptFile.model_validate({"id": "greet", "family": "招呼语", "variants": [{"text": "在"}], **fault})


def test_a_script_may_use_what_its_handler_offers_and_what_is_always_there() -> None:
    assert _reasons(("price.yml", _file("price", "{称呼|您}好，{商品名}是{价格}"))) == []


def test_a_fact_that_the_handler_does_not_offer_is_named_with_those_it_does() -> None:
    [reason] = _reasons(("thank.yml", _file("thank", "不客气，{商品名}好用")))
    assert "商品名" in reason
    assert "称呼" in reason


def test_material_for_guides_may_use_only_what_is_always_there() -> None:
    assert _reasons(("hello.yml", _file("hello_birthday", "{称呼|您}生日快乐"))) == []
    assert len(_reasons(("hello.yml", _file("hello_birthday", "{称呼}生日快乐，送您{价格}")))) == 1


def test_broken_braces_are_reported_where_they_are() -> None:
    [(file, where, reason)] = disagreements([("thank.yml", _file("thank", "好", "{称呼好"))], _OFFERED, _EVERYWHERE)
    assert (file, where) == ("thank.yml", ("variants", 1, "text"))
    assert "花括号" in reason


def test_two_files_of_one_id_are_reported_with_the_first_one() -> None:
    [reason] = _reasons(("a.yml", _file("thank", "好")), ("b.yml", _file("thank", "好的")))
    assert "a.yml" in reason


def test_all_faults_come_at_once() -> None:
    assert len(_reasons(("a.yml", _file("thank", "{价格}", "{称呼")), ("b.yml", _file("thank", "{颜色}")))) == 4
