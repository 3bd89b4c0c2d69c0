"""What a shopper would read: a script as it stands in the form, filled with examples, chosen as the engine chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from bot.brand import Staff
from bot.content.explaining import explained
from bot.content.workspace import Workspace
from bot.editing.model import Finding, Reader, Seen, Value
from bot.editing.occasions import facts
from bot.editing.telling import KINDS, place
from bot.handlers.wording import BUILT_IN
from bot.kinds import CHANNELS
from scripts import Attachment, Listener, Script, Scriptbook, ScriptFile, script
from scripts.choosing import fillable, of_their_arm

_SEEDS: Final = tuple(str(number) for number in range(48))
"""Messages whose wordings are drawn to show what may come."""
_PERSONS: Final = tuple(f"preview-{number}" for number in range(400))


def read(value: Value) -> tuple[Script | None, tuple[Finding, ...]]:
    """A script as the engine takes it, else what is wrong with it."""
    try:
        return script(ScriptFile.model_validate(dict(value))), ()
    except ValidationError as error:
        return None, tuple(fault(str(value.get("id", "")), path, why) for path, why in explained(error, ScriptFile, dict(value)))


def fault(item: str, path: Sequence[str | int], why: str, kind: str = "script") -> Finding:
    """A fault of the form, as a finding that stands in the way."""
    return Finding("check", "block", kind, item, tuple(path), place(path), "", 0, 0, why, "")


def seen(made: Script, reader: Reader, workspace: Workspace) -> Sequence[Seen]:
    """The wordings that this reader may get, each once; empty where none fits."""
    brand, staff = workspace.brand, workspace.staff
    others = [one for one in workspace.scripts if one.id != made.id]
    book = Scriptbook.build([*others, made], BUILT_IN, brand.persona.forbidden)
    listener = _listener(made, reader, staff)
    told = facts(made.id, made.extends, brand, staff, reader.store, known=reader.known)
    asked = made.extends or made.id
    found: dict[tuple[str, str], Seen] = {}
    for seed in _SEEDS:
        reply = book.render(asked, told, listener, seed)
        if reply is None:
            break
        number = 0 if reply.built_in else reply.variant + 1
        foreign = reply.origin != made.id
        why = (
            "这是程序自带的说法：您写的这会儿都不能说"
            if reply.built_in
            else _why(reply.origin, book, reply.variant, foreign=foreign)
        )
        attached = tuple(_attached(one) for one in reply.attachments)
        found.setdefault((reply.origin, reply.text), Seen(reply.text, 0 if foreign else number, 0, why, attached))
    return [replace(one, others=len(found) - 1) for one in found.values()]


def silent(made: Script, reader: Reader, workspace: Workspace) -> str:
    """Why this reader gets none of a script's wordings."""
    listener = _listener(made, reader, workspace.staff)
    if made.scope.level == "个人":
        return "个人的话术只给这位导购自己用，助手不会说"
    if not made.scope.covers(listener):
        return "这条不是给这家店的顾客的，换一家门店看看"
    told = facts(made.id, made.extends, workspace.brand, workspace.staff, reader.store, known=reader.known)
    meant = [one for one in made.variants if one.addressed(listener)]
    if not meant:
        return "没有一种说法是给这样的顾客的（看看渠道、等级、门店、标签）"
    ready = list(fillable(made, told, listener))
    if not ready:
        return "空填不上：这时候没有称呼这些可用，写成 {称呼|您} 就不怕了"
    if not any(one.variant.opportune(listener) for one in ready):
        return "现在不是说它的时候（看看日期、星期、钟点、是不是第一次来）"
    return "这一组没有能说的说法" if not of_their_arm(made, ready, listener) else "里面有不能说的词"


def _listener(made: Script, reader: Reader, staff: Staff) -> Listener:
    shop = staff.stores.get(reader.store)
    return Listener(
        channel=reader.channel,
        level=reader.level or None,
        store=reader.store or None,
        tags=reader.tags,
        person=_person(made, reader.arm),
        region=shop.area if shop else None,
        city=shop.city if shop else None,
        first=reader.first,
        moment=reader.moment,
    )


def _person(made: Script, arm: str) -> str | None:
    trial = made.experiment
    if trial is None or not arm:
        return None
    return next((one for one in _PERSONS if trial.arm_of(one) == arm), None)


def _why(origin: str, book: Scriptbook, number: int, *, foreign: bool) -> str:
    variant = book.script(origin).variants[number]
    parts = [
        "、".join(CHANNELS.get(one, one) for one in sorted(variant.channels)),
        "、".join(sorted(variant.levels)) and f"等级 {'、'.join(sorted(variant.levels))}",
        f"{len(variant.stores)} 家门店" if variant.stores else "",
        "、".join(sorted(variant.regions)),
        "、".join(f"{'、'.join(sorted(values))}" for values in variant.tags.values()),
        {True: "第一次来的", False: "来过的", None: ""}[variant.first],
        "有时间限制" if variant.window.conditions else "",
    ]
    told = " · ".join(part for part in parts if part)
    whose = f"话术 {origin} " if foreign else ""
    return f"{whose}第 {number + 1} 种说法" + (f"（专门给：{told}）" if told else "（谁都可以）")


def _attached(one: Attachment) -> Mapping[str, object]:
    told = one.title or one.sku or one.id or one.url
    return {
        "kind": KINDS.get(one.kind, one.kind),
        "title": told or "顾客自己门店的券",
        "image": one.image or (one.url if one.kind == "image" else ""),
    }
