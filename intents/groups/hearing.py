"""One remark as it is heard: bare words, whom it is for, and what of its surroundings matters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from intents.groups.cues import MARKS, asking, cues
from intents.groups.echoing import echo
from intents.groups.likeness import packed
from intents.groups.mentions import bare, mentions, names_bot
from intents.groups.model import Manners, Remark
from intents.groups.people import guide, hailed, known, named
from intents.groups.turns import GRAVE, MATTER, PIECES, Room, Sort, Turn, cut, seconds
from intents.model import Recognition

_CALL = re.compile(r"^[\w\u4e00-\u9fff]{2,6}[，,、:：\s]+(?=\S)")
"""A name at the head of what the platform says to name the assistant, where we do not know the name."""
_CALLING = 30.0
"""Seconds after a bare @ in which the next message of its sender is still put to the assistant."""
_MATTER = frozenset(("category", "product", "brand", "flavor", "scent", "material", "concern", "size", "color", "city", "store"))


@dataclass(frozen=True, slots=True)
class View:
    """One remark with all that its sort, thread and question are told from."""

    id: str
    by: str
    at: float
    text: str
    """Without mentions."""
    cues: frozenset[str]
    guide: bool = False
    named: bool = False
    to: str = ""
    """Sender whom it calls; "?" for somebody unknown, "*" for all."""
    to_guide: bool = False
    """Whether that is somebody of the shop."""
    quoted: Turn | None = None
    recognition: Recognition | None = None
    written: str = ""
    """As it was typed, mentions and all."""
    name: str = ""
    """What the sender is called."""
    vector: NDArray[np.float32] | None = None
    """Its meaning, as far as the judge looks at it."""
    stands: Sort | Literal[""] = ""
    """Of which sort the sender's own matter is that he told lately and for which he has not thanked since; empty for none."""
    follows: bool = False
    """Whether it comes right after the sender's own last words."""

    @property
    def asking(self) -> bool:
        """Whether it has the form of a question."""
        return asking(self.cues)

    @property
    def empty(self) -> bool:
        """Nothing but marks, stickers or pictures."""
        return not self.text or bool(MARKS.match(self.text))

    @property
    def intent(self) -> str:
        """The recognizer's first guess."""
        return self.recognition.intent if self.recognition else ""

    @property
    def slots(self) -> tuple[str, ...]:
        """Values that tell what it is about."""
        if self.recognition is None:
            return ()
        return tuple(dict.fromkeys(str(one.value) for one in self.recognition.slots if one.name in _MATTER))[:8]


def viewed(room: Room, remark: Remark, manners: Manners, recognition: Recognition | None) -> View:
    """A remark as it is heard in this room."""
    names = known(room.names.values())
    own = tuple(name for name in manners.names if name)
    text = bare(remark.text, names, own)
    if remark.at_bot and text == remark.text.strip():
        # 我也是，… is no name
        rest = _CALL.sub("", text)
        text = rest if bool(echo(rest)) == bool(echo(text)) else text
    is_guide = remark.guide or guide(remark.name or remark.sender)
    called = not is_guide and (remark.at_bot or names_bot(remark.text, own, names) or _called_before(room, remark))
    quoted = room.turn(remark.reply_to) if remark.reply_to else None
    to = _to(room, remark, text, (*names, *own), own)
    at = seconds(remark.at)
    return View(
        id=remark.id,
        by=remark.sender,
        at=at,
        text=text,
        cues=cues(text),
        guide=is_guide,
        named=called,
        to=to,
        to_guide=_of_shop(room, to, text),
        quoted=quoted,
        recognition=recognition,
        written=remark.text,
        name=remark.name or remark.sender,
        stands=_stands(room, remark.sender, at),
        follows=_follows(room, remark.sender, at),
    )


def _stands(room: Room, sender: str, at: float) -> Sort | Literal[""]:
    """The sort of the sender's own matter that stands: 谢谢 and 好的 end it."""
    for one in reversed(room.turns):
        if at - one.at > MATTER:
            break
        if one.by == sender and one.sort in GRAVE:
            return one.sort
        if one.by == sender and cues(one.text) & {"thanks", "fine"}:
            break
    return ""


def _follows(room: Room, sender: str, at: float) -> bool:
    last = room.turns[-1] if room.turns else None
    return last is not None and last.by == sender and 0 <= at - last.at <= PIECES


def _called_before(room: Room, remark: Remark) -> bool:
    """Whether the sender's last message only called the assistant, so that this one says what for."""
    last = next((one for one in reversed(room.turns) if one.by == remark.sender), None)
    return last is not None and last.named and not last.text and 0 <= seconds(remark.at) - last.at <= _CALLING


def _of_shop(room: Room, to: str, text: str) -> bool:
    """Whether the one who is called is somebody of the shop."""
    if to in ("", "*"):
        return False
    if to == "?":
        return guide(text[:8])
    return guide(room.names.get(to, to)) or any(one.guide for one in room.turns if one.by == to)


def _to(room: Room, remark: Remark, text: str, names: Sequence[str], own: Sequence[str]) -> str:
    """Whom it calls by @, else by name at its head."""
    everybody = False
    for one in mentions(remark.text, names):
        if one.everybody:
            everybody = True
        elif one.name not in own:
            return named(one.name, room.names) or ("" if remark.at_bot else "?")
    if everybody:
        return "*"
    called = hailed(text, room.names, remark.sender)
    return "" if called is None else called or "?"


def turned(view: View, thread: str, sort: Sort, **more: object) -> Turn:
    """A remark as it is remembered."""
    return Turn(
        id=view.id,
        by=view.by,
        at=view.at,
        text=cut(view.text),
        thread=thread,
        sort=sort,
        guide=view.guide,
        named=view.named,
        to=view.to,
        intent=view.intent,
        slots=view.slots,
        asking=view.asking,
        vector=packed(view.vector),
        offer=view.guide and "price" in view.cues and not view.asking and view.to in ("", "*"),
        **more,  # type: ignore[arg-type]
    )
