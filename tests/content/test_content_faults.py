"""Every fault is told with file, line, key and a reason that its editor understands; all of them at once."""

from pathlib import Path

import pytest
from content_workspaces import ENTRY, GUIDES, PRODUCTS, faults, files, problems

from bot import content
from bot.errors import ContentError


def test_nothing_at_all_is_a_sound_workspace() -> None:
    workspace = content.read_files({})
    assert workspace.entries == ()
    assert workspace.brand.timezone == "Asia/Shanghai"
    assert len(workspace.training) > 5000, "the program's own sentences serve"


def test_a_misspelt_key_is_named_with_the_one_that_was_meant() -> None:
    (fault,) = faults(brand_yml="name: 花\ntimezon: Asia/Shanghai")
    assert fault[:3] == ("brand.yml", 2, "timezon")
    assert "没有“timezon”这一项，是不是想写“timezone”？" in fault[3]


def test_a_misspelt_key_deep_inside_a_list_is_found_too() -> None:
    text = """
    - id: a
      questions: [退吗]
      answer: 能退。
      source: 手册
      audience: {level: [gold]}
    """
    (fault,) = faults(knowledge__entries__a_yml=text)
    assert fault[:3] == ("knowledge/entries/a.yml", 5, "0 › audience › level")
    assert "是不是想写“levels”" in fault[3]


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("source: ''", "source", "不能是空的"),
        ("source: 12", "source", "要写文字，现在是数字 12，请加引号"),
        ("source: 手册\n  valid_until: 2026-13-40", "valid_until", "日期要写成 2026-01-31 这样，现在是“2026-13-40”"),
        ("source: 手册\n  valid_until: 明年", "valid_until", "日期要写成"),
        ("source: 手册\n  private: 也许", "private", "只能写 true 或 false，现在是“也许”"),
        ("source: 手册\n  related: a", "related", "要写成列表，例如 [一, 二]，现在是“a”"),
        ("source: 手册\n  audience: 金卡", "audience", "要写成“名字: 内容”"),
        ("source: 手册\n  attachments: [{kind: link, title: 退货, url: www.a.cn}]", "attachments › 0 › url", "网址要以 http"),
        ("short: 能", "source", "必须写，现在没有"),
    ],
)
def test_values_that_do_not_fit_are_explained(line: str, key: str, words: str) -> None:
    (fault,) = faults(knowledge__entries__a_yml=f"- id: a\n  questions: [退吗]\n  answer: 能退。\n  {line}\n")
    assert fault[2] == f"0 › {key}"
    assert words in fault[3]


def test_choices_are_listed_and_the_near_one_suggested() -> None:
    (fault,) = faults(brand_yml="mode: personal")
    assert fault == ("brand.yml", 1, "mode", "不能是“personal”，只能是 persona、store，是不是想写“persona”？")


def test_a_key_that_stands_twice_is_refused() -> None:
    (fault,) = faults(brand_yml="name: 花\nlocale: zh-CN\nname: 草")
    assert fault == ("brand.yml", 3, "name", "“name”写了两遍，后面的会盖住前面的")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: 花: 草", 1, "多了一个冒号"),
        ("name: [花, 草", 2, "YAML 写法不对"),
        ("name: '花\n", 2, "引号或括号没有写完"),
        ("name: 花\n\tstyle: 好", 2, "这里有 Tab"),
        ("name: 花\n---\nname: 草", 2, "一个文件只能写一份"),
        ("name: !!python/object:os.system 花", 1, "不能用"),
        ("name: *谁", 1, "文字以 * 开头时要加引号"),
        ("a: &a [*a]", 1, "引用"),
        ("? [一, 二]\n: 花", 1, "名字只能是文字"),
        ("[" * 40, 1, "层数太多"),
    ],
)
def test_broken_yaml_is_told_in_chinese_with_its_line(text: str, line: int, words: str) -> None:
    (fault, *_) = faults(brand_yml=text)
    assert fault[0] == "brand.yml"
    assert fault[1] in {line, line + 1}
    assert words in fault[3]


def test_a_small_file_that_unfolds_into_a_large_one_is_refused() -> None:
    laughs = "a0: &a0 [ha, ha]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert "内容太多" in problems({"brand.yml": laughs.encode()})[0].reason


def test_other_encodings_are_refused_and_a_byte_order_mark_is_not() -> None:
    (problem,) = problems({"brand.yml": "name: 花\nlocale: 中文".encode("gb18030")})
    assert (problem.line, "UTF-8" in problem.reason) == (1, True)
    assert content.read_files({"brand.yml": b"\xef\xbb\xbfname: \xe8\x8a\xb1"}).brand.name == "花"


def test_a_list_file_that_is_no_list_is_told() -> None:
    (fault,) = faults(knowledge__entries__a_yml="id: a")
    assert fault[3] == "要写成列表，每一条以“- ”开头"


