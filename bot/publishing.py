"""From drafts to a release: put in, checked whole, linted, guarded by corrections, looked at in a replay; whole or not at all."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content import asides
from bot.content.differing import Change, differences
from bot.content.editing import applied
from bot.content.hearing import heard_by
from bot.content.items import Edit, Item, Key, Kind, Value, fingerprint, items, plain
from bot.content.linting import Found, Heard, blocks, problem
from bot.content.workspace import Seen, Workspace, digest_of
from bot.db import corrections, drafts, releases, replays
from bot.db.drafts import Draft
from bot.db.releases import Origin
from bot.db.users import audit
from bot.errors import BadRequestError, ContentError, Problem
from bot.guarding import Verdict, judge
from bot.services import Services


@dataclass(frozen=True, slots=True)
class Yes:
    """What somebody looked at and publishes all the same."""

    groups: frozenset[str] = frozenset()
    """Ids of the red groups of the replay."""
    unseen: bool = False
    """No replay was looked at."""
    reason: str = ""
    note: str = ""
    """Why it goes live; empty: what the drafts say."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What would go live."""

    drafts: tuple[Draft, ...]
    before: Mapping[str, bytes] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    release: int
    """The live release it is made on."""
    changes: tuple[Change, ...]
    moved: tuple[Draft, ...]
    """Drafts whose thing was published by somebody else since they were begun."""

    @property
    def digest(self) -> str:
        """Fingerprint of the files."""
        return digest_of(self.files)

    @property
    def live_digest(self) -> str:
        """Fingerprint of the files that are live."""
        return digest_of(self.before)


@dataclass(frozen=True, slots=True)
class Look:
    """What stands between drafts and their release."""

    candidate: Candidate
    problems: tuple[Problem, ...]
    """Faults of the whole check: nothing can go live with them."""
    findings: tuple[Found, ...]
    """What the lint has to say about the things that change, and whatever else a change made wrong."""
    broken: tuple[Problem, ...]
    """Corrections of guides that would be undone."""
    replay: replays.Replay | None
    """The newest replay of exactly this candidate."""
    unapproved: tuple[Draft, ...]
    """Drafts that somebody else must approve first."""

    @property
    def blocks(self) -> tuple[Found, ...]:
        """Findings that must be mended or excepted first."""
        return blocks(self.findings)


