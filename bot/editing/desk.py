"""The desk of the words: changes told, previews, histories; saving with who may, publishing, rolling back."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot import scopes
from bot.content.editing import new_path
from bot.content.items import Key, Kind, fingerprint, plain
from bot.db import drafts
from bot.db.drafts import Draft
from bot.db.users import User
from bot.editing import history, previewing, telling
from bot.editing.finding import json_of
from bot.editing.model import Change, Finding, Placeholder, Reader, Seen, Told, Value, Version
from bot.editing.occasions import placeholders, said_by_program
from bot.editing.shelves import Shelves
from bot.errors import BadRequestError
from bot.publishing import Look, Yes, key_of
from bot.replaying.jobs import Wanted


@dataclass(frozen=True, slots=True)
class Saving:
    """What somebody wants to keep."""

    kind: Kind
    id: str
    value: Value | None
    """None: the thing is to be taken away."""
    note: str = ""
    draft: int = 0
    """The draft that was open; 0 where there was none."""
    version: int = 0
    """The version that the form was made from."""
    base: str | None = None
    """Fingerprint of the live thing that was looked at; None: what the draft says."""


class Editing(Shelves):
    """Everything that the console does with content."""

    async def changes(self, of: Sequence[Draft], today: date) -> Sequence[Change]:
        """What each of these drafts does, in words, with what is wrong with it."""
        live = await self.live()
        found: list[Change] = []
        for draft in of:
            key = key_of(draft)
            item = live.found.get(key)
            before = None if item is None else item.value
            after = None if draft.value is None else json_of(draft.value)
            what = _what(before, after)
            said = await self.lint(key, draft.value, today) if draft.value is not None else ()
            moved = bool(draft.base) and draft.base != fingerprint(before)
            fields = telling.changes(before or {}, after or {}) if what in {"changed", "added"} else ()
            found.append(Change(draft, what, fields, said, moved))
        return found

    async def history(self, kind: Kind, id_: str) -> Sequence[Version]:
        """How a thing stood, the newest first."""
        opened = await self.opened(kind, id_)
        live = await self.live()
        key = Key(kind, id_)
        paths = {path for path, (_, there) in self._read.items() if any(one.key == key for one in there)}
        paths |= {opened.file, new_path(key, {}), new_path(key, live.files)} - {""}
        return await history.versions(self._engine, key, sorted(paths), opened.draft)

    async def lint_form(self, kind: Kind, id_: str, value: Value, today: date) -> tuple[Finding, ...]:
        """What is wrong with a form; a finding for which somebody has drafted an exception is told as excepted."""
        found = await self.lint(Key(kind, id_), value, today)
        drafted = [one.value for one in await drafts.drafts(self._engine, kinds=["exception"]) if one.value is not None]
        return tuple(_excepted(one, drafted) for one in found)

    def compared(self, before: Value | None, after: Value | None) -> Sequence[Told]:
        """What is different between two values, in words."""
        return telling.changes(None if before is None else json_of(before), None if after is None else json_of(after))

    def chosen(self, mine: Value, theirs: Value, taken: Sequence[str]) -> Value:
        """Mine, with the other one's words in the fields that were taken."""
        found = telling.chosen(json_of(mine), json_of(theirs), taken)
        return found if isinstance(found, Mapping) else mine

    async def preview(self, value: Value, reader: Reader) -> tuple[Sequence[Seen], str]:
        """What a reader would read of a script, and why where it is nothing."""
        made, wrong = previewing.read(value)
        if made is None:
            return (), "；".join(f"{one.place}：{one.why}" for one in wrong[:3])
        workspace = await self.workspace()
        found = await asyncio.to_thread(previewing.seen, made, reader, workspace)
        return found, "" if found else previewing.silent(made, reader, workspace)

    def placeholders(self, value: Value) -> tuple[Placeholder, ...]:
        """What may stand in braces in a script."""
        return placeholders(str(value.get("id", "")), str(value.get("extends", "")))

    def said_by_program(self, script: str) -> bool:
        """Whether the program says a script by itself."""
        return said_by_program(script)

    # --- saving

    async def may_write(self, who: User, kind: Kind, value: Value | None) -> bool:
        """Whether somebody may draft a thing."""
        workspace = await self.workspace()
        return scopes.may_write(who, scopes.scope_of(kind, value), workspace.staff)

    async def may_change(self, who: User, draft: Draft) -> bool:
        """Whether somebody may propose, set aside or take up a draft."""
        live, key = await self.live(), key_of(draft)
        item = live.found.get(key)
        both = [value for value in (draft.value, None if item is None else item.value) if value is not None]
        return all([await self.may_write(who, key.kind, value) for value in both])

    async def save(self, who: User, told: Saving, now: datetime) -> Draft:
        """Keep what somebody wrote, as a new draft or as the next version of the one that was open.

        Raises:
            StaleError: somebody else saved meanwhile.
            BadRequestError: it is not theirs to write (403), or the draft is closed.
        """
        live = await self.live()
        item = live.found.get(Key(told.kind, told.id))
        before = None if item is None else item.value
        for value in (before, told.value):
            if value is not None and not await self.may_write(who, told.kind, value):
                raise BadRequestError(_not_yours(scopes.scope_of(told.kind, value)), status=403, code="scope")
        scope = scopes.scope_of(told.kind, told.value if told.value is not None else before).told
        if not told.draft:
            made = Draft(told.kind, told.id, told.value, f"{who.name} 手写", told.note, fingerprint(before), scope)
            return await drafts.begin(self._engine, made, who.name, now)
        found = await drafts.draft(self._engine, told.draft)
        if (found.kind, found.item) != (told.kind, told.id):
            raise BadRequestError("草稿和正在改的不是同一条，请刷新", status=409, code="other_draft")
        base = found.base if told.base is None else told.base
        changed = replace(found, version=told.version, value=told.value, note=told.note, scope=scope, base=base)
        return await drafts.save(self._engine, changed, who.name, now)

    async def value_at(self, draft: int, version: int) -> Value | None:
        """What a draft said in one of its versions."""
        return next((one.value for one in await drafts.saves(self._engine, draft) if one.version == version), None)

    # --- publishing

    async def may_publish(self, who: User, of: Iterable[Draft]) -> Sequence[tuple[Draft, str]]:
        """Of these drafts those that somebody may not make live, with the reason in words."""
        live, workspace = await self.live(), await self.workspace()
        found: list[tuple[Draft, str]] = []
        for one in of:
            item = live.found.get(key_of(one))
            both = [value for value in (one.value, None if item is None else item.value) if value is not None]
            not_theirs = [scopes.scope_of(one.kind, value) for value in both]
            wrong = next((scope for scope in not_theirs if not scopes.may_publish(who, scope, workspace.staff)), None)
            if wrong is not None or (not both and not scopes.may_publish(who, scopes.HEADQUARTERS, workspace.staff)):
                found.append((one, _not_published(who, wrong or scopes.HEADQUARTERS)))
        return found

    async def look(self, ids: Sequence[int], now: datetime) -> Look:
        """Everything that stands between drafts and their release."""
        return await self.publisher.look(ids, now)

    async def publish(self, who: User, ids: Sequence[int], yes: Yes, now: datetime) -> int:
        """Make a release; raises what ``Publisher.publish`` raises, and BadRequestError (403) for what is not theirs."""
        wanted = [await drafts.draft(self._engine, one) for one in ids]
        if refused := await self.may_publish(who, wanted):
            raise BadRequestError("；".join(dict.fromkeys(why for _, why in refused)), status=403, code="scope")
        return await self.publisher.publish(ids, who.name, now, yes)

    async def replay(self, ids: Sequence[int], author: str, last: int | None = None) -> int:
        """Begin the replay of exactly what these drafts would make live; its number."""
        if self.replays is None:
            raise BadRequestError("这里不能回放", status=503, code="unavailable")
        made = await self.publisher.candidate(ids)
        wanted = Wanted(made.files, [one.id for one in made.drafts])
        return await self.replays.start(wanted if last is None else replace(wanted, last=last), author)

    async def cancel_replay(self, number: int, author: str) -> None:
        """End a replay that nobody wants any more."""
        if self.replays is None:
            raise BadRequestError("这里不能回放", status=503, code="unavailable")
        await self.replays.cancel(number, author)

    async def no_roll_back(self, who: User, changes: Iterable[Mapping[str, object]]) -> str:
        """Why somebody may not take a release back that made these changes; empty where they may."""
        if scopes.may_publish(who, scopes.HEADQUARTERS, (await self.workspace()).staff):
            return ""
        live, workspace = await self.live(), await self.workspace()
        told = [(str(one.get("kind")), str(one.get("id"))) for one in changes]
        found = {(str(key.kind), key.id): item.value for key, item in live.found.items()}
        theirs = [scopes.scope_of(kind, found.get((kind, id_))) for kind, id_ in told]
        fits = bool(theirs) and all(scopes.may_publish(who, scope, workspace.staff) for scope in theirs)
        return "" if fits else "这一版里有总部的内容，请总部的同事来撤销"

    async def roll_back(self, release: int, author: str, now: datetime, note: str = "") -> int:
        """Make what was live once live again."""
        return await self.publisher.roll_back(release, author, now, note)

    async def close(self) -> None:
        """End what runs: this process ends."""
        if self.replays is not None:
            await self.replays.close()


