"""What ops may write about time, place, experiments and attachments, and what is refused with a reason that helps."""

import pytest
from pydantic import ValidationError

from scripts import Attachment, Experiment, Goods, Scope, ScriptFile, attachment_faults, disagreements, scope_faults, script

_OFFERED = {"price": frozenset({"价格"}), "greet": frozenset[str]()}
_ALWAYS = frozenset({"称呼"})
_LINK = {"kind": "link", "title": "活动", "url": "https://x.example/a"}


def a_file(id: str = "greet", *variants: object, **more: object) -> ScriptFile:  # noqa: A002
    told = [one if isinstance(one, dict) else {"text": one} for one in variants or ("在",)]
    return ScriptFile.model_validate({"id": id, "family": "招呼语", "variants": told, **more})


def reasons(*files: ScriptFile) -> list[tuple[tuple[str | int, ...], str]]:
    placed = [(f"{n}.yml", file) for n, file in enumerate(files)]
    return [(where, why) for _, where, why in disagreements(placed, _OFFERED, _ALWAYS)]


def test_every_new_key_reaches_the_script() -> None:
    file = a_file(
        "greet-xh",
        {
            "text": "在", "id": "short", "first": True, "from": "2026-12-01", "until": "2026-12-31", "days": "mon-fri",
            "hours": "22:00-02:00", "arm": "A", "audience": {"regions": ["华东"]},
            "attachments": [_LINK, {"kind": "product", "sku": "p1"}, {"kind": "coupon"}],
        },
        scope={"level": "店", "of": "sh"}, extends="greet", experiment={"id": "e", "arms": {"B": 1, "A": 2}},
    )  # fmt: skip
    found = script(file)
    assert (found.scope, found.extends, found.experiment) == (
        Scope("店", "sh"),
        "greet",
        Experiment("e", (("A", 2.0), ("B", 1.0))),
    )
    (one,) = found.variants
    assert (one.id, one.first, one.arm, set(one.regions), one.window.hours) == ("short", True, "A", {"华东"}, (1320, 120))
    assert one.conditions == 5
    link = Attachment("link", title="活动", url="https://x.example/a")
    assert one.attachments == (link, Attachment("product", sku="p1"), Attachment("coupon"))


