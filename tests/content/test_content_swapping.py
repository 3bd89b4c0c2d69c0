"""A running worker comes to a retrained model without a restart, and to a worse one not at all: real database, real processes."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from content_workspaces import ENTRY, files
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot import content, retraining
from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.content.lessons import live
from bot.db import releases
from bot.retraining import Bench
from bot.settings import Settings
from bot.shelf import LiveShelf

_GOODS = ("面霜", "精华", "口红", "奶粉", "连衣裙", "面膜", "洗发水", "牙膏")
_SAYS = {
    "ask_price": ("{}多少钱", "{}什么价", "{}怎么卖的"),
    "return_goods": ("{}能退吗", "不喜欢{}想退货", "我要退{}"),
    "ask_stock": ("{}还有货吗", "{}什么时候补货", "有现货的{}吗"),
}
_SENTENCES = [(say.format(goods), label) for label, says in _SAYS.items() for say in says for goods in _GOODS]
_WRONG = [(f"{text}呀", "ask_stock" if label == "return_goods" else "return_goods") for text, label in _SENTENCES]


def a_brand(sentences: list[tuple[str, str]], name: str = "花", **more: str) -> dict[str, bytes]:
    """A workspace with these sentences."""
    training: dict[str, bytes] = {}
    for label in dict.fromkeys(label for _, label in sentences):
        lines = "".join(f"      - {text}\n" for text, one in sentences if one == label)
        training[f"intents/training/{label}.yml"] = (
            f"version: '3.1'\nnlu:\n  - intent: {label}\n    examples: |\n{lines}".encode()
        )
    return {**files(brand_yml=f"name: {name}\n", **more), **training}


def swaps(outcome: str) -> float:
    return REGISTRY.get_sample_value("daogou_model_swaps_total", {"outcome": outcome}) or 0.0


async def publish(engine: AsyncEngine, told: Mapping[str, bytes]) -> None:
    await releases.import_release(engine, content.read_files(told), "ops")


class Running:
    """A worker's shelf, looked at by hand instead of every second."""

    def __init__(self, engine: AsyncEngine, home: Path) -> None:
        self.engine = engine
        self.shelf = LiveShelf(engine, Settings(home=home))

    @property
    def model(self) -> str:
        """Which model answers."""
        assert self.shelf._live is not None
        return self.shelf._live.named.name

    def hears(self, text: str) -> str:
        return self.shelf.services("").recognizer.recognize(text).intent

    async def trained(self) -> None:
        """Until nothing trains any more, then one look."""
        await asyncio.gather(*self.shelf._swapper._tasks.values())
        await self.shelf.look()
        await self.shelf.look()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return encoder_of("usem3")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Where the brand's first model is live."""
    folder = tmp_path_factory.mktemp("home")
    lesson = content.lesson_of(content.read_files(a_brand(_SENTENCES)))
    assert retraining.judge(lesson, Bench(ModelStore(folder), encoder)).outcome == "live"
    return folder


