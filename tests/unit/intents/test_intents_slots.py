"""Values in a sentence, after the slots and conventions of INTENTS.md."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.gazetteer import Gazetteer
from intents.model import Slot
from intents.normalize import normalize
from intents.slots import find_slots

_AT = datetime(2026, 3, 11, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday."""
_NAMES = Gazetteer.build(
    {
        "category": {"面霜": ["霜", "擦脸油"], "连衣裙": ["裙子"], "口红": []},
        "brand": {"雅诗兰黛": ["EL", "estee lauder"]},
        "material": {"酒精": ["乙醇"], "羊毛": [], "羊绒": []},
        "color": {"红色": ["红"], "蓝色": ["蓝"], "黑色": ["黑"]},
        "skin_type": {"油性": ["油皮", "大油田"], "干性": ["干皮"]},
        "audience": {"孕妇": ["怀孕"]},
    },
    [("sku-1", "花间集 玫瑰水光精华 30ml"), ("sku-2", "花间集 玫瑰面霜 50g"), ("sku-3", "花间集 玫瑰口红 3g")],
)


def _find(text: str) -> list[Slot]:
    return list(find_slots(normalize(text), _NAMES, _AT))


def _values(text: str, name: str) -> list[object]:
    return [slot.value for slot in _find(text) if slot.name == name]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两百以内", None, 200),
        ("三五百", 300, 500),
        ("200左右", 160, 240),
        ("两百上下的", 160, 240),
        ("200出头", 200, 240),
        ("两百多的", 200, 300),
        ("一两百块", 100, 200),
        ("预算300", None, 300),
        ("100-200的有吗", 100, 200),
        ("两到三百", 200, 300),
        ("500以上的", 500, None),
        ("不超过五百", None, 500),
        ("百元以内", None, 100),
        ("一千二以内", None, 1200),
        ("1k以内", None, 1000),
        ("不到300块", None, 300),
        ("￥200以下", None, 200),
        ("七八十块钱", 70, 80),
    ],
)
def test_budgets(text: str, low: float | None, high: float | None) -> None:
    assert _values(text, "budget") == [{"min": low, "max": high}]


@pytest.mark.parametrize(
    "text", ["满300减50", "身高165左右", "体重120以内", "5天以内", "30岁左右", "SPF50以上", "3以内", "保质期24个月以上"]
)
def test_other_figures_are_no_budgets(text: str) -> None:
    assert _values(text, "budget") == []


@pytest.mark.parametrize(
    ("text", "height", "weight"),
    [
        ("160 55kg", [160], [55]),
        ("一米六", [160], []),
        ("一米六五", [165], []),
        ("1米65", [165], []),
        ("1.65米", [165], []),
        ("身高165体重110", [165], [55]),
        ("165/110", [165], [55]),
        ("110斤穿多大", [], [55]),
        ("一百二十斤", [], [60]),
        ("55公斤", [], [55]),
        ("170cm，120斤", [170], [60]),
        ("宝宝身高73cm", [73], []),
        ("5斤苹果", [], []),
        ("床长180cm", [], []),
    ],
)
def test_heights_and_weights(text: str, height: list[float], weight: list[float]) -> None:
    assert _values(text, "height_cm") == height
    assert _values(text, "weight_kg") == weight


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("三岁半", [42]),
        ("25岁", [300]),
        ("刚满百天", [3]),
        ("6个月的宝宝", [6]),
        ("宝宝六个月能吃吗", [6]),
        ("一岁三个月", [15]),
        ("半岁", [6]),
        ("二十五岁", [300]),
        ("8月龄", [8]),
        ("怀孕6个月", []),
        ("保质期6个月吗", []),
        ("用了3个月了", []),
    ],
)
def test_ages_are_months(text: str, months: list[float]) -> None:
    assert _values(text, "age_months") == months


@pytest.mark.parametrize(
    ("text", "day", "said"),
    [
        ("下周三", "2026-03-18", "下周三"),
        ("周末有活动吗", "2026-03-14", "周末"),
        ("周一能到吗", "2026-03-16", "周一"),
        ("这个月底", "2026-03-31", "这个月底"),
        ("后天下午送到", "2026-03-13", "后天"),
        ("今晚能发吗", "2026-03-11", "今晚"),
        ("昨晚下的单", "2026-03-10", "昨晚"),
        ("15号下的单", "2026-02-15", "15号"),
        ("20号能到吗", "2026-03-20", "20号"),
        ("3月8号", "2026-03-08", "3月8号"),
        ("2026-05-01", "2026-05-01", "2026-05-01"),
        ("三天后", "2026-03-14", "三天后"),
        ("下月15号", "2026-04-15", "下月15号"),
        ("年底", "2026-12-31", "年底"),
    ],
)
def test_days_are_resolved_against_the_message(text: str, day: str, said: str) -> None:
    assert [(slot.value, slot.text) for slot in _find(text) if slot.name == "date"] == [(day, said)]


def test_a_due_date_is_a_slot_of_its_own() -> None:
    assert _values("预产期下月底", "due_date") == ["2026-04-30"]
    assert _values("预产期下月底", "date") == []


