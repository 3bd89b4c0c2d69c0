"""Lint finds what the schema allows and is still wrong, and leaves alone what is only written otherwise."""

import pytest
from content_lint import TODAY, changed, ground, linted, rules, said, shop

from bot import content
from bot.content.items import Item, Json, Key
from bot.content.linting import Ground, blocks, lint, lint_item, problem, warns

Reach = tuple[str, set[str]]


@pytest.fixture(scope="module")
def around() -> Ground:
    return ground(shop())


def entry(around: Ground, id_: str, **values: object) -> Item:
    return changed(around, "entry", id_, **values)


def test_a_sound_shop_has_no_findings() -> None:
    assert [(one.rule, str(one.key), one.words) for one in linted()] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("亲爱的{称呼|}，今天想看点什么？", "placeholder.hole"),
        ("{称呼|}，您好。", "placeholder.hole"),
        ("｛称呼｝您好", "placeholder.broken"),
        ("（称呼）您好", "placeholder.broken"),
        ("{称呼|您好", "placeholder.broken"),
        ("{姓名|您}好", "placeholder.unknown"),
        ("您好，满XX元送小样", "text.unfinished"),
        ("您好，____元", "text.unfinished"),
        ("您" * 700, "text.long"),
        ("您" * 301, "text.long"),
        ("亲爱哒，您好", "persona.forbidden"),
        ("看这里 htp://mall.huajianji.cn/a", "link.broken"),
        ("看这里 https：//mall.huajianji.cn/a", "link.broken"),
        ("看这里 https:/mall.huajianji.cn/a", "link.broken"),
        ("看这里 www.huajianji.cn", "link.broken"),
        ("看这里 https://mall.huajianj.cn/a", "link.broken"),
        ("看这里 https://mall.huajianji.cn/xxx", "link.broken"),
        ("看这里 https://192.168.1.8/a", "link.internal"),
        ("看这里 https://localhost:8080/a", "link.internal"),
        ("看这里 https://mall.huajianji.cn/a?phone=13800138000", "link.personal"),
        ("看这里 http://mall.huajianji.cn/a", "link.plain"),
        ("活动到11月11日截止，快来", "promise.over"),
        ("活动到2026年12月24日", "promise.open"),
        ("双十一全场每满300减40", "promise.over"),
        ("山茶花滋养面霜现在99元", "promise.price"),
        ("新品到手价99元", "promise.price"),
        ("夜间修护面霜现货充足", "promise.stock"),
        ("只剩3件了", "promise.stock"),
        ("签收十天内都可以无理由退", "claim.number"),
        ("满199元包邮", "claim.number"),
        ("徐汇店每天9点到22点", "claim.hours"),
        ("徐汇店电话021-5555-0109", "claim.phone"),
        ("徐汇店在漕溪北路1288号", "claim.address"),
        ("我们的人工客服在线时间是周一到周五9点到18点", "claim.hours"),
    ],
)
def test_words_that_must_not_go_out_are_found_while_they_are_typed(around: Ground, text: str, rule: str) -> None:
    assert rule in rules(around, said(around, "share_live", text))


@pytest.mark.parametrize(
    "text",
    [
        "{称呼|您}好，我是{品牌名|本店}的小花{人设名|}，请讲。",
        "您好（早上十点到晚上十点都在）",
        "看这里：https://mall.huajianji.cn/live，晚上见",
        "山茶花滋养面霜现在199元",
        "山茶花滋养面霜满199元可用券",
        "签收七天内、没拆封的都可以无理由退",
        "金卡签收十五天内都可以无理由退",
        "每年的积分到12月31日为止",
        "徐汇店每天10点到22点，电话021-5555-0101",
        "双十一已经结束了，下次见",
        "周末愉快，睡个懒觉。",
        "提前两小时可以改时间",
    ],
)
def test_words_that_are_right_pass(around: Ground, text: str) -> None:
    assert rules(around, said(around, "share_live", text)) == set()


