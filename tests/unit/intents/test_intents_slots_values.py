"""What is said in characters and in figures means the same; feasts fall where the almanac says; names survive slips."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.gazetteer import Gazetteer
from intents.model import Slot
from intents.normalize import normalize
from intents.slots import find_slots
from intents.slots.lunar import day_number, eve, month_number, month_of, solar
from intents.slots.numerals import number

_AT = datetime(2026, 3, 11, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_NAMES = Gazetteer.build(
    {
        "category": {"面霜": [], "口红": [], "小样": []},
        "brand": {"雅诗兰黛": ["estee lauder"], "优衣库": []},
        "material": {"酒精": [], "香精": [], "羊毛": []},
        "color": {"红色": [], "蓝色": [], "白色": ["白的"]},
        "scent": {"无香": []},
        "size": {"S": [], "38": []},
        "city": {"南京": []},
        "audience": {"女士": []},
    }
)


def _find(text: str, at: datetime = _AT) -> list[Slot]:
    return list(find_slots(normalize(text), _NAMES, at))


def _values(text: str, name: str, at: datetime = _AT) -> list[object]:
    return [slot.value for slot in _find(text, at) if slot.name == name]


@given(st.integers(1, 99_999))
@settings(max_examples=200, deadline=None)
def test_numbers_are_read_as_they_are_spoken(value: int) -> None:
    assert number(cn2an.an2cn(value)) == value


@given(st.integers(10, 9_999))
@settings(max_examples=100, deadline=None)
def test_a_bound_is_the_same_in_figures_and_in_characters(value: int) -> None:
    bound = [{"min": None, "max": value}]
    assert _values(f"{value}块以内的面霜", "budget") == bound
    assert _values(f"{cn2an.an2cn(value)}块以内的面霜", "budget") == bound


@given(st.integers(2, 99), st.sampled_from(["箱", "盒", "瓶", "袋", "支", "套", "提", "罐"]))
@settings(max_examples=100, deadline=None)
def test_counted_goods_are_the_same_in_figures_and_in_characters(count: int, unit: str) -> None:
    counted = [{"n": count, "unit": unit}]
    assert _values(f"我要{count}{unit}面霜", "quantity") == counted
    assert _values(f"我要{cn2an.an2cn(count)}{unit}面霜", "quantity") == counted


@given(st.dates(date(2026, 2, 1), date(2027, 1, 20)))
@settings(max_examples=200, deadline=None)
def test_a_day_that_is_said_is_that_day(day: date) -> None:
    assert _values(f"{day.year}年{day.month}月{day.day}日到", "date") == [day.isoformat()]
    assert _values(f"{day.month}月{day.day}号能到吗", "date") == [day.isoformat()]


@given(st.integers(2, 60))
@settings(max_examples=60, deadline=None)
def test_days_from_now_and_ago(days: int) -> None:
    assert _values(f"{cn2an.an2cn(days)}天后到", "date") == [(_AT.date() + timedelta(days)).isoformat()]
    assert _values(f"{days}天前买的", "date") == [(_AT.date() - timedelta(days)).isoformat()]


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_each_day_lies_in_the_chinese_month_that_is_named_for_it(day: date) -> None:
    here = month_of(day)
    assert here is not None
    year, month = here
    first, last = solar(year, month, 1), solar(year, month, 0)
    assert first is not None
    assert last is not None
    assert first <= day <= last + timedelta(30)
    assert 28 <= (last - first).days <= 29


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        (2020, 1, 1, "2020-01-25"),
        (2023, 1, 1, "2023-01-22"),
        (2023, 8, 15, "2023-09-29"),
        (2024, 5, 5, "2024-06-10"),
        (2025, 1, 1, "2025-01-29"),
        (2025, 8, 15, "2025-10-06"),
        (2026, 1, 1, "2026-02-17"),
        (2026, 9, 9, "2026-10-18"),
        (2033, 1, 1, "2033-01-31"),
    ],
)
def test_days_of_the_chinese_calendar(year: int, month: int, day: int, expected: str) -> None:
    assert str(solar(year, month, day)) == expected


def test_the_chinese_calendar_ends_where_its_table_does() -> None:
    assert solar(1999, 1, 1) is None
    assert solar(2101, 1, 1) is None
    assert solar(2026, 12, 30) is None
    assert solar(2025, 12, 0) == date(2026, 2, 16) == eve(2026)
    assert month_of(date(1990, 1, 1)) is None
    assert (month_number("腊"), month_number("十一"), month_number("13")) == (12, 11, None)
    assert (day_number("廿三"), day_number("初十"), day_number("三十"), day_number("四十")) == (23, 10, 30, None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("中秋送礼", "2026-09-25"),
        ("端午前到吗", "2026-06-19"),
        ("除夕还发货吗", "2027-02-05"),
        ("春节放假吗", "2027-02-06"),
        ("正月十五买的", "2026-03-03"),
        ("腊月廿三", "2027-01-30"),
        ("七夕有活动吗", "2026-08-19"),
        ("国庆后发货", "2026-10-01"),
        ("双11买的", "2025-11-11"),
        ("双十一会降吗", "2026-11-11"),
        ("618有券吗", "2026-06-18"),
        ("元旦前一天", "2026-12-31"),
        ("母亲节", "2026-05-10"),
        ("父亲节", "2026-06-21"),
        ("感恩节", "2026-11-26"),
        ("清明放假", "2026-04-05"),
        ("去年双十一", "2025-11-11"),
        ("大年初五开门吗", "2027-02-10"),
        ("腊月底", "2027-02-05"),
        ("农历六月底", "2026-08-12"),
        ("农历这个月底", "2026-03-18"),
        ("八月十五之前", "2026-09-25"),
        ("下下周三", "2026-03-25"),
        ("大后天", "2026-03-14"),
        ("月初能发吗", "2026-04-01"),
        ("周二买的", "2026-03-10"),
    ],
)
def test_feasts_and_days_of_the_chinese_calendar_are_resolved(text: str, day: str) -> None:
    assert _values(text, "date") == [day]


@pytest.mark.parametrize(
    "text",
    [
        "中秋快乐",
        "一周三次",
        "周一到周五上班",
        "每周日直播",
        "618色号",
        "五一百块",
        "元宵怎么煮",
        "大三号",
        "2月30号",
        "初三物理",
        "升级到2.5之后",
    ],
)
def test_words_like_days_are_none(text: str) -> None:
    assert _values(text, "date") == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("千把块", 800, 1200),
        ("三百来块", 240, 360),
        ("两百五左右", 200, 300),
        ("一百二三", 120, 130),
        ("一百到一百五", 100, 150),
        ("1-2百", 100, 200),
        ("三位数", 100, 999),
        ("别超两百", None, 200),
        ("预算一共三百", None, 300),
        ("100r能买啥", None, 100),
        ("两百块", None, 200),
        ("几十块的小礼物", 10, 100),
        ("超过500的不考虑", None, 500),
        ("300起", 300, None),
        ("人均200左右", 160, 240),
    ],
)
def test_spoken_money(text: str, low: float | None, high: float | None) -> None:
    assert _values(text, "budget") == [{"min": low, "max": high}]


@pytest.mark.parametrize(
    "text", ["退我50块", "花了300多", "补差价30元", "7:45左右", "5000-8000字", "最高54 Mbps", "欠费100多块", "500以上包邮吗"]
)
def test_money_that_nobody_wants_to_spend_is_no_budget(text: str) -> None:
    assert _values(text, "budget") == []


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("165/88A还有吗", ["165/88A"]),
        ("75b", ["75B"]),
        ("2XL", ["XXL"]),
        ("一百六十码", ["160"]),
        ("37码半", ["37.5"]),
        ("NB码", ["NB"]),
        ("30D的丝袜", []),
        ("it's 38块", []),
        ("扫码", []),
    ],
)
def test_sizes_in_many_spellings(text: str, size: list[str]) -> None:
    assert _values(text, "size") == size


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("一打鸡蛋", [(12, "个")]),
        ("要半打", [(0.5, "打")]),
        ("改成4瓶", [(4, "瓶")]),
        ("多少钱一瓶", []),
        ("一打开就是", []),
        ("买一送一", []),
        ("第二件半价", []),
        ("三件套", []),
        ("瘦了10斤", []),
        ("带俩娃", []),
        ("5分好评", []),
        ("两三个", []),
        ("一共10块钱", []),
    ],
)
def test_what_is_counted_and_what_is_not(text: str, counted: list[tuple[float, str]]) -> None:
    assert _values(text, "quantity") == [{"n": n, "unit": unit} for n, unit in counted]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("雅诗蓝带的面霜", ["雅诗兰黛", "面霜"]),
        ("雅诗 兰黛", ["雅诗兰黛"]),
        ("esteee lauder", ["雅诗兰黛"]),
        ("优衣裤有吗", ["优衣库"]),
        ("明白的", []),
        ("白的有吗", ["白色"]),
        ("南京东路", []),
        ("张女士收", []),
        ("薅羊毛", []),
    ],
)
def test_names_survive_slips_and_common_words_are_none(text: str, found: list[str]) -> None:
    assert [slot.value for slot in _find(text)] == found


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("不要酒精、香精和羊毛", {"酒精": True, "香精": True, "羊毛": True}),
        ("不要红色也不要蓝色", {"红色": True, "蓝色": True}),
        ("红色和蓝色都不要", {"红色": True, "蓝色": True}),
        ("无酒精无香精的面霜", {"酒精": True, "香精": True, "面霜": False}),
        ("能不能不要红色的", {"红色": True}),
        ("除了雅诗兰黛以外的口红", {"雅诗兰黛": True, "口红": False}),
        ("除了面霜还有什么", {"面霜": False}),
        ("没用过面霜", {"面霜": False}),
        ("没有口红的小样吗", {"口红": False, "小样": False}),
        ("不含酒精吗", {"酒精": False}),
        ("不含酒精的面霜有吗", {"酒精": True, "面霜": False}),
        ("对羊毛过敏", {"羊毛": True}),
        ("0酒精的面霜", {"酒精": True, "面霜": False}),
        ("别的面霜也行", {"面霜": False}),
        ("不是红色是蓝色", {"红色": True, "蓝色": False}),
        ("红色除外", {"红色": True}),
        ("不太喜欢红色", {"红色": True}),
    ],
)
def test_how_far_a_refusal_reaches(text: str, excluded: dict[str, bool]) -> None:
    assert {slot.value: slot.negated for slot in _find(text)} == excluded
