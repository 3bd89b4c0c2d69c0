"""Callbacks over real loopback connections: sealed, joined, cut off, repeated, late, double, lost."""

from __future__ import annotations

import asyncio
from typing import Self

import aiohttp
import orjson
from aiohttp import web

from bot.sandbox import Callback, Faults, start
from tests.sandbox.bot import CORP, Answer, Bot, Caller, serving
from tests.sandbox.rig import KF

OK = web.Response
NEWS = {
    "ToUserName": CORP.corpid,
    "CreateTime": "1767225600",
    "MsgType": "event",
    "Event": "kf_msg_or_event",
    "OpenKfId": KF,
}


class Pair:
    """A sandbox that calls back a bot, on virtual time, with a cut-off that a test can wait for."""

    def __init__(self, answer: Answer, faults: Faults, cutoff: float) -> None:
        self.answer, self.faults, self.cutoff = answer, faults, cutoff

    async def __aenter__(self) -> Self:
        self.bot = Bot(self.answer)
        self._serving = serving(self.bot)
        await self._serving.__aenter__()
        callback = Callback(self.bot.url, cutoff=self.cutoff)
        self.sandbox = await start(clock="virtual", faults=self.faults, callback=callback)
        while not self.sandbox.pusher.verified:
            await asyncio.sleep(0)
        self.who = self.sandbox.platform.arrive("王女士").external_userid
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.sandbox.close()
        await self._serving.__aexit__(None, None, None)

    async def news(self, words: str = "在吗") -> None:
        self.sandbox.platform.say(self.who, words)
        await self.sandbox.settled()

    async def later(self, seconds: float) -> None:
        self.sandbox.platform.advance(seconds)
        await self.sandbox.settled()

    @property
    def outcomes(self) -> list[str]:
        entries = map(orjson.loads, self.sandbox.platform.world.ledger.since(0, 999, frozenset({"callback"})))
        return [entry["outcome"] for entry in entries if entry["act"] == "post"]


def pair(answer: Answer = lambda _: OK(), faults: Faults | None = None, cutoff: float = 5.0) -> Pair:
    return Pair(answer, faults or Faults(), cutoff)


async def test_news_arrives_sealed_with_a_token_that_pulls() -> None:
    async with pair() as p, aiohttp.ClientSession() as http:
        await p.news()
        (news,) = p.bot.news
        token = news.pop("Token")
        assert news == NEWS
        caller = Caller(p.sandbox, http)
        await caller.get_token()
        page = await caller.post("kf/sync_msg", token=token, open_kfid=KF)
        assert [x["text"]["content"] for x in page["msg_list"]] == ["在吗"]
        assert p.outcomes == ["ok"]


async def test_what_happens_in_one_go_joins_one_callback() -> None:
    async with pair() as p:
        for number in range(5):
            p.sandbox.platform.say(p.who, f"第{number}句")
        await p.sandbox.settled()
        assert len(p.bot.news) == 1
        await p.news("还有")
        assert len(p.bot.news) == 2


async def test_no_answer_is_cut_off_and_repeated_three_times_in_all() -> None:
    async with pair(lambda _: None, cutoff=0.05) as p:
        await p.news()
        assert p.outcomes == ["cut", "cut", "cut", "gave up"]
        assert p.bot.news[0] == p.bot.news[1] == p.bot.news[2]
        assert len(set(p.bot.ciphertexts)) == 3


async def test_anything_but_200_is_repeated_after_a_pause() -> None:
    async with pair(lambda n: OK(status=500 if n < 3 else 200)) as p:
        await p.news()
        assert len(p.bot.news) == 1
        await p.later(1)
        await p.later(1)
        assert p.outcomes == ["http 500", "http 500", "ok"]
        await p.later(60)
        assert len(p.bot.news) == 3


async def test_even_201_is_no_answer() -> None:
    async with pair(lambda _: OK(status=201)) as p:
        await p.news()
        await p.later(1)
        await p.later(1)
        assert p.outcomes[-1] == "gave up"


async def test_a_late_callback_comes_when_its_time_has_come() -> None:
    async with pair(faults=Faults(late=1, late_s=30)) as p:
        await p.news()
        await p.later(29)
        assert p.bot.news == []
        await p.later(1)
        assert len(p.bot.news) == 1


async def test_a_doubled_callback_comes_twice_and_a_lost_one_never() -> None:
    async with pair(faults=Faults(double=1)) as p:
        await p.news()
        assert len(p.bot.news) == 2
        assert p.bot.news[0] == p.bot.news[1]
        p.sandbox.platform.put_faults(Faults(lost=1))
        await p.news("丢了")
        await p.later(3600)
        assert len(p.bot.news) == 2


async def test_a_reordered_callback_follows_the_next_one_or_comes_late() -> None:
    async with pair(faults=Faults(reorder=1)) as p:
        await p.news("先")
        assert p.bot.news == []
        p.sandbox.platform.advance(5)
        await p.news("后")
        assert [int(news["CreateTime"]) - 1767225600 for news in p.bot.news] == [5, 0]
        await p.news("最后")
        await p.later(30)
        assert len(p.bot.news) == 3


async def test_nothing_is_sent_to_a_url_that_echoes_wrongly() -> None:
    async with pair() as p:
        p.bot.echo = False
        p.sandbox.pusher.start(p.bot.url)
        assert not await p.sandbox.pusher.verify()
        await p.news()
        assert p.bot.news == []
        p.bot.echo = True
        assert await p.sandbox.pusher.verify()
        await p.sandbox.settled()
        assert len(p.bot.news) == 1


async def test_a_bot_that_is_not_there_is_no_error(http: aiohttp.ClientSession) -> None:
    running = await start(callback="http://127.0.0.1:9/hook")
    assert not await running.pusher.verify()
    running.platform.say(running.platform.arrive().external_userid, "在吗")
    await running.settled()
    await running.close()