def test_a_price_or_a_day_with_a_window_may_be_said(around: Ground) -> None:
    wording = {"text": "山茶花滋养面霜活动价159元，到12月12日", "until": "2026-12-12"}
    assert rules(around, changed(around, "script", "share_live", variants=[wording])) == set()
    assert rules(around, changed(around, "script", "share_live", variants=[{**wording, "until": "2026-12-31"}])) == {
        "promise.late"
    }
    assert rules(around, changed(around, "script", "share_live", variants=[{**wording, "until": "2026-11-01"}])) == {
        "window.over"
    }


def test_a_finding_names_the_rule_the_words_the_place_and_a_way_out(around: Ground) -> None:
    (found,) = lint_item(said(around, "share_live", "您好，签收十天内都可以无理由退"), around)
    assert (found.rule, found.severity, found.path) == ("claim.number", "block", ("variants", 0, "text"))
    assert found.words == "您好，签收十天内都可以无理由退"[found.start : found.end]
    assert "return-window" in found.why
    assert found.way_out


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("怎么办", "question.broad"),
        ("多少钱", "question.broad"),
        ("退", "question.broad"),
        ("退货", "question.broad"),
        ("请问满多少包邮呢", "question.twin"),
        ("满多少可以包邮", "question.twin"),
    ],
)
def test_questions_that_take_others_traffic_are_found(around: Ground, question: str, rule: str) -> None:
    item = entry(around, "hours-xuhui", questions=["店里几点关门", question], audience=None)
    assert rule in rules(around, item)


def test_new_ways_to_ask_pass(around: Ground) -> None:
    for question in ("买回去不想要了几天内能退", "赠品用掉了还能退货吗", "一次买多少就不用出邮费"):
        assert rules(around, entry(around, "return-gift", questions=[question])) == set()


def test_one_question_for_different_people_is_how_a_base_should_look(around: Ground) -> None:
    assert rules(around, entry(around, "return-window-gold", questions=["多久内可以退货", "不喜欢能退吗"])) == set()


def test_the_short_answer_must_say_what_the_long_one_says(around: Ground) -> None:
    assert rules(around, entry(around, "return-window", short="十天内没拆封可以无理由退。")) == {"claim.number"}
    assert rules(around, entry(around, "return-opened", short="正装拆封以后就能无理由退。")) == {"claim.denied"}
    assert rules(around, entry(around, "return-opened", short="正装拆封以后不能无理由退。")) == set()


def test_a_placeholder_in_an_answer_would_be_read_as_it_stands(around: Ground) -> None:
    assert "placeholder.misplaced" in rules(around, entry(around, "return-who-pays", answer="{称呼}您好，运费由您承担。"))


def test_a_long_answer_needs_a_short_one_for_groups(around: Ground) -> None:
    long = "".join(f"第{n}次退货的运费由您承担，" for n in "一二三四五六七八九十") + "别的照旧。"
    assert rules(around, entry(around, "return-who-pays", answer=long)) >= {"text.group"}
    assert rules(around, entry(around, "return-who-pays", answer=long, private=True)) == set()


def test_a_text_for_one_shop_does_not_speak_of_another(around: Ground) -> None:
    assert "claim.store" in rules(around, entry(around, "hours-xuhui", answer="天河店开到21点半。"))
    scoped = entry(around, "hours-xuhui", answer="天河店开到21点半。", audience=None, scope={"level": "店", "of": "sh-xuhui"})
    assert "claim.store" in rules(around, scoped)


@pytest.mark.parametrize(
    ("variants", "rule"),
    [
        ([{"text": "好。", "audience": {"levels": ["gold"]}}], "script.fallback"),
        ([{"text": "好。", "channels": ["wecom_kf"]}], "script.fallback"),
        ([{"text": "{称呼}，不客气。"}], "script.fallback"),
        ([{"text": "好。"}, {"text": "好。"}], "variant.double"),
        ([{"text": "好。"}, {"text": "嗯。", "weight": 0.001}], "variant.shadowed"),
        ([{"text": "好。"}, {"text": "嗯。", "channels": ["wecom_fk"]}], "variant.unreachable"),
        ([{"text": "好。"}, {"text": "嗯。", "audience": {"levels": ["glod"]}}], "variant.unreachable"),
        ([{"text": "好。"}, {"text": "嗯。", "audience": {"stores": ["sh-xuhui"], "regions": ["华南"]}}], "variant.unreachable"),
        ([{"text": "好。"}, {"text": "嗯。", "until": "2026-01-01"}], "window.over"),
    ],
)
def test_wordings_that_nobody_hears_are_found(around: Ground, variants: list[dict[str, object]], rule: str) -> None:
    assert rule in rules(around, changed(around, "script", "thank", variants=variants))