@pytest.mark.parametrize("text", ["3号链接", "38号", "第3条", "2025新款", "2月30号"])
def test_other_figures_are_no_days(text: str) -> None:
    assert _values(text, "date") == []


def test_days_need_a_moment_unless_they_name_their_year() -> None:
    assert find_slots(normalize("明天到吗"), _NAMES, None) == ()
    assert [slot.value for slot in find_slots(normalize("2026年5月1日到"), _NAMES, None)] == ["2026-05-01"]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("来两箱", [(2, "箱")]),
        ("半斤", [(0.5, "斤")]),
        ("一斤二两", [(1.2, "斤")]),
        ("两箱半", [(2.5, "箱")]),
        ("要俩", [(2, "个")]),
        ("给我来仨", [(3, "个")]),
        ("一打", [(1, "打")]),
        ("要两相", [(2, "箱")]),
        ("我要2盒面霜和3支口红", [(2, "盒"), (3, "支")]),
        ("少发一瓶", [(1, "瓶")]),
        ("第3条", []),
        ("一个问题", []),
        ("咱俩", []),
        ("12瓶装", []),
        ("两件八折", []),
        ("等了两个月", []),
    ],
)
def test_quantities(text: str, counted: list[tuple[float, str]]) -> None:
    assert _values(text, "quantity") == [{"n": n, "unit": unit} for n, unit in counted]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("手机号 138 1234 5678", "phone", "13812345678"),
        ("电话13812345678", "phone", "13812345678"),
        ("顺丰SF1234567890123到哪了", "tracking_no", "SF1234567890123"),
        ("快递单号 7312345678901", "tracking_no", "7312345678901"),
        ("订单号 202501011234 查一下", "order_id", "202501011234"),
    ],
)
def test_long_numbers(text: str, name: str, value: str) -> None:
    assert [(slot.name, slot.value) for slot in _find(text)] == [(name, value)]


@pytest.mark.parametrize(
    ("text", "size"),
    [("换成M码", ["M"]), ("XL还有吗", ["XL"]), ("38码", ["38"]), ("M和L哪个合适", ["M", "L"]), ("A和B哪个好", []), ("s", [])],
)
def test_sizes(text: str, size: list[str]) -> None:
    assert _values(text, "size") == size


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("不要含酒精的", {"酒精": True}),
        ("除了羊毛都行", {"羊毛": True}),
        ("别给我推荐雅诗兰黛的面霜", {"雅诗兰黛": True, "面霜": False}),
        ("没有酒精吗", {"酒精": False}),
        ("有没有酒精", {"酒精": False}),
        ("含不含酒精", {"酒精": False}),
        ("不含酒精的有吗", {"酒精": True}),
        ("有不含酒精的面霜吗", {"酒精": True, "面霜": False}),
        ("不要红色要蓝色", {"红色": True, "蓝色": False}),
        ("不要红色和蓝色", {"红色": True, "蓝色": True}),
        ("红色的不要", {"红色": True}),
        ("不要太油的面霜", {"面霜": False}),
        ("不是干皮是油皮", {"干性": True, "油性": False}),
        ("不要红色，蓝色有吗", {"红色": True, "蓝色": False}),
        ("要不要红色", {"红色": False}),
        ("红色", {"红色": False}),
    ],
)
def test_negation_reaches_what_it_rules_out(text: str, excluded: dict[str, bool]) -> None:
    assert {slot.value: slot.negated for slot in _find(text)} == excluded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("大油田求推荐", [("skin_type", "油性")]),
        ("水光精华多少钱", [("product", "sku-1")]),
        ("花间集 玫瑰面霜 50g有货吗", [("product", "sku-2")]),
        ("el的面霜", [("brand", "雅诗兰黛"), ("category", "面霜")]),
        ("hello", []),
        ("网红款", []),
        ("红的有吗", [("color", "红色")]),
        ("我妈喜欢吗", []),
        ("SPF50 5星", []),
    ],
)
def test_names_of_the_workspace(text: str, found: list[tuple[str, str]]) -> None:
    assert [(slot.name, slot.value) for slot in _find(text)] == found


def test_offsets_count_characters_of_the_original() -> None:
    text = "　請問😡😡油皮　預算兩百以內！！！"
    for slot in _find(text):
        assert text[slot.start : slot.end] == slot.text
    assert [(slot.name, slot.text) for slot in _find(text)] == [("skin_type", "油皮"), ("budget", "兩百以內")]


@given(st.text(alphabet="0123456789一两三五百千万块斤岁半个月米号周下到-以内左右要不红色霜 ,。SMLkgcm", max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_figures_give_sound_slots(text: str) -> None:
    slots = _find(text)
    for slot in slots:
        assert text[slot.start : slot.end] == slot.text
        assert 0 <= slot.start < slot.end <= len(text)
        if slot.name == "budget" and isinstance(slot.value, dict):
            low, high = slot.value["min"], slot.value["max"]
            assert low is None or high is None or low <= high


def test_partial_names_of_two_products_name_neither() -> None:
    assert _values("玫瑰", "product") == []