def test_intents_that_the_program_does_not_know_are_refused() -> None:
    text = "version: '3.1'\nnlu:\n  - intent: ask_weather\n    examples: |\n      - 今天下雨吗\n"
    (fault,) = faults(intents__training__ask_weather_yml=text)
    assert fault == ("intents/training/ask_weather.yml", 3, "nlu › 0 › intent", "程序里没有这个意图：ask_weather")


def test_a_sentence_in_two_intents_is_found_on_its_own_line() -> None:
    one = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n      - 早上好\n      - {}\n"
    (fault,) = faults(intents__training__a_yml=one.format("greet", "在吗"), intents__training__b_yml=one.format("thank", "谢谢"))
    assert fault[:2] == ("intents/training/b.yml", 5)
    assert "已经是 greet 的例句" in fault[3]


def test_one_spelling_for_two_values_is_refused() -> None:
    (fault,) = faults(intents__spellings__c_yml="category:\n  面霜: [霜]\n  眼霜: [霜]")
    assert fault[:2] == ("intents/spellings/c.yml", 3)
    assert "已经属于“面霜”" in fault[3]


def test_staff_faults() -> None:
    text = """
    stores: [{id: a, name: 甲}]
    guides:
      - {id: g1, name: 王姐, store: a, wecom_userid: wang}
      - {id: g1, name: 李姐, store: b, wecom_userid: wang}
      - {id: g3, name: 周姐, hours: 全天}
    """
    assert {(fault[1], fault[2]) for fault in faults(guides_yml=text)} == {(5, "guides › 2 › hours")}
    sound = text.replace(", hours: 全天", "")
    found = faults(guides_yml=sound)
    assert [(fault[1], fault[2]) for fault in found] == [
        (4, "guides › 1 › id"),
        (4, "guides › 1 › store"),
        (4, "guides › 1 › wecom_userid"),
    ]
    assert "已经是 王姐 的" in found[2][3]


def test_entries_that_contradict_or_dangle() -> None:
    text = ENTRY + "- id: return-window\n  questions: [别的]\n  answer: 好。\n  source: 手册\n  related: [nowhere]\n"
    found = {fault[2]: fault[3] for fault in faults(knowledge__entries__a_yml=text)}
    assert "重复" in found["1 › id"]
    assert "没有这个条目" in found["1 › related › 0"]


def test_what_is_written_wrongly_does_not_make_others_dangle() -> None:
    text = ENTRY.rstrip("\n") + "\n  related: [refund]\n- id: refund\n  questions: []\n  answer: 三天。\n  source: 手册\n"
    (fault,) = faults(knowledge__entries__a_yml=text)
    assert fault[2] == "1 › questions"


def test_stores_and_tags_that_audiences_name_must_exist() -> None:
    found = faults(
        guides_yml=GUIDES,
        recommender__tags_yml="tags: {skin_type: {values: [干性, 油性]}}",
        knowledge__entries__a_yml=ENTRY.rstrip("\n") + "\n  audience: {stores: [bj], tags: {skin: [干性], skin_type: [黑]}}\n",
        scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants:\n  - {text: 在的, audience: {stores: [bj]}}\n",
    )
    assert [(fault[0].rpartition("/")[2], fault[2]) for fault in found] == [
        ("a.yml", "0 › audience › stores › 0"),
        ("a.yml", "0 › audience › tags › skin"),
        ("a.yml", "0 › audience › tags › skin_type › 0"),
        ("greet.yml", "variants › 0 › audience › stores › 0"),
    ]


def test_without_guides_stores_are_nobodys_business() -> None:
    assert faults(knowledge__entries__a_yml=ENTRY.rstrip("\n") + "\n  audience: {stores: [bj]}\n") == []


@pytest.mark.parametrize(
    ("table", "line", "key", "words"),
    [
        (PRODUCTS + "sku-1,霜,,面霜,1,,,,,,,\n", 3, "sku", "重复"),
        (PRODUCTS + "sku-2,霜,,面霜,贵,,,,,,,\n", 3, "price", "要写数字，现在是“贵”"),
        (PRODUCTS + "sku-2,霜,,面霜,1,,,,,,sold,\n", 3, "status", "只能是 active、hidden、ended"),
        (PRODUCTS + "sku-2,霜,,面霜,1,,{坏,,,,,\n", 3, "attributes", "不是合法的 JSON"),
        (PRODUCTS + "sku-2,霜,,面霜\n", 3, "", "这一行有 4 格，表头有 12 格"),
        (PRODUCTS + "sku-2,霜,,面霜,1,,,,,,,2026-02-30\n", 3, "launched", "日期要写成"),
        (PRODUCTS + '"sku-2,霜\n', 3, "", "双引号没有成对"),
        (PRODUCTS.replace("tags", "tag", 1), 1, "tag", "是不是想写“tags”"),
        (PRODUCTS.replace("price", "prices", 1), 1, "price", "表头里缺少这一列"),
        (PRODUCTS.replace("brand", "name", 1), 1, "name", "这一列写了两遍"),
        ("", 1, "", "文件是空的"),
        (PRODUCTS + 'sku-2,"两\n行",,面霜,1,,,,,,,\nsku-2,霜,,面霜,1,,,,,,,\n', 5, "sku", "重复"),
    ],
)
def test_product_tables(table: str, line: int, key: str, words: str) -> None:
    found = [(one.line, one.key, one.reason) for one in problems({"recommender/products.csv": table.encode()})]
    assert any((at, where) == (line, key) and words in why for at, where, why in found), found