def yes(groups: Iterable[str] = (), *, unseen: bool = False, reason: str = "", note: str = "") -> Yes:
    """What somebody looked at and publishes all the same."""
    return Yes(frozenset(groups), unseen, reason, note)


def _excepted(one: Finding, drafted: Sequence[Value]) -> Finding:
    """The finding with the reason of a drafted exception that is meant for it."""
    for value in drafted:
        mine = value.get("rule") == one.rule and value.get("words") == one.words
        if mine and value.get("where") in {None, "", f"{one.kind}/{one.item}"}:
            return replace(one, excepted=f"{value.get('reason')}（草稿，发布后生效）")
    return one


def _what(before: Value | None, after: Value | None) -> Literal["added", "removed", "changed", "same"]:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "same" if plain(before) == plain(after) else "changed"


def _not_yours(scope: scopes.Scope) -> str:
    whose = "总部" if scope.level == "总部" else f"{scope.level}“{scope.of}”"
    return f"这是{whose}的，您不能直接改；可以请总部的同事改，或者给自己的店另写一条"


def _not_published(who: User, scope: scopes.Scope) -> str:
    if who.role == "editor":
        return "运营写好以后，由店长或管理员发布"
    whose = "总部" if scope.level == "总部" else f"{scope.level}“{scope.of}”"
    return f"{whose}的内容您不能发布，请{'总部' if scope.level == '总部' else '能管这里'}的同事发布"
