"""An edit that turns a sentence round or drops what protects shoppers is told; one that only says it otherwise is not."""

from dataclasses import replace
from datetime import date

import pytest
from content_lint import changed, ground, lost, said, shop

from bot.content import read_files
from bot.content.items import Item, Key, items
from bot.content.linting import Ground, ground_of, lint_change


@pytest.fixture(scope="module")
def around() -> Ground:
    return ground(shop())


@pytest.mark.parametrize(
    ("id_", "answer", "rule"),
    [
        ("return-opened", "正装拆封以后就能无理由退了，质量问题除外。", "change.denied"),
        ("return-where", "审核通过以后会给您地址，请寄到门店。", "change.denied"),
        ("return-gift", "赠品不要一起寄回，用掉的按标明的价值扣。", "change.denied"),
        ("return-who-pays", "无理由退货的运费由我们承担。", "change.denied"),
        ("reaction", "先停用，用清水冲干净，不要抓。", "change.safety"),
        ("free-shipping", "小程序满999元包邮，不满收10元运费。", "change.number"),
        ("winter", "冬季活动每满300减40，到12月12日。欢迎来看。", None),
        ("return-gift", "赠品要一起寄回来，用掉了的按标明的价值来扣。", None),
        ("reaction", "请先停用，拿清水冲干净，不要抓，请尽快就医。", None),
    ],
)
def test_what_an_answer_no_longer_says(around: Ground, id_: str, answer: str, rule: str | None) -> None:
    assert lost(around, changed(around, "entry", id_, answer=answer)) == ({rule} if rule else set())


def test_what_protects_is_missed(around: Ground) -> None:
    assert lost(around, changed(around, "entry", "reaction", private=None)) == {"change.guard"}
    assert lost(around, changed(around, "entry", "reaction", handover=None)) == {"change.guard"}
    assert lost(around, changed(around, "entry", "return-window-gold", audience=None)) == {"change.audience"}
    assert lost(around, changed(around, "entry", "winter", valid_until=None)) == {"change.window"}
    assert lost(around, changed(around, "rule", "safe", block={"tags": ["酒精"]})) == {"change.guard"}
    assert lost(around, changed(around, "rule", "safe", until="2026-12-31")) == {"change.guard"}
    assert lost(around, changed(around, "product", "cream-2", tags=["滋润"])) == {"change.guard"}
    assert lost(around, None, around.items[Key("rule", "safe")]) == {"change.guard"}


def test_a_wording_that_loses_its_condition_is_said_to_everybody(around: Ground) -> None:
    item = changed(around, "script", "thank", variants=[{"text": "{称呼}，不用谢。"}])
    assert lost(around, item) == {"change.audience"}


def test_prices_far_from_before_are_asked_about(around: Ground) -> None:
    assert lost(around, changed(around, "product", "cream-1", price="19.9")) == {"change.price"}
    assert lost(around, changed(around, "product", "cream-1", price="1999")) == {"change.price"}
    assert lost(around, changed(around, "product", "cream-1", price="179")) == set()


def test_scripts_are_compared_wording_by_wording(around: Ground) -> None:
    assert lost(around, said(around, "stock_none", "{商品名}现在有货，什么时候补说不准。")) == {"change.denied"}
    assert lost(around, said(around, "stock_none", "{商品名}这会儿没有货，什么时候补说不准。")) == set()
    assert lost(around, said(around, "share_live", "每周三晚上 8 点开播，记得来看。")) == set()


def test_sentences_to_learn_from_belong_to_one_intent() -> None:
    training = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n      - {}\n"
    known = shop(
        intents__training__a_yml=training.format("return_goods", "怎么退货"),
        intents__training__b_yml=training.format("ask_shipping", "几天能到"),
    )
    around = ground(known)
    item = changed(around, "training", "ask_shipping", examples=["几天能到", "怎么退货呀"])
    assert lost(around, item) == {"training.twin"}
    assert lost(around, changed(around, "training", "ask_shipping", examples=["几天能到", "快递走到哪了"])) == set()


def test_most_phrasings_taken_away_is_told(around: Ground) -> None:
    many = Item(Key("entry", "x"), {"id": "x", "questions": ["一", "二", "三", "四", "五"], "answer": "好", "source": "手册"}, "")
    few = Item(many.key, {**many.value, "questions": ["一"]}, "")
    assert {one.rule for one in lint_change(many, few, around)} == {"change.fewer"}


def test_a_new_item_and_no_change_lose_nothing(around: Ground) -> None:
    item = around.items[Key("entry", "reaction")]
    assert lint_change(None, item, around) == ()
    assert lint_change(item, item, around) == ()
    assert lint_change(None, None, around) == ()


def test_a_name_a_host_a_limit_and_a_bestseller_do_not_change_unseen() -> None:
    """What an edit of one small value turns round for everybody."""
    files = {
        "brand.yml": "name: 花间集\npersona: {name: 小花}\n",
        "recommender/tags.yml": "tags:\n  age_stage: {values: [3-12岁], hard: true}\n",
        "recommender/products.csv": "sku,name,category,price,tags,status\np1,童霜,面霜,59,3-12岁;热卖,active\n",
        "scripts/posts/a.yml": '- {id: a, at: "10:00", text: 早上好, links: [{title: 领券, url: "https://mall.huajianji.example/a"}]}\n',
    }
    told = {path: text.encode() for path, text in files.items()}
    before = items(told)
    told_ground = ground_of(told, read_files(told), date(2026, 11, 22))

    def rules(key: Key, **changed: object) -> set[str]:
        item = before[key]
        return {one.rule for one in lint_change(item, replace(item, value={**item.value, **changed}), told_ground)}

    assert rules(Key("brand", "name"), value="花问集") == {"change.name"}
    assert rules(Key("brand", "persona"), value={"name": "小美"}) == {"change.name"}
    assert rules(Key("product", "p1"), tags=["热卖"]) == {"change.guard"}
    assert rules(Key("product", "p1"), status="ended") == {"change.status"}
    assert rules(Key("post", "a"), links=[{"title": "领券", "url": "https://weidian.example/a"}]) == {"change.link"}
    assert rules(Key("post", "a"), links=[{"title": "领券", "url": "https://mall.huajianji.example/b"}]) == set()
    assert rules(Key("product", "p1"), price="58") == set()