@pytest.fixture
async def running(engine: AsyncEngine, home: Path, tmp_path: Path) -> AsyncIterator[Running]:
    """A worker that answers with the brand's first model."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    await publish(engine, a_brand(_SENTENCES))
    one = Running(engine, tmp_path)
    await one.shelf.load()
    yield one
    await one.shelf._swapper.close()


async def test_a_worker_that_finds_no_model_trains_one_before_it_answers(engine: AsyncEngine, tmp_path: Path) -> None:
    await publish(engine, a_brand(_SENTENCES))
    one = Running(engine, tmp_path)
    with capture_logs() as logs:
        await one.shelf.load()
    assert [log["event"] for log in logs] == ["model.training", "model.trained", "release.live"]
    assert one.hears("眼霜多少钱") == "ask_price"
    await one.shelf.look()
    assert not one.shelf._swapper._tasks, "what was judged is not judged again"


async def test_a_worker_goes_over_to_a_better_model_between_two_turns(running: Running) -> None:
    first, before, counted = running.model, running.shelf.services(""), swaps("live")
    assert running.hears("眼霜多少钱") == "ask_price"
    await running.shelf.look()
    assert not running.shelf._swapper._tasks, "what was judged is not judged again"
    told = a_brand([*_SENTENCES, ("眼影卖完了没", "ask_stock"), ("睫毛膏断货了吗", "ask_stock")], knowledge__entries__a_yml=ENTRY)
    await publish(running.engine, told)
    await running.shelf.look()
    services = running.shelf.services("")
    assert services.release != before.release, "the release does not wait for its model"
    assert [entry.id for entry in content.read_files(told).entries] == ["return-window"]
    assert running.model == first
    assert running.hears("眼霜多少钱") == "ask_price", "the old model answers from memory while the new one is trained"
    await running.trained()
    assert running.model != first
    assert running.shelf.services("").release == services.release
    assert running.hears("睫毛膏断货了吗") == "ask_stock"
    assert before.recognizer.recognize("眼霜多少钱").intent == "ask_price", "a turn that was begun ends with what it began with"
    assert swaps("live") == counted + 1
    running.shelf.services("").warm(["眼霜多少钱"])


async def test_a_worse_model_does_not_go_live_until_somebody_forces_it(
    running: Running, encoder: Encoder, tmp_path: Path
) -> None:
    first, counted = running.model, swaps("refused")
    worse = a_brand([*_SENTENCES, *_WRONG])
    await publish(running.engine, worse)
    with capture_logs() as logs:
        await running.shelf.look()
        await running.trained()
    assert running.model == first
    assert swaps("refused") == counted + 1
    (told,) = [one for one in logs if one["event"] == "model.refused"]
    assert any("准确率从" in reason for reason in told["why"])
    lesson, models = content.lesson_of(content.read_files(worse)), ModelStore(tmp_path)
    assert live(lesson, models, encoder) == first
    assert models.standings.of(lesson.line).state == "refused"
    again = Running(running.engine, tmp_path)
    await again.shelf.load()
    await again.shelf.look()
    assert (again.model, dict(again.shelf._swapper._tasks)) == (first, {}), "a restart changes nothing"
    judged = await asyncio.to_thread(retraining.train, lesson, Bench(models, encoder), force=True)
    assert not judged.verdict.live
    await running.shelf.look()
    assert running.model == lesson.fingerprint(encoder) != first
    await publish(running.engine, a_brand(_SENTENCES))
    await running.shelf.look()
    await running.trained()
    assert running.model == first, "content that comes back brings its model back"


async def test_a_training_that_fails_changes_nothing_and_later_releases_are_still_seen(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, counted = running.model, swaps("failed")
    await publish(running.engine, a_brand([one for one in _SENTENCES if one[1] == "ask_price"]))
    with capture_logs() as logs:
        await running.shelf.look()
        await running.trained()
    (told,) = [one for one in logs if one["event"] == "model.failed"]
    assert any("只有一个意图" in reason for reason in told["why"])
    monkeypatch.setattr(sys, "executable", "/bin/false")
    await publish(running.engine, a_brand([*_SENTENCES, ("眼影卖完了没", "ask_stock")]))
    with capture_logs() as logs:
        await running.shelf.look()
        await running.trained()
    assert [one["why"][0][:8] for one in logs if one["event"] == "model.failed"] == ["训练进程没有做完"]
    assert not running.shelf._swapper._tasks, "it is not tried again at once"
    assert swaps("failed") == counted + 2
    assert running.model == first
    assert running.hears("眼霜多少钱") == "ask_price"


async def test_the_check_set_of_the_workspace_has_a_say(running: Running, encoder: Encoder, tmp_path: Path) -> None:
    first = running.model
    # new words for one intent that the check set knows as another: cross-validation cannot see it
    moved = [(f"{goods}有没有瑕疵", "ask_stock") for goods in _GOODS] + [(f"{goods}有瑕疵", "ask_price") for goods in _GOODS]
    check = "text\tlabel\n" + "".join(f"{goods}有瑕疵想退货\treturn_goods\n" for goods in _GOODS) + "面霜能退吗\treturn_goods\n"
    both = content.read_files(
        a_brand([*_SENTENCES, *moved, *((f"{g}有瑕疵退", "ask_price") for g in _GOODS)], tests__nlu_tsv=check)
    )
    assert len(both.check) == len(_GOODS) + 1
    judged = await asyncio.to_thread(retraining.train, content.lesson_of(both), Bench(ModelStore(tmp_path), encoder))
    assert not judged.verdict.live
    assert any("tests/nlu.tsv 共 9 句" in reason for reason in judged.verdict.reasons)
    await running.shelf.look()
    assert running.model == first


async def test_a_first_model_that_only_guesses_does_not_go_live(encoder: Encoder, tmp_path: Path) -> None:
    noise = [(text, ("ask_price", "return_goods")[n % 2]) for n, (text, _) in enumerate(_SENTENCES)]
    alike = [(f"{text}呀", "return_goods" if label == "ask_price" else "ask_price") for text, label in noise]
    lesson = content.lesson_of(content.read_files(a_brand([*noise, *alike])))
    models = ModelStore(tmp_path)
    judged = await asyncio.to_thread(retraining.train, lesson, Bench(models, encoder))
    assert not judged.verdict.live
    assert "还不如句句都猜" in judged.verdict.reasons[0]
    assert live(lesson, models, encoder) == ""


async def test_brands_of_one_name_never_answer_for_each_other(encoder: Encoder, tmp_path: Path) -> None:
    models = ModelStore(tmp_path)
    one = content.lesson_of(content.read_files(a_brand(_SENTENCES)))
    other = content.lesson_of(content.read_files(a_brand([(f"宝宝{text[::-1]}", label) for text, label in _SENTENCES])))
    await asyncio.to_thread(retraining.train, one, Bench(models, encoder))
    assert live(other, models, encoder) == ""
    judged = await asyncio.to_thread(retraining.train, other, Bench(models, encoder))
    assert "第一个模型" in judged.verdict.reasons[0]
    assert live(other, models, encoder) == other.fingerprint(encoder)


async def test_a_model_of_another_encoder_is_no_predecessor(encoder: Encoder, tmp_path: Path) -> None:
    models = ModelStore(tmp_path)
    lesson = content.lesson_of(content.read_files(a_brand(_SENTENCES)))
    await asyncio.to_thread(retraining.train, lesson, Bench(models, encoder))
    standing = models.standings.of(lesson.line)
    models.standings.keep(lesson.line, type(standing)(standing.live, "another", standing.asked))
    assert live(lesson, models, encoder) == ""
    assert models.standings.of("nobody").state == "none"
    (tmp_path / "models").joinpath(next((tmp_path / "models").glob("standing-*")).name).write_bytes(b"{broken")
    assert live(lesson, models, encoder) == ""
