"""``daogou check`` on the newer keys of scripts and persona: file, line, key and words that an editor understands."""

import pytest

from bot import content
from bot.aids import Aids
from bot.content import scriptbook
from bot.errors import ContentError, Problem
from scripts import Listener

GUIDES = """
stores:
  - {id: sh, name: 徐汇店, city: 上海, region: 华东, coupon: {id: c1, title: 新人券}}
  - {id: gz, name: 天河店, city: 广州, region: 华南}
guides: [{id: g1, name: 王姐, store: sh}, {id: g2, name: 阿欣, store: gz}]
"""
GREET = """
id: greet
family: 招呼语
variants:
  - {text: 在}
"""


def files(**more: str) -> dict[str, bytes]:
    return {"guides.yml": GUIDES.encode(), **{name: words.encode() for name, words in more.items()}}


def told(script: str) -> Problem:
    with pytest.raises(ContentError) as refused:
        content.read_files(files(**{"scripts/replies/greet.yml": script}))
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        (
            "  - {text: 在, from: 2026-12-09, until: 2026-12-08}",
            "variants › 1 › until",
            "结束的日子不能早于开始的日子 2026-12-09",
        ),
        ("  - {text: 在, hours: 9点到12点}", "variants › 1 › hours", "09:00-12:00"),
        ("  - {text: 在, days: 工作日}", "variants › 1 › days", "看不懂“工作日”"),
        ("  - {text: 在, frist: true}", "variants › 1 › frist", "是不是想写“first”"),
        ("  - {text: 在, audience: {regions: [西北]}}", "variants › 1 › audience › regions › 0", "没有区域“西北”"),
        ("  - {text: 在, attachments: [{kind: video}]}", "variants › 1 › attachments › 0 › kind", "只能是 image、link"),
        ("  - {text: 在, attachments: [{kind: link, title: 活动}]}", "variants › 1 › attachments › 0", "少了 url"),
        ("  - {text: 在, attachments: [{kind: coupon, store: gz}]}", "variants › 1 › attachments › 0 › store", "没有写 coupon"),
        ("  - {text: 在, arm: A}", "variants › 1 › arm", "没有 experiment"),
        ("scope: {level: 店, of: bj}", "scope › of", "没有门店“bj”，guides.yml 里有：gz、sh"),
        ("scope: {level: 店}", "scope", "要写 of：门店编号"),
        ("scope: {level: 门店, of: sh}", "scope › level", "只能是 总部、区域、店、个人"),
        ("extends: nothing", "extends", "没有话术“nothing”"),
    ],
)
def test_each_fault_is_told_at_its_place(line: str, key: str, words: str) -> None:
    problem = told(f"{GREET.rstrip()}\n{line}\n")
    assert (problem.file, problem.line, problem.key) == ("scripts/replies/greet.yml", 6, key)
    assert words in problem.reason


def test_extending_a_script_that_is_written_and_not_valid_is_no_second_fault() -> None:
    broken = "id: mine\nfamily: 招呼语\nvariants: []\n"
    with pytest.raises(ContentError) as refused:
        content.read_files(
            files(
                **{
                    "scripts/replies/mine.yml": broken,
                    "scripts/replies/more.yml": GREET.replace("greet", "more") + "extends: mine\n",
                }
            )
        )
    assert [one.file for one in refused.value.problems] == ["scripts/replies/mine.yml"]


@pytest.mark.parametrize(
    ("persona", "key"),
    [
        ("{voice: {address: 亲爱的}}", "persona › voice › address"),
        ("{voice: {emoji: some}}", "persona › voice › emoji"),
        ("{voice: {endings: [哦]}}", "persona › voice › endings"),
        ("{forbidden: ['  ']}", "persona › forbidden"),
        ("{forbidden: 最}", "persona › forbidden"),
    ],
)
def test_a_persona_that_cannot_be_is_refused(persona: str, key: str) -> None:
    with pytest.raises(ContentError) as refused:
        content.read_files({"brand.yml": f"persona: {persona}\n".encode()})
    assert [problem.key for problem in refused.value.problems] == [key]


def test_the_persona_reaches_the_book() -> None:
    brand = "persona: {voice: {address: 您, emoji: few, ending: 哦}, forbidden: [全网最低]}\n"
    greet = GREET.replace("text: 在", "text: 全网最 低！")
    workspace = content.read_files(files(**{"brand.yml": brand, "scripts/replies/greet.yml": greet}))
    rules = workspace.brand.persona.rules
    assert (rules.address, rules.emoji, rules.endings, rules.forbidden) == ("您", "few", ("哦",), ("全网最低",))
    reply = scriptbook(workspace).render("greet", {}, Listener(), "m")
    assert reply is not None
    assert reply.built_in


def test_a_guide_finds_everybodys_scripts_their_regions_their_stores_and_their_own() -> None:
    written = {
        name: f"id: {name}\nfamily: 资讯分享\n{scope}variants: [{{text: 资料}}]\n"
        for name, scope in (
            ("all", ""),
            ("east", "scope: {level: 区域, of: 华东}\n"),
            ("canton", "scope: {level: 区域, of: 广州}\n"),
            ("shop", "scope: {level: 店, of: sh}\n"),
            ("mine", "scope: {level: 个人, of: g1}\nextends: greet\n"),
            ("hers", "scope: {level: 个人, of: g2}\n"),
            ("said", "scope: {level: 店, of: sh}\nextends: greet\n"),
        )
    }
    aids = Aids(content.read_files(files(**{f"scripts/replies/{name}.yml": words for name, words in written.items()})))
    found = {name for name, one in aids.guides_scripts.items() if aids.theirs(one, ("g1", ("sh",)))}
    assert found == {"all", "east", "shop", "mine"}, "what the assistant says by itself is no material"
    assert {name for name, one in aids.guides_scripts.items() if aids.theirs(one, (None, ()))} == {"all"}
    assert {name for name, one in aids.guides_scripts.items() if aids.theirs(one, (None, None))} == {
        "all",
        "east",
        "canton",
        "shop",
    }
