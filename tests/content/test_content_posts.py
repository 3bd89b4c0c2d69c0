"""Posts as content: read, refused with every fault in Chinese, kept byte for byte; codes and coupons of groups likewise."""

from pathlib import Path

import pytest
from content_workspaces import GUIDES, faults, files, problems

from bot import content
from bot.db import releases

POSTS = """
- {id: daily, at: "10:00", days: mon-fri, text: "早上好，{品牌名}的群友们", links: [{title: 领券, url: "https://x.example/c"}]}
- {id: dd, at: 19:30, days: [2026-12-12], script: thank, groups: {stores: [sh-xuhui], names: [一群]}}
"""


def test_posts_are_read_and_an_hour_without_quotes_is_meant_as_written() -> None:
    found = content.read_files(files(scripts__posts__a_yml=POSTS, guides_yml=GUIDES)).posts
    assert [(one.id, one.at.hour, one.at.minute) for one in found] == [("daily", 10, 0), ("dd", 19, 30)]
    assert found[0].cards[0].url == "https://x.example/c"
    assert (found[1].stores, found[1].rooms) == ({"sh-xuhui"}, {"一群"})


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('{id: a, at: "22:30", text: 晚安}', "at", "安静时段 22:00-08:00"),
        ('{id: a, at: "25:00", text: 好}', "at", "24 小时制"),
        ("{id: a, at: morning, text: 好}", "at", "24 小时制"),
        ('{id: a, at: "10:00", days: workdays, text: 好}', "days", "看不懂“workdays”"),
        ('{id: a, at: "10:00", days: [2026-12-12], until: 2026-12-01, text: 好}', "days", "永远不会发"),
        ('{id: a, at: "10:00", from: 2026-12-02, until: 2026-12-01, text: 好}', "until", "不能早于"),
        ('{id: a, at: "10:00"}', "0", "也只能写一样"),
        ('{id: a, at: "10:00", text: 好, script: thank}', "script", "也只能写一样"),
        ('{id: a, at: "10:00", script: no_such}', "script", "没有话术“no_such”"),
        ('{id: a, at: "10:00", script: price}', "script", "没有话术“price”"),
        ('{id: a, at: "10:00", text: "好{称呼"}', "text", "花括号"),
        ('{id: a, at: "10:00", text: "{价格}元"}', "text", "没有变量 价格"),
        ('{id: a, at: "10:00", text: 好, groups: {stores: [nowhere]}}', "groups › stores › 0", "没有门店“nowhere”"),
        ('{id: a, at: "10:00", text: 好, when: now}', "when", "没有“when”这一项"),
        ('{id: a, at: "10:00", text: 好, cards: [{title: x, url: "ftp://x"}]}', "cards › 0 › url", "网址"),
        ('{id: A b, at: "10:00", text: 好}', "id", "小写字母"),
    ],
)
def test_what_cannot_be_posted_is_refused_in_words(line: str, key: str, words: str) -> None:
    found = faults(scripts__posts__a_yml=f"- {line}\n", guides_yml=GUIDES)
    assert [(one[0], one[1]) for one in found] == [("scripts/posts/a.yml", 1)]
    assert found[0][2].endswith(key)
    assert words in found[0][3]


def test_every_fault_of_every_post_is_told_at_once() -> None:
    found = faults(
        scripts__posts__a_yml='- {id: a, at: "23:00", script: no_such}\n- {id: b, at: x, days: y, text: 好}\n',
        scripts__posts__b_yml='- {id: a, at: "10:00", text: 好}\n',
    )
    assert len(found) == 5
    assert any("重复" in one[3] for one in found)


def test_words_that_the_law_forbids_are_pointed_out_in_posts() -> None:
    told = content.read_files(files(scripts__posts__a_yml='- {id: a, at: "10:00", text: 全网最低价，销量第一}\n'))
    assert any("广告法" in one.reason for one in told.warnings)


def test_a_file_with_the_wrong_ending_is_told() -> None:
    assert content.kind_of("scripts/posts/a.yml") == "posts"
    assert content.kind_of("scripts/posts/a.yaml") is None


async def test_posts_come_back_from_a_release_as_they_were(engine: object, tmp_path: Path) -> None:
    told = files(scripts__posts__a_yml=POSTS, guides_yml=GUIDES)
    await releases.import_release(engine, content.read_files(told), "ops")  # type: ignore[arg-type]
    release, _ = await releases.live(engine)  # type: ignore[arg-type,misc]
    assert await releases.load(engine, release) == told  # type: ignore[arg-type]
    await releases.export(engine, tmp_path, {}, release)  # type: ignore[arg-type]
    assert content.read_folder(tmp_path).files == told


CODES = "groups: {welcomes: [%s]}"


@pytest.mark.parametrize(
    ("codes", "key", "words"),
    [
        ("{state: a, store: nowhere}", "groups › welcomes › 0 › store", "没有门店“nowhere”"),
        ("{state: a, script: no_such}", "groups › welcomes › 0 › script", "没有话术“no_such”"),
        ("{state: a}, {state: a}", "groups › welcomes › 1 › state", "重复"),
        ("{state: ''}", "groups › welcomes › 0 › state", "不能是空的"),
    ],
)
def test_codes_of_groups_are_checked_against_stores_and_scripts(codes: str, key: str, words: str) -> None:
    (found,) = problems(files(brand_yml=CODES % codes, guides_yml=GUIDES))
    assert (found.file, found.key) == ("brand.yml", key)
    assert words in found.reason


def test_a_script_that_a_code_names_may_use_the_facts_of_newcomers_and_others_may_not() -> None:
    words = "id: mine\nfamily: 招呼语\nvariants: [{text: '欢迎{新人}来{门店名}，{导购名}在'}]\n"
    assert not faults(brand_yml=CODES % "{state: a, script: mine}", scripts__replies__mine_yml=words)
    assert faults(scripts__replies__mine_yml=words)
