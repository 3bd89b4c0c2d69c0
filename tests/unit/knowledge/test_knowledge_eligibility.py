"""Who may be told what, and when."""

import hashlib
from datetime import date

import pytest
from knowledge_worlds import NOBODY, NOON, Letters, an_entry, day, for_whom, on

from knowledge import Asker, Audience, Entry, Library
from knowledge.eligibility import eligible, fits, holds
from knowledge.schema import EntryText

OILY = {"skin_type": frozenset({"油性"})}


@pytest.mark.parametrize(
    ("audience", "asker", "told"),
    [
        (Audience(), NOBODY, True),
        (Audience(), Asker(channel="web", level="gold"), True),
        (for_whom(levels=["gold"]), NOBODY, False),
        (for_whom(levels=["gold"]), Asker(level="gold"), True),
        (for_whom(levels=["gold"]), Asker(level="black"), False),
        (for_whom(levels=["gold", "black"]), Asker(level="black"), True),
        (for_whom(channels=["wecom_kf"]), Asker(channel="web"), False),
        (for_whom(channels=["wecom_kf"]), Asker(channel="wecom_kf", group=True), True),
        (for_whom(stores=["sh-xuhui"]), Asker(store="sh-xuhui"), True),
        (for_whom(stores=["sh-xuhui"]), NOBODY, False),
        (for_whom(tags={"skin_type": ["敏感性"]}), Asker(tags=OILY), False),
        (for_whom(tags={"skin_type": ["敏感性", "油性"]}), Asker(tags=OILY), True),
        (for_whom(tags={"skin_type": ["油性"], "concern": ["祛痘"]}), Asker(tags=OILY), False),
        (for_whom(levels=["gold"], stores=["sh-xuhui"]), Asker(level="gold"), False),
        (for_whom(levels=["gold"], stores=["sh-xuhui"]), Asker(level="gold", store="sh-xuhui"), True),
    ],
)
def test_every_condition_must_fit_and_what_is_unknown_fits_none(audience: Audience, asker: Asker, told: bool) -> None:
    assert fits(audience, asker) is told


@pytest.mark.parametrize(
    ("today", "there"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-06-18", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_first_and_last_day_of_a_window_both_count(today: str, there: bool) -> None:
    entry = an_entry("a", valid_from=day("2026-01-01"), valid_until=day("2026-12-31"))
    assert holds(entry, day(today)) is there


@pytest.mark.parametrize(("begins", "ends"), [(None, date(2026, 1, 1)), (date(2026, 1, 1), None), (None, None)])
def test_a_window_may_be_open_at_either_end(begins: date | None, ends: date | None) -> None:
    assert holds(an_entry("a", valid_from=begins, valid_until=ends), date(2026, 1, 1))


def test_a_private_entry_is_found_in_a_group_because_the_hall_moves_it() -> None:
    assert eligible(an_entry("a", private=True), Asker(group=True), NOON.date())


def _library(*entries: Entry) -> Library:
    return Library.build(entries, Letters(), normalize=str.casefold)


def test_an_entry_ends_with_its_last_minute_in_the_brands_zone() -> None:
    library = _library(an_entry("sale", "双十一怎么减", valid_until=day("2026-11-11")), an_entry("other", "几点关门"))
    last = library.ask("双十一怎么减", NOBODY, on(2026, 11, 11, 23, 59)).entry
    assert last is not None
    assert last.id == "sale"
    assert library.ask("双十一怎么减", NOBODY, on(2026, 11, 12, 0, 0)).entry is None


def test_what_an_asker_may_not_know_is_not_even_among_the_hits() -> None:
    library = _library(an_entry("gold", "金卡退货多少天", audience=for_whom(levels=["gold"])), an_entry("all", "几点关门"))
    assert [hit.entry for hit in library.ask("金卡退货多少天", NOBODY, NOON).hits] == ["all"]


def test_nothing_eligible_is_a_result_and_no_error() -> None:
    answer = _library(an_entry("gold", audience=for_whom(levels=["gold"]))).ask("gold是什么", NOBODY, NOON)
    assert (answer.entry, answer.confidence, answer.hits, answer.close) == (None, 0.0, (), ())


GENERAL = an_entry("all", "多久内可以退货", "不喜欢能退吗")
GOLD = an_entry("gold", "多久内可以退货", "金卡退货久一点吗", audience=for_whom(levels=["gold"]))
GOLD_XUHUI = an_entry("gold-xuhui", "多久内可以退货", audience=for_whom(levels=["gold"], stores=["sh-xuhui"]))
HOLIDAY = an_entry("holiday", "多久内可以退货", valid_from=day("2027-01-20"), valid_until=day("2027-02-20"))


@pytest.mark.parametrize(
    ("query", "asker", "at", "expected"),
    [
        ("多久内可以退货", NOBODY, NOON, "all"),
        ("多久内可以退货", Asker(level="gold"), NOON, "gold"),
        ("多久内可以退货", Asker(level="gold", store="sh-xuhui"), NOON, "gold-xuhui"),
        ("多久内可以退货", Asker(store="sh-xuhui"), NOON, "all"),
        ("不喜欢能退吗", Asker(level="gold"), NOON, "gold"),
        ("多久内可以退货", NOBODY, on(2027, 2, 1), "holiday"),
        ("多久内可以退货", Asker(level="gold"), on(2027, 2, 1), "gold"),
    ],
)
def test_of_several_that_fit_the_most_specific_wins(query: str, asker: Asker, at: object, expected: str) -> None:
    answer = _library(GENERAL, GOLD, GOLD_XUHUI, HOLIDAY).ask(query, asker, at)  # type: ignore[arg-type]
    assert answer.entry is not None
    assert answer.entry.id == expected
    assert answer.hits[0].entry == expected


def test_an_entry_of_a_region_is_told_there_and_one_of_a_guide_only_to_that_guide() -> None:
    def told(scope: dict[str, str], asker: Asker) -> bool:
        entry = EntryText.model_validate({"id": "a", "questions": ["问"], "answer": "答", "source": "册", "scope": scope})
        return eligible(entry.value(), asker, date(2026, 11, 22))

    assert told({"level": "区域", "of": "华东"}, Asker(store="s1", areas=frozenset({"华东", "上海"})))
    assert not told({"level": "区域", "of": "华东"}, Asker(store="s2", areas=frozenset({"华南"})))
    assert told({"level": "店", "of": "s1"}, Asker(store="s1"))
    assert not told({"level": "店", "of": "s1"}, Asker())
    assert told({"level": "个人", "of": "g1"}, Asker(guide="g1"))
    assert not told({"level": "个人", "of": "g1"}, Asker(guide="g2"))
    assert not told({"level": "个人", "of": "g1"}, Asker())
    assert told({"level": "总部"}, Asker())


def test_an_entry_without_a_scope_keeps_its_version() -> None:
    value = {"id": "a", "questions": ["问"], "answer": "答", "source": "册"}
    plain, scoped = EntryText.model_validate(value), EntryText.model_validate({**value, "scope": {"level": "店", "of": "s1"}})
    before = hashlib.blake2b(plain.model_dump_json(exclude={"scope"}).encode(), digest_size=6).hexdigest()
    assert plain.value().version == before
    assert scoped.value().version != before