def test_wordings_by_channel_and_level_pass(around: Ground) -> None:
    variants = [{"text": "好。"}, {"text": "嗯。", "channels": ["web"]}, {"text": "在。", "audience": {"levels": ["gold"]}}]
    assert rules(around, changed(around, "script", "thank", variants=variants)) == set()
    every = [{"text": "好。", "channels": ["wecom_kf"]}, {"text": "嗯。", "channels": ["web"]}]
    assert rules(around, changed(around, "script", "thank", variants=every)) == set()


def test_a_store_outside_the_scope_hears_nothing(around: Ground) -> None:
    variants = [{"text": "好。", "audience": {"stores": ["gz-tianhe"]}}]
    item = changed(around, "script", "share_live", variants=variants, scope={"level": "区域", "of": "华东"})
    assert "variant.unreachable" in rules(around, item)


def test_an_experiment_that_is_over_or_compares_nothing_is_found(around: Ground) -> None:
    both = [{"text": "好。", "arm": "A"}, {"text": "好。", "arm": "B"}, {"text": "嗯。"}]
    trial = {"id": "t", "arms": {"A": 1, "B": 1}, "until": "2026-10-01"}
    assert {"experiment.over", "experiment.same"} <= rules(
        around, changed(around, "script", "thank", variants=both, experiment=trial)
    )


@pytest.mark.parametrize(
    ("id_", "text", "rule"),
    [
        ("stock_none", "{商品名}现在有货。", "claim.denied"),
        ("stock", "{商品名}现在没货。", "claim.denied"),
        ("bot_identity", "我是真人导购小花。", "claim.identity"),
        ("careful_crisis", "听您这么说，我很担心您。", "claim.hotline"),
        ("answer", "好的，这就给您查。", "script.pointless"),
    ],
)
def test_a_script_keeps_what_it_is_for(around: Ground, id_: str, text: str, rule: str) -> None:
    value: dict[str, Json] = {"id": id_, "family": "咨询问答", "variants": [{"text": text}]}
    assert rule in rules(around, Item(Key("script", id_), value, "scripts/replies/a.yml"))


def test_a_birthday_is_no_sale(around: Ground) -> None:
    value: dict[str, Json] = {"id": "hello_birthday", "family": "招呼语", "variants": [{"text": "生日快乐，今天全场满300减40。"}]}
    assert "family.birthday" in rules(around, Item(Key("script", "hello_birthday"), value, "scripts/replies/a.yml"))


def test_the_catalogue_and_its_rules_are_read_too(around: Ground) -> None:
    assert rules(around, changed(around, "product", "cream-1", price="0")) == {"product.price"}
    assert rules(around, changed(around, "product", "cream-1", links={"tmall": "https://mall.huajianji.cn/cream-2"})) == {
        "link.product"
    }
    assert rules(around, changed(around, "product", "cream-1", image="/static/a")) == {"link.image"}
    assert rules(around, changed(around, "product", "cream-2", tags=["维A醇", "孕期可用"])) == {"product.unsafe"}
    assert rules(around, changed(around, "rule", "safe", pin=["old-1"], block=None)) == {"rule.idle"}
    assert rules(around, changed(around, "rule", "safe", when=None, block={"brand": ["花间集"]})) == {"rule.greedy"}
    spelling = Item(Key("spelling", "category/面霜"), {"slot": "category", "standard": "面霜", "spellings": ["霜", "东西"]}, "")
    assert rules(around, spelling) == {"spelling.broad"}