def test_products_as_json_lines() -> None:
    good = '{"sku": "a", "name": "霜", "category": "面霜", "price": 9.9, "stock": {"s": 1}}\n'
    assert [one.sku for one in content.products_of("p.jsonl", good.encode())] == ["a"]
    for bad, words in (("{", "不是一行完整的 JSON"), ("[]", "每一行要写成"), ('{"sku": 1, "sku": 2}', "同一项写了两遍")):
        with pytest.raises(ContentError) as caught:
            content.products_of("p.jsonl", (good + bad).encode())
        assert caught.value.problems[0].line == 2
        assert words in caught.value.problems[0].reason


def test_only_one_product_table() -> None:
    (problem,) = problems({"recommender/products.csv": PRODUCTS.encode(), "recommender/products.jsonl": b""})
    assert problem.file == "recommender/products.jsonl"


def test_rules_that_dangle_or_do_nothing() -> None:
    rules = "- {id: pin, pin: [sku-9]}\n- {id: idle}\n- {id: late, pin: [sku-1], from: 2026-06-20, until: 2026-06-01}\n"
    found = faults(recommender__products_csv=PRODUCTS, recommender__rules__a_yml=rules)
    assert [(fault[1], fault[2]) for fault in found] == [(1, "0 › pin"), (2, "1 › id"), (3, "2 › until")]
    assert faults(recommender__rules__a_yml="- {id: pin, pin: [sku-9]}") == [], "the products may come from elsewhere"


def test_scripts_may_use_only_facts_that_there_are() -> None:
    text = "id: greet\nfamily: 招呼语\nvariants:\n  - text: '{称呼|亲}你好，{价格}元'\n  - text: '{称呼'\n"
    found = faults(scripts__replies__greet_yml=text)
    assert [(fault[1], fault[2]) for fault in found] == [(4, "variants › 0 › text"), (5, "variants › 1 › text")]
    assert "没有变量 价格" in found[0][3]
    assert "花括号没有配对" in found[1][3]


def test_dialogues_name_only_what_there_is() -> None:
    talk = "- {say: 退吗, intent: return_good, entry: nowhere, script: nothing, suggests: [sku-9]}\n- {sy: 好}\n"
    found = faults(tests__dialogues__a_yml=talk)
    assert [fault[2] for fault in found] == ["0 › entry", "0 › intent", "0 › script", "0 › suggests", "1 › say", "1 › sy"]


def test_words_that_the_law_forbids_are_warnings() -> None:
    text = ENTRY.replace("签收后", "全国最好的退货服务。签收后")
    (warning,) = content.read_files(files(knowledge__entries__a_yml=text)).warnings
    assert (warning.file, warning.line, warning.key) == ("knowledge/entries/a.yml", 3, "0 › answer")
    assert "广告法" in warning.reason


def test_all_faults_of_a_broken_workspace_are_told_at_once_in_order() -> None:
    found = faults(
        brand_yml="nam: 花\nmode: x",
        guides_yml="stores: 一家",
        intents__training__a_yml="nlu: 没有",
        intents__spellings__a_yml="category: [面霜]",
        knowledge__entries__a_yml="- id: a\n",
        scripts__replies__a_yml="id: 问候\nfamily: 问好\nvariants: []\n",
        recommender__products_csv=PRODUCTS + "sku-2,,,面霜,x,,,,,,,\n",
        recommender__tags_yml="tags: {a: {half_life_days: 0}}",
        recommender__rules__a_yml="- {pin: [a]}",
        tests__dialogues__a_yml="- {say: ''}",
    )
    assert [fault[:2] for fault in found] == sorted((fault[0], fault[1] or 0) for fault in found)
    assert {fault[0] for fault in found} == {
        "brand.yml",
        "guides.yml",
        "intents/training/a.yml",
        "intents/spellings/a.yml",
        "knowledge/entries/a.yml",
        "scripts/replies/a.yml",
        "recommender/products.csv",
        "recommender/tags.yml",
        "recommender/rules/a.yml",
        "tests/dialogues/a.yml",
    }
    assert len(found) >= 16
    assert not any("Input should" in fault[3] or "Field" in fault[3] for fault in found), "nothing is told in English"