class Publisher:
    """Makes releases out of drafts."""

    def __init__(self, engine: AsyncEngine, encoder: Encoder, models: ModelStore, seen: Seen | None = None) -> None:
        self._engine = engine
        self._encoder = encoder
        self._models = models
        self._seen = seen
        self._under: Workspace | None = None
        """The live content on which a candidate was read last: the next one is read over it."""
        self._live: tuple[str, Services] | None = None
        """Fingerprint of the content that corrections were played beside last, and its services."""

    async def candidate(self, ids: Sequence[int]) -> Candidate:
        """What would go live with these drafts.

        Raises:
            BadRequestError: a draft is missing or closed (404), or nothing was ever imported (409).
            ContentError: a file cannot be read.
        """
        async with self._engine.begin() as connection:
            return await self._candidate(connection, ids)

    async def _candidate(self, connection: AsyncConnection, ids: Sequence[int]) -> Candidate:
        wanted = await drafts.locked(connection, ids)
        found = await releases.live_on(connection)
        if found is None:
            raise BadRequestError("还没有导入过内容，先运行 daogou import", status=409, code="no_release")
        before = await releases.files_on(connection, found[0])
        return await asyncio.to_thread(_candidate, tuple(wanted), before, found[0])

    async def look(self, ids: Sequence[int], now: datetime) -> Look:
        """Everything that stands in the way, without changing anything; raises what ``candidate`` raises."""
        made = await self.candidate(ids)
        known = await corrections.corrections(self._engine)
        replay = await replays.latest(self._engine, made.live_digest, made.digest)
        return await asyncio.to_thread(self._looked, made, known, replay, now)

    def _looked(
        self, made: Candidate, known: Sequence[corrections.Correction], replay: replays.Replay | None, now: datetime
    ) -> Look:
        try:
            workspace = self._read(made)
        except ContentError as error:
            return Look(made, tuple(error.problems), (), (), replay, ())
        verdict = self._judged(made, workspace, known, now)
        findings = self._found(made, workspace, now)
        return Look(made, (), findings, tuple(verdict.problems), replay, _unapproved(made, workspace))

    async def publish(self, ids: Sequence[int], author: str, now: datetime, yes: Yes | None = None) -> int:
        """Make a release of the live content and these drafts; its number.

        Release, states and audit are kept together: nothing gets between the release that was read and the one made of it.

        Raises:
            BadRequestError: a draft is missing or closed (404), was overtaken, or waits for approval; no replay of exactly
                this was made (409 ``no_replay``) or red groups of it are open (409 ``red_groups``), and ``yes`` does not say so.
            ContentError: what the check, the lint or the corrections refuse; nothing is changed.
        """
        yes = yes or Yes()
        known = await corrections.corrections(self._engine)
        async with self._engine.begin() as connection:
            await releases.alone(connection)
            made = await self._candidate(connection, ids)
            if made.moved:
                raise BadRequestError(_overtaken(made.moved), status=409, code="overtaken")
            replay = await replays.latest(self._engine, made.live_digest, made.digest)
            waved = _agreed(replay, yes)
            workspace, verdict = await asyncio.to_thread(self._sound, made, known, now)
            if waiting := _unapproved(made, workspace):
                names = "、".join(one.item for one in waiting)
                raise BadRequestError(f"要先请别人批准：{names}", status=409, code="unapproved")
            origin = Origin("publish", made.release, _told(made.changes))
            release = await releases.put(connection, workspace, author, yes.note.strip()[:400] or _note(made), origin)
            await drafts.published(connection, made.drafts, release, author, now)
            if waved:
                await audit(connection, now, author, ("content.yes", str(release)), groups=waved, reason=yes.reason)
        await corrections.settle(self._engine, [one.id for one in verdict.passing], (), now)
        return release

    def _sound(self, made: Candidate, known: Sequence[corrections.Correction], now: datetime) -> tuple[Workspace, Verdict]:
        workspace = self._read(made)
        if stopping := blocks(self._found(made, workspace, now)):
            raise ContentError([problem(one) for one in stopping])
        verdict = self._judged(made, workspace, known, now)
        if verdict.broken:
            raise ContentError(verdict.problems)
        return workspace, verdict

    def _found(self, made: Candidate, workspace: Workspace, now: datetime) -> tuple[Found, ...]:
        """What the lint says of the things that change, and whatever else they made wrong."""
        live = self._before(made)
        seen = asides.Live(made.before, live, self.heard(live or workspace))
        return asides.newly_found(made.files, workspace, made.changes, now.astimezone(workspace.brand.zone).date(), seen)

    def heard(self, workspace: Workspace) -> Heard:
        """How the model of a live content takes sentences; it is loaded when somebody edits what is learnt from."""
        return heard_by(workspace, self._models, self._encoder)

    def _read(self, made: Candidate) -> Workspace:
        """The whole of a candidate; what is as it is live is not read and compared once more."""
        return content.read_files(made.files, self._seen, self._before(made))

    def _before(self, made: Candidate) -> Workspace | None:
        """The live content that a candidate is made on, read once for a release; None where it is no longer valid."""
        if self._under is None or self._under.digest != made.live_digest:
            try:
                self._under = content.read_files(made.before, self._seen, self._under)
            except ContentError:
                return None
        return self._under

    def _judged(self, made: Candidate, workspace: Workspace, known: Sequence[corrections.Correction], now: datetime) -> Verdict:
        """How the corrections come out; what the edits do not touch is built once for a release."""
        if not known or asides.asides(made.changes):
            return Verdict((), ())
        if self._live is None or self._live[0] != made.live_digest:
            before = self._before(made) or content.read_files(made.before, self._seen)
            self._live = made.live_digest, content.build(before, self._encoder, self._models)
        return judge(known, self._encoder, self._models, now, self._live[1])(workspace)

    async def roll_back(self, release: int, author: str, now: datetime, note: str = "") -> int:
        """``roll_back`` of this module."""
        return await roll_back(self._engine, release, author, now, note)


async def roll_back(engine: AsyncEngine, release: int, author: str, now: datetime, note: str = "") -> int:
    """Make what was live once live again, as a release of its own; its number.

    In an emergency nothing stands in the way but a fault: no replay, no correction is asked.

    Raises:
        ContentError: there is no such release, or this version of the program refuses it.
    """
    files = await releases.load(engine, release)
    workspace = await asyncio.to_thread(content.read_files, files)
    async with engine.begin() as connection:
        await releases.alone(connection)
        live = await releases.live_on(connection)
        before = {} if live is None else await releases.files_on(connection, live[0])
        changes = await asyncio.to_thread(differences, before, files)
        told = Origin("rollback", release, _told(changes))
        made = await releases.put(connection, workspace, author, note or f"退回第 {release} 版", told)
        await audit(connection, now, author, ("content.roll_back", str(made)), to=release, note=note)
    return made


def _candidate(wanted: tuple[Draft, ...], before: Mapping[str, bytes], release: int) -> Candidate:
    edits = [Edit(key_of(one), value_of(one)) for one in wanted]
    files = applied(before, edits)
    there = items(before, {edit.key.kind for edit in edits})
    moved = tuple(one for one in wanted if one.base and one.base != _print(there.get(key_of(one))))
    return Candidate(wanted, before, files, release, differences(before, files), moved)


def _print(item: Item | None) -> str:
    return "" if item is None else fingerprint(item.value)


def key_of(draft: Draft) -> Key:
    """The thing that a draft is about."""
    kind: Kind = draft.kind  # type: ignore[assignment]
    return Key(kind, draft.item)


def value_of(draft: Draft) -> Value | None:
    """What the thing is to be, as plain JSON."""
    return None if draft.value is None else {name: plain(one) for name, one in draft.value.items()}


def _unapproved(made: Candidate, workspace: Workspace) -> tuple[Draft, ...]:
    if not workspace.brand.publishing.four_eyes:
        return ()
    return tuple(one for one in made.drafts if one.state != "approved" or one.approved_by in {None, one.last_author})


def _agreed(replay: replays.Replay | None, yes: Yes) -> list[str]:
    """Ids of red groups (or the missing replay) that were agreed to by hand; raises BadRequestError."""
    if replay is None or replay.state != "done":
        if not yes.unseen:
            raise BadRequestError("还没有拿真实的消息回放过这次改动，先看一遍再发布", status=409, code="no_replay")
        return ["没有回放"]
    if missing := replay.unanswered(yes.groups):
        raise BadRequestError(f"回放里还有 {len(missing)} 组要看的变化没有确认", status=409, code="red_groups")
    if replay.red and not yes.reason.strip():
        raise BadRequestError("有变坏的回答还要发布，请写一句为什么", status=409, code="reason_missing")
    return [str(one.get("id")) for one in replay.red]


def _told(changes: Sequence[Change]) -> list[dict[str, object]]:
    """For the list of releases; the changes themselves are compared anew when somebody looks."""
    return [{"kind": one.key.kind, "id": one.key.id, "what": one.what} for one in changes[:500]]


def _note(made: Candidate) -> str:
    reasons = dict.fromkeys(one.note.strip() for one in made.drafts if one.note.strip())
    what = "、".join(str(key_of(one)) for one in made.drafts)
    return (f"{'；'.join(reasons)}（{what}）" if reasons else f"发布草稿：{what}")[:400]


def _overtaken(moved: Sequence[Draft]) -> str:
    names = "、".join(str(key_of(one)) for one in moved)
    return f"{names} 在您改的时候已经发布了新的，先看看差别，合到一起再发布"
