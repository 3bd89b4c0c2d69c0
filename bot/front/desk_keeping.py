"""One script of a guide or a store on its way to a release: drafted, looked at, published at once, again where others were."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot import scopes
from bot.db import drafts
from bot.db.drafts import Draft
from bot.db.users import User
from bot.errors import BadRequestError, ContentError
from bot.front.chat import json
from bot.front.context import Front
from bot.ids import msgid
from bot.model import JsonMap
from bot.scopes import Scope

if TYPE_CHECKING:
    from bot.content.items import Key
    from bot.editing.desk import Editing
    from bot.editing.model import Finding

MOST: Final = 200
"""Scripts of one guide, or of one store."""
_REASON: Final = "导购台存的话术，只有导购自己会用，助手不会说"
_TRIES: Final = 4
"""How often it is tried while others publish: each time on what is live by then."""
_AGAIN: Final = frozenset({"overtaken", "stale", "closed", "not_found"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of one script."""

    id: str
    scope: Scope
    text: str | None = None
    """None: it is to go."""
    title: str = ""
    family: str = ""
    mark: str | None = None
    """What the page had read; None: it is new."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who brings one wish to a release."""

    desk: Editing
    front: Front
    who: User
    today: date

    async def do(self, wish: Wish, status: int) -> web.Response:
        """Try on what is live, and again where others were faster."""
        for left in reversed(range(_TRIES)):
            try:
                return await self._once(wish, status)
            except BadRequestError as error:
                if error.code not in _AGAIN or not left:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _once(self, wish: Wish, status: int) -> web.Response:
        live = await self.desk.live()
        item, draft = live.found.get(key(wish.id)), await drafts.open_draft(self.front.engine, "script", wish.id)
        before = None if item is None else item.value
        current = before if draft is None else draft.value
        if draft is None and _print(_value(wish, before)) == _print(before):
            return json({"id": wish.id, "state": "live", "warnings": []}, status)  # a second tap
        self._timely(wish, current, draft)
        if wish.text is None and before is None and draft is not None:
            await drafts.dismiss(self.front.engine, draft.id, self.who.name, self.now)
            return json({"id": wish.id, "state": "live", "warnings": []}, status)
        own = sum(scoped(one.value) == wish.scope for one in live.found.values() if one.key.kind == "script")
        if before is None and own >= MOST:
            raise BadRequestError(f"已经存了 {MOST} 条，先删掉几条不用的", status=409, code="full")
        return await self._looked(wish, (_value(wish, current), before), draft, status)

    async def _looked(
        self, wish: Wish, told: tuple[JsonMap | None, JsonMap | None], draft: Draft | None, status: int
    ) -> web.Response:
        """Have it linted, and make it live where nothing is against it."""
        value, before = told
        found = () if value is None else await self.desk.lint_form("script", wish.id, value, self.today)
        if stopping := [one for one in found if one.blocks]:
            return _refusal(stopping)
        state = await self._live(wish, (value, before), draft)
        warnings = [{"words": one.words, "why": one.why, "way_out": one.way_out} for one in found if one.excepted is None]
        return json({"id": wish.id, "state": state, "warnings": warnings}, status)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.front.clock.now()

    def _timely(self, wish: Wish, current: JsonMap | None, draft: Draft | None) -> None:
        """Raises BadRequestError (409) where somebody else is at it, or the page had read other words than there are now."""
        if draft is not None and draft.last_author != self.who.name:
            raise BadRequestError(f"{draft.last_author} 正在后台改这一条，等发布了再改", status=409, code="held")
        if wish.mark and (current is None or wish.mark != mark_of(told_of(current))):
            raise BadRequestError("这条刚在别的地方改过，先看看现在的再改", status=409, code="changed")

    async def _live(self, wish: Wish, told: tuple[JsonMap | None, JsonMap | None], draft: Draft | None) -> str:
        """Draft it (``told``: what it is to be, what is live) and publish it; what could not go live leaves no draft."""
        from bot.editing.desk import Saving, yes  # noqa: PLC0415  (the rooms, which are loaded by now)

        value, before = told
        at = (draft.id, draft.version) if draft is not None else (0, 0)
        saving = Saving("script", wish.id, value, _REASON, *at, base=_print(before))
        saved = await self.desk.save(self.who, saving, self.now)
        agreed = yes(unseen=True, reason=_REASON, note=f"{self.who.name} 在导购台{'存' if value else '删'}的话术")
        try:
            await self.desk.publish(self.who, [saved.id], agreed, self.now)
        except BadRequestError as error:
            if error.code == "unapproved":
                await drafts.propose(self.front.engine, saved.id, self.who.name, self.now)
                return "waiting"
            await self._forget(saved)
            raise
        except ContentError:
            await self._forget(saved)
            raise
        return "live"

    async def _forget(self, saved: Draft) -> None:
        with contextlib.suppress(BadRequestError):  # a second tap has published it
            await drafts.dismiss(self.front.engine, saved.id, self.who.name, self.now)


def _refusal(found: Sequence[Finding]) -> web.Response:
    told = [{"words": one.words, "why": one.why, "way_out": one.way_out} for one in found]
    first = found[0]
    words = f"“{first.words}”" if first.words else ""
    return json({"error": {"code": "lint", "message": f"{words}{first.why}。{first.way_out}", "findings": told}}, 422)


# --- values


def key(id_: str) -> Key:
    """A script as content names it."""
    from bot.content.items import Key  # noqa: PLC0415  (the rooms, as above)

    return Key("script", id_)


def _print(value: JsonMap | None) -> str:
    from bot.content.items import fingerprint  # noqa: PLC0415  (the rooms, as above)

    return fingerprint(value)


def scoped(value: JsonMap | None) -> Scope:
    """Whose a script is."""
    return scopes.scope_of("script", value)


def _value(wish: Wish, before: JsonMap | None) -> JsonMap | None:
    """What the script is to say; further wordings that somebody gave it in the console stay."""
    if wish.text is None:
        return None
    variants = _variants(before)
    first = {**(variants[0] if variants else {}), "text": wish.text}
    told = {"id": wish.id, "family": wish.family, "title": wish.title, "variants": [first, *variants[1:]]}
    return {**(before or {}), **told, "scope": {"level": wish.scope.level, "of": wish.scope.of}}


def _variants(value: JsonMap | None) -> list[Mapping[str, object]]:
    found = (value or {}).get("variants")
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else []
    return [one for one in listed if isinstance(one, Mapping)]


def told_of(value: JsonMap) -> dict[str, object]:
    """A script as the desk lists it."""
    variants, family = _variants(value), str(value.get("family", ""))
    text = str(variants[0].get("text", "")) if variants else ""
    told = {"id": value.get("id"), "title": value.get("title") or family, "family": family, "text": text}
    return {**told, "others": max(0, len(variants) - 1), "level": scoped(value).level}


def mark_of(one: JsonMap) -> str:
    """Fingerprint of what a page has read."""
    return msgid(str(one["family"]), str(one["text"]))[:12]
