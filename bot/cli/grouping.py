"""``daogou group``: what the assistant would do with each message of a group."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from bot.adapters.hearing import listener
from bot.cli import loading
from bot.cli.filters import Answer, Filter, Request
from bot.cli.progress import bar
from bot.content import Workspace, library, recognizer, warmer
from intents import Recognition
from intents.groups import Decision, Listener, Manners, Memory, Remark
from intents.groups.mentions import bare
from knowledge import Asker, Library

Key = Annotated[str | int, Field(union_mode="left_to_right")]


def _moment(value: object) -> datetime:
    """A time as it is written; ValueError, in words, for what is none."""
    if isinstance(value, str) and value.strip():
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError("at 要写消息的时间，例如 2026-05-20T14:00:00+08:00")


class MessageRow(BaseModel):
    """One message of the group."""

    model_config = {**Request.model_config, "coerce_numbers_to_str": False}

    id: Key
    sender: Annotated[str, Field(strict=True)] = ""
    text: Annotated[str, Field(strict=True)] = ""
    at: Annotated[datetime | None, Field(validate_default=True), BeforeValidator(_moment)] = None
    at_bot: bool = False
    reply_to: Key | None = None


class GroupTalk(Request):
    """``{"id", "group", "messages": [{"id","sender","text","at","at_bot"?,"reply_to"?}]}``."""

    group: Annotated[str | int | None, Field(union_mode="left_to_right")] = None
    messages: tuple[MessageRow, ...]

    @field_validator("messages")
    @classmethod
    def _each_once(cls, rows: tuple[MessageRow, ...]) -> tuple[MessageRow, ...]:
        """A message that was delivered twice counts once; two messages of one id are refused."""
        kept: dict[str, MessageRow] = {}
        for row in rows:
            known = kept.setdefault(str(row.id), row)
            if (known.sender, known.text) != (row.sender, row.text):
                raise ValueError(f"两条不同的消息用了同一个 id：{row.id}")
        return tuple(kept.values())


Understand = Callable[[Sequence[str]], Sequence[Recognition]]
Consult = Callable[[str, datetime], tuple[str | None, bool]]
"""A question and its time to the entry that answers it in a group, and whether that is private."""


def run_group(args: Namespace) -> int:
    """Hear groups until the input ends."""
    told = loading.settings()
    workspace = loading.workspace(args, told)
    encoder, models, wait = loading.ready(told)
    with bar() as progress:
        understand = recognizer(workspace, encoder, models, progress)
    base, warm = library(workspace, encoder, models, understand.gazetteer), warmer(encoder, understand.gazetteer)
    manners, zone = manners_of(workspace), workspace.brand.zone
    ears = listener(encoder)
    wait()

    def heard(talk: GroupTalk) -> Answer:
        decisions, known = through(ears, remarks(talk, zone), manners, understand.recognize_many)
        return {"decisions": told_of(talk, decisions, known, consulting(base))}

    def ready(talks: Sequence[GroupTalk]) -> None:
        warm([bare(row.text, (), manners.names) for talk in talks for row in talk.messages])

    return Filter(GroupTalk, heard, ready).run()


def manners_of(workspace: Workspace) -> Manners:
    """How the assistant behaves where nobody but the policy says so; it answers to all names of the brand."""
    brand = workspace.brand
    names = (brand.persona.name, *brand.groups.names)
    return Manners(names=tuple(dict.fromkeys(name for name in names if name)))


def remarks(talk: GroupTalk, zone: tzinfo) -> list[Remark]:
    """The messages of a talk; a time without a zone is in the brand's."""
    return [
        Remark(
            id=str(row.id),
            sender=row.sender,
            text=row.text,
            at=_zoned(row.at, zone),
            at_bot=row.at_bot,
            reply_to=None if row.reply_to is None else str(row.reply_to),
        )
        for row in talk.messages
    ]


def through(
    ears: Listener, said: Sequence[Remark], manners: Manners, understand: Understand
) -> tuple[Mapping[str, Decision], Mapping[str, Recognition]]:
    """The decision on each message, as they come one after the other, and what each means; all are understood in one go."""
    words = {one.id: bare(one.text, (), manners.names) for one in said}
    spoken = [id_ for id_, text in words.items() if text]
    known = dict(zip(spoken, understand([words[id_] for id_ in spoken]), strict=True)) if spoken else {}
    return listened(ears, said, manners, known), known


def listened(
    ears: Listener, said: Sequence[Remark], manners: Manners, known: Mapping[str, Recognition]
) -> Mapping[str, Decision]:
    """The decision on each message where what it means is known."""
    memory = Memory()
    decisions: dict[str, Decision] = {}
    for one in sorted(said, key=lambda remark: remark.at):
        step = ears.listen(memory, [one], one.at, manners, known)
        memory = step.memory
        decisions.update((made.message, made) for made in step.decided)
        wake = step.wake
    while said and wake is not None:
        step = ears.listen(memory, [], wake, manners, known)
        memory, wake = step.memory, step.wake
        decisions.update((made.message, made) for made in step.decided)
    return _joined(decisions, {one.id: one.sender for one in said})


def _joined(decisions: Mapping[str, Decision], senders: Mapping[str, str]) -> Mapping[str, Decision]:
    """Whoever asked the same after the answer belongs to it as well."""
    found = dict(decisions)
    for late in decisions.values():
        first = found.get(late.joins) if late.joins else None
        if first is not None and first.action == late.action == "answer" and senders[late.message] not in first.to:
            found[first.message] = replace(first, to=(*first.to, senders[late.message]))
    return found


def consulting(base: Library) -> Consult:
    """What the knowledge base holds for a group."""

    def consult(question: str, at: datetime) -> tuple[str | None, bool]:
        entry = base.ask(question, Asker(group=True), at).entry
        return (None, False) if entry is None else (entry.id, bool(entry.private))

    return consult


def told_of(
    talk: GroupTalk, decisions: Mapping[str, Decision], known: Mapping[str, Recognition], consult: Consult
) -> list[Answer]:
    """The decisions in the order of the messages; ids as they came."""
    ids = {str(row.id): row.id for row in talk.messages}
    return [_told(row, decisions[str(row.id)], known.get(str(row.id)), consult, ids) for row in talk.messages]


def _told(row: MessageRow, made: Decision, meant: Recognition | None, consult: Consult, ids: Mapping[str, str | int]) -> Answer:
    entry, action, to, why = None, made.action, made.to, made.why
    if action == "answer" and made.asks and row.at is not None:
        entry, private = consult(made.asks, row.at)
        if private:
            action, to, why = "private", (row.sender,), "这件事要私下说"
    return {
        "message": row.id,
        "thread": ids.get(made.thread, made.thread),
        "action": action,
        "to": list(to),
        "joins": None if made.joins is None else ids.get(made.joins),
        "entry": entry,
        "intent": meant.intent if meant else None,
        "confidence": made.confidence,
        "why": why,
    }


def _zoned(at: datetime | None, zone: tzinfo) -> datetime:
    if at is None:
        raise ValueError("at 要写消息的时间，例如 2026-05-20T14:00:00+08:00")
    if not 1 < at.year < 9999:
        raise ValueError(f"at 的年份不对：{at.year}")
    return at.replace(tzinfo=zone) if at.tzinfo is None else at
