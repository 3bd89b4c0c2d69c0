"""Tell the bot that there is news: sealed callbacks, cut off after 5 s, three attempts in all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

import aiohttp

from bot.channels.wecom_crypto import WeComCrypto
from bot.sandbox.platform import Platform


@dataclass(frozen=True, slots=True)
class Callback:
    """Where callbacks go and how patient the platform is; durations in seconds."""

    url: str = ""
    """Empty: no callbacks, the bot may only poll."""
    cutoff: float = 5.0
    attempts: int = 3
    pause: float = 1.0
    """Before an attempt after a quick failure; after a cut-off the next follows at once."""
    parallel: int = 8
    """Callbacks under way at a time; news for an account that already waits joins its callback."""
    verify_every: float = 2.0
    """While the URL is not verified, it is tried again this often."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One callback; the same through all its attempts."""

    subject: str
    """The account with news, or the name of an event that travels by itself."""
    message: bytes
    number: int
    attempt: int = 1


class Pusher:
    """Sends a callback whenever an account's stream has news; faults make it late, double, lost."""

    def __init__(self, platform: Platform, callback: Callback, http: aiohttp.ClientSession) -> None:
        """Listens from now on; `start` begins to verify the URL."""
        self._platform = platform
        self._callback = callback
        self._http = http
        self._waiting: dict[str, None] = {}
        self._events: deque[tuple[str, bytes]] = deque()
        self._held: list[Notice] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._verifying: asyncio.Task[None] | None = None
        self._pump_soon = False
        self._made = 0
        self._told = ""
        self.verified = False
        platform.on_news(self._hear)
        platform.on_event(self._cry)

    @property
    def url(self) -> str:
        """Where callbacks go."""
        return self._callback.url

    def start(self, url: str | None = None) -> None:
        """Verify the URL (a new one, if given) until it answers rightly; then let callbacks go out."""
        if url is not None:
            self._callback = replace(self._callback, url=url)
        self.verified = False
        self._told = ""
        if self._verifying is not None:
            self._verifying.cancel()
        if self._callback.url:
            self._verifying = asyncio.get_running_loop().create_task(self._verify_until_right())

    async def verify(self) -> bool:
        """One GET with an echo string; whether the answer was the bare plain text."""
        echo = str(int.from_bytes(self._chance("echo", 8)))
        ciphertext, query = self._seal(echo.encode())
        try:
            async with asyncio.timeout(self._callback.cutoff):
                answer = await self._http.get(self._callback.url, params={**query, "echostr": ciphertext})
                async with answer:
                    body = await answer.content.read(1000)
            right = answer.status == 200 and body == echo.encode()
            outcome = "verified" if right else f"wrong answer, http {answer.status}"
        except (TimeoutError, aiohttp.ClientError) as error:
            right, outcome = False, f"no answer: {type(error).__name__}"
        self.verified = right
        if outcome != self._told:
            # A bot that starts later is asked every few seconds; once is enough to know.
            self._told = outcome
            self._note({"act": "verify", "outcome": outcome}, "verified" if right else "unverified")
        self._pump()
        return right

    async def settled(self) -> None:
        """Wait until nothing that may go out now is under way."""
        while self._tasks or self._pump_soon or ((self._waiting or self._events) and self.verified):
            await (asyncio.wait(self._tasks) if self._tasks else asyncio.sleep(0))

    async def close(self) -> None:
        """Drop what is under way."""
        tasks = [*self._tasks, *([self._verifying] if self._verifying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _hear(self, open_kfid: str) -> None:
        if not self._callback.url or open_kfid in self._waiting:
            return
        self._waiting[open_kfid] = None
        self._soon()

    def _cry(self, event: Mapping[str, object]) -> None:
        """An event that is a callback of its own: each goes out, none joins another."""
        if self._callback.url:
            told = {"ToUserName": self._platform.setup.corp.corpid, "FromUserName": "sys", **event}
            self._events.append((str(event["Event"]), f"<xml>{_xml(told)}</xml>".encode()))
            self._soon()

    def _soon(self) -> None:
        if not self._pump_soon:
            # What happens in one go joins one callback.
            self._pump_soon = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pump_soon = False
        while self.verified and (self._waiting or self._events) and len(self._tasks) < self._callback.parallel:
            subject, message = self._events.popleft() if self._events else self._next_news()
            self._made += 1
            self._let_go(Notice(subject, message, self._made))

    def _next_news(self) -> tuple[str, bytes]:
        open_kfid = next(iter(self._waiting))
        del self._waiting[open_kfid]
        world = self._platform.world
        return open_kfid, self._news(open_kfid, world.news.give(open_kfid, world.now()))

    def _let_go(self, notice: Notice) -> None:
        world = self._platform.world
        dice, faults = world.dice, world.faults
        if dice.falls("lost", faults.lost):
            self._outcome(notice, "lost")
        elif dice.falls("late", faults.late):
            self._outcome(notice, "late")
            world.clock.call_later(faults.late_s, lambda: self._launch(notice))
        elif not self._held and dice.falls("reorder", faults.reorder):
            self._outcome(notice, "reordered")
            self._held.append(notice)
            # If nothing follows that could overtake it, it still arrives.
            world.clock.call_later(faults.late_s, self._release)
        else:
            self._launch(notice)
            if dice.falls("double", faults.double):
                self._outcome(notice, "doubled")
                self._launch(notice)
            self._release()

    def _release(self) -> None:
        while self._held:
            self._launch(self._held.pop())

    def _launch(self, notice: Notice) -> None:
        task = asyncio.get_running_loop().create_task(self._attempt(notice))
        self._tasks.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._pump()

    async def _attempt(self, notice: Notice) -> None:
        outcome = await self._post(notice)
        self._outcome(notice, outcome)
        if outcome == "ok":
            return
        if notice.attempt >= self._callback.attempts:
            self._outcome(notice, "gave up")
            return
        again = replace(notice, attempt=notice.attempt + 1)
        if outcome == "cut":
            self._launch(again)
        else:
            self._platform.clock.call_later(self._callback.pause, lambda: self._launch(again))

    async def _post(self, notice: Notice) -> str:
        """One attempt; "ok" for HTTP 200, "cut" after the cut-off, else what went wrong."""
        ciphertext, query = self._seal(notice.message)
        corpid = self._platform.setup.corp.corpid
        body = (
            f"<xml><ToUserName><![CDATA[{corpid}]]></ToUserName>"
            f"<Encrypt><![CDATA[{ciphertext}]]></Encrypt><AgentID><![CDATA[]]></AgentID></xml>"
        )
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        try:
            async with asyncio.timeout(self._callback.cutoff):
                answer = await self._http.post(self._callback.url, params=query, data=body, headers=headers)
                async with answer:
                    await answer.read()
        except TimeoutError:
            return "cut"
        except aiohttp.ClientError as error:
            return f"no answer: {type(error).__name__}"
        return "ok" if answer.status == 200 else f"http {answer.status}"

    def _news(self, open_kfid: str, token: str) -> bytes:
        corpid = self._platform.setup.corp.corpid
        at = self._platform.world.now()
        return (
            f"<xml><ToUserName><![CDATA[{corpid}]]></ToUserName><CreateTime>{int(at)}</CreateTime>"
            "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>"
            f"<Token><![CDATA[{token}]]></Token>"
            f"<OpenKfId><![CDATA[{open_kfid}]]></OpenKfId></xml>"
        ).encode()

    def _seal(self, message: bytes) -> tuple[str, dict[str, str]]:
        """The sealed text and the query that belongs to it; another nonce every time."""
        corp = self._platform.setup.corp
        timestamp = str(int(self._platform.world.now()))
        nonce = self._platform.world.ids.make("nonce", 16)
        crypto = WeComCrypto(corp.token, corp.aes_key, corp.corpid)
        ciphertext, signature = crypto.encrypt(message, timestamp, nonce, self._chance("seal", 16))
        return ciphertext, {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}

    def _chance(self, kind: str, size: int) -> bytes:
        ids = self._platform.world.ids
        return ids.digest(ids.make(kind), size)

    async def _verify_until_right(self) -> None:
        while True:
            if await self.verify():
                return
            await asyncio.sleep(self._callback.verify_every)

    def _outcome(self, notice: Notice, outcome: str) -> None:
        detail = {"open_kfid": notice.subject, "notice": notice.number, "attempt": notice.attempt}
        self._note({"act": "post", **detail, "outcome": outcome}, outcome.partition(":")[0])

    def _note(self, detail: dict[str, object], count: str) -> None:
        self._platform.world.ledger.write("callback", self._platform.world.now(), detail, count)


def _xml(fields: Mapping[str, object]) -> str:
    """Fields as the platform writes them; a mapping is an element with elements inside, a list the same element again."""
    return "".join(
        f"<{name}>{_xml(one) if isinstance(one, Mapping) else f'<![CDATA[{one}]]>'}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )
