"""Messages through a live and a draft content: what is shared, what is seen, and that nothing is lost by not playing it twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bot_rooms import KINDS, NOON, Letters, a_product, services

from bot.db.recorded import Profile, Recorded
from bot.handlers.wording import BUILT_IN
from bot.model import Evidence
from bot.replaying import Pair, replayed
from bot.replaying.rooms import other_scripts, sides
from bot.replaying.walking import Walk, works
from bot.services import Services
from intents import normalize
from knowledge import Audience, Entry, EntryId, Library
from recommender import Recommender
from scripts import Script, Scriptbook, Variant

TALKS = (
    ("能退吗", "包邮吗", "谢谢"),
    ("你好",),
    ("推荐一款面霜", "怀孕能用吗", "多少钱"),
    ("收到是坏的", "在吗"),
    ("写首诗", "随便说说"),
    ("转人工", "能退吗"),
)


def recorded() -> tuple[Recorded, ...]:
    """The talks, message by message."""
    return tuple(
        Recorded(f"{n}.{at}", talk[max(0, at - 3) : at + 1], channel="wecom_kf", talk=str(n))
        for n, talk in enumerate(TALKS)
        for at in range(len(talk))
    )


def saying(script: str, *texts: str) -> Services:
    """The shop with other words of one script."""
    changed = Script(script, "咨询问答", tuple(Variant(text) for text in texts))
    return replace(services(), book=Scriptbook.build([*BUILT_IN, changed]))


def knowing(*entries: Entry) -> Services:
    """The shop with other entries."""
    kept = [one for one in services().library.entries if one.id not in {entry.id for entry in entries}]
    library = Library.build((*kept, *entries), Letters(), normalize=lambda text: normalize(text).text)
    return replace(services(), library=library)


def groups(draft: Services, said: tuple[Recorded, ...] | None = None, **more: Any) -> list[tuple[str, str, int]]:
    report = replayed(Pair(services(), draft), said or recorded(), NOON, processes=1, **more)
    return [(str(one["kind"]), str(one["severity"]), int(str(one["count"]))) for one in report.groups]


def test_the_same_content_changes_nothing() -> None:
    assert groups(services()) == []
    assert groups(replace(services(), book=Scriptbook.build(BUILT_IN))) == []


def test_other_words_are_seen_wherever_they_are_said() -> None:
    assert groups(saying("greet", "来啦，您讲")) == [("words", "amber", 1)]
    assert groups(saying("nobody_says_this", "从来不说")) == []


def test_a_number_of_an_entry_is_seen_with_both_traces() -> None:
    draft = knowing(Entry(EntryId("returns"), ("不喜欢能退吗", "能退吗"), "签收后三十天内可以退。", "政策"))
    report = replayed(Pair(services(), draft), recorded(), NOON, processes=1)
    (group,) = [one for one in report.groups if one["severity"] == "red"]
    assert (group["kind"], group["from"]) == ("facts", "知识 returns")
    examples = group["examples"]
    assert isinstance(examples, list)
    first = examples[0]
    assert first["said"][-1] == "能退吗"
    assert (first["live"]["said"], first["draft"]["said"]) == (["签收后七天内可以退。"], ["签收后三十天内可以退。"])
    assert first["live"]["trace"]["entry"]["id"] == first["draft"]["trace"]["entry"]["id"] == "returns"


def test_an_entry_that_is_taken_away_loses_answers_and_one_that_shadows_takes_them() -> None:
    rest = [one for one in services().library.entries if one.id != "shipping"]
    gone = replace(services(), library=Library.build(rest, Letters(), normalize=lambda text: normalize(text).text))
    assert {("lost", "red", 1), ("asked", "red", 1)} & set(groups(gone))
    shadow = knowing(
        Entry(EntryId("shipping"), ("运费谁出",), "满99元包邮。", "政策"), Entry(EntryId("gift"), ("包邮吗",), "送小样。", "x")
    )
    assert ("entry", "red", 1) in groups(shadow)


def test_a_rule_that_is_taken_away_shows_as_a_broken_limit() -> None:
    products = tuple(services().recommender.products.values())
    careless = replace(services(), recommender=Recommender.build((*products, a_product("p4", "另一款霜")), KINDS, (), ()))
    said = (Recorded("1", ("推荐一款面霜",), customer=Profile(tags={"audience": ("孕妇",)})),)
    report = replayed(Pair(services(), careless), said, NOON, processes=1)
    assert {("limit", "red")} <= {(one["kind"], one["severity"]) for one in report.groups}


def test_a_draft_that_breaks_the_program_is_told_and_the_others_go_on() -> None:
    class Broken(Library):
        def ask(self, query: str, *_: object) -> Any:
            raise KeyError(query)

    library = object.__new__(Broken)
    library.__dict__.update(vars(services().library))
    found = groups(replace(services(), library=library))
    assert found[0][:2] == ("error", "red")


def test_what_came_before_is_understood() -> None:
    said = (Recorded("1", ("推荐一款面霜", "多少钱")), Recorded("2", ("多少钱",)))
    walk = Walk(Pair(services(), services()), NOON.date())
    walk.through(works(said, services(), NOON))
    assert walk.found.messages == 2
    draft = saying("which_product", "哪一款呀，把名字发我。")
    assert groups(draft, said) == [("words", "amber", 1)]


def test_equal_messages_are_one_piece_of_work_and_all_are_counted() -> None:
    said = tuple(Recorded(f"m{n}", ("你好",), talk=f"t{n % 3}") for n in range(50))
    (work,) = works(said, services(), NOON)
    assert (len(work.ids), len(work.talks)) == (50, 3)
    report = replayed(Pair(services(), saying("greet", "来啦")), said, NOON, processes=1)
    assert (report.messages, report.changed, report.groups[0]["count"], report.groups[0]["talks"]) == (50, 50, 50, 3)


def test_who_asks_decides_and_whoever_is_alike_is_one() -> None:
    fresh = Evidence("skin_type", "敏感性", 0.9, NOON - timedelta(days=1), "")
    said = (
        Recorded("1", ("你好",), customer=Profile(level="gold")),
        Recorded("2", ("你好",), customer=Profile(evidence=(fresh,))),
        Recorded("3", ("你好",), customer=Profile(tags={"skin_type": ("敏感性",)})),
    )
    assert sorted(len(one.ids) for one in works(said, services(), NOON)) == [1, 2]
    gold = Script("greet", "招呼语", (*services().book.script("greet").variants, Variant("金卡您好", levels=frozenset({"gold"}))))
    assert groups(replace(services(), book=Scriptbook.build([*BUILT_IN, gold])), said) == [("words", "amber", 1)]


def test_messages_are_said_today_at_their_own_hour_or_on_their_own_day() -> None:
    night = datetime(2026, 3, 1, 17, 10, tzinfo=UTC)
    said = (Recorded("1", ("你好",), at=night), Recorded("2", ("谢谢",)))
    moments = [one.path.moment for one in works(said, services(), NOON)]
    assert {(one.date(), one.hour) for one in moments} == {(NOON.date(), 1), (NOON.date(), 12)}
    own = [one.path.moment for one in works(said[:1], services(), NOON, own_time=True)]
    assert own == [night]
    late = NOON + timedelta(hours=11)
    (opened,) = works(said[1:], services(), late)
    assert services().brand.opening.open_at(opened.path.moment)


def test_groups_are_replayed_until_nobody_was_faster() -> None:
    said = (Recorded("1", ("包邮吗",), group=True, at_bot=True), Recorded("2", ("包邮吗",), group=True))
    draft = knowing(Entry(EntryId("shipping"), ("包邮吗",), "满199元包邮。", "政策", short="满199包邮。"))
    assert ("facts", "red") in {one[:2] for one in groups(draft, said)}


def test_rooms_that_are_one_are_asked_once() -> None:
    live, draft = sides(services(), saying("greet", "来啦"))
    assert live.services.recognizer is draft.services.recognizer
    assert live.services.library is draft.services.library
    assert other_scripts(services(), saying("greet", "来啦")) == {"greet"}
    asked: list[str] = []

    class Counting(Letters):
        def embed(self, texts: Any) -> Any:
            asked.extend(texts)
            return super().embed(texts)

    library = Library.build(services().library.entries, Counting(), normalize=lambda text: normalize(text).text)
    asked.clear()
    shop = replace(services(), library=library)
    draft_of = replace(shop, book=saying("answer", "{答案}哦").book)
    replayed(Pair(shop, draft_of), (Recorded("1", ("能退吗",)),), NOON, processes=1)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("script", ["greet", "answer", "no_answer", "suggest", "handover", "price"])
def test_not_playing_what_cannot_differ_loses_nothing(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = saying(script, "别的说法{答案|}{商品名|}")
    quick = replayed(Pair(services(), draft), recorded(), NOON, processes=1)
    monkeypatch.setattr("bot.replaying.walking._only_words", lambda _: False)
    whole = replayed(Pair(services(), draft), recorded(), NOON, processes=1)
    assert quick.groups == whole.groups


def test_several_processes_find_the_same_and_tell_how_far_they_are() -> None:
    said = tuple(Recorded(f"{n}", (f"能退吗{n}", "包邮吗"), talk=str(n)) for n in range(230))
    draft = knowing(Entry(EntryId("shipping"), ("包邮吗",), "满199元包邮。", "政策"))
    pair, steps = Pair(services(), draft), list[tuple[int, int]]()
    alone = replayed(pair, said, NOON, processes=1)
    both = replayed(pair, said, NOON, processes=2, told=lambda done, total: steps.append((done, total)))
    assert (both.messages, both.changed, both.groups) == (alone.messages, alone.changed, alone.groups)
    assert steps[0] == (0, 231)
    assert steps[-1][0] == 231


def test_what_nobody_asked_lately_is_asked_in_the_words_of_its_entry() -> None:
    draft = knowing(Entry(EntryId("damage"), ("收到是坏的",), "拍照给我们，30分钟内回复。", "政策", handover=True))
    report = replayed(Pair(services(), draft), (Recorded("1", ("你好",)),), NOON, processes=1)
    (group,) = report.groups
    assert (report.messages, report.changed) == (1, 0)
    assert (group["kind"], group["severity"], group["count"], group["probes"]) == ("facts", "red", 0, 1)
    over = NOON.date() - timedelta(days=1)
    expired = knowing(Entry(EntryId("damage"), ("收到是坏的",), "拍照给我们看看。", "政策", handover=True, valid_until=over))
    (lost,) = replayed(Pair(services(), expired), (), NOON, processes=1).groups
    assert (lost["kind"], lost["severity"]) == ("lost", "red")


def test_an_entry_for_some_is_asked_by_one_of_them() -> None:
    gold = Entry(EntryId("gold"), ("金卡有什么礼物",), "金卡生日送礼。", "政策", audience=Audience(levels=frozenset({"gold"})))
    groups_found = replayed(Pair(knowing(gold), knowing(replace(gold, answer="金卡生日不送礼。"))), (), NOON, processes=1).groups
    assert [(one["kind"], one["severity"], one["probes"]) for one in groups_found] == [("facts", "red", 1)]


def test_a_script_that_nobody_heard_lately_is_looked_at_as_it_is_written() -> None:
    live = saying("handover_after_hours", "现在没有人在，{下次营业|明天}十点回您。")
    draft = saying("handover_after_hours", "现在没有人在，{下次营业|明天}八点回您。")
    (group,) = replayed(Pair(live, draft), (), NOON, processes=1).groups
    assert (group["kind"], group["severity"], group["count"]) == ("facts", "red", 0)
    polite = saying("handover_after_hours", "现在没有人在哦，{下次营业|明天}十点回您。")
    assert [one["severity"] for one in replayed(Pair(live, polite), (), NOON, processes=1).groups] == ["amber"]
