"""The crowd hears what it is told, in this process and from outside."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from bot.sandbox import Sandbox, Setup
from bot.sandbox.client import SandboxClient
from bot.sandbox.crowd import InProcess, Line, OverHttp, crowd, figures, spread


class Echo:
    """A bot without a network: answers every customer at once, directly on the platform."""

    def __init__(self, sandbox: Sandbox) -> None:
        corp, self.platform = Setup().corp, sandbox.platform
        raw = self.platform.gettoken({"corpid": corp.corpid, "corpsecret": corp.secret})
        self.token = str(orjson.loads(raw)["access_token"])
        self.cursor = ""
        self.platform.on_news(lambda kf: asyncio.get_running_loop().call_soon(self.pull, kf))

    def pull(self, open_kfid: str) -> None:
        token = self.platform.world.news.give(open_kfid, self.platform.world.now())
        body = {"cursor": self.cursor, "token": token, "open_kfid": open_kfid}
        page = orjson.loads(self.platform.call("kf/sync_msg", self.token, body))
        self.cursor = page["next_cursor"]
        for item in page["msg_list"]:
            answer = {"content": f"收到{item['text']['content']}"}
            body = {"touser": item["external_userid"], "open_kfid": open_kfid, "msgtype": "text", "text": answer}
            self.platform.call("kf/send_msg", self.token, body)


@pytest.mark.parametrize("outside", [False, True])
async def test_a_crowd_hears_the_answer_to_each_message(sandbox: Sandbox, client: SandboxClient, *, outside: bool) -> None:
    Echo(sandbox)
    texts = [f"第{number}句" for number in range(60)]
    stage = OverHttp(client) if outside else InProcess(sandbox.platform)
    records = await crowd(stage, spread(texts, 7, 0, seed=3))
    assert [[reply.text for reply in record.replies] for record in records] == [[f"收到{text}"] for text in texts]
    assert len({record.who for record in records}) == 7
    summed = figures(records)
    assert (summed.sent, summed.answered, summed.replies) == (60, 60, 60)
    assert summed.p50 <= summed.p99 <= summed.worst


async def test_a_crowd_that_gets_no_answer_says_so(sandbox: Sandbox) -> None:
    records = await crowd(InProcess(sandbox.platform), [Line(0, "在吗")], patience=0.01)
    assert records[0].waited is None
    assert figures(records).answered == 0


def test_a_crowd_is_spread_by_its_seed() -> None:
    texts = [str(number) for number in range(20)]
    assert spread(texts, 5, 10, seed=1) == spread(texts, 5, 10, seed=1)
    assert spread(texts, 5, 10, seed=1) != spread(texts, 5, 10, seed=2)
    assert [line.at for line in spread(texts, 5, 10, seed=1)][:3] == [0.0, 0.1, 0.2]