def test_what_the_law_forbids_is_found_in_every_text(around: Ground) -> None:
    forbidden = "全网最低价，最好的面霜"
    told = [
        said(around, "share_live", forbidden),
        entry(around, "return-gift", answer=forbidden),
        changed(around, "post", "weekend", text=forbidden),
        changed(around, "macro", "sample", text=forbidden),
        changed(around, "rule", "safe", reason=forbidden),
        changed(around, "product", "cream-1", name=forbidden),
    ]
    assert all(any("ad." in rule for rule in rules(around, one)) for one in told)


def test_a_contradiction_is_told_at_whoever_stands_alone() -> None:
    more = "- id: pay-cod\n  questions: [货到付款能退吗]\n  answer: 收到后七天内没拆封可以无理由退。\n  source: 手册\n"
    entries = (
        (shop()["knowledge/entries/a.yml"].decode() + more)
        .replace("签收后七天内", "签收后十天内")
        .replace("short: 七天内", "short: 十天内")
    )
    found = linted(
        knowledge__entries__a_yml=entries,
        scripts__replies__reply_return_yml="id: reply_return\nfamily: 咨询问答\nvariants: [{text: 签收七天内没拆封可以无理由退。}]\n",
    )
    assert {(str(one.key), one.line) for one in blocks(found)} == {("知识 return-window", 3), ("知识 return-window", 4)}


def test_approved_exceptions_stay_visible_and_neither_block_nor_warn() -> None:
    text = "id: share_live\nfamily: 资讯分享\nvariants: [{text: 只剩3件了}]\n"
    rows = """
- {rule: promise.stock, words: 只剩3件, where: script/share_live, reason: 定制款一共就三件, by: 王姐, on: 2026-11-20}
- {rule: promise.stock, words: 只剩5件, reason: 以前的}
"""
    found = linted(scripts__replies__share_live_yml=text, scripts__exceptions_yml=rows)
    ours = [one for one in found if one.key == Key("script", "share_live")]
    assert {one.excepted for one in ours if one.words == "只剩3件"} == {"定制款一共就三件"}
    assert blocks(found) == ()
    (idle,) = [one for one in warns(found) if one.rule == "exception.idle"]
    assert (idle.file, idle.line, idle.words) == ("scripts/exceptions.yml", 2, "只剩5件")


def test_findings_are_told_like_faults_with_file_and_line() -> None:
    known = shop(scripts__replies__share_live_yml="id: share_live\nfamily: 资讯分享\nvariants:\n  - {text: 满199元包邮}\n")
    found = lint(known, content.read_files(known), TODAY)
    told = problem(next(one for one in found if one.key.kind == "script"))
    assert (told.file, told.line, told.key) == ("scripts/replies/share_live.yml", 4, "variants › 0 › text")
    assert "free-shipping" in told.reason
    assert "claim.number" in told.reason


def test_lines_are_found_in_every_kind_of_file() -> None:
    found = linted(
        brand_yml=shop()["brand.yml"].decode() + "groups: {rules: 好评返现五元}\n",
        recommender__products_csv=shop()["recommender/products.csv"]
        .decode()
        .replace(",59,", ",59,")
        .replace("cream-1,花", "cream-1,花", 1)
        + "zero-1,花间集小样 5ml,花间集,小样,0,,,5,,,active,\n",
        scripts__posts__a_yml='- {id: a, at: "15:00", text: 到店坐坐}\n- {id: b, at: "15:00", text: 满199元包邮}\n',
    )
    assert {(one.file, one.line) for one in found if one.line} >= {
        ("brand.yml", 4),
        ("recommender/products.csv", 5),
        ("scripts/posts/a.yml", 2),
    }


def test_the_demo_brand_has_nothing_that_blocks() -> None:
    files, faults = content.files_of(content.OWN)
    assert not faults
    workspace = content.read_files({path: files[path] for path in files if content.kind_of(path) == "brand"})
    found = lint(files, workspace, TODAY)
    assert [(one.file, one.line, one.rule, one.words) for one in blocks(found)] == []
    assert len(warns(found)) <= 10