@pytest.mark.parametrize(
    ("attachment", "why"),
    [
        ({"kind": "video", "url": "https://x.example"}, "kind"),
        ({"kind": "image"}, "少了 url"),
        ({"kind": "image", "url": "x.example"}, "url"),
        ({"kind": "link", "title": "活动"}, "少了 url"),
        ({"kind": "mini_program", "title": "商城", "appid": "wx12"}, "少了 path"),
        ({"kind": "mini_program", "title": "商城", "appid": "商城", "path": "a"}, "wx 开头"),
        ({"kind": "product"}, "少了 sku"),
        ({"kind": "product", "sku": "p1", "title": "面霜"}, "用不上 title"),
        ({"kind": "coupon", "id": "c1", "store": "sh"}, "只写一样"),
        ({"kind": "link", "titel": "活动"}, "titel"),
    ],
)
def test_an_attachment_says_what_it_lacks_and_what_it_has_no_use_for(attachment: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        a_file("greet", {"text": "在", "attachments": [attachment]})


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"scope": {"level": "店"}}, "门店编号"),
        ({"scope": {"level": "总部", "of": "sh"}}, "不用写 of"),
        ({"scope": {"level": "分店", "of": "sh"}}, "level"),
        ({"experiment": {"id": "e", "arms": {"A": 1}}}, "两组"),
        ({"experiment": {"id": "e", "arms": {"A": 1, "B": 0}}}, "arms"),
        ({"experiment": {"id": "e", "arms": {"A": 1, "B": 1}, "from": "2026-12-02", "until": "2026-12-01"}}, "不能早于"),
        ({"extends": "打招呼"}, "extends"),
    ],
)
def test_a_scope_and_an_experiment_are_whole_or_refused(more: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        a_file(**more)  # type: ignore[arg-type]


def test_arms_and_wordings_name_each_other() -> None:
    split = {"id": "e", "arms": {"A": 1, "B": 1}}
    assert reasons(a_file("greet", {"text": "一", "arm": "A"}, {"text": "二", "arm": "B"}, "三", experiment=split)) == []
    [lone] = reasons(a_file("greet", {"text": "一", "arm": "A"}))
    assert lone[0] == ("variants", 0, "arm")
    wrong, empty = reasons(a_file("greet", {"text": "一", "arm": "A"}, {"text": "二", "arm": "C"}, experiment=split))
    assert wrong[0] == ("variants", 1, "arm")
    assert "A、B" in wrong[1]
    assert empty[0] == ("experiment", "arms", "B")


def test_one_experiment_in_two_scripts_is_split_the_same_way_in_both() -> None:
    both = {"text": "一", "arm": "A"}, {"text": "二", "arm": "B"}
    one = a_file("greet", *both, experiment={"id": "e", "arms": {"A": 1, "B": 1}})
    same = a_file("price", *both, experiment={"id": "e", "arms": {"B": 1, "A": 1}})
    other = a_file("price", *both, experiment={"id": "e", "arms": {"A": 1, "B": 2}})
    assert reasons(one, same) == []
    [found] = reasons(one, other)
    assert "0.yml" in found[1]


def test_what_extends_a_script_may_use_its_facts_and_must_name_one_that_is_there() -> None:
    assert reasons(a_file("price-sh", "{价格}", extends="price")) == []
    assert len(reasons(a_file("price-sh", "{价格}"))) == 1
    [nothing] = reasons(a_file("a", extends="nothing"))
    assert "nothing" in nothing[1]
    [itself] = reasons(a_file("greet", extends="greet"))
    assert itself[0] == ("extends",)
    [chained] = reasons(a_file("a", extends="greet"), a_file("b", extends="a"))
    assert "greet" in chained[1]


def test_two_wordings_of_one_id_are_told() -> None:
    [found] = reasons(a_file("greet", {"text": "一", "id": "x"}, {"text": "二", "id": "x"}))
    assert found[0] == ("variants", 1, "id")


def test_scopes_and_regions_that_are_not_there_are_told_with_those_that_are() -> None:
    files = [
        ("a.yml", a_file("a", scope={"level": "店", "of": "gz"})),
        ("b.yml", a_file("b", scope={"level": "区域", "of": "上海"})),
        ("c.yml", a_file("c", scope={"level": "个人", "of": "g9"})),
        ("d.yml", a_file("d", {"text": "在", "audience": {"regions": ["华东", "华南"]}})),
    ]
    found = list(scope_faults(files, {"sh"}, {"华东", "上海"}, {"g1"}))
    assert [(file, where) for file, where, _ in found] == [
        ("a.yml", ("scope", "of")),
        ("c.yml", ("scope", "of")),
        ("d.yml", ("variants", 0, "audience", "regions", 1)),
    ]
    assert "sh" in found[0][2]
    assert list(scope_faults(files, None, (), ())) == [], "without a file of stores nothing is known"


def test_attachments_that_name_nothing_are_told() -> None:
    attachments = [
        {"kind": "product", "sku": "p1"}, {"kind": "product", "sku": "p9"}, {"kind": "coupon", "id": "c1"},
        {"kind": "coupon", "id": "c9"}, {"kind": "coupon", "store": "gz"},
    ]  # fmt: skip
    files = [("a.yml", a_file("a", {"text": "在", "attachments": attachments}))]
    found = list(attachment_faults(files, Goods({"p1"}, {"sh": "c1", "gz": ""})))
    assert [where[3:] for _, where, _ in found] == [(1, "sku"), (3, "id"), (4, "store")]
    assert list(attachment_faults(files, Goods(None, None))) == []
