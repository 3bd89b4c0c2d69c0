"""Which tags of WeCom say something to us, and which of ours may stand on theirs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import labels
from bot.channels.wecom.tags import Contact, Follower, Tag
from bot.labels import Change
from bot.model import Evidence
from recommender import TagKind, TagsFile

NOW = datetime(2026, 5, 20, tzinfo=UTC)
KINDS = {
    one.name: one
    for one in (
        TagKind("skin_type", ("干性", "油性", "敏感性"), exclusive=True, half_life_days=365),
        TagKind("concern", ("补水", "抗老"), half_life_days=60),
        TagKind("audience", ("孕妇", "男士", "酒精过敏")),
        TagKind("age_stage", ("0-6月",), exclusive=True, hard=True),
        TagKind("scent", ("茶香",), wecom="香调"),
    )
}
CORP = {
    ("肤质", "干性"): "dry",
    ("肤质", "油性"): "oily",
    ("肤质", "红色"): "red",
    ("concern", "补水"): "water",
    ("香调", "茶香"): "tea",
}


def tag(id_: str, group: str, name: str, type_: int = 1) -> Tag:
    return Tag(id_, group, name, type_)


def contact(*tags: Tag, user: str = "lin") -> Contact:
    return Contact("王女士", "ox1", (Follower(user, tags),))


def said(kind: str, value: str, sure: float = 0.9, source: str = "inbox:1", days: int = 0) -> Evidence:
    return Evidence(kind, value, sure, NOW - timedelta(days=days), source)


def test_a_group_is_a_kind_by_its_name_its_chinese_name_or_the_one_ops_wrote() -> None:
    there = contact(
        tag("dry", "肤质", "干性"),
        tag("w", "concern", "补水"),
        tag("tea", "香调", "茶香"),
        tag("x", "scent", "茶香"),
        tag("y", "肤质", "紫色"),
        tag("z", "等级", "金卡"),
        tag("", "肤质", "油性", 2),
    )
    assert [(e.tag, e.value, e.confidence, e.source) for e in labels.heard(there, {}, KINDS, NOW)] == [
        ("skin_type", "干性", 0.9, "wecom:dry"),
        ("concern", "补水", 0.9, "wecom:w"),
        ("scent", "茶香", 0.9, "wecom:tea"),
        ("skin_type", "油性", 0.7, "wecom:lin/肤质/油性"),
    ]


def test_ops_write_the_groups_name_into_tags_yml() -> None:
    (kind,) = TagsFile.model_validate({"tags": {"scent": {"values": ["茶香"], "wecom": "香调"}}}).kinds()
    assert labels.groups(kind) == ("香调",)
    assert labels.groups(TagKind("skin_type")) == ("肤质", "skin_type")


def test_what_we_put_there_ourselves_is_no_evidence_but_what_a_colleague_put_there_is() -> None:
    tags = (tag("dry", "肤质", "干性"),)
    marks = {"lin": {"dry": "ours"}}
    assert labels.heard(contact(*tags), marks, KINDS, NOW) == ()
    both = replace(contact(*tags), followers=(Follower("lin", tags), Follower("zhou", tags)))
    assert [e.source for e in labels.heard(both, marks, KINDS, NOW)] == ["wecom:dry"]


def test_only_what_the_shopper_plainly_said_and_what_is_nobodys_health_goes_back() -> None:
    evidence = (
        said("skin_type", "干性"),
        said("concern", "补水", 0.4),
        said("concern", "抗老", 0.9, "event:4"),
        said("audience", "男士"),
        said("audience", "酒精过敏"),
        said("age_stage", "0-6月"),
        said("unknown", "什么"),
        said("scent", "茶香", 0.9, "wecom:tea"),
    )
    assert labels.believed(evidence, KINDS, NOW) == {("skin_type", "干性")}
    assert labels.believed([said("skin_type", "敏感性")], KINDS, NOW) == frozenset()


def test_what_faded_or_what_a_guide_knows_better_does_not_go_back() -> None:
    assert labels.believed([said("concern", "补水", days=60)], KINDS, NOW) == frozenset()
    told = (said("skin_type", "干性", days=3), said("skin_type", "油性", source="wecom:oily"))
    assert labels.believed(told, KINDS, NOW) == frozenset()


def test_tags_that_the_enterprise_has_not_are_not_put_on() -> None:
    beliefs = {("skin_type", "干性"), ("concern", "抗老")}
    assert labels.changes(contact(), {}, beliefs, KINDS, CORP) == (Change("lin", frozenset({"dry"})),)


def test_an_exclusive_value_pushes_out_the_others_of_its_kind_only() -> None:
    there = contact(tag("oily", "肤质", "油性"), tag("red", "肤质", "红色"), tag("water", "concern", "补水"))
    assert labels.changes(there, {}, {("skin_type", "干性")}, KINDS, CORP) == (
        Change("lin", frozenset({"dry"}), frozenset({"oily"})),
    )


def test_what_a_person_took_off_is_not_put_on_again_and_what_they_put_back_is_theirs() -> None:
    marks = labels.confirmed({"lin": {"dry": "ours"}}, contact())
    assert marks == {"lin": {"dry": "off"}}
    assert labels.changes(contact(), marks, {("skin_type", "干性")}, KINDS, CORP) == ()
    assert labels.wished(marks, (), KINDS, CORP) == {}
    assert labels.confirmed(marks, contact(tag("dry", "肤质", "干性"))) == {}


def test_what_was_begun_and_did_not_happen_is_begun_again() -> None:
    marks = labels.confirmed(
        {"lin": {"dry": "doing", "tea": "doing"}, "left": {"dry": "ours"}}, contact(tag("tea", "香调", "茶香"))
    )
    assert marks == {"lin": {"tea": "ours"}}
    (change,) = labels.changes(contact(), marks, {("skin_type", "干性")}, KINDS, CORP)
    assert change.add == {"dry"}


def test_whoever_wants_nothing_remembered_is_believed_by_their_last_word() -> None:
    off = Evidence("memory", "off", 1, NOW, "inbox:1")
    assert labels.forgets([off])
    assert not labels.forgets([off, replace(off, retracted=True)])
    assert not labels.forgets([])


_IDS = st.frozensets(st.sampled_from(sorted(CORP.values())))
_BELIEFS = st.frozensets(
    st.sampled_from([("skin_type", "干性"), ("skin_type", "油性"), ("concern", "补水"), ("scent", "茶香")])
).filter(lambda held: sum(kind == "skin_type" for kind, _ in held) < 2)
_MARKS = st.dictionaries(st.sampled_from(sorted(CORP.values())), st.sampled_from(["doing", "ours", "off"]))


@given(there=_IDS, beliefs=_BELIEFS, marks=_MARKS)
def test_once_is_enough_and_nothing_but_ours_and_rivals_is_taken_off(
    there: frozenset[str], beliefs: frozenset[tuple[str, str]], marks: dict[str, labels.Mark]
) -> None:
    names = {id_: place for place, id_ in CORP.items()}

    def seen(ids: frozenset[str]) -> Contact:
        return contact(*(tag(one, *names[one]) for one in sorted(ids)))

    before = labels.wished(labels.confirmed({"lin": marks}, seen(there)), beliefs, KINDS, CORP)
    done = labels.changes(seen(there), before, beliefs, KINDS, CORP)
    now, after = there, before
    for change in done:
        now, after = (now | change.add) - change.remove, labels.after(after, change, "ours")
        own = {one for one, mark in before.get("lin", {}).items() if mark == "ours"}
        assert change.remove <= own | {"dry", "oily"}
        assert not change.add & change.remove
    settled = labels.confirmed(after, seen(now))
    assert settled == after
    assert labels.changes(seen(now), settled, beliefs, KINDS, CORP) == ()
