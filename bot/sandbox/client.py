"""The control API from outside: for tests, benches and scripts in another process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import aiohttp
import orjson

from bot.sandbox.body import Body, is_object
from bot.sandbox.control import ROOT
from bot.sandbox.errors import ActRefusedError


class SandboxClient:
    """Plays shoppers and staff over HTTP; refusals are raised as ActRefusedError in the sandbox's words."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        """`url` without a path; the session stays the caller's."""
        self._root = url.rstrip("/") + ROOT
        self._http = http

    async def arrive(self, nickname: str = "", *, refuses: bool = False) -> str:
        """A new shopper; the external_userid."""
        made = await self.ask("POST", "/shoppers", {"nickname": nickname, "refuses": refuses})
        return str(made["external_userid"])

    async def enter(self, who: str, *, open_kfid: str = "", scene: str = "", scene_param: str = "") -> str:
        """Enter the session; the welcome code, or empty."""
        body = {"open_kfid": open_kfid, "scene": scene, "scene_param": scene_param}
        return str((await self.ask("POST", f"/shoppers/{who}/enter", body))["welcome_code"])

    async def say(self, who: str, words: str, open_kfid: str = "") -> str:
        """Write a text; its msgid."""
        return await self.send(who, "text", {"content": words}, open_kfid)

    async def send(self, who: str, msgtype: str, content: Body, open_kfid: str = "") -> str:
        """Send anything; its msgid."""
        body = {"open_kfid": open_kfid, "msgtype": msgtype, msgtype: content}
        return str((await self.ask("POST", f"/shoppers/{who}/messages", body))["msgid"])

    async def tap(self, who: str, msgid: str, item: str, open_kfid: str = "") -> str:
        """Tap a menu item; the msgid of the text that it sends."""
        body = {"open_kfid": open_kfid, "msgid": msgid, "item": item}
        return str((await self.ask("POST", f"/shoppers/{who}/tap", body))["msgid"])

    async def recall(self, who: str, msgid: str, open_kfid: str = "") -> None:
        """Take an own message back."""
        await self.ask("POST", f"/shoppers/{who}/recall", {"open_kfid": open_kfid, "msgid": msgid})

    async def servicer(self, userid: str, act: str, who: str = "", **fields: object) -> Body:
        """`take`, `reply` (text), `transfer` (to), `end`, `recall` (msgid), `serving` (on), `reject` (on)."""
        return await self.ask("POST", f"/servicers/{userid}/{act}", {"external_userid": who, **fields})

    async def messages(self, who: str, open_kfid: str = "", after: int = 0) -> Body:
        """State, quota and the bubbles of a conversation."""
        return await self.ask("GET", f"/shoppers/{who}/messages?open_kfid={open_kfid}&after={after}")

    async def put_faults(self, **rates: float) -> None:
        """Switch faults on; those not named are off."""
        await self.ask("PUT", "/faults", rates)

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        await self.ask("POST", "/clock/advance", {"seconds": seconds})

    async def set_callback(self, url: str) -> None:
        """Send callbacks there, after verifying the URL."""
        await self.ask("PUT", "/callback", {"url": url})

    async def reset(self, seed: int | None = None) -> None:
        """Forget everything."""
        await self.ask("POST", "/reset", {} if seed is None else {"seed": seed})

    async def state(self) -> Body:
        """The overview."""
        return await self.ask("GET", "/state")

    async def totals(self) -> Mapping[str, int]:
        """How often each kind of entry was written."""
        return {name: int(str(number)) for name, number in (await self.ask("GET", "/totals")).items()}

    async def ledger(self, since: int = 0, *kinds: str) -> Sequence[Body]:
        """All entries above a number, of these kinds (of all if none is named)."""
        found: list[Body] = []
        while True:
            path = f"/ledger?since={since}&kind={','.join(kinds)}"
            entries = (await self.ask("GET", path))["entries"]
            page = [entry for entry in entries if is_object(entry)] if isinstance(entries, list) else []
            if not page:
                return found
            found += page
            since = int(str(page[-1]["n"]))

    async def events(self, *kinds: str, ready: asyncio.Event | None = None) -> AsyncIterator[Body]:
        """Ledger entries as they are written, until the caller stops or the sandbox closes.

        `ready` is set once nothing that happens from then on can be missed.
        """
        url = f"{self._root}/events?kind={','.join(kinds)}"
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._http.get(url, timeout=timeout) as answer:
            async for line in answer.content:
                if ready is not None:
                    ready.set()
                if line.startswith(b"data: "):
                    entry: object = orjson.loads(line[6:])
                    if is_object(entry) and entry:
                        yield entry

    async def ask(self, method: str, path: str, body: Body | None = None) -> Body:
        """One call of the control API; raises ActRefusedError with the sandbox's words."""
        data = None if body is None else orjson.dumps(body)
        async with self._http.request(method, self._root + path, data=data) as answer:
            raw = await answer.read()
        if answer.status >= 400:
            raise ActRefusedError(f"{answer.status} {raw.decode(errors='replace')}")
        found: object = orjson.loads(raw)
        return found if is_object(found) else {}