def test_a_folder_reads_only_what_is_content_and_never_leaves_it(tmp_path: Path) -> None:
    outside = tmp_path / "secret.yml"
    outside.write_text("name: 秘密", "utf-8")
    home = tmp_path / "workspace"
    (home / "knowledge" / "entries").mkdir(parents=True)
    (home / "brand.yml").write_text("name: 花", "utf-8")
    (home / "README.yml.txt").write_text("不是内容", "utf-8")
    assert content.read_folder(home).files == {"brand.yml": "name: 花".encode()}
    (home / "guides.yml").symlink_to(outside)
    (home / "knowledge" / "entries" / "a.yaml").write_text("[]", "utf-8")
    (home / "knowledge" / "entries" / "elsewhere").symlink_to(tmp_path)
    (home / "knowledge" / "entries" / "gone.yml").symlink_to(home / "nothing.yml")
    with pytest.raises(ContentError) as caught:
        content.read_folder(home)
    assert [(one.file, one.reason[:6]) for one in caught.value.problems] == [
        ("guides.yml", "这是指到别处"),
        ("knowledge/entries/a.yaml", "后缀要写成 "),
        ("knowledge/entries/elsewhere", "这是指到别处"),
        ("knowledge/entries/gone.yml", "打不开这个文"),
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        content.read_folder(tmp_path / "nowhere")
    assert "没有这个文件夹" in str(caught.value)


def test_the_same_files_have_the_same_digest_in_any_order() -> None:
    one = files(brand_yml="name: 花", guides_yml=GUIDES)
    other = dict(reversed(one.items()))
    assert content.digest_of(one) == content.digest_of(other)
    assert content.digest_of(one) != content.digest_of(files(brand_yml="name: 花 ", guides_yml=GUIDES))


def test_the_demo_brand_is_sound() -> None:
    workspace = content.read_folder(content.OWN)
    assert len(workspace.products) > 250
    assert len(workspace.entries) > 300


def test_how_people_serve_is_checked_against_who_there_is() -> None:
    staff = """
    stores: [{id: s1, name: 一店}]
    guides: [{id: g1, name: 王姐, store: s1}]
    macros:
      - {id: a, title: 发小样, text: "{称呼}好", store: s2}
      - {id: a, title: 记一下, tags: {skin_type: 油皮, mood: 好}}
      - {id: b, title: 没有事}
    """
    tags = "tags:\n  skin_type: {values: [干性, 油性]}"
    found = faults(guides_yml=staff, brand_yml="service: {central: [g1, g9]}", recommender__tags_yml=tags)
    assert {(fault[0], fault[2]) for fault in found} == {
        ("brand.yml", "service › central › 1"),
        ("guides.yml", "macros › 0 › store"),
        ("guides.yml", "macros › 1 › id"),
        ("guides.yml", "macros › 1 › tags › mood"),
        ("guides.yml", "macros › 2 › title"),
    }
    assert any("tags.yml 里没有标签“mood”，有：skin_type" in fault[3] for fault in found)


def test_a_time_of_service_that_cannot_be_is_refused() -> None:
    (fault,) = faults(brand_yml="service: {take_within: 0}")
    assert fault[2] == "service › take_within"


def test_an_exception_needs_a_rule_words_and_a_reason() -> None:
    rows = "- {rule: ad.medical, words: 防脱发, reason: 有注册证}\n- {rule: ad.medical, words: 防脱发}\n- {rule: a, words: b, reason: c, where: x}\n"
    found = faults(scripts__exceptions_yml=rows)
    assert [(fault[:3]) for fault in found] == [
        ("scripts/exceptions.yml", 2, "1 › reason"),
        ("scripts/exceptions.yml", 3, "2 › where"),
    ]


def test_the_scope_of_an_entry_names_a_region_a_store_or_a_guide_that_there_is() -> None:
    def told(scope: str) -> list[tuple[str, str]]:
        text = ENTRY.rstrip("\n") + f"\n  scope: {scope}\n"
        return [(fault[2], fault[3]) for fault in faults(guides_yml=GUIDES, knowledge__entries__a_yml=text)]

    assert told("{level: 店, of: sh-xuhui}") == []
    assert told("{level: 区域, of: 上海}") == []
    assert told("{level: 个人, of: g1}") == []
    assert told("{level: 总部}") == []
    assert [place for place, _ in told("{level: 店, of: bj}")] == ["0 › scope › of"]
    assert [place for place, _ in told("{level: 店}")] == ["0 › scope"]
    assert "总部的条目大家都能用" in told("{level: 总部, of: bj}")[0][1]
