"""The pure parts of group orders: menus as people type them, stock, words, times, the Excel file."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.db.campaigns_rows import Campaign, Doubt, OrderLine
from bot.ordering import telling
from bot.ordering.menu import Good, goods_of, rows_of, terms_of
from bot.ordering.menu_text import read_menu
from bot.ordering.people import People, Person
from bot.ordering.stock import granted
from bot.ordering.telling import Sheet
from bot.ordering.timing import Pace, due
from bot.ordering.workbook import workbook
from intents.orders import Article, Line, OrderReader, Said, read_orders

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PACE = Pace(timedelta(minutes=3), timedelta(minutes=30))
GOODS = (
    Good("apple", "苹果", "斤", Decimal("8.8")),
    Good("milk", "牛奶", "箱", Decimal(66), stock=Decimal(6)),
)
MENU = [Article(one.sku, one.name, one.unit, one.price) for one in GOODS]


def campaign(**more: object) -> Campaign:
    told: dict[str, object] = {
        "id": 1, "conversation": "g1", "title": "周五团", "menu": rows_of(GOODS), "terms": {}, "opens_at": NOON, "deadline": None,
        "state": "open", "author": "g1", "after_inbox": 0, "read_upto": 0, "version": 3, "confirmed_at": None, "reminded_at": None,
        "closed_at": None,
    }  # fmt: skip
    return Campaign(**{**told, **more})  # type: ignore[arg-type]


def line(sender: str, sku: str, n: float, got: float | None = None, **more: object) -> OrderLine:
    told: dict[str, object] = {
        "sender": sender, "sku": sku, "name": sender, "n": Decimal(str(n)), "unit": "斤" if sku == "apple" else "箱", "note": "",
        "sources": ("1",), "state": "taken" if got is None else "short", "granted": Decimal(str(n if got is None else got)),
        "place": 0, "updated_at": NOON,
    }  # fmt: skip
    return OrderLine(**{**told, **more})  # type: ignore[arg-type]


class TestMenus:
    """What a guide types."""

    @pytest.mark.parametrize(
        ("typed", "wanted"),
        [
            ("阳光玫瑰 箱 68 限20", ("阳光玫瑰", "箱", "68", "20", ())),
            ("1. 土鸡蛋（柴鸡蛋、笨鸡蛋） 35元/板", ("土鸡蛋", "板", "35", None, ("柴鸡蛋", "笨鸡蛋"))),
            ("鲜牛奶，箱，66", ("鲜牛奶", "箱", "66", None, ())),
            ("鲜牛奶\t箱\t66\t30", ("鲜牛奶", "箱", "66", "30", ())),
            ("红富士苹果 8.8/斤", ("红富士苹果", "斤", "8.8", None, ())),
            ("红富士苹果8.8元一斤", ("红富士苹果", "斤", "8.8", None, ())),
            ("红富士苹果 ¥8.8/斤 库存100斤", ("红富士苹果", "斤", "8.8", "100", ())),
            ("② 卷纸12卷装 39.9元/提 限50提", ("卷纸12卷装", "提", "39.9", "50", ())),
            ("洗衣液 2kg 29.9 瓶", ("洗衣液 2kg", "瓶", "29.9", None, ())),
            ("基围虾 一斤58", ("基围虾", "斤", "58", None, ())),
            ("68元/箱 阳光玫瑰", ("阳光玫瑰", "箱", "68", None, ())),
            ("- 红糖馒头 15元/袋（共40袋）", ("红糖馒头", "袋", "15", "40", ())),
            ("蛋糕 8寸 1个 128", ("蛋糕 8寸", "个", "128", None, ())),
        ],
    )
    def test_a_line_is_read_kindly(self, typed: str, wanted: tuple[str, str, str, str | None, tuple[str, ...]]) -> None:
        found = read_menu(typed)
        assert not found.faults
        (good,) = found.goods
        stock = None if good.stock is None else str(good.stock)
        assert (good.name, good.unit, str(good.price), stock, good.aliases) == wanted

    def test_every_faulty_line_is_named_with_what_to_do(self) -> None:
        found = read_menu("苹果 斤 8\n# 水果\n\n牛奶\n车厘子 98\n苹果 箱 60\n箱 66")
        assert [(one.line, one.text) for one in found.faults] == [(4, "牛奶"), (5, "车厘子 98"), (6, "苹果 箱 60"), (7, "箱 66")]
        assert "价格" in found.faults[0].why
        assert "单位" in found.faults[1].why
        assert "重名" in found.faults[2].why
        assert "品名" in found.faults[3].why

    def test_articles_get_numbers_that_nobody_has(self) -> None:
        assert [one.sku for one in read_menu("苹果 斤 8\n梨 斤 5").goods] == ["m1", "m2"]
        assert [one.sku for one in read_menu("桃 斤 5", [Good("m1", "苹果", "斤", Decimal(8))]).goods] == ["m2"]

    @given(st.text(max_size=200))
    def test_any_text_is_read_to_the_end(self, text: str) -> None:
        found = read_menu(text)
        assert all(one.name and one.unit and one.price >= 0 for one in found.goods)

    def test_a_menu_is_kept_exactly(self) -> None:
        assert goods_of(rows_of(GOODS)) == GOODS


class TestStreaming:
    """Message by message."""

    def test_a_line_knows_how_it_grew(self) -> None:
        (found,) = read_orders(
            MENU, [Said("a", "王姐", "牛奶2箱"), Said("b", "王姐", "再来3箱"), Said("c", "王姐", "少要4箱")]
        ).lines
        assert (found.n, found.steps) == (1, (("a", Decimal(1)),))

    def test_an_edit_is_a_step_and_later_words_go_on_from_it(self) -> None:
        reader = OrderReader(MENU)
        reader.read(Said("a", "王姐", "牛奶1箱"))
        reader.edit("王姐", "milk", Decimal(4), "冰的", "edit:1")
        reader.read(Said("b", "王姐", "再加一箱"))
        (found,) = reader.ledger().lines
        assert (found.n, found.note, found.sources) == (5, "冰的", ("a", "edit:1", "b"))
        reader.edit("王姐", "milk", Decimal(0), None, "edit:2")
        assert reader.ledger().lines == ()

    def test_a_name_that_was_written_before_it_was_known_is_told(self) -> None:
        reader = OrderReader(MENU)
        reader.read(Said("a", "王姐", "#接龙\n1. 李叔 牛奶1箱"))
        assert reader.named("李叔")
        assert not reader.named("赵敏")
        reader.knows(["赵敏", "王姐"])
        assert not reader.named("王姐")

    def test_another_name_of_somebody_is_them(self) -> None:
        reader = OrderReader(MENU)
        reader.knows(["李叔"])
        reader.also("李大爷", "李叔")
        reader.read(Said("a", "王姐", "#接龙\n1. 李大爷 牛奶1箱\n2. 王姐 苹果1斤"))
        assert [one.sender for one in reader.ledger().lines] == ["李叔", "王姐"]


class TestStock:
    """First come."""

    def test_a_later_part_of_a_line_stands_behind_others(self) -> None:
        lines = [
            Line("a", "milk", Decimal(5), "箱", "", ("1", "3"), (("1", Decimal(2)), ("3", Decimal(3)))),
            Line("b", "milk", Decimal(3), "箱", "", ("2",), (("2", Decimal(3)),)),
        ]
        found = granted(lines, GOODS, {"1": 0, "2": 1, "3": 2})
        assert found == {("a", "milk"): 3, ("b", "milk"): 3}

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), max_size=12), st.integers(0, 30))
    def test_never_more_than_there_is_and_nobody_gets_more_than_they_want(self, said: list[tuple[str, int]], stock: int) -> None:
        goods = (Good("milk", "牛奶", "箱", Decimal(1), stock=Decimal(stock)),)
        reader = OrderReader([Article("milk", "牛奶", "箱", Decimal(1))])
        for number, (who, n) in enumerate(said):
            reader.read(Said(str(number), who, f"再来{n}箱牛奶"))
        lines = reader.ledger().lines
        found = granted(lines, goods, {str(number): number for number in range(len(said))})
        wanted = sum(one.n for one in lines)
        assert sum(found.values()) == min(wanted, stock)
        assert all(0 <= found[one.sender, one.sku] <= one.n for one in lines)


class TestPeople:
    """Names."""

    def test_two_of_one_name_are_read_under_two(self) -> None:
        people = People({"a": Person("a", "小王"), "b": Person("b", "小王")}, {}).meet("a").meet("b").meet("a")
        assert dict(people.called) == {"a": "小王", "b": "小王(二)"}
        assert people.who() == {"小王": "a", "小王(二)": "b"}

    def test_a_name_that_two_silent_members_share_is_nobodys(self) -> None:
        assert People({"a": Person("a", "小王"), "b": Person("b", "小王"), "c": Person("c", "李叔")}, {}).who() == {"李叔": "c"}


class TestTimes:
    """When something is due."""

    def test_one_new_line_waits_for_the_pace(self) -> None:
        lines = [line("a", "apple", 3)]
        assert not due(campaign(), lines, (), PACE, NOON + timedelta(minutes=2)).confirm
        assert due(campaign(), lines, (), PACE, NOON + timedelta(minutes=3)).confirm
        rested = campaign(confirmed_at=NOON + timedelta(minutes=1))
        assert not due(rested, lines, (), PACE, NOON + timedelta(minutes=3)).confirm

    def test_a_doubt_waits_for_the_pace_and_is_asked_once(self) -> None:
        doubt = Doubt("a", "a", "1", "来点苹果", "要多少？", 1, created_at=NOON)
        assert not due(campaign(), (), [doubt], PACE, NOON + timedelta(minutes=1)).ask
        assert due(campaign(), (), [doubt], PACE, NOON + timedelta(minutes=3)).ask
        asked = Doubt("a", "a", "1", "来点苹果", "要多少？", 1, NOON, created_at=NOON)
        assert not due(campaign(), (), [asked], PACE, NOON + timedelta(minutes=9)).ask

    def test_before_the_end_the_open_questions_come_once_more(self) -> None:
        asked = Doubt("a", "a", "1", "来点苹果", "要多少？", 1, NOON, created_at=NOON)
        found = due(campaign(deadline=NOON + timedelta(hours=2)), (), [asked], PACE, NOON + timedelta(minutes=91))
        assert found.remind
        assert found.ask == (asked,)


class TestWords:
    """What is told."""

    def test_sums_missing_and_lists(self) -> None:
        lines = [line("王姐", "apple", 2.5, note="要脆的"), line("李叔", "milk", 8, 6, place=1)]
        sheet = Sheet(campaign(terms={"minimum_amount": "1000", "minimum_n": 3}), lines)
        assert telling.totals(sheet) == "苹果2.5斤、牛奶6箱，共418元"
        assert telling.standing(sheet) == "还差582元成团"
        assert telling.whole_list(sheet) == ["1. 王姐 苹果2.5斤（要脆的）", "2. 李叔 牛奶6箱"]
        assert telling.standing(Sheet(campaign(), lines)) == ""
        assert terms_of({"minimum_n": "x", "confirm_every": -1}).confirm_every is None

    def test_times_as_people_say_them(self) -> None:
        assert telling.clock(NOON + timedelta(minutes=30), NOON) == "12:30"
        assert telling.clock(NOON + timedelta(days=1), NOON) == "明天 12:00"
        assert telling.left(NOON + timedelta(minutes=30), NOON) == "30 分钟"
        assert telling.left(NOON + timedelta(hours=3), NOON) == "3 小时"

    @given(st.lists(st.text("一二三\n", min_size=1, max_size=40), max_size=20))
    def test_a_long_list_is_broken_between_rows(self, told: list[str]) -> None:
        found = telling.parts(told, 60)
        assert "\n".join(found) == "\n".join(told)
        assert all(len(one) <= 60 for one in found)


class TestExcel:
    """The file."""

    def test_sums_are_formulas_with_their_values_and_names_are_never_formulas(self) -> None:
        lines = [
            line("=1+1", "apple", 2.5, note="@SUM(A1)"), line("王姐", "milk", 8, 6, place=1), line("王姐", "apple", 1, place=2),
        ]  # fmt: skip
        doubts = [
            Doubt("b", "-李叔", "9", "+来点苹果", "要多少斤？", 1, NOON),
            Doubt("c", "c", "8", "x", "y", 2, settled_at=NOON),
        ]
        made = workbook(Sheet(campaign(), lines), doubts, ZoneInfo("Asia/Shanghai"))
        book, seen = load_workbook(io.BytesIO(made)), load_workbook(io.BytesIO(made), data_only=True)
        assert book.sheetnames == ["明细", "汇总", "待确认"]
        page = book["明细"]
        assert [page["A2"].value, page["A2"].data_type, page["A2"].quotePrefix] == ["=1+1", "s", True]
        assert page["G2"].data_type == "s"
        assert page["F2"].value == "=C2*E2"
        values = [[cell.value for cell in row] for row in seen["明细"].iter_rows()]
        assert values[1][:6] == ["=1+1", "苹果", 2.5, "斤", 8.8, 22]
        assert values[2][2:8] == [6, "箱", 66, 396, "要8箱，库存不够", 404.8]
        assert values[4][5] == 426.8
        sums = [[cell.value for cell in row] for row in seen["汇总"].iter_rows()]
        assert sums[1][:5] == ["苹果", "斤", 3.5, 8.8, 30.8]
        assert sums[2] == ["牛奶", "箱", 6, 66, 396, 6, 8]
        assert sums[3][4] == 426.8
        assert book["汇总"]["C2"].value.startswith("=SUMIF(")
        open_ = [[cell.value for cell in row] for row in seen["待确认"].iter_rows()]
        assert open_[1] == ["-李叔", "+来点苹果", "要多少斤？", "2026-11-22 20:00"]
        assert len(open_) == 2

    def test_an_empty_ledger_and_odd_characters_make_a_file_too(self) -> None:
        made = workbook(Sheet(campaign(), [line("王\x08姐", "apple", 1)]), (), ZoneInfo("Asia/Shanghai"))
        assert load_workbook(io.BytesIO(made))["明细"]["A2"].value == "王姐"
        assert load_workbook(io.BytesIO(workbook(Sheet(campaign(menu=[]), ()), (), ZoneInfo("Asia/Shanghai")))).sheetnames
